"""Which grid a point lies in, and the WGS-84 of a captured place."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.engine import Connection

from inspect_api.db import prefix_range
from inspect_api.models import Region
from inspect_api.models.regions import in_force
from inspect_api.services import stamps
from inspect_api.services.days import today
from sync.location import Boundaries, simpler, to_wgs84

STAMP = "areas"  # renewed whenever a boundary changes
_KEPT = 64


def bump(connection: Connection) -> None:
    """Say that boundaries changed."""
    stamps.renew(connection, STAMP)


def boundaries(connection: Connection, prefixes: Iterable[str]) -> Boundaries:
    """The grids' boundaries under these region prefixes, kept in memory until a boundary changes."""
    prefixes = tuple(sorted(prefixes))
    stamp = (stamps.read(connection, STAMP), today())
    kept: dict[tuple[str, ...], tuple[Any, Boundaries]] = current_app.extensions.setdefault("boundaries", {})
    found = kept.get(prefixes)
    if found is None or found[0] != stamp:
        within = sa.or_(*(prefix_range(Region.code, prefix) for prefix in prefixes)) if prefixes else sa.true()
        rows = connection.execute(sa.select(Region.code, Region.boundary).where(
            Region.level == "grid", Region.boundary.is_not(None), in_force(today()), within))
        if len(kept) >= _KEPT:
            kept.clear()
        found = kept[prefixes] = (stamp, Boundaries([(row.code, row.boundary) for row in rows]))
    return found[1]


def simplified(connection: Connection, codes: list[str]) -> dict[str, Any]:
    """{code: boundary} of these regions, simplified for a map; kept in memory until a boundary changes."""
    stamp = stamps.read(connection, STAMP)
    kept = current_app.extensions.get("simplified")
    known: dict[str, Any] = kept[1] if kept and kept[0] == stamp else {}
    if missing := [code for code in codes if code not in known]:
        rows = connection.execute(sa.select(Region.code, Region.boundary).where(Region.code.in_(missing)))
        known = known | {row.code: row.boundary and simpler(row.boundary) for row in rows}
        current_app.extensions["simplified"] = (stamp, known)
    return {code: known.get(code) for code in codes}


def located(place: dict[str, Any] | None) -> dict[str, Any]:
    """The columns of a site's place: as given, and in WGS-84."""
    if place is None:
        return {"place": None, "lon": None, "lat": None}
    lon, lat = to_wgs84(place["lon"], place["lat"], place["crs"])
    return {"place": place, "lon": lon, "lat": lat}
