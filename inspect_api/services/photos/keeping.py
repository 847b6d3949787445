"""Stored photos one after another, for whoever checks, moves or looks at all of them.

A page of rows or of keys is held at a time, whatever their number, and the server runs meanwhile: a row that was read
may have been moved to another backend when its photo is opened.
"""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

import sqlalchemy as sa
from flask import current_app

from inspect_api.db import reading
from inspect_api.models import Photo
from inspect_api.services.photos.storage import original
from media.backend import Backend, Damaged, NotStored, StorageDown
from media.backends import BACKENDS

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored photo: its organisation and SHA-256, its length in bytes, the name of the backend that holds it."""

    org: str
    sha256: str
    size: int
    backend: str

    @property
    def key(self) -> str:
        """The key of its object."""
        return original(self.org, self.sha256)


_ROWS = sa.select(Photo.org, Photo.sha256, Photo.size, Photo.backend).where(Photo.stored_at.is_not(None))
_AFTER = sa.tuple_(Photo.org, Photo.sha256) > sa.tuple_(sa.bindparam("org"), sa.bindparam("sha256"))
_NEXT = _ROWS.where(_AFTER).order_by(Photo.org, Photo.sha256).limit(sa.bindparam("most", type_=sa.Integer))


def count(*where: sa.ColumnElement) -> tuple[int, int]:
    """(number, bytes) of the stored photos for which `where` holds."""
    with reading() as connection:
        number, size = connection.execute(sa.select(sa.func.count(), sa.func.sum(Photo.size)).where(
            Photo.stored_at.is_not(None), *where)).one()
    return number, int(size or 0)


def pages(*where: sa.ColumnElement, most: int | None = None) -> Iterator[list[Kept]]:
    """Stored photos in the order of organisation and SHA-256, at most so many at a time."""
    query, last = _NEXT.where(*where), ("", "")
    while True:
        with reading() as connection:
            page = [Kept(*row) for row in connection.execute(query, {"org": last[0], "sha256": last[1], "most": most or _PAGE})]
        if not page:
            return
        yield page
        last = (page[-1].org, page[-1].sha256)


def found(keys: list[tuple[str, str]]) -> dict[str, Kept]:
    """{key of the object: photo} of those of (organisation, SHA-256) that are stored, as the rows say now. One statement."""
    with reading() as connection:
        rows = connection.execute(_ROWS.where(Photo.org.in_({org for org, _ in keys}), Photo.sha256.in_({sha for _, sha in keys})))
        return {photo.key: photo for photo in (Kept(*row) for row in rows)}


def objects(store: Backend, org: str = "") -> Iterator[list[tuple[str, int, Kept | None]]]:
    """Pages of (key, bytes, its photo) of the objects that a backend keeps as photos, of one organisation or of all.

    None: no stored photo is named so. That may be one that came in just now. Raises StorageError.
    """
    listed = store.keys(f"photos/{org}/" if org else "photos/")
    while page := list(islice(listed, _PAGE)):
        photos = found([(parts[1], parts[-1]) for key, _ in page if len(parts := key.split("/")) > 2])
        yield [(key, size, photos.get(key)) for key, size in page]


def places() -> list[str]:
    """The names of the backends that can hold photos here: the folder always, S3 when there is a bucket."""
    return [name for name in BACKENDS if name != "s3" or current_app.config["S3_BUCKET"]]


def read(store: Backend, key: str, into: BinaryIO | None = None) -> tuple[str, int]:
    """(SHA-256 in hex, length in bytes) of what a backend gives back, written `into` a file if there is one.

    Raises NotStored; Damaged when the storage answers and cannot read this object; StorageDown; OSError of the file.
    """
    for attempt in (1, 2):
        try:
            return _read(store, key, into)
        except StorageDown:
            if store.size(key) is None:
                raise NotStored(key) from None
            if attempt == 2:  # one bad sector must not end a walk over all photos
                raise Damaged(key) from None
    raise AssertionError("unreachable")


def _read(store: Backend, key: str, into: BinaryIO | None) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    if into is not None:
        into.seek(0)
        into.truncate()
    with closing(store.read(key)) as chunks:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            if into is not None:
                into.write(chunk)
    return digest.hexdigest(), size
