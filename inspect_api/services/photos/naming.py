"""Which rows name which photos, and which photos are there: so that a visit or a site knows what is missing, whoever comes first.

A push that names a photo and an upload that brings it may run at the same time, and one of the two must see the other.
Both first write the photo's own row: the later one waits there for the earlier one's commit, and what it then reads is
the truth.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.db import insert_missing
from inspect_api.models import Photo, PhotoUse
from inspect_api.services.days import iso
from sync.receipt import missing, receipt

Row = dict[str, Any]
Key = tuple[str, str]  # organisation, SHA-256


def expect(connection: Connection, keys: Iterable[Key]) -> None:
    """Note that photos are named. Waits for an upload of one of them that is just being committed."""
    rows = [{"org": org, "sha256": sha} for org, sha in sorted(set(keys))]
    insert_missing(connection, Photo.__table__, rows)
    if rows and connection.dialect.name == "postgresql":  # a row that was there already is not waited for by the insert
        connection.execute(_HOLD, {"orgs": sorted({row["org"] for row in rows}), "names": sorted({row["sha256"] for row in rows})}).all()


_HOLD = (sa.select(Photo.sha256).where(Photo.org.in_(sa.bindparam("orgs", expanding=True)), Photo.sha256.in_(sa.bindparam("names", expanding=True)))
         .order_by(Photo.org, Photo.sha256).with_for_update(read=True))


_STORED = sa.select(Photo.org, Photo.sha256, Photo.stored_at).where(
    Photo.sha256.in_(sa.bindparam("names", expanding=True)), Photo.stored_at.is_not(None))


def stored(connection: Connection, keys: Iterable[Key]) -> dict[Key, int]:
    """{(organisation, sha256): milliseconds UTC since when it is stored} of those that are."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows = connection.execute(_STORED, {"names": sorted({sha for _, sha in wanted})})
    return {(row.org, row.sha256): row.stored_at for row in rows if (row.org, row.sha256) in wanted}


_OF_ROWS = (sa.select(PhotoUse.row_id, PhotoUse.sha256, Photo.stored_at)
            .join(Photo, sa.and_(Photo.org == PhotoUse.org, Photo.sha256 == PhotoUse.sha256))
            .where(PhotoUse.type == sa.bindparam("type"), PhotoUse.row_id.in_(sa.bindparam("ids", expanding=True)), Photo.stored_at.is_not(None)))


def stored_of(connection: Connection, type_: str, ids: Iterable[str]) -> dict[str, dict[str, int]]:
    """{row: {sha256: milliseconds UTC}} of the photos that are stored of those that rows of a type name. One statement."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    wanted = sorted(ids)
    for row in connection.execute(_OF_ROWS, {"type": type_, "ids": wanted}) if wanted else ():
        found[row.row_id][row.sha256] = row.stored_at
    return found


def told(visit: Mapping[str, Any], there: Mapping[str, int]) -> Row:
    """{receipt} of a visit that is safe to forget, {photos_missing} of another signed one, {} of a draft. `there`: as `stored_of`."""
    given = receipt(visit, there)
    if given is not None:
        return {"receipt": given | {"at": iso(given["at"])}}
    return {"photos_missing": missing(visit, there)} if visit["status"] == "signed" else {}


def name(connection: Connection, type_: str, named: Mapping[str, Iterable[Key]], anew: Iterable[str] = (),
         device_id: str | None = None) -> None:
    """Write which photos rows name, those that a row names already as they are. `anew`: rows that may have named others before, or that are gone."""
    gone = sorted(anew)
    if gone:
        connection.execute(sa.delete(PhotoUse).where(PhotoUse.type == type_, PhotoUse.row_id.in_(gone)))
    insert_missing(connection, PhotoUse.__table__, [
        {"type": type_, "row_id": row_id, "sha256": sha, "org": org, "device_id": device_id}
        for row_id, keys in sorted(named.items()) for org, sha in sorted(set(keys))])


def forget(connection: Connection, type_: str, pairs: Iterable[tuple[str, str]]) -> None:
    """Rows, given as (row, SHA-256), name these photos no more. The photos themselves stay."""
    gone = [{"row": row_id, "sha": sha} for row_id, sha in sorted(pairs)]
    if gone:
        connection.execute(sa.delete(PhotoUse).where(
            PhotoUse.type == type_, PhotoUse.row_id == sa.bindparam("row"), PhotoUse.sha256 == sa.bindparam("sha")), gone)
