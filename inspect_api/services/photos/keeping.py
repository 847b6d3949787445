"""Stored photos and documents one after another, for whoever checks, moves or looks at all of them.

A page of rows or of keys is held at a time, whatever their number, and the server runs meanwhile: a row that was read
may have been moved to another backend when its object is opened.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

import sqlalchemy as sa
from flask import current_app

from inspect_api.db import reading
from inspect_api.models import Document, Photo
from inspect_api.services import documents
from inspect_api.services.photos.storage import original
from media.backend import Backend, Damaged, NotStored, StorageDown
from media.backends import BACKENDS

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Shelf:
    """One kind of stored object: how its keys begin, what it is called in the audit log, the table whose rows name it, the
    organisation of a row, which rows stand for a stored object, what they are walked by, and the key of one."""

    prefix: str
    noun: str
    table: sa.Table
    org: sa.ColumnElement
    stored: sa.ColumnElement
    order: tuple[str, ...]
    key: Callable[[str, str], str]

    def rows(self, *where: sa.ColumnElement) -> sa.Select:
        """(org, sha256, size, backend) of its objects for which `where` holds: once each, however many rows name one there."""
        columns = self.table.c
        rows = sa.select(self.org.label("org"), columns.sha256, columns.size, columns.backend).where(self.stored, *where)
        return rows if self.table is Photo.__table__ else rows.distinct()


PHOTOS = Shelf("photos", "photo", Photo.__table__, Photo.__table__.c.org, Photo.__table__.c.stored_at.is_not(None), ("org", "sha256"),
               original)
# A document is kept once for a county, and has a row for each region in which it was handed in.
DOCUMENTS = Shelf("documents", "document", Document.__table__, sa.func.substr(Document.__table__.c.region, 1, 6), sa.true(),
                  ("org", "sha256", "backend"), documents.key)
SHELVES = (PHOTOS, DOCUMENTS)


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored object: its shelf, organisation and SHA-256, its length in bytes, the name of the backend that holds it."""

    shelf: Shelf
    org: str
    sha256: str
    size: int
    backend: str

    @property
    def key(self) -> str:
        """The key of its object."""
        return self.shelf.key(self.org, self.sha256)


def count(shelf: Shelf, *where: sa.ColumnElement) -> tuple[int, int]:
    """(number, bytes) of the stored objects of a shelf for which `where` holds."""
    found = shelf.rows(*where).subquery()
    with reading() as connection:
        number, size = connection.execute(sa.select(sa.func.count(), sa.func.sum(found.c.size)).select_from(found)).one()
    return number, int(size or 0)


def pages(shelf: Shelf, *where: sa.ColumnElement, most: int | None = None) -> Iterator[list[Kept]]:
    """Stored objects in the order of organisation and SHA-256, at most so many at a time."""
    order = tuple(shelf.org if name == "org" else shelf.table.c[name] for name in shelf.order)
    last = ("",) * len(order)
    query = shelf.rows(*where).order_by(*order).limit(most or _PAGE)
    while True:
        with reading() as connection:
            page = [Kept(shelf, *row) for row in connection.execute(query.where(sa.tuple_(*order) > sa.tuple_(*map(sa.literal, last))))]
        if not page:
            return
        yield page
        last = tuple(getattr(page[-1], name) for name in shelf.order)


def found(shelf: Shelf, pairs: list[tuple[str, str]]) -> dict[str, list[Kept]]:
    """{key of the object: where it is} of those of (organisation, SHA-256) that are stored, as the rows say now. One statement.

    A document may be in two backends: it was handed in anew, elsewhere in its county, after MEDIA_BACKEND had changed.
    """
    where = shelf.org.in_({org for org, _ in pairs}), shelf.table.c.sha256.in_({sha256 for _, sha256 in pairs})
    named: dict[str, list[Kept]] = {}
    with reading() as connection:
        for row in connection.execute(shelf.rows(*where)):
            kept = Kept(shelf, *row)
            named.setdefault(kept.key, []).append(kept)
    return named


def objects(shelf: Shelf, store: Backend, org: str = "") -> Iterator[list[tuple[str, int, list[Kept]]]]:
    """Pages of (key, bytes, where rows say that it is) of the objects that a backend keeps on a shelf, of one organisation or of all.

    Without any no row names it. That may be one that came in just now. Raises StorageError.
    """
    listed = store.keys(f"{shelf.prefix}/{org}/" if org else f"{shelf.prefix}/")
    while page := list(islice(listed, _PAGE)):
        named = found(shelf, [(parts[1], parts[-1]) for key, _ in page if len(parts := key.split("/")) > 2])
        yield [(key, size, named.get(key, [])) for key, size in page]


def places() -> list[str]:
    """The names of the backends that can hold photos here: the folder always, S3 when there is a bucket."""
    return [name for name in BACKENDS if name != "s3" or current_app.config["S3_BUCKET"]]


def put_down(shelf: Shelf, kept: list[Kept], to: str) -> tuple[sa.Update, list[dict[str, Any]]]:
    """The statement, and what it is executed with, that says of these objects of a shelf that they are in another backend now."""
    statement = sa.update(shelf.table).where(shelf.org == sa.bindparam("o"), shelf.table.c.sha256 == sa.bindparam("s")).values(backend=to)
    return statement, [{"o": one.org, "s": one.sha256} for one in kept]


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
