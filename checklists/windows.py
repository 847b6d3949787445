"""Over which days an indicator counts, and on which days a report is due.

All days are local dates (Asia/Shanghai): a visit belongs to the day on the supervisor's calendar, not to the UTC day.
"""

import calendar
import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from checklists.plan_model import Indicator, Plan, Report, Season


class WindowInstance(NamedTuple):
    """One stretch of days, both ends included. `key` is unique within its indicator and never changes."""

    key: str
    start: dt.date
    end: dt.date
    deadline: dt.date
    title: str


Span = tuple[str, dt.date, dt.date, str]  # key, start, end, title


def windows(plan: Plan, indicator: Indicator) -> list[WindowInstance]:
    """The windows of an indicator in order, each cut to the plan's period.

    period: one, keyed `period`; year `2022`, half `2022H1`, quarter `2022Q1`, month `2022-03`: one per calendar unit
    that the period touches; season `<season id>-2022`: one per year in which it begins, if it touches the period.
    The deadline is the last day; a deadline in the plan belongs to the last window begun by then.
    """
    wanted = indicator.window
    found = _instances(plan, wanted.kind, wanted.season)
    named = [n for n, one in enumerate(found) if wanted.deadline and one.start <= wanted.deadline]
    if named and wanted.deadline:
        found[named[-1]] = found[named[-1]]._replace(deadline=wanted.deadline)
    return found


def all_windows(plan: Plan) -> list[WindowInstance]:
    """Every stretch of days that a plan knows, each key once: its seasons first, then whole period, years, halves, quarters, months."""
    seasons = [one for season in plan.seasons for one in _instances(plan, "season", season.id)]
    return sorted(seasons, key=lambda one: one.start) + [one for kind in _SPANS for one in _instances(plan, kind)]


def _instances(plan: Plan, kind: str, season: str | None = None) -> list[WindowInstance]:
    first, last = plan.period
    spans = _season(plan.season(season or ""), first, last) if kind == "season" else _SPANS[kind](first, last)
    return [WindowInstance(key, max(start, first), min(end, last), min(end, last), title)
            for key, start, end, title in spans if start <= last and end >= first]


def window_of(instances: Iterable[WindowInstance], day: dt.date) -> list[WindowInstance]:
    """Those windows that hold the day."""
    return [one for one in instances if one.start <= day <= one.end]


def due_dates(report: Report, plan: Plan) -> list[dt.date]:
    """Every day on which a report is due, in order.

    `due` by kind: once `YYYY-MM-DD`; annual `MM-DD` of every year; quarterly `20` of the month after each quarter, or
    `last-month-20` of its last month; monthly `15` of each month, or `next-month-15` of the month after each. A day
    that a month lacks is its last one. The report's own from/to narrow the plan's period: a day counts that lies in
    it, and for "after" and "next" the quarter's or month's last day must.
    """
    first, last = report.start or plan.period[0], report.end or plan.period[1]
    if report.kind == "once":
        return [dt.date.fromisoformat(report.due)]
    if report.kind == "annual":
        month, day = int(report.due[:2]), int(report.due[3:])
        return [due for year in range(first.year, last.year + 1) if first <= (due := _day(year, month, day)) <= last]
    prefix, _, number = report.due.rpartition("-")
    units = (3, 6, 9, 12) if report.kind == "quarterly" else tuple(range(1, 13))
    within = prefix == "last-month" if report.kind == "quarterly" else prefix == ""
    found = []
    for year in range(first.year, last.year + 1):
        for month in units:
            due = _day(year, month, int(number)) if within else _day(year, month + 1, int(number))
            if first <= (due if within else _day(year, month, 31)) <= last:
                found.append(due)
    return found


def _day(year: int, month: int, day: int) -> dt.date:
    """The day, or the month's last day when it lacks it; month 13 is the next January."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _period(first: dt.date, last: dt.date) -> Iterator[Span]:
    title = f"{first.year}年" if first.year == last.year else f"{first.year}—{last.year}年"
    yield "period", first, last, title


def _year(first: dt.date, last: dt.date) -> Iterator[Span]:
    for year in range(first.year, last.year + 1):
        yield str(year), dt.date(year, 1, 1), dt.date(year, 12, 31), f"{year}年"


def _half(first: dt.date, last: dt.date) -> Iterator[Span]:
    for year in range(first.year, last.year + 1):
        for half, name in ((1, "上半年"), (2, "下半年")):
            yield f"{year}H{half}", dt.date(year, half * 6 - 5, 1), _day(year, half * 6, 31), f"{year}年{name}"


def _quarter(first: dt.date, last: dt.date) -> Iterator[Span]:
    for year in range(first.year, last.year + 1):
        for q in range(1, 5):
            yield f"{year}Q{q}", dt.date(year, q * 3 - 2, 1), _day(year, q * 3, 31), f"{year}年第{'一二三四'[q - 1]}季度"


def _month(first: dt.date, last: dt.date) -> Iterator[Span]:
    for year in range(first.year, last.year + 1):
        for month in range(1, 13):
            yield f"{year}-{month:02d}", dt.date(year, month, 1), _day(year, month, 31), f"{year}年{month}月"


def _season(season: Season, first: dt.date, last: dt.date) -> Iterator[Span]:
    over_new_year = season.end < season.start
    for year in range(first.year - over_new_year, last.year + 1):
        yield f"{season.id}-{year}", _day(year, *season.start), _day(year + over_new_year, *season.end), f"{year}年{season.title}"


_SPANS: dict[str, Callable[[dt.date, dt.date], Iterator[Span]]] = {
    "period": _period, "year": _year, "half": _half, "quarter": _quarter, "month": _month,
}
