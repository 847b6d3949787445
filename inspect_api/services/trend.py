"""How a number moved: the sums of every day, remembered by a nightly timer, or folded later from the visits made by then.

A row of `tally_day` stands until the next one of the same key: numbers of a town change seldom, and days without a change cost nothing.
`remembered_day` says which days were looked at; between two of them nothing is claimed.
"""

import calendar
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from checklists.plan import Indicator, Plan
from checklists.state import SITE_MEASURES
from checklists.windows import WindowInstance, windows
from inspect_api.db import prefix_range, upsert
from inspect_api.models import RememberedDay, Tally, TallyDay
from inspect_api.problems import Problem
from inspect_api.services import indicators, past
from inspect_api.services.rollup import BASES

TOWN, COUNTY = 9, 6  # digits
GRACE = timedelta(days=62)  # how long after its end a window is still followed: what comes late
STEPS = ("day", "week", "month")
_TABLE, _DAYS = TallyDay.__table__, RememberedDay.__table__
Row = dict[str, Any]
Key = tuple[str, str, str, str]  # indicator, basis, window, region
Numbers = dict[Key, tuple[int, int]]


def days_between(first: date, last: date, step: str) -> list[date]:
    """The days of a step from `first` to `last`: every day, Sundays, or the ends of months."""
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    if step == "day":
        return list(every)
    if step == "week":
        return [day for day in every if day.isoweekday() == 7]
    return [day for day in every if day.day == calendar.monthrange(day.year, day.month)[1]]


def _followed(plan: Plan, day: date) -> dict[tuple[str, str], WindowInstance]:
    """The windows whose numbers are kept on a day: begun, and not long over."""
    return {(i.id, w.key): w for i in plan.indicators if i.measure in SITE_MEASURES for w in windows(plan, i) if w.start <= day <= w.end + GRACE}


def _by_town(parts: Iterable[tuple[str, str, str, str, Any, Any]]) -> Numbers:
    """Sums by town and by county of (indicator, basis, window, part, num, den), where a part is a town or, of what lies in none, more."""
    found: dict[Key, list[int]] = {}
    for indicator, basis, window, part, num, den in parts:
        for region in {part, part[:COUNTY]}:
            if len(region) in (TOWN, COUNTY):
                cell = found.setdefault((indicator, basis, window, region), [0, 0])
                cell[0] += int(num)
                cell[1] += int(den)
    return {key: (num, den) for key, (num, den) in found.items()}


def fold(connection: Connection, plans: Sequence[Plan], days: Sequence[date],
         progress: Callable[[int, int], None] | None = None) -> dict[tuple[str, date], Numbers]:
    """{(plan, day): its numbers} of past days in order, in one pass over the sites. Reads only. Of a later day only what differs from the one before."""
    found: dict[tuple[str, date], Numbers] = {(plan.id, day): {} for plan in plans for day in days}
    regions = {plan.region for plan in plans} if days else set()
    for top in sorted(one for one in regions if not any(one != other and one.startswith(other) for other in regions)):
        own = [plan for plan in plans if plan.region.startswith(top)]
        before: dict[str, Numbers] = {plan.id: {} for plan in own}
        for day, sums in zip(days, past.over(connection, own, top, TOWN, BASES, days, progress), strict=True):
            followed = {f"{plan.id}|{indicator}|{window}" for plan in own for indicator, window in _followed(plan, day)}
            parts: dict[str, list[tuple[str, str, str, str, Any, Any]]] = {plan.id: [] for plan in own}
            for (basis, key, part), (num, den) in sums.items():
                if key in followed:
                    plan_id, indicator, window = key.split("|")
                    parts[plan_id].append((indicator, basis, window, part, num, den))
            for plan_id, of_plan in parts.items():
                numbers = _by_town(of_plan)
                found[(plan_id, day)] = {key: pair for key, pair in numbers.items() if before[plan_id].get(key, (0, 0)) != pair}
                before[plan_id] |= numbers
    return found


def _standing(connection: Connection, plan: Plan, today: date) -> Numbers:
    """The numbers of now, from the tallies. One statement."""
    followed = _followed(plan, today)
    if not followed:
        return {}
    ends = {key: window.end for (_, key), window in followed.items()}
    part = sa.func.substr(Tally.grid, 1, TOWN)
    rows = connection.execute(
        sa.select(Tally.indicator, Tally.basis, Tally.window, part, sa.func.sum(sa.case((indicators.holds(ends, today), Tally.num), else_=0)), sa.func.sum(Tally.den))
        .where(Tally.plan == plan.id, Tally.basis.in_(BASES), Tally.window.in_(sorted(ends))).group_by(Tally.indicator, Tally.basis, Tally.window, part)).all()
    return _by_town(row for row in rows if (row[0], row[2]) in followed)


def remember_today(connection: Connection, plans: Iterable[Plan], today: date) -> int:
    """Keep the numbers of now as those of today; a second time on a day overwrites. Returns how many rows were written."""
    written = 0
    for plan in plans:
        connection.execute(sa.delete(_TABLE).where(_TABLE.c.plan == plan.id, _TABLE.c.day >= today))
        written += _write(connection, plan, today, _standing(connection, plan, today), _newest(connection, plan.id, today), whole=True, folded=False)
    return written


def keep_folded(connection: Connection, plans: Iterable[Plan], numbers: dict[tuple[str, date], Numbers], days: Sequence[date]) -> int:
    """Put folded days (of `fold`, in order) in the place of all that was kept from the first of them to the last. Returns how many rows were written."""
    written = 0
    for plan in plans if days else ():
        resting = _newest(connection, plan.id, days[-1] + timedelta(days=1))  # what later days rest on
        for table in (_TABLE, _DAYS):
            connection.execute(sa.delete(table).where(table.c.plan == plan.id, table.c.day.between(days[0], days[-1])))
        standing = _newest(connection, plan.id, days[0])
        for day in days:
            written += _write(connection, plan, day, numbers[(plan.id, day)], standing, whole=day == days[0], folded=True)
            standing |= numbers[(plan.id, day)]
        _stand_as_before(connection, plan.id, days[-1], resting, standing)
    return written


def _stand_as_before(connection: Connection, plan: str, last: date, resting: Numbers, standing: Numbers) -> None:
    """The first day after `last` that is kept says the same as ever, whatever lies before it now."""
    after = connection.execute(sa.select(sa.func.min(_DAYS.c.day)).where(_DAYS.c.plan == plan, _DAYS.c.day > last)).scalar()
    if after is not None:
        own = {tuple(row) for row in connection.execute(sa.select(*_KEY).where(_TABLE.c.plan == plan, _TABLE.c.day == after))}
        _insert(connection, plan, after, {key: resting.get(key, (0, 0)) for key in (resting.keys() | standing.keys()) - own
                                          if resting.get(key, (0, 0)) != standing.get(key, (0, 0))})


_KEY = tuple(_TABLE.c[name] for name in ("indicator", "basis", "window", "region"))


def _newest(connection: Connection, plan: str, before: date) -> Numbers:
    """The numbers that stand before a day: of each key the newest row."""
    last = sa.select(*_KEY, sa.func.max(_TABLE.c.day).label("day")).where(_TABLE.c.plan == plan, _TABLE.c.day < before).group_by(*_KEY).subquery()
    rows = connection.execute(sa.select(*_KEY, _TABLE.c.num, _TABLE.c.den).join(
        last, sa.and_(_TABLE.c.plan == plan, *(_TABLE.c[name] == last.c[name] for name in ("indicator", "basis", "window", "region", "day")))))
    return {(row[0], row[1], row[2], row[3]): (row[4], row[5]) for row in rows}


def _write(connection: Connection, plan: Plan, day: date, numbers: Numbers, before: Numbers, whole: bool, folded: bool) -> int:
    """Keep what differs from `before`. `whole`: what a followed window does not have any more is nothing now."""
    if whole:
        followed = _followed(plan, day)
        numbers = {key: (0, 0) for key in before if (key[0], key[2]) in followed} | numbers
    changed = {key: pair for key, pair in numbers.items() if before.get(key, (0, 0)) != pair}
    _insert(connection, plan.id, day, changed)
    connection.execute(upsert(_DAYS, ("plan", "day")), {"plan": plan.id, "day": day, "folded": folded})
    return len(changed)


def _insert(connection: Connection, plan: str, day: date, numbers: Numbers) -> None:
    if numbers:
        connection.execute(sa.insert(_TABLE), [
            {"plan": plan, "indicator": key[0], "basis": key[1], "window": key[2], "region": key[3], "day": day, "num": num, "den": den}
            for key, (num, den) in sorted(numbers.items())])


def never_kept(connection: Connection, plans: Iterable[Plan]) -> list[Plan]:
    """The plans of which no day was ever kept."""
    known = set(connection.execute(sa.select(_DAYS.c.plan).distinct()).scalars())
    return [plan for plan in plans if plan.id not in known]


def trend(connection: Connection, plan: Plan, indicator: Indicator, window: WindowInstance, region: str, basis: str, first: date | None,
          last: date | None, today: date) -> Row:
    """{plan, indicator, region, window, basis, from, to, points: [{day, num, den, value, known}], target, deadline}, by day.

    A point for every day that was kept; for today the numbers of now. `known` is `then` for what was known at the end of that day, `since`
    for what was folded later, `now` for today. Raises Problem invalid for what offices report, and below a town.
    """
    if indicator.measure not in SITE_MEASURES:
        raise Problem("invalid", errors=[{"field": "indicator", "message": "该指标由办公室填报，没有走势"}])
    if len(region) > TOWN:
        raise Problem("invalid", errors=[{"field": "region", "message": "走势到乡镇（街道）为止"}])
    first, last = first or window.start, min(last or window.end + GRACE, today)
    days = connection.execute(sa.select(_DAYS.c.day, _DAYS.c.folded).where(
        _DAYS.c.plan == plan.id, _DAYS.c.day.between(first, last), _DAYS.c.day >= window.start, _DAYS.c.day < today).order_by(_DAYS.c.day)).all()
    inside = _TABLE.c.region == region if len(region) in (TOWN, COUNTY) else sa.and_(
        prefix_range(_TABLE.c.region, region), sa.func.length(_TABLE.c.region) == COUNTY)
    rows = connection.execute(sa.select(_TABLE.c.day, _TABLE.c.region, _TABLE.c.num, _TABLE.c.den).where(
        _TABLE.c.plan == plan.id, _TABLE.c.indicator == indicator.id, _TABLE.c.basis == basis, _TABLE.c.window == window.key, inside,
        _TABLE.c.day <= last).order_by(_TABLE.c.day)).all()
    standing: dict[str, tuple[int, int]] = {}
    points, taken = [], 0
    for day, folded in days:
        while taken < len(rows) and rows[taken].day <= day:
            standing[rows[taken].region] = (rows[taken].num, rows[taken].den)
            taken += 1
        num, den = (sum(pair[n] for pair in standing.values()) for n in (0, 1))
        points.append({"day": day.isoformat(), "num": num, "den": den, "value": indicators.value_of(indicator, num, den), "known": "since" if folded else "then"})
    if first <= today <= last and window.start <= today:
        now = indicators.one_window(connection, plan, indicator, window, region, basis, today)
        points.append({"day": today.isoformat(), "num": now["num"], "den": now["den"], "value": now["value"], "known": "now"})
    target = indicator.target
    return {"plan": plan.id, "indicator": indicator.id, "region": region, "window": window.key, "basis": basis, "from": first.isoformat(),
            "to": last.isoformat(), "points": points, "deadline": window.deadline.isoformat(),
            "target": {"op": target.op, "value": target.value, "unit": target.unit, "inferred": target.inferred}}
