"""Photos and documents go from one backend to another while the server runs; killed at any moment, nothing is lost: run it again.

An object is copied and read back, then its row is changed, and only then, after a while, its source is removed: whoever
read the row just before still finds it where it said. What a run that was killed left of sources is removed by
the next one, after their copies were read once more.
"""

import fcntl
import os
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.engine import Connection

from inspect_api.db import db, transaction
from inspect_api.services import audit
from inspect_api.services.photos import keeping
from inspect_api.services.photos.keeping import PHOTOS, SHELVES, Kept, Shelf
from inspect_api.services.photos.storage import backend, derived, staging
from media.backend import Damaged, NotStored
from media.disk import storage_errors
from media.staging import new_id

_PAGE = 50  # objects whose rows are changed at once: a run that is killed copies no more than these anew
_LOCK = 0x6D6F7665  # PostgreSQL advisory lock of who moves photos
_WHAT = "上传暂存文件夹"
TOLD = 20  # objects that are named
Progress = Callable[[int, int], None]  # objects so far, bytes so far


class AlreadyMoving(Exception):
    """Another command moves them now: two that go opposite ways would remove each other's copies."""


@dataclass(slots=True)
class Moved:
    """What a run did, by noun (`photo`, `document`): objects `done` and the bytes of all, and sources of earlier runs that were removed.

    `skipped` ones stay where they are, for their source is missing or damaged; `doubtful` ones keep a source of an earlier
    run, for the copy that their row names is not good. `told` names the first of both.
    """

    done: Counter[str] = field(default_factory=Counter)
    bytes: int = 0
    cleared: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    doubtful: Counter[str] = field(default_factory=Counter)
    told: list[Kept] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Run:
    """How a run is to go: where to, whether sources stay, how many objects at most (None: all), how many seconds a source
    outlives the change of its row, when it began (ms UTC), and in whose name."""

    to: str
    keep: bool
    limit: int | None
    grace_s: float
    now: int
    by: str


def waiting(to: str) -> int:
    """How many objects are not in a backend yet."""
    return sum(keeping.count(shelf, _elsewhere(shelf, to))[0] for shelf in SHELVES)


def _elsewhere(shelf: Shelf, to: str) -> sa.ColumnElement:
    return shelf.table.c.backend != to


def move(run: Run, progress: Progress) -> Moved:
    """Move stored photos, and then documents, to a backend. Raises AlreadyMoving; StorageError (what was moved by then stays so)."""
    moved = Moved()
    with _alone():
        if not run.keep:
            _clear(run, moved)
        before: list[Kept] = []
        since = 0.0
        for shelf in SHELVES:
            for page, changed_at in _moved(shelf, run, moved, progress):
                _remove(run, before, since)
                before, since = page, changed_at
        _remove(run, before, since)
    return moved


@contextmanager
def _alone() -> Iterator[None]:
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            if not any(_tries(connection)):
                raise AlreadyMoving
            try:
                yield
            finally:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(_LOCK)))
        return
    handle = os.open(Path(current_app.config["DATA_DIR"]) / "photos.moving", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyMoving from None
        yield
    finally:
        os.close(handle)


def _tries(connection: Connection) -> Iterator[bool]:
    for attempt in range(10):  # the server takes a moment to notice that who held the lock was killed
        time.sleep(0.1 if attempt else 0.0)
        yield connection.execute(sa.select(sa.func.pg_try_advisory_lock(_LOCK))).scalar_one()


def _moved(shelf: Shelf, run: Run, moved: Moved, progress: Progress) -> Iterator[tuple[list[Kept], float]]:
    """Pages of objects whose rows were changed just now, and when that was (monotonic seconds)."""
    audited: set[str] = set()
    for page in keeping.pages(shelf, _elsewhere(shelf, run.to), most=_PAGE):
        copied = []
        for kept in page[:None if run.limit is None else run.limit - moved.done.total()]:
            if _copied(kept, run.to):
                copied.append(kept)
                moved.done[shelf.noun] += 1
                moved.bytes += kept.size
            else:
                moved.skipped[shelf.noun] += 1
                _tell(moved, kept)
            progress(moved.done.total() + moved.skipped.total(), moved.bytes)
        if copied:
            fresh = sorted({kept.org for kept in copied} - audited)
            transaction(partial(_change, shelf=shelf, run=run, copied=copied, entries={
                org: keeping.count(shelf, _elsewhere(shelf, run.to), shelf.org == org) for org in fresh}))
            audited.update(fresh)
            yield copied, time.monotonic()
        if moved.done.total() == run.limit:
            return


def _change(connection: Connection, shelf: Shelf, run: Run, copied: list[Kept], entries: dict[str, tuple[int, int]]) -> None:
    """Say in the rows where the objects are now. A county's audit entry comes with the first of them: a kill leaves none without."""
    connection.execute(*keeping.put_down(shelf, copied, run.to))
    for org, (number, size) in entries.items():
        audit.append(connection, org, run.now, run.by, f"{shelf.noun}.move", run.to, {
            "to": run.to, "waiting": number, "bytes": size, "keep": run.keep, "limit": run.limit})


def _copied(kept: Kept, to: str) -> bool:
    """Copy an object and read the copy. False when its source is missing or damaged. Raises Damaged when the copy is."""
    path = staging().folder / f"{new_id()}.move-{secrets.token_hex(4)}"  # a stray for the sweep, should this be killed
    try:
        if not _fetched(kept, path):
            return False
        backend(to).put(kept.key, path, kept.sha256)
    finally:
        path.unlink(missing_ok=True)
    if not _is_good(kept, to):
        raise Damaged(kept.key)
    return True


def _fetched(kept: Kept, path: Path) -> bool:
    try:
        with storage_errors(_WHAT), path.open("wb") as file:
            return keeping.read(backend(kept.backend), kept.key, file)[0] == kept.sha256
    except (NotStored, Damaged):
        return False


def _is_good(kept: Kept, where: str) -> bool:
    try:
        return keeping.read(backend(where), kept.key)[0] == kept.sha256
    except (NotStored, Damaged):
        return False


def _tell(moved: Moved, kept: Kept) -> None:
    if len(moved.told) < TOLD:
        moved.told.append(kept)


def _remove(run: Run, page: list[Kept], since: float) -> None:
    """Remove the sources of a page, all of one shelf, when their time has come; not of what was handed in there anew meanwhile."""
    if run.keep or not page:
        return
    time.sleep(max(0.0, since + run.grace_s - time.monotonic()))
    named = keeping.found(page[0].shelf, [(kept.org, kept.sha256) for kept in page])
    for kept in page:
        if all(one.backend != kept.backend for one in named.get(kept.key, [])):
            _drop(kept, kept.backend)


def _drop(kept: Kept, where: str) -> None:
    """Remove an object from a backend, and the pictures made of a photo, unless the server would make them there again."""
    store = backend(where)
    store.delete(kept.key)
    if kept.shelf is PHOTOS and current_app.config["MEDIA_BACKEND"] != where:
        for key, _ in list(store.keys(derived(kept.org, kept.sha256, "").removesuffix(".jpg"))):
            store.delete(key)


def _clear(run: Run, moved: Moved) -> None:
    """Remove the sources that earlier runs left, by being killed or with `keep`, if their copies are good."""
    for name, shelf in product(sorted({*keeping.places()} - {run.to}), SHELVES):
        for page in keeping.objects(shelf, backend(name)):
            for _, _, rows in page:
                if {kept.backend for kept in rows} == {run.to}:
                    _clear_one(rows[0], name, moved)


def _clear_one(kept: Kept, where: str, moved: Moved) -> None:
    if _is_good(kept, kept.backend):
        _drop(kept, where)
        moved.cleared += 1
    else:
        moved.doubtful[kept.shelf.noun] += 1
        _tell(moved, kept)
