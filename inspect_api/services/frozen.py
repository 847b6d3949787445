"""What a report says, as plain data: a plan's numbers on both bases, what explains them, what is still to be mended, the clauses.

It is worked out before any transaction (a past day costs the visits of a region) and kept as it is by snapshots.py.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from checklists.bank import load_bank
from checklists.coverage import SERVED_BY, coverage
from checklists.plan import Plan
from inspect_api.db import prefix_range
from inspect_api.models import Conflict, Finding, Quarantine, RectificationStep, Region, Site, Visit
from inspect_api.models.visits import IN_QUEUE
from inspect_api.services import explain, indicators
from inspect_api.services.days import end_of_day
from inspect_api.services.rollup import BASES

OPEN_COLUMNS = ("site", "type", "name", "address", "grid", "grid_name", "town_name", "item", "question", "key", "action",
                "opened_on", "due_on", "days_over")
_CHUNK = 500
_VALUE = ("num", "den", "value", "met", "state")
Row = dict[str, Any]


def content(connection: Connection, plan: Plan, region: Any, as_of: date, today: date) -> Row:
    """{indicators, explains, rectifications, clauses} of a plan in a region (a row of indicators.check_region) as of the end of a day.

    An indicator is as indicators.table gives it, with `received` and `approved` side by side in each window that has begun and in
    each part of its breakdown.
    """
    tables = indicators.tables(connection, plan, region, BASES, as_of, today)
    sides = zip(*(table["indicators"] for table in tables), strict=True)
    made = {"indicators": [_both(received, approved, as_of) for received, approved in sides],
            "explains": _explains(connection, region.code, as_of),
            "rectifications": _counted(connection, region.code, as_of),
            "clauses": _clauses(plan)}
    return orjson.loads(orjson.dumps(made))  # as it will be read again: what is compared later has the same types


def _both(received: Row, approved: Row, as_of: date) -> Row:
    day = as_of.isoformat()
    pairs = [(r, a) for r, a in zip(received["windows"], approved["windows"], strict=True)
             if r["start"] <= day or r["key"] == received["current"]]
    return {name: value for name, value in received.items() if name != "windows"} | {"windows": [
        {name: r[name] for name in ("key", "title", "start", "end", "deadline", "pace")}
        | ({"apart": r["apart"]} if "apart" in r else {}) | _values(r, a)
        | {"breakdown": [{"region": part["region"], "name": part["name"]} | _values(part, other)
                         for part, other in zip(r["breakdown"], a["breakdown"], strict=True)]} for r, a in pairs]}


def _values(received: Row, approved: Row) -> Row:
    return {"received": {name: received[name] for name in _VALUE}, "approved": {name: approved[name] for name in _VALUE}}


def _explains(connection: Connection, region: str, as_of: date) -> Row:
    """{late, corrections, waiting_photos, waiting, returned, quarantined, conflicts}: how many visits and operations could still move the
    numbers."""
    made = (prefix_range(Visit.grid, region), Visit.at <= end_of_day(as_of))
    queue = connection.execute(sa.select(Visit.queue, sa.func.count()).where(IN_QUEUE, *made).group_by(Visit.queue)).all()
    counts = {row[0]: row[1] for row in queue}
    return {
        "late": _count(connection, Visit, Visit.late, Visit.status == "signed", *made),
        "corrections": _count(connection, Visit, Visit.replaces.is_not(None), Visit.status == "signed", *made),
        "waiting_photos": connection.execute(sa.select(sa.func.count()).select_from(explain.without_photos(region, made).subquery())).scalar_one(),
        "waiting": sum(number for queue, number in counts.items() if queue != "returned"),
        "returned": counts.get("returned", 0),
        "quarantined": _count(connection, Quarantine, prefix_range(Quarantine.region, region), Quarantine.state == "open"),
        "conflicts": _count(connection, Conflict, prefix_range(Conflict.region, region), Conflict.state == "open")}


def _count(connection: Connection, model: Any, *where: Any) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(model).where(*where)).scalar_one()


def _open(region: str, as_of: date) -> tuple[Any, ...]:
    """What was to be mended at the end of a day, as the lists of rectifications mean it: no visit made by then proves it, and no office has
    signed it off. Of what is signed off the last sign-off is the one that stands."""
    later = sa.exists().where(RectificationStep.finding_id == Finding.case_id, RectificationStep.kind == "sign_off",
                              RectificationStep.at > end_of_day(as_of))
    return (prefix_range(Finding.grid, region), Finding.opened_on <= as_of,
            sa.or_(Finding.closed_on.is_(None), Finding.closed_on > as_of), sa.or_(Finding.waits != "", later))


def _counted(connection: Connection, region: str, as_of: date) -> Row:
    """{open, overdue, key, breakdown: [{region, name, open, overdue, key}]}: findings that were open at the end of a day."""
    child = sa.func.substr(Finding.grid, 1, indicators.CHILD_LENGTH[len(region)]).label("child")
    rows = connection.execute(
        sa.select(child, sa.func.count().label("open"), sa.func.sum(sa.case((Finding.due_on < as_of, 1), else_=0)).label("overdue"),
                  sa.func.sum(sa.case((Finding.key, 1), else_=0)).label("key"))
        .where(*_open(region, as_of)).group_by(child)).all()
    names = dict(connection.execute(sa.select(Region.code, Region.name).where(Region.parent == region)).tuples().all())
    parts = [{"region": row.child, "name": names.get(row.child, "未分到下级"), "open": row.open, "overdue": int(row.overdue),
              "key": int(row.key)} for row in sorted(rows, key=lambda row: row.child)]
    return {name: sum(part[name] for part in parts) for name in ("open", "overdue", "key")} | {"breakdown": parts}


def open_rows(connection: Connection, region: str, as_of: date) -> Iterator[list[list[Any]]]:
    """The findings that were open at the end of a day, longest due first, a chunk at a time; each a list as OPEN_COLUMNS says."""
    bank, after = load_bank(), None
    query = (sa.select(Finding.id, Finding.link_id, Finding.key, Finding.action, Finding.opened_on, Finding.due_on, Finding.grid,
                       Site.id.label("site"), Site.type, Site.name, Site.address).join(Site, Site.id == Finding.site_id)
             .where(*_open(region, as_of)).order_by(Finding.due_on, Finding.id).limit(_CHUNK))
    names = dict(connection.execute(sa.select(Region.code, Region.name).where(
        sa.or_(prefix_range(Region.code, region), Region.code == region[:9]))).tuples().all())
    while True:
        page = query if after is None else query.where(sa.tuple_(Finding.due_on, Finding.id) > sa.tuple_(
            sa.literal(after[0], sa.Date), sa.literal(after[1])))
        rows = connection.execute(page).all()
        if rows:
            yield [[row.site, row.type, row.name, row.address, row.grid, names.get(row.grid), names.get(row.grid[:9]), row.link_id,
                    bank.items[row.link_id].question if row.link_id in bank.items else row.link_id, row.key, row.action,
                    row.opened_on.isoformat(), row.due_on.isoformat(), max((as_of - row.due_on).days, 0)] for row in rows]
        if len(rows) < _CHUNK:
            return
        after = (rows[-1].due_on, rows[-1].id)


def _clauses(plan: Plan) -> list[Row]:
    bank = load_bank()
    titles = {i.id: i.title for i in plan.indicators} | {r.id: r.title for r in plan.reports}
    departments = {clause.id: list(clause.departments) for clause in plan.clauses}
    return [row | {"served_title": SERVED_BY[row["served_by"]], "departments": departments[row["clause"]],
                   "items": [{"id": id_, "title": bank.items[id_].question} for id_ in row["items"]],
                   "indicators": [{"id": id_, "title": titles[id_]} for id_ in row["indicators"]],
                   "reports": [{"id": id_, "title": titles[id_]} for id_ in row["reports"]]} for row in coverage(plan, bank)]


def differences(before: Row, after: Row) -> list[Row]:
    """What changed from one content to another, cell by cell.

    [{indicator, title, window, region, name, basis, before: {num, den, value} | null, after}]; `region` is "" for the whole. Open
    rectifications have `indicator` null and {open, overdue} before and after.
    """
    old, new = _cells(before), _cells(after)
    names = _names(before) | _names(after)
    found = []
    for key in [*old, *(key for key in new if key not in old)]:
        if old.get(key) != new.get(key):
            indicator, window, region, basis = key
            title, window_title, name = names[key]
            found.append({"indicator": indicator, "title": title, "window": window, "window_title": window_title, "region": region,
                          "name": name, "basis": basis, "before": old.get(key), "after": new.get(key)})
    return found


Key = tuple[str | None, str | None, str, str | None]


def _walk(content: Row) -> Iterator[tuple[Key, tuple[str, str | None, str], Row]]:
    for indicator in content["indicators"]:
        for window in indicator["windows"]:
            for part in ({"region": "", "name": "合计"} | {basis: window[basis] for basis in BASES}, *window["breakdown"]):
                for basis in BASES:
                    cell = {name: part[basis][name] for name in ("num", "den", "value")}
                    yield ((indicator["id"], window["key"], part["region"], basis), (indicator["title"], window["title"], part["name"]), cell)
    open_ = content["rectifications"]
    for part in ({"region": "", "name": "合计"} | open_, *open_["breakdown"]):
        yield (None, None, part["region"], None), ("未完成整改", None, part["name"]), {"open": part["open"], "overdue": part["overdue"]}


def _cells(content: Row) -> dict[Key, Row]:
    return {key: cell for key, _, cell in _walk(content)}


def _names(content: Row) -> dict[Key, tuple[str, str | None, str]]:
    return {key: names for key, names, _ in _walk(content)}
