"""Sampling batches as offices keep them: over all indicators, with totals in which rapid tests stand apart."""

from collections import defaultdict
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from checklists.windows import window_of, windows
from inspect_api.db import prefix_range, row_by
from inspect_api.models import Record, Region, User
from inspect_api.problems import Problem
from inspect_api.services import audit, documents, reports
from inspect_api.services.days import iso
from inspect_api.services.offices import counts_for
from inspect_api.services.programmes import Programmes, programmes

Row = dict[str, Any]
TABLE = Record.__table__
_SHOWN = ("id", "region", "kind", "method", "task_level", "residue", "count", "document", "note", "created_by")


def _where(region: str, query: Row) -> list[Any]:
    wanted = [(TABLE.c.kind, query.get("kind")), (TABLE.c.method, query.get("method")), (TABLE.c.task_level, query.get("level"))]
    return ([prefix_range(TABLE.c.region, region), TABLE.c.withdrawn_at.is_(None)] + [column == value for column, value in wanted if value]
            + ([TABLE.c.on >= query["from_"]] if query.get("from_") else []) + ([TABLE.c.on <= query["to"]] if query.get("to") else []))


def page(connection: Connection, region: str, query: Row) -> Row:
    """{records, next, totals} of a region and all below it, newest first. Five statements, whatever their number.

    A record has its columns, `region_name`, `created_by_name`, `documents` [{sha256, name, mime, size}], and `feeds` as `feeds` gives them.
    """
    where, limit = _where(region, query), query["limit"]
    statement = sa.select(TABLE, Region.name.label("region_name"), User.name.label("maker")).outerjoin(
        Region, Region.code == TABLE.c.region).outerjoin(User, User.id == TABLE.c.created_by).where(*where)
    if query.get("after"):
        day, _, id_ = query["after"].partition(".")
        try:
            last = date.fromisoformat(day)
        except ValueError:
            raise Problem("invalid", errors=[{"field": "after", "message": "应为上一页的 next"}]) from None
        statement = statement.where(sa.tuple_(TABLE.c.on, TABLE.c.id) < sa.tuple_(sa.literal(last, sa.Date), sa.literal(id_)))
    rows = connection.execute(statement.order_by(TABLE.c.on.desc(), TABLE.c.id.desc()).limit(limit + 1)).mappings().all()
    shown = rows[:limit]
    files = documents.named(connection, (sha256 for row in shown for sha256 in row["documents"]))
    known = programmes(connection)
    return {"records": [{name: row[name] for name in _SHOWN} | {
                "on": row["on"].isoformat(), "created_at": iso(row["created_at"]), "region_name": row["region_name"],
                "created_by_name": row["maker"], "feeds": feeds(known, row),
                "documents": [files.get(sha256, {"sha256": sha256}) for sha256 in row["documents"]]} for row in shown],
            "next": f"{shown[-1]['on'].isoformat()}.{shown[-1]['id']}" if len(rows) > limit else None,
            "totals": _totals(connection, where)}


def _totals(connection: Connection, where: list[Any]) -> Row:
    """{laboratory, rapid, kinds: {kind: {laboratory, rapid, residue, levels: {level: batches}}}, levels: {level: {laboratory, rapid}}}.

    Batches; residue tests are part of the laboratory's; a kind's levels are the laboratory's.
    """
    groups = (TABLE.c.kind, TABLE.c.method, TABLE.c.task_level, TABLE.c.residue)
    rows = connection.execute(sa.select(*groups, sa.func.sum(TABLE.c.count).label("batches")).where(*where).group_by(*groups)).all()
    whole = {"laboratory": 0, "rapid": 0}
    kinds: dict[str, Row] = defaultdict(lambda: {"laboratory": 0, "rapid": 0, "residue": 0, "levels": defaultdict(int)})
    levels: dict[str, Row] = defaultdict(lambda: {"laboratory": 0, "rapid": 0})
    for row in rows:
        batches, kind = int(row.batches), kinds[row.kind]
        for sums in (whole, kind, levels[row.task_level]):
            sums[row.method] += batches
        if row.method == "laboratory":
            kind["residue"] += batches if row.residue else 0
            kind["levels"][row.task_level] += batches
    return whole | {"kinds": dict(kinds), "levels": dict(levels)}


def feeds(known: Programmes, record: Any) -> list[Row]:
    """[{plan, indicator, title}]: the counted indicators of plans in force that look at a record; rapid tests are shown there apart."""
    return [{"plan": plan.id, "indicator": indicator.id, "title": indicator.title}
            for plan in known.plans.values() if record["region"].startswith(plan.region)
            for indicator in plan.indicators
            if indicator.measure == "counted" and counts_for(indicator, record) and window_of(windows(plan, indicator), record["on"])]


def add(connection: Connection, given: Row, now: int, actor: str) -> Row:
    """A record that names no indicator: {id, created, feeds}. Raises Problem unknown-region, conflict, invalid.

    `created` is false when this very record was there already: it counts once.
    """
    if connection.execute(sa.select(Region.code).where(Region.code == given["region"])).first() is None:
        raise Problem("unknown-region", f"没有区划 {given['region']}")
    row = reports.record_row(given)
    there = connection.execute(sa.select(TABLE.c.id).where(
        TABLE.c.id == (given.get("id") or reports.record_id(row)), TABLE.c.withdrawn_at.is_(None))).first() is not None
    id_ = reports.keep_record(connection, row, given.get("id"), now, actor)
    audit.append(connection, given["region"][:6], now, actor, "record.add", id_, {name: str(value) for name, value in row.items()})
    return {"id": id_, "created": not there, "feeds": feeds(programmes(connection), row)}


def find(connection: Connection, id_: str) -> Row:
    """A record that stands. Raises Problem not-found."""
    row = row_by(connection, TABLE.c.id, id_)
    if row is None or row["withdrawn_at"] is not None:
        raise Problem("not-found", f"没有填报 {id_}，或已撤回")
    return row


def withdraw(connection: Connection, row: Row, now: int, actor: str) -> Row:
    """Take a record back: it no longer counts, and stays in the table."""
    reports.withdraw(connection, TABLE, row["id"], now)
    audit.append(connection, row["region"][:6], now, actor, "record.withdraw", row["id"], {})
    return {"id": row["id"], "withdrawn": True}
