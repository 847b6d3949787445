"""Which grid a point lies in, and the WGS-84 of a captured place."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.engine import Connection

from inspect_api.db import prefix_range
from inspect_api.models import Clock, Region
from inspect_api.services.changes import tick
from sync.location import Boundaries, to_wgs84

STAMP = "areas"  # the clock row that is raised whenever a boundary changes


def bump(connection: Connection) -> None:
    """Say that boundaries changed."""
    tick(connection, STAMP, 1)


def boundaries(connection: Connection, prefixes: Iterable[str]) -> Boundaries:
    """The grids' boundaries under these region prefixes, kept in memory until a boundary changes."""
    prefixes = tuple(sorted(prefixes))
    stamp = connection.execute(sa.select(Clock.seq).where(Clock.org == STAMP)).scalar() or 0
    kept: dict[tuple[str, ...], tuple[int, Boundaries]] = current_app.extensions.setdefault("boundaries", {})
    if prefixes not in kept or kept[prefixes][0] != stamp:
        within = sa.or_(*(prefix_range(Region.code, prefix) for prefix in prefixes)) if prefixes else sa.true()
        rows = connection.execute(sa.select(Region.code, Region.boundary).where(
            Region.level == "grid", Region.boundary.is_not(None), Region.valid_to.is_(None), within))
        kept[prefixes] = (stamp, Boundaries([(row.code, row.boundary) for row in rows]))
    return kept[prefixes][1]


def located(place: dict[str, Any] | None) -> dict[str, Any]:
    """The columns of a site's place: as given, and in WGS-84."""
    if place is None:
        return {"place": None, "lon": None, "lat": None}
    lon, lat = to_wgs84(place["lon"], place["lat"], place["crs"])
    return {"place": place, "lon": lon, "lat": lat}
