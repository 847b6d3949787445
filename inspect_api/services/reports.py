"""Office reports taken in, listed and taken back: numbers with their document, and sampling batches."""

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from checklists.plan import Indicator, Plan
from checklists.windows import window_of, windows
from inspect_api.db import prefix_range
from inspect_api.models import Record, ReportEntry
from inspect_api.problems import Problem
from inspect_api.services import documents
from inspect_api.services.offices import counts_for

_RECORDS = uuid.UUID("8f0b7f5e-92a5-4a57-8e3c-53fb0c53c1d2")


def enter(connection: Connection, plan: Plan, indicator: Indicator, given: dict[str, Any], now: int,
          actor: str) -> dict[str, Any]:
    """Take in an office's report for an indicator: an entry for `reported`, a sampling record for `counted`.

    Raises Problem not-reported, invalid, report-overlaps; state-changed when something else stands than the `replaces` that was seen.
    """
    if indicator.measure == "counted":
        return _enter_record(connection, plan, indicator, given, now, actor)
    if indicator.measure == "reported":
        return _enter_numbers(connection, plan, indicator, given, now, actor)
    raise Problem("not-reported", f"“{indicator.title}”由现场检查汇总")


def _enter_record(connection: Connection, plan: Plan, indicator: Indicator, given: dict[str, Any], now: int,
                  actor: str) -> dict[str, Any]:
    errors = [{"field": name, "message": "必填"} for name in ("on", "kind", "method", "task_level", "count")
              if given.get(name) is None]
    errors += [{"field": name, "message": "批次填报不用此字段"} for name in ("numerator", "denominator", "window", "replaces")
               if given.get(name) is not None]
    if not errors and not window_of(windows(plan, indicator), given["on"]):
        errors.append({"field": "on", "message": f"不在计划期 {plan.period[0]} 至 {plan.period[1]} 内"})
    if not errors and not counts_for(indicator, {**given, "residue": given.get("residue", False)}):
        errors.append({"field": "kind", "message": "这类批次不属于此指标"})
    if errors:
        raise Problem("invalid", errors=errors)
    row = record_row(given)
    return {"id": keep_record(connection, row, given.get("id"), now, actor),
            "feeds": [i.id for i in plan.indicators if i.measure == "counted" and counts_for(i, row)]}


def record_row(given: dict[str, Any]) -> dict[str, Any]:
    """What a record says of its batches."""
    return {name: given[name] for name in ("region", "kind", "on", "method", "task_level", "count")} | {
        "residue": given.get("residue", False), "document": given.get("document", ""), "documents": given.get("documents", []),
        "note": given.get("note", "")}


def record_id(row: dict[str, Any]) -> str:
    """A record sent twice is one record: its id is that of its content, unless the sender gave one."""
    return str(uuid.uuid5(_RECORDS, repr(sorted((name, value) for name, value in row.items() if name != "documents" or value))))


def keep_record(connection: Connection, row: dict[str, Any], key: str | None, now: int, actor: str) -> str:
    """Keep a record under `key`, or the id of its content; returns the id. Raises Problem conflict, or invalid for absent documents."""
    key = key or record_id(row)
    documents.require(connection, row["region"], row["documents"])
    known = connection.execute(sa.select(Record.__table__).where(Record.id == key)).mappings().first()
    if known is None:
        connection.execute(sa.insert(Record.__table__).values(id=key, **row, created_by=actor, created_at=now))
    elif {name: known[name] for name in row} != row:
        raise Problem("conflict", f"填报编号 {key} 已用于另一条内容")
    elif known["withdrawn_at"] is not None:  # entered anew after it was taken back
        connection.execute(sa.update(Record).where(Record.id == key).values(withdrawn_at=None))
    return key


def _enter_numbers(connection: Connection, plan: Plan, indicator: Indicator, given: dict[str, Any], now: int,
                   actor: str) -> dict[str, Any]:
    group = windows(plan, indicator)
    key = given.get("window") or (group[0].key if len(group) == 1 else None)
    errors = [{"field": name, "message": "数值填报不用此字段"} for name in ("kind", "method", "task_level", "count", "on")
              if given.get(name) is not None]
    if key not in {w.key for w in group}:
        errors.append({"field": "window", "message": "应为 " + "、".join(w.key for w in group) + " 之一"})
    if given.get("numerator") is None:
        errors.append({"field": "numerator", "message": f"必填：{indicator.numerator_label or '分子'}"})
    if indicator.denominator_label and given.get("denominator") is None:
        errors.append({"field": "denominator", "message": f"必填：{indicator.denominator_label}"})
    if not indicator.denominator_label and given.get("denominator") is not None:
        errors.append({"field": "denominator", "message": "此指标没有分母"})
    share = indicator.target.unit == "%" and indicator.target.op in (">=", ">", "==")
    if not errors and share and given.get("denominator") is not None and given["numerator"] > given["denominator"]:
        errors.append({"field": "numerator", "message": f"“{indicator.numerator_label or '分子'}”不能大于“{indicator.denominator_label or '分母'}”"})
    if errors:
        raise Problem("invalid", errors=errors)
    documents.require(connection, given["region"], given.get("documents", []))
    _one_at_a_time(connection, f"{plan.id}|{indicator.id}")
    _refuse_overlap(connection, plan.id, indicator.id, key, given["region"])
    table = ReportEntry.__table__
    standing = (table.c.plan == plan.id, table.c.indicator == indicator.id, table.c.window == key, table.c.region == given["region"],
                table.c.replaced_at.is_(None))
    if "replaces" in given and connection.execute(sa.select(table.c.id).where(*standing)).scalar() != given["replaces"]:
        raise Problem("state-changed", "有人刚刚填报或撤回了同一指标同一时段，请看过现有的数再保存")
    connection.execute(sa.update(table).where(*standing).values(replaced_at=now))
    entry = {"id": str(uuid.uuid4()), "plan": plan.id, "indicator": indicator.id, "window": key,
             "region": given["region"], "numerator": given["numerator"], "denominator": given.get("denominator"),
             "document": given.get("document", ""), "documents": given.get("documents", []), "note": given.get("note", ""),
             "extra": None, "created_by": actor,
             "created_at": now, "replaced_at": None}
    connection.execute(sa.insert(table).values(**entry))
    return {"id": entry["id"], "feeds": [indicator.id]}


def _one_at_a_time(connection: Connection, what: str) -> None:
    """Two offices that report the same indicator at once: the second sees what the first wrote."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(what))))


def _refuse_overlap(connection: Connection, plan: str, indicator: str, window: str, region: str) -> None:
    """A number of a county holds those of its towns: both together would count twice."""
    table = ReportEntry.__table__
    above = [region[:length] for length in (2, 4, 6, 9, 12) if length < len(region)]
    other = connection.execute(sa.select(table.c.region).where(
        table.c.plan == plan, table.c.indicator == indicator, table.c.window == window, table.c.replaced_at.is_(None),
        table.c.region != region, sa.or_(table.c.region.in_(above), prefix_range(table.c.region, region)))).scalar()
    if other:
        raise Problem("report-overlaps", f"{other} 已填报同一指标同一时段")


def listed(connection: Connection, plan: Plan, indicator: Indicator, region: str, after: str, limit: int) -> dict[str, Any]:
    """{reports, next}: what stands reported for an indicator in a region, by id. Raises Problem not-reported."""
    if indicator.measure == "counted":
        kinds = (indicator.records or {})["kind"]
        table = Record.__table__
        query = sa.select(table).where(table.c.kind.in_(kinds), table.c.on.between(*plan.period), table.c.withdrawn_at.is_(None))
    elif indicator.measure == "reported":
        table = ReportEntry.__table__
        query = sa.select(table).where(table.c.plan == plan.id, table.c.indicator == indicator.id, table.c.replaced_at.is_(None))
    else:
        raise Problem("not-reported", f"“{indicator.title}”由现场检查汇总")
    rows = connection.execute(query.where(prefix_range(table.c.region, region), table.c.id > after)
                              .order_by(table.c.id).limit(limit + 1)).mappings().all()
    hidden = {"withdrawn_at", "replaced_at", "extra", "created_at", "created_by", "plan", "indicator"}
    return {"reports": [{name: value for name, value in row.items() if name not in hidden} for row in rows[:limit]],
            "next": rows[limit - 1]["id"] if len(rows) > limit else None}


def find(connection: Connection, plan: Plan, indicator: Indicator, report_id: str) -> Any:
    """(table, row) of a report that stands and feeds this indicator of this plan. Raises Problem not-found."""
    table = Record.__table__ if indicator.measure == "counted" else ReportEntry.__table__
    gone = table.c.withdrawn_at if table is Record.__table__ else table.c.replaced_at
    row = connection.execute(sa.select(table).where(table.c.id == report_id, gone.is_(None))).mappings().first()
    if row is not None and _feeds(plan, indicator, row):
        return table, row
    raise Problem("not-found", f"没有填报 {report_id}，或已撤回")


def _feeds(plan: Plan, indicator: Indicator, row: Any) -> bool:
    if indicator.measure == "counted":
        return counts_for(indicator, row) and bool(window_of(windows(plan, indicator), row["on"]))
    return (row["plan"], row["indicator"]) == (plan.id, indicator.id)


def withdraw(connection: Connection, table: Any, report_id: str, now: int) -> None:
    """Take a report back: it no longer counts, and stays in the table. Raises Problem not-found when somebody just did."""
    gone = table.c.withdrawn_at if table is Record.__table__ else table.c.replaced_at
    done = connection.execute(sa.update(table).where(table.c.id == report_id, gone.is_(None)).values({gone: now}))
    if not done.rowcount:
        raise Problem("not-found", f"没有填报 {report_id}，或已撤回")
