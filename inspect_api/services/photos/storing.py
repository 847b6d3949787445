"""A photo that has arrived: its row, and the visits and sites that were waiting for it."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.db import compiled, upsert
from inspect_api.models import Photo, PhotoUse, Site, Visit
from inspect_api.services.changes import append
from sync.feed import Change, personal


@dataclass(frozen=True, slots=True)
class Arrived:
    """A photo whose bytes are durable in a backend and have the hash that names them."""

    org: str
    sha256: str
    size: int
    facts: dict[str, Any]
    backend: str
    user_id: str
    device_id: str


_NEW = {name: (lambda new, name=name: sa.func.coalesce(Photo.__table__.c[name], new[name]))
        for name in ("stored_at", "size", "facts", "backend", "user_id", "device_id")}
_NAMED = (PhotoUse.org == sa.bindparam("org"), PhotoUse.sha256 == sa.bindparam("sha256"))
_VISITS = (sa.select(Visit.id, Visit.grid, Visit.inspector_id)
           .join(PhotoUse, sa.and_(PhotoUse.type == "visit", PhotoUse.row_id == Visit.id)).where(*_NAMED))
_SITES = (sa.select(Site.id, Site.grid)
          .join(PhotoUse, sa.and_(PhotoUse.type == "site", PhotoUse.row_id == Site.id)).where(*_NAMED))
_HOLD = (sa.select(Site.id).where(Site.id.in_(sa.union_all(
    sa.select(PhotoUse.row_id).where(PhotoUse.type == "site", *_NAMED),
    sa.select(Visit.site_id).join(PhotoUse, sa.and_(PhotoUse.type == "visit", PhotoUse.row_id == Visit.id)).where(*_NAMED))))
    .order_by(Site.id).with_for_update(read=True))


def store(connection: Connection, arrived: Arrived, now: int) -> None:
    """Note that a photo is stored; the phones of the visits and sites that name it are told. The first arrival of a photo stands."""
    photo = {"org": arrived.org, "sha256": arrived.sha256}
    if connection.dialect.name == "postgresql":  # what is just being moved is told of where it goes; sites are locked before photos
        connection.execute(_HOLD, photo).all()
    row = {**photo, "stored_at": now, "size": arrived.size, "facts": arrived.facts,
           "backend": arrived.backend, "user_id": arrived.user_id, "device_id": arrived.device_id}
    connection.execute(_keeping_the_first(connection.dialect.name), row)
    append(connection, [Change(personal(visit.grid, visit.inspector_id), "visit", visit.id)
                        for visit in connection.execute(_VISITS, photo)])
    append(connection, [Change(site.grid, "site", site.id) for site in connection.execute(_SITES, photo)])


@cache
def _keeping_the_first(_dialect: str) -> Any:
    """Made once for each kind of database: building a statement costs more than sending it."""
    return compiled(upsert(Photo.__table__, ("org", "sha256"), _NEW), "org", "sha256", *_NEW)


def find(connection: Connection, org: str, sha256: str) -> dict[str, Any] | None:
    """The row of a stored photo; None without one."""
    row = connection.execute(_FIND, {"org": org, "sha256": sha256}).mappings().first()
    return dict(row) if row else None


_FIND = sa.select(Photo.__table__).where(Photo.org == sa.bindparam("org"), Photo.sha256 == sa.bindparam("sha256"),
                                         Photo.stored_at.is_not(None))
