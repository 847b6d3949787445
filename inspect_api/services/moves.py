"""A site that moves to another grid takes its visits and tasks along: who answers for the grid sees them there."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.models import Task, Visit
from sync.feed import MOVED, Change, personal

Row = dict[str, Any]


def move(connection: Connection, sites: Iterable[tuple[Row, Row]]) -> list[Change]:
    """Bring visits and tasks after sites, given as (before, after) with another grid. Returns what belongs in the feed,
    without the sites' own new entries. Five statements at most, whatever their number.
    """
    grids = {after["id"]: (before["grid"], after["grid"]) for before, after in sites if before["grid"] != after["grid"]}
    if not grids:
        return []
    changed = [Change(old, "site", site_id, MOVED) for site_id, (old, _) in grids.items()]
    for table, owner in ((Visit.__table__, Visit.inspector_id), (Task.__table__, None)):
        rows = connection.execute(sa.select(table.c.id, table.c.site_id, *([owner.label("owner")] if owner is not None else []))
                                  .where(table.c.site_id.in_(sorted(grids)))).mappings().all()
        if rows:
            connection.execute(sa.update(table).where(table.c.site_id == sa.bindparam("site")).values(grid=sa.bindparam("to")),
                               [{"site": site_id, "to": new} for site_id, (_, new) in grids.items()])
        for row in rows:
            old, new = (personal(grid, row["owner"]) if "owner" in row else grid for grid in grids[row["site_id"]])
            changed += [Change(old, table.name, row["id"], MOVED), Change(new, table.name, row["id"])]
    return changed
