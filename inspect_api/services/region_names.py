"""What regions are called, for lists of rows that lie in them."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.models import Region

TOWN_DIGITS = 9


def of(connection: Connection, grids: Iterable[str]) -> dict[str, str]:
    """{code: name} of these grids and of the towns above them. One statement."""
    codes = {code for grid in grids for code in (grid, grid[:TOWN_DIGITS])}
    rows = connection.execute(sa.select(Region.code, Region.name).where(Region.code.in_(sorted(codes)))) if codes else ()
    return {row.code: row.name for row in rows}


def shown(names: dict[str, str], grid: str) -> dict[str, str | None]:
    """{grid, grid_name, town_name} of a row; a name is null where the region does not reach so far down."""
    return {"grid": grid, "grid_name": names.get(grid) if len(grid) > TOWN_DIGITS else None, "town_name": names.get(grid[:TOWN_DIGITS])}
