"""When which report of the plans is due (报送日历), and whether it has been made."""

import calendar
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from checklists.plan import Plan
from checklists.plan_model import Report
from checklists.windows import due_dates
from inspect_api.models import Snapshot


class Deadline(NamedTuple):
    """One day on which one report of a plan is due; a report made for a day after `since` and up to `due` is this one."""

    plan: Plan
    report: Report
    since: date
    due: date


def deadlines(plans: Iterable[Plan], first: date, last: date) -> list[Deadline]:
    """Every deadline of these plans from a day to a day, by day."""
    found = []
    for plan in plans:
        for report in plan.reports:
            before = (report.start or plan.period[0]) - timedelta(days=1)
            for due in due_dates(report, plan):
                if first <= due <= last:
                    found.append(Deadline(plan, report, before, due))
                before = due
    return sorted(found, key=lambda one: (one.due, one.plan.id, one.report.id))


def window(deadline: Deadline) -> tuple[date, date, str]:
    """(first day, last day, title) of what a report is about: the month, quarter or year that its deadline belongs to, in the plan's period."""
    plan, report, due = deadline.plan, deadline.report, deadline.due
    month = due.replace(day=1)
    if report.kind == "monthly":
        if report.due.startswith("next-month-"):
            month = (month - timedelta(days=1)).replace(day=1)
        first, last, title = month, _end(month.year, month.month), f"{month.year}年{month.month}月"
    elif report.kind == "quarterly":
        if not report.due.startswith("last-month-"):
            month = (month - timedelta(days=1)).replace(day=1)
        quarter = (month.month - 1) // 3
        first, last = date(month.year, quarter * 3 + 1, 1), _end(month.year, quarter * 3 + 3)
        title = f"{month.year}年第{'一二三四'[quarter]}季度"
    elif report.kind == "annual":
        first, last, title = date(due.year, 1, 1), date(due.year, 12, 31), f"{due.year}年"
    else:
        first, last = plan.period
        title = f"{first.year}年" if first.year == last.year else f"{first.year}—{last.year}年"
    return max(first, plan.period[0]), min(last, plan.period[1]), title


def _end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def made(connection: Connection, region: str, plans: Iterable[Plan]) -> list[Any]:
    """The newest revision of every report of these plans in just this region: (id, plan, report, as_of, revision)."""
    return connection.execute(
        sa.select(Snapshot.id, Snapshot.plan, Snapshot.report, Snapshot.as_of, sa.func.max(Snapshot.revision).label("revision"))
        .where(Snapshot.region == region, Snapshot.plan.in_([plan.id for plan in plans]))
        .group_by(Snapshot.id, Snapshot.plan, Snapshot.report, Snapshot.as_of).order_by(Snapshot.as_of)).all()


def done(deadline: Deadline, snapshots: Iterable[Any]) -> Any:
    """The last report made for a deadline, or None."""
    found = None
    for row in snapshots:
        if (row.plan, row.report) == (deadline.plan.id, deadline.report.id) and deadline.since < row.as_of <= deadline.due:
            found = row
    return found


def page(connection: Connection, region: str, plans: list[Plan], first: date, last: date, today: date) -> dict[str, Any]:
    """{region, from, to, deadlines: [{plan, plan_title, report, title, article, quote, kind, window, due_on, days_left, state, snapshot}]}.

    `state`: due, done or overdue; `snapshot` {id, revision, as_of} of a report made for it, or null.
    """
    snapshots = made(connection, region, plans)
    found = []
    for deadline in deadlines(plans, first, last):
        start, end, title = window(deadline)
        row = done(deadline, snapshots)
        state = "done" if row else "overdue" if deadline.due < today else "due"
        found.append({
            "plan": deadline.plan.id, "plan_title": deadline.plan.title, "report": deadline.report.id, "title": deadline.report.title,
            "article": deadline.report.article, "quote": deadline.report.quote, "kind": deadline.report.kind,
            "window": {"from": start.isoformat(), "to": end.isoformat(), "title": title}, "due_on": deadline.due.isoformat(),
            "days_left": (deadline.due - today).days, "state": state,
            "snapshot": row and {"id": row.id, "revision": row.revision, "as_of": row.as_of.isoformat()}})
    return {"region": region, "from": first.isoformat(), "to": last.isoformat(), "deadlines": found}
