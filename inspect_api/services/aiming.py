"""Whom a campaign is for: the sites that a plan's window, a county's frequencies or an indicator's gap ask to be visited."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from checklists.windows import all_windows
from inspect_api.db import prefix_range
from inspect_api.models import Contribution, Site, Task, Visit
from inspect_api.models.tasks import OPEN, for_indicator
from inspect_api.problems import Problem
from inspect_api.services import holders, indicators, plans, rules
from inspect_api.services.days import day_of, end_of_day, start_of_day
from inspect_api.services.rules import DAY_MS

Row = dict[str, Any]
_COLUMNS = (Site.id, Site.name, Site.type, Site.address, Site.grid, Site.risk_grade, Contribution.last_at, Contribution.last_visit)


@dataclass(slots=True)
class Aim:
    """The sites that are meant, by id, as rows of _COLUMNS, and how their tasks are to be made.

    `since`: from which time on a visit does the task, the same for all or by risk grade. `met`: sites that were named and need no visit.
    """

    purpose: str
    sites: list[Any]
    since: int | dict[str, int]
    reason: Row | None = None
    met: int = 0
    busy: set[str] = field(default_factory=set)  # sites, or grids, with an open task for the same purpose
    per: str = "site"

    def since_of(self, site: Any) -> int:
        """From which time on a visit of this site does its task."""
        return self.since[site.risk_grade] if isinstance(self.since, dict) else self.since

    def free(self) -> list[Any]:
        """The sites for which nothing is under way yet."""
        return [site for site in self.sites if (site.id if self.per == "site" else site.grid) not in self.busy]


def aim(connection: Connection, given: Row, now: int) -> Aim:
    """The sites that a campaign asked for as `given` means now. Raises Problem unknown-plan, unknown-indicator, unknown-region or invalid."""
    found = {"window": _window, "risk": _risk, "gap": _gap}[given["kind"]](connection, given, now)
    found.per = given["per"]
    busy = Task.site_id if found.per == "site" else Task.grid
    only = Task.site_id.is_not(None) if found.per == "site" else Task.site_id.is_(None)
    found.busy = set(connection.execute(sa.select(busy).where(Task.purpose == found.purpose, OPEN, only, prefix_range(Task.grid, given["region"]))).scalars())
    return found


def _sites(connection: Connection, region: str, *where: Any) -> list[Any]:
    return list(connection.execute(
        sa.select(*_COLUMNS).outerjoin(Contribution, sa.and_(Contribution.site_id == Site.id, Contribution.basis == "received"))
        .where(prefix_range(Site.grid, region), Site.active, *where).order_by(Site.id)).all())


def _window(connection: Connection, given: Row, now: int) -> Aim:
    """Sites of some types that nobody visited in a plan's window."""
    plan = plans.find(connection, given["plan"])
    indicators.check_region(connection, plan, given["region"])
    group = {one.key: one for one in all_windows(plan)}
    window = group.get(given["window"])
    if window is None:
        raise Problem("invalid", errors=[{"field": "window", "message": "计划没有这个时段"}])
    start, end = start_of_day(window.start), end_of_day(window.end)
    visited = sa.exists().where(Visit.site_id == Site.id, Visit.at.between(start, end), Visit.status == "signed", Visit.review != "rejected",
                                Visit.replaced_by.is_(None))
    types = sorted(set(given["site_types"]))
    purpose = f"window|{plan.id}|{window.key}"
    if given["per"] == "grid":  # another campaign in the same window, for other sites, is another walk through the grid
        purpose += "|" + hashlib.sha256("|".join(types).encode()).hexdigest()[:12]
    return Aim(purpose, _sites(connection, given["region"], Site.type.in_(types), ~visited), start)


def _risk(connection: Connection, given: Row, now: int) -> Aim:
    """Sites whose newest visit is older than their risk grade allows, or that were never visited."""
    region = given["region"]
    indicators.find_region(connection, region)
    frequencies = {grade: times for grade, times in rules.of(connection, region).frequencies.items() if times > 0}
    since = {grade: now - 365 * DAY_MS // times for grade, times in frequencies.items()}
    late = [sa.and_(Site.risk_grade == grade, sa.or_(Contribution.last_at.is_(None), Contribution.last_at < since[grade])) for grade in since]
    only = [Site.type.in_(sorted(set(given["site_types"])))] if given.get("site_types") else []
    return Aim("risk", _sites(connection, region, sa.or_(sa.false(), *late), *only), since)


def _gap(connection: Connection, given: Row, now: int) -> Aim:
    """The sites that hold an indicator back: all of the region, or those of a choice."""
    plan, indicator = plans.find_indicator(connection, given["plan"], given["indicator"])
    indicators.check_region(connection, plan, given["region"])
    asked = holders.track(plan, indicator, given.get("window"), day_of(now))
    chosen = sorted(set(given["sites"])) if given.get("sites") else None
    held, seen = holders.held_back(connection, asked, given["region"], given["basis"], chosen)
    if chosen is not None and seen < len(chosen):
        raise Problem("invalid", errors=[{"field": "sites", "message": f"有 {len(chosen) - seen} 个主体不在该区域、该指标的范围内，或已停业"}])
    rows = _chosen(connection, given["region"], held)
    return Aim(for_indicator(plan.id, indicator.id), rows, start_of_day(asked.window.start), {"plan": plan.id, "indicator": indicator.id},
               met=0 if chosen is None else seen - len(held))


def _chosen(connection: Connection, region: str, ids: list[str]) -> list[Any]:
    """Rows of sites by id; of so many that naming each would be too long, those of the region that are among them."""
    if not ids:
        return []
    if len(ids) <= 5000:
        return _sites(connection, region, Site.id.in_(ids))
    wanted = set(ids)
    return [site for site in _sites(connection, region) if site.id in wanted]


def windows_of(plan: Any) -> Row:
    """{windows: [{key, title, start, end}]}: what a campaign of kind `window` may name."""
    return {"windows": [{"key": one.key, "title": one.title, "start": one.start.isoformat(), "end": one.end.isoformat()} for one in all_windows(plan)]}
