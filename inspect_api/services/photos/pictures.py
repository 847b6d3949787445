"""A photo as it is shown: the original, or a smaller picture with its stamp, made at the first demand and kept."""

import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.auth import OFFICES, Actor
from inspect_api.db import reading
from inspect_api.models import Photo, PhotoUse, Quarantine, Site, Visit
from inspect_api.problems import Problem
from inspect_api.services.photos import evidence, stamping, storefronts
from inspect_api.services.photos.fingerprints import on_disk
from inspect_api.services.photos.storage import backend, derived, original
from media import images
from media.backend import Backend
from media.staging import digest_of

SIZES = (*images.SIZES, "full")
_AT_ONCE = threading.BoundedSemaphore(2)  # pictures that one process makes at once: each takes up to 200 MB
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Picture:
    """What is to be sent: where it lies, how long it is, of what type, and a name of its content for caches."""

    backend: Backend
    key: str
    size: int
    mime: str
    tag: str

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` to `end` (exclusive). Raises StorageError."""
        return self.backend.read(self.key, start, end)


_USES = (sa.select(PhotoUse.type, PhotoUse.row_id, PhotoUse.org, sa.func.coalesce(Visit.grid, Site.grid).label("grid"), Quarantine.region)
         .outerjoin(Visit, sa.and_(PhotoUse.type == "visit", Visit.id == PhotoUse.row_id))
         .outerjoin(Site, sa.and_(PhotoUse.type == "site", Site.id == PhotoUse.row_id))
         .outerjoin(Quarantine, sa.and_(PhotoUse.type == "quarantine", Quarantine.op == PhotoUse.row_id))
         .where(PhotoUse.sha256 == sa.bindparam("sha256")).order_by(PhotoUse.type.desc(), PhotoUse.row_id))
_STORED = sa.select(Photo.__table__).where(Photo.sha256 == sa.bindparam("sha256"), Photo.stored_at.is_not(None)).order_by(Photo.org)


Use = tuple[str, str]  # "visit" or "site", its id


def find(connection: Connection, actor: Actor, sha256: str, asked: Use | None) -> tuple[Row, Use | None]:
    """A stored photo and the visit or site through which this person may see it: the one asked for, or the first, visits before sites.

    Offices see those of operations in quarantine too, and who sent a photo sees it. Raises Problem not-found: it says
    nothing of a photo that somebody may not see.
    """
    stored = {row["org"]: dict(row) for row in connection.execute(_STORED, {"sha256": sha256}).mappings()}
    for use in connection.execute(_USES, {"sha256": sha256}):
        if use.org not in stored or asked not in (None, (use.type, use.row_id)):
            continue
        if use.grid is not None and actor.covers(use.grid):
            return stored[use.org], (use.type, use.row_id)
        if use.type == "quarantine" and use.region is not None and actor.role in OFFICES and actor.covers(use.region):
            return stored[use.org], None
    own = next((row for row in stored.values() if asked is None and row["user_id"] == actor.user_id), None)
    if own is None:
        raise Problem("not-found", "没有这张照片，或者它不属于您辖区内的检查和主体")
    return own, None


def _stamp(connection: Connection, use: Use, photo: Row) -> list[str]:
    type_, row_id = use
    if type_ == "site":
        return storefronts.stamp_of(connection, row_id, photo)
    return evidence.stamp_of(connection, evidence.visit_of(connection, row_id), photo)


def picture(actor: Actor, sha256: str, size: str, asked: Use | None) -> Picture:
    """The photo in a size. Raises Problem not-found, bad-photo (it cannot be decoded after all); StorageError."""
    with reading() as connection:
        photo, seen_in = find(connection, actor, sha256, asked)
        stamp = [] if size == "full" or seen_in is None else stamping.of_size(_stamp(connection, seen_in, photo), size)
    if size == "full":
        key = original(photo["org"], sha256)
        return Picture(backend(photo["backend"]), key, photo["size"], photo["facts"]["mime"], sha256)
    name = f"{size}-{stamping.version(stamp)}"
    key, where = derived(photo["org"], sha256, name), backend()
    length = where.size(key)
    if length is None:
        length = _make(photo, key, images.SIZES[size], stamp)
    return Picture(where, key, length, "image/jpeg", f"{sha256}-{name}")


def _make(photo: Row, key: str, longest: int, stamp: list[str]) -> int:
    with _AT_ONCE, on_disk(photo["org"], photo["sha256"], photo["backend"]) as path:
        try:
            made = images.derive(path, longest, stamp)
        except images.BadImage as error:
            raise Problem("bad-photo", error.text, errors=[{"field": "photo", "code": error.code, "message": error.text}]) from None
    with tempfile.NamedTemporaryFile(prefix="derived-", delete=False) as file:
        file.write(made)
    path = Path(file.name)
    try:
        backend().put(key, path, digest_of(path))
    finally:
        path.unlink(missing_ok=True)
    return len(made)
