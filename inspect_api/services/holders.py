"""The sites behind a number: those that hold an indicator back, meet it, or are not concerned; and what is on its way to them."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from checklists.plan import Indicator, Plan
from checklists.state import FOREVER, SITE_MEASURES
from checklists.windows import WindowInstance, windows
from inspect_api.db import prefix_range
from inspect_api.models import Contribution, Site, Task
from inspect_api.models.tasks import OPEN, for_indicator
from inspect_api.problems import Problem
from inspect_api.services.days import iso
from inspect_api.services.indicators import current_window

Row = dict[str, Any]
_CHUNK = 500
_MOST_CHUNKS = 20  # of one request: a rare state may leave a page short, and `next` goes on


class Track(NamedTuple):
    """An indicator in one of its windows, and the day on which its sites are looked at."""

    plan: Plan
    indicator: Indicator
    window: WindowInstance
    day: str

    @property
    def key(self) -> str:
        """As contributions name it."""
        return f"{self.plan.id}|{self.indicator.id}|{self.window.key}"

    def state(self, row: list[Any] | None) -> str | None:
        """missing, met or none of one contribution; None when the site is not in the indicator."""
        if row is None:
            return None
        num, den, until = row
        if not den:
            return "none"
        return "met" if num >= den and until >= self.day else "missing"


def window(plan: Plan, indicator: Indicator, key: str | None, today: date) -> WindowInstance:
    """The window that is asked for; the one that today looks at when none is. Raises Problem invalid."""
    group = {w.key: w for w in windows(plan, indicator)}
    if key is None:
        return current_window(list(group.values()), today)
    if key not in group:
        raise Problem("invalid", errors=[{"field": "window", "message": "应为 " + "、".join(group) + " 之一"}])
    return group[key]


def track(plan: Plan, indicator: Indicator, key: str | None, today: date) -> Track:
    """What is asked for. Raises Problem invalid for an indicator that offices report, or a window that it does not have."""
    if indicator.measure not in SITE_MEASURES:
        raise Problem("invalid", errors=[{"field": "indicator", "message": "该指标由办公室填报，没有对应的主体"}])
    found = window(plan, indicator, key, today)
    return Track(plan, indicator, found, min(found.end, today).isoformat())


def page(connection: Connection, plan: Plan, indicator: Indicator, region: str, query: Row, today: date) -> Row:
    """{indicator, window, state, sites: [{id, name, type, grid, num, den, last_visit, task}], next, on_the_way}, by site id.

    `task` is the one for this indicator that is open at the site, else the newest that was done, `on_the_way` the number of sites in the
    region with an open one. Reads the filter's sites in chunks until the page is full, or short after 10,000 sites. Raises Problem invalid.
    """
    asked = track(plan, indicator, query.get("window"), today)
    purpose = for_indicator(plan.id, indicator.id)
    wanted = [Site.type.in_(indicator.filter["site_types"]), prefix_range(Site.grid, region), *_maybe(connection, asked, query["state"])]
    if query.get("without_task"):
        wanted.append(~sa.exists().where(Task.site_id == Site.id, Task.purpose == purpose, OPEN))
    found: list[Row] = []
    after, limit = query.get("after") or "", query["limit"]
    for _ in range(_MOST_CHUNKS):
        rows = connection.execute(
            sa.select(Site.id, Site.name, Site.type, Site.grid, Site.address, Contribution.state)
            .join(Contribution, sa.and_(Contribution.site_id == Site.id, Contribution.basis == query["basis"]))
            .where(*wanted, Site.id > after).order_by(Site.id).limit(_CHUNK)).all()
        for row in rows:
            sums = row.state["sums"].get(asked.key)
            if asked.state(sums) == query["state"]:
                last = row.state["last"]
                found.append({"id": row.id, "name": row.name, "type": row.type, "grid": row.grid, "address": row.address,
                              "num": sums[0], "den": sums[1], "last_visit": iso(last[0]) if last else None})
        after = rows[-1].id if len(rows) == _CHUNK else ""
        if not after or len(found) > limit:
            break
    more = found[limit - 1]["id"] if len(found) > limit else after or None
    tasks = _tasks(connection, purpose, (one["id"] for one in found[:limit]))
    return {"indicator": indicator.id, "window": asked.window.key, "state": query["state"],
            "sites": [one | {"task": tasks.get(one["id"])} for one in found[:limit]], "next": more,
            "on_the_way": on_the_way(connection, purpose, region)}


def _maybe(connection: Connection, asked: Track, state: str) -> list[Any]:
    """What the text of a site's state says for sure: those that meet the indicator for ever hold nothing back, and need not be read."""
    if state != "missing":
        return []
    text = sa.type_coerce(Contribution.state, sa.Text)
    place = sa.func.instr if connection.dialect.name == "sqlite" else sa.func.strpos  # a third of what LIKE costs
    return [place(text, f'"{asked.key}":[') > 0, place(text, f'"{asked.key}":[1,1,"{FOREVER}"]') == 0]


def _tasks(connection: Connection, purpose: str, site_ids: Iterable[str]) -> dict[str, Row]:
    ids = sorted(site_ids)
    rows = connection.execute(sa.select(Task.id, Task.site_id, Task.due_on, Task.state, Task.campaign_id).where(
        Task.site_id.in_(ids), Task.purpose == purpose, Task.state.in_(("open", "done"))).order_by(Task.state, Task.created_at)) if ids else ()
    return {row.site_id: {"id": row.id, "due_on": row.due_on and row.due_on.isoformat(), "state": row.state, "campaign_id": row.campaign_id}
            for row in rows}


def on_the_way(connection: Connection, purpose: str, region: str) -> int:
    """How many sites of a region have an open task for this purpose."""
    return connection.execute(sa.select(sa.func.count(sa.distinct(Task.site_id))).where(
        Task.purpose == purpose, OPEN, prefix_range(Task.grid, region), Task.site_id.is_not(None))).scalar_one()


def held_back(connection: Connection, asked: Track, region: str, basis: str, ids: list[str] | None = None) -> tuple[list[str], int]:
    """The open sites that hold an indicator back, of a region or of these, by id; and how many of these are open and of its types."""
    held, seen, after = [], 0, ""
    only = _maybe(connection, asked, "missing") if ids is None else [Site.id.in_(ids)]
    while rows := connection.execute(
            sa.select(Site.id, Contribution.state)
            .join(Contribution, sa.and_(Contribution.site_id == Site.id, Contribution.basis == basis))
            .where(Site.type.in_(asked.indicator.filter["site_types"]), prefix_range(Site.grid, region), Site.active, Site.id > after, *only)
            .order_by(Site.id).limit(_CHUNK * 4)).all():
        held += [row.id for row in rows if asked.state(row.state["sums"].get(asked.key)) == "missing"]
        seen, after = seen + len(rows), rows[-1].id
    return held, seen
