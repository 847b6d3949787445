"""The sites behind a number: those that hold an indicator back, meet it, or are not concerned."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from checklists.plan import Indicator, Plan
from checklists.state import SITE_MEASURES
from checklists.windows import windows
from inspect_api.db import prefix_range
from inspect_api.models import Contribution, Site
from inspect_api.problems import Problem
from inspect_api.services.days import iso
from inspect_api.services.indicators import current_window

_CHUNK = 500
_MOST_CHUNKS = 20  # of one request: a rare state may leave a page short, and `next` goes on


def _state(row: list[Any] | None, day: str) -> str | None:
    """missing, met or none of one contribution on a day; None when the site is not in the indicator."""
    if row is None:
        return None
    num, den, until = row
    if not den:
        return "none"
    return "met" if num >= den and until >= day else "missing"


def page(connection: Connection, plan: Plan, indicator: Indicator, region: str, query: dict[str, Any],
         today: date) -> dict[str, Any]:
    """{indicator, window, state, sites: [{id, name, type, grid, num, den, last_visit}], next}, by site id.

    Reads the filter's sites in chunks until the page is full, or short after 10,000 sites. Raises Problem invalid for an indicator that offices
    report, or a window the indicator does not have.
    """
    if indicator.measure not in SITE_MEASURES:
        raise Problem("invalid", errors=[{"field": "indicator", "message": "该指标由办公室填报，没有对应的主体"}])
    group = {w.key: w for w in windows(plan, indicator)}
    key = query.get("window") or current_window(list(group.values()), today).key
    if key not in group:
        raise Problem("invalid", errors=[{"field": "window", "message": "应为 " + "、".join(group) + " 之一"}])
    track, day = f"{plan.id}|{indicator.id}|{key}", min(group[key].end, today).isoformat()
    found: list[dict[str, Any]] = []
    after, limit = query.get("after") or "", query["limit"]
    for _ in range(_MOST_CHUNKS):
        rows = connection.execute(
            sa.select(Site.id, Site.name, Site.type, Site.grid, Site.address, Contribution.state)
            .join(Contribution, sa.and_(Contribution.site_id == Site.id, Contribution.basis == query["basis"]))
            .where(Site.type.in_(indicator.filter["site_types"]), prefix_range(Site.grid, region), Site.id > after)
            .order_by(Site.id).limit(_CHUNK)).all()
        for row in rows:
            sums = row.state["sums"].get(track)
            if _state(sums, day) == query["state"]:
                last = row.state["last"]
                found.append({"id": row.id, "name": row.name, "type": row.type, "grid": row.grid, "address": row.address,
                              "num": sums[0], "den": sums[1], "last_visit": iso(last[0]) if last else None})
        after = rows[-1].id if len(rows) == _CHUNK else ""
        if not after or len(found) > limit:
            break
    more = found[limit - 1]["id"] if len(found) > limit else after or None
    return {"indicator": indicator.id, "window": key, "state": query["state"], "sites": found[:limit], "next": more}
