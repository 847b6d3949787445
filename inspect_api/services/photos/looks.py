"""What an evidence page rests on beyond the visit itself: photos that look alike, and that they have been looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.db import reading, transaction
from inspect_api.models import Photo, PhotoUse, Visit
from inspect_api.services.photos import fingerprints
from media.evidence import Twin
from media.images import NEAR, distance

MOST = 3_000  # photos of a site, and of an inspector, that one is held against: the newest
_AT_ONCE = 40  # photos that are looked at because somebody asks

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """A photo as another visit names it."""

    org: str
    sha256: str
    fingerprint: str | None
    backend: str
    visit_id: str
    site_id: str
    grid: str
    at: int


_COLUMNS = (PhotoUse.org, PhotoUse.sha256, Photo.fingerprint, Photo.backend, Visit.id.label("visit_id"), Visit.site_id, Visit.grid, Visit.at)
_NAMED = (sa.select(*_COLUMNS).join(Photo, sa.and_(Photo.org == PhotoUse.org, Photo.sha256 == PhotoUse.sha256))
          .join(Visit, sa.and_(PhotoUse.type == "visit", Visit.id == PhotoUse.row_id))
          .where(Photo.stored_at.is_not(None)))
_OF_SITE = _NAMED.where(Visit.site_id == sa.bindparam("site")).order_by(Visit.at.desc()).limit(MOST)
_SAME = _NAMED.where(PhotoUse.sha256.in_(sa.bindparam("names", expanding=True)), PhotoUse.org == sa.bindparam("org")).limit(MOST)
_NEWEST = (sa.select(Photo.org, Photo.sha256, Photo.fingerprint, Photo.backend).where(
    Photo.org == sa.bindparam("org"), Photo.user_id == sa.bindparam("user"), Photo.stored_at.is_not(None))
    .order_by(Photo.stored_at.desc()).limit(MOST).subquery())
_OF_PERSON = (sa.select(PhotoUse.org, PhotoUse.sha256, _NEWEST.c.fingerprint, _NEWEST.c.backend, Visit.id.label("visit_id"), Visit.site_id,
                        Visit.grid, Visit.at)
              .join(_NEWEST, sa.and_(_NEWEST.c.org == PhotoUse.org, _NEWEST.c.sha256 == PhotoUse.sha256))
              .join(Visit, sa.and_(PhotoUse.type == "visit", Visit.id == PhotoUse.row_id)))


def around(connection: Connection, visit: Row, org: str, names: Iterable[str]) -> list[Seen]:
    """Photos that a visit's own are held against: those of its site, those that its inspector sent, and the very same ones. Three statements."""
    found: dict[tuple[str, str], Seen] = {}
    for query, given in ((_OF_SITE, {"site": visit["site_id"]}), (_OF_PERSON, {"org": org, "user": visit["inspector_id"]}),
                         (_SAME, {"org": org, "names": sorted(names)})):
        for row in connection.execute(query, given):
            found.setdefault((row.visit_id, row.sha256), Seen(*row))
    return list(found.values())


def twins(sha256: str, fingerprint: str | None, visit: Row, seen: Iterable[Seen], replaced: Iterable[str] = ()) -> list[tuple[Twin, Seen]]:
    """Those of the photos `seen` that are the same as one of a visit, or nearly. Another name of the same bytes in this visit is none."""
    found = []
    for one in seen:
        same = one.sha256 == sha256
        if same and one.visit_id == visit["id"] or one.visit_id in replaced:
            continue
        bits = 0 if same else distance(fingerprint or "", one.fingerprint or "")
        if bits <= NEAR:
            found.append((Twin(sha256=one.sha256, bits=bits, same_bytes=same, visit_id=one.visit_id, site_id=one.site_id,
                               same_visit=one.visit_id == visit["id"], same_site=one.site_id == visit["site_id"], at=one.at), one))
    return sorted(found, key=lambda pair: (pair[0].bits, pair[0].at, pair[0].visit_id))


def look(visit_id: str) -> None:
    """Have the photos of a visit looked at, and some of its site's and its inspector's that nobody looked at yet. Raises StorageError."""
    with reading() as connection:
        visit = connection.execute(sa.select(Visit.__table__).where(Visit.id == visit_id)).mappings().first()
        named = connection.execute(sa.select(PhotoUse.org, PhotoUse.sha256).where(
            PhotoUse.type == "visit", PhotoUse.row_id == visit_id)).all()
        if visit is None or not named:
            return
        seen = around(connection, dict(visit), named[0].org, [row.sha256 for row in named])
    own = {(row.org, row.sha256) for row in named}
    dark = {(one.org, one.sha256): one.backend for one in seen if one.fingerprint is None}
    wanted = sorted(dark, key=lambda key: (key not in own, key))[:_AT_ONCE]
    if wanted:
        found = fingerprints.compute({key: dark[key] for key in wanted})
        transaction(lambda connection: fingerprints.write(connection, found))
