"""Photos go from one backend to another while the server runs; killed at any moment, nothing is lost: run it again.

A photo is copied and read back, then its row is changed, and only then, after a while, its source is removed: whoever
read the row just before still finds the photo where it said. What a run that was killed left of sources is removed by
the next one, after their copies were read once more.
"""

import fcntl
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.engine import Connection

from inspect_api.db import db, transaction
from inspect_api.models import Photo
from inspect_api.services import audit
from inspect_api.services.photos import keeping
from inspect_api.services.photos.keeping import Kept
from inspect_api.services.photos.storage import backend, derived, staging
from media.backend import Damaged, NotStored
from media.disk import storage_errors
from media.staging import new_id

_PAGE = 50  # photos whose rows are changed at once: a run that is killed copies no more than these anew
_LOCK = 0x6D6F7665  # PostgreSQL advisory lock of who moves photos
_WHAT = "上传暂存文件夹"
TOLD = 20  # photos that are named
Progress = Callable[[int, int], None]  # photos so far, bytes so far


class AlreadyMoving(Exception):
    """Another command moves photos now: two that go opposite ways would remove each other's copies."""


@dataclass(slots=True)
class Moved:
    """What a run did: photos moved and their bytes, and sources of earlier runs that were removed.

    `skipped` photos stay where they are, for their source is missing or damaged; `doubtful` ones keep a source of an earlier
    run, for the copy that their row names is not good. `told` names the first of both.
    """

    photos: int = 0
    bytes: int = 0
    cleared: int = 0
    skipped: int = 0
    doubtful: int = 0
    told: list[Kept] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Run:
    """How a run is to go: where to, whether sources stay, how many photos at most (None: all), how many seconds a source
    outlives the change of its row, when it began (ms UTC), and in whose name."""

    to: str
    keep: bool
    limit: int | None
    grace_s: float
    now: int
    by: str


def waiting(to: str) -> tuple[int, int]:
    """(number, bytes) of the photos that are not in a backend yet."""
    return keeping.count(Photo.backend != to)


def move(run: Run, progress: Progress) -> Moved:
    """Move stored photos to a backend. Raises AlreadyMoving; StorageError (what was moved by then stays so)."""
    moved = Moved()
    with _alone():
        if not run.keep:
            _clear(run, moved)
        before: list[Kept] = []
        since = 0.0
        for page, changed_at in _moved(run, moved, progress):
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


def _moved(run: Run, moved: Moved, progress: Progress) -> Iterator[tuple[list[Kept], float]]:
    """Pages of photos whose rows were changed just now, and when that was (monotonic seconds)."""
    audited: set[str] = set()
    for page in keeping.pages(Photo.backend != run.to, most=_PAGE):
        copied = []
        for photo in page[:None if run.limit is None else run.limit - moved.photos]:
            if _copied(photo, run.to):
                copied.append(photo)
                moved.photos, moved.bytes = moved.photos + 1, moved.bytes + photo.size
            else:
                moved.skipped += 1
                _tell(moved, photo)
            progress(moved.photos + moved.skipped, moved.bytes)
        if copied:
            fresh = sorted({photo.org for photo in copied} - audited)
            transaction(partial(_change, run=run, copied=copied, entries={
                org: keeping.count(Photo.backend != run.to, Photo.org == org) for org in fresh}))
            audited.update(fresh)
            yield copied, time.monotonic()
        if moved.photos == run.limit:
            return


def _change(connection: Connection, run: Run, copied: list[Kept], entries: dict[str, tuple[int, int]]) -> None:
    """Say in the rows where the photos are now. A county's audit entry comes with the first of them: a kill leaves none without."""
    table = Photo.__table__
    connection.execute(
        sa.update(table).where(table.c.org == sa.bindparam("o"), table.c.sha256 == sa.bindparam("s")).values(backend=run.to),
        [{"o": photo.org, "s": photo.sha256} for photo in copied])
    for org, (number, size) in entries.items():
        audit.append(connection, org, run.now, run.by, "photo.move", run.to, {
            "to": run.to, "waiting": number, "bytes": size, "keep": run.keep, "limit": run.limit})


def _copied(photo: Kept, to: str) -> bool:
    """Copy a photo and read the copy. False when its source is missing or damaged. Raises Damaged when the copy is."""
    path = staging().folder / f"{new_id()}.move-{secrets.token_hex(4)}"  # a stray for the sweep, should this be killed
    try:
        if not _fetched(photo, path):
            return False
        backend(to).put(photo.key, path, photo.sha256)
    finally:
        path.unlink(missing_ok=True)
    if not _is_good(photo, to):
        raise Damaged(photo.key)
    return True


def _fetched(photo: Kept, path: Path) -> bool:
    try:
        with storage_errors(_WHAT), path.open("wb") as file:
            return keeping.read(backend(photo.backend), photo.key, file)[0] == photo.sha256
    except (NotStored, Damaged):
        return False


def _is_good(photo: Kept, where: str) -> bool:
    try:
        return keeping.read(backend(where), photo.key)[0] == photo.sha256
    except (NotStored, Damaged):
        return False


def _tell(moved: Moved, photo: Kept) -> None:
    if len(moved.told) < TOLD:
        moved.told.append(photo)


def _remove(run: Run, photos: list[Kept], since: float) -> None:
    """Remove the sources of a page when their time has come."""
    if run.keep or not photos:
        return
    time.sleep(max(0.0, since + run.grace_s - time.monotonic()))
    for photo in photos:
        _drop(photo, photo.backend)


def _drop(photo: Kept, where: str) -> None:
    """Remove a photo from a backend, and the pictures made of it, unless the server would make them there again."""
    store = backend(where)
    store.delete(photo.key)
    if current_app.config["MEDIA_BACKEND"] != where:
        for key, _ in list(store.keys(derived(photo.org, photo.sha256, "").removesuffix(".jpg"))):
            store.delete(key)


def _clear(run: Run, moved: Moved) -> None:
    """Remove the sources that earlier runs left, by being killed or with `keep`, if their copies are good."""
    for name in sorted({*keeping.places()} - {run.to}):
        for page in keeping.objects(backend(name)):
            for _, _, photo in page:
                if photo is None or photo.backend != run.to:
                    continue
                if _is_good(photo, run.to):
                    _drop(photo, name)
                    moved.cleared += 1
                else:
                    moved.doubtful += 1
                    _tell(moved, photo)
