"""Lists of rectifications: what is to be mended, rechecked, signed off, in the order of its deadline."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.db import prefix_range
from inspect_api.models import Finding, RectificationStep, Site, Visit
from inspect_api.models.rectification import STAGES
from inspect_api.problems import Problem
from inspect_api.services import region_names
from inspect_api.services.rectification import items

SOON = 7  # days before the deadline from which on it is near
MOST_COUNTED = 1000  # of those that wait for a sign-off: counting goes no further
Row = dict[str, Any]
_COLUMNS = (Finding.case_id, Finding.link_id, Finding.key, Finding.visit_id, Finding.opened_on, Finding.due_on, Finding.closed_on, Finding.waits,
            Finding.stage, Finding.supervised, Finding.escalated, Finding.repeat_of, Finding.repeats, Finding.notice_number, Finding.grid,
            Site.id.label("site"), Site.name, Site.type, Visit.checklist)


def select() -> sa.Select:
    """Findings with their site and the checklist of their visit."""
    return sa.select(*_COLUMNS).join(Site, Site.id == Finding.site_id).join(Visit, Visit.id == Finding.visit_id)


def shown(row: Any, names: dict[str, str], asked: dict[str, items.Items], today: date) -> Row:
    """A rectification as lists show it."""
    item = asked[row.checklist].get(row.link_id, {})
    where = region_names.shown(names, row.grid)
    return {"id": row.case_id, "site": {"id": row.site, "name": row.name, "type": row.type}, **where,
            "item": {"link_id": row.link_id, "question": item.get("question", row.link_id), "key": row.key},
            "opened_on": row.opened_on.isoformat(), "due_on": row.due_on.isoformat(), "days_left": (row.due_on - today).days,
            "overdue": row.waits == "mend" and row.due_on < today, "stage": row.stage, "stage_title": STAGES[row.stage],
            "supervised": row.supervised, "escalated": row.escalated, "repeat_of": row.repeat_of, "repeats": row.repeats,
            "visit_id": row.visit_id, "mended_on": row.closed_on and row.closed_on.isoformat(), "notice_number": row.notice_number}


def in_state(state: str, today: date) -> list[Any]:
    """The WHERE over Finding of the rectifications in a state, but for `withdrawn`. Raises KeyError for one that is none."""
    mend = Finding.waits == "mend"
    return {"open": [mend], "overdue": [mend, Finding.due_on < today],
            "due_soon": [mend, Finding.due_on.between(today, today + timedelta(days=SOON))],
            "evidence": [mend, Finding.stage == "evidence"], "to_sign": [Finding.waits == "sign"],
            "supervised": [Finding.supervised], "escalated": [Finding.escalated], "closed": [Finding.waits == ""]}[state]


def page(connection: Connection, query: Row, today: date) -> Row:
    """{rectifications, next, counts}. Raises KeyError for a state that is none, Problem invalid for an `after` of another list."""
    region, limit = query["region"], query["limit"]
    if query["state"] == "withdrawn":
        return _withdrawn(connection, query) | {"counts": counts(connection, region, today)}
    found = select().where(prefix_range(Finding.grid, region), *in_state(query["state"], today))
    if query.get("site_type"):
        found = found.where(Site.type == query["site_type"])
    if query.get("site"):
        found = found.where(Finding.site_id == query["site"])
    if query.get("key") is not None:
        found = found.where(Finding.key.is_(query["key"]))
    if query.get("text"):
        found = found.where(Site.name.contains(query["text"], autoescape=True))
    newest = query["sort"] == "newest"
    day = Finding.opened_on if newest else Finding.due_on
    if query.get("after"):
        last, case = query["after"].split("_")
        try:
            end = sa.tuple_(sa.literal(date.fromisoformat(last)), sa.literal(case))
        except ValueError:  # of another list, or no day
            raise Problem("invalid", errors=[{"field": "after", "message": "应为上一页的 next"}]) from None
        found = found.where(sa.tuple_(day, Finding.case_id) < end if newest else sa.tuple_(day, Finding.case_id) > end)
    order = (day.desc(), Finding.case_id.desc()) if newest else (day, Finding.case_id)
    rows = connection.execute(found.order_by(*order).limit(limit + 1)).all()
    more = rows[limit - 1] if len(rows) > limit else None
    rows = rows[:limit]
    names, asked = region_names.of(connection, {row.grid for row in rows}), items.of(connection, {row.checklist for row in rows})
    return {"rectifications": [shown(row, names, asked, today) for row in rows],
            "next": more and f"{more.opened_on if newest else more.due_on}_{more.case_id}", "counts": counts(connection, region, today)}


def counts(connection: Connection, region: str, today: date) -> Row:
    """How many there are in each state but closed and withdrawn. `to_sign` counts to MOST_COUNTED. One statement."""
    def many(*where: Any) -> Any:
        return sa.func.coalesce(sa.func.sum(sa.case((sa.and_(*where), 1), else_=0)), 0)

    within = prefix_range(Finding.grid, region)
    signing = sa.select(Finding.id).where(within, Finding.waits == "sign").limit(MOST_COUNTED).subquery()
    waiting = [sa.select(sa.func.count()).select_from(signing).scalar_subquery().label("to_sign"),
               *(sa.select(sa.func.count()).select_from(Finding).where(within, *in_state(state, today)).scalar_subquery().label(state)
                 for state in ("supervised", "escalated"))]
    row = connection.execute(sa.select(
        sa.func.count().label("open"), *(many(*in_state(state, today)).label(state) for state in ("overdue", "due_soon", "evidence")),
        *waiting).where(within, Finding.waits == "mend")).mappings().one()
    return dict(row)


def _withdrawn(connection: Connection, query: Row) -> Row:
    """Cases with steps whose finding is there no more: its visit was rejected, or says something else by now. By id."""
    step, limit = RectificationStep, query["limit"]
    rows = connection.execute(
        sa.select(step.finding_id, step.link_id, step.visit_id, Site.id.label("site"), Site.name, Site.type, Site.grid, Visit.checklist)
        .join(Site, Site.id == step.site_id).join(Visit, Visit.id == step.visit_id).outerjoin(Finding, Finding.case_id == step.finding_id)
        .where(step.n == 1, Finding.id.is_(None), prefix_range(Site.grid, query["region"]), step.finding_id > (query.get("after") or "").split("_")[-1])
        .order_by(step.finding_id).limit(limit + 1)).all()
    names, asked = region_names.of(connection, {row.grid for row in rows}), items.of(connection, {row.checklist for row in rows})
    return {"rectifications": [gone(row, names, asked) for row in rows[:limit]],
            "next": f"_{rows[limit - 1].finding_id}" if len(rows) > limit else None}


def gone(row: Any, names: dict[str, str], asked: dict[str, items.Items]) -> Row:
    """A case whose finding is there no more, with the keys of the others."""
    item = asked[row.checklist].get(row.link_id, {})
    return {"id": row.finding_id, "site": {"id": row.site, "name": row.name, "type": row.type}, **region_names.shown(names, row.grid),
            "item": {"link_id": row.link_id, "question": item.get("question", row.link_id), "key": item.get("key", False)},
            **dict.fromkeys(("opened_on", "due_on", "days_left", "repeat_of", "mended_on", "notice_number")),
            "overdue": False, "stage": "withdrawn", "stage_title": STAGES["withdrawn"], "supervised": False, "escalated": False, "repeats": 0,
            "visit_id": row.visit_id}


def grid_of(connection: Connection, case: str) -> str | None:
    """Where the site of a case lies; None when there is no such case."""
    found = connection.execute(sa.select(Finding.grid).where(Finding.case_id == case)).scalar()
    return found or connection.execute(sa.select(Site.grid).join(RectificationStep, RectificationStep.site_id == Site.id)
                                       .where(RectificationStep.finding_id == case).limit(1)).scalar()

