"""What waits for an office to enter: every `reported` indicator of a plan, window by window, with what stands there already."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from checklists.plan import Plan
from checklists.windows import windows
from inspect_api.db import prefix_range
from inspect_api.models import ReportEntry, User
from inspect_api.services import documents
from inspect_api.services.days import iso
from inspect_api.services.indicators import form

Row = dict[str, Any]
TABLE = ReportEntry.__table__


def page(connection: Connection, plan: Plan, region: str, as_of: date) -> Row:
    """{plan, region, as_of, waiting, entries: [{indicator, title, article, quote, note, level, target, window, form, entered, document,
    documents, elsewhere}]}: every window that has begun by `as_of`. Three statements.

    `entered` {id, numerator, denominator, note, created_at, created_by_name} is what stands for just this region, or null; `elsewhere` are
    regions above or below that have entered this window: then this one must not as well. `waiting` counts windows with neither.
    """
    above = [region[:length] for length in (2, 4, 6, 9, 12) if length < len(region)]
    rows = connection.execute(sa.select(TABLE, User.name.label("maker")).outerjoin(User, User.id == TABLE.c.created_by).where(
        TABLE.c.plan == plan.id, TABLE.c.replaced_at.is_(None), sa.or_(prefix_range(TABLE.c.region, region), TABLE.c.region.in_(above))
    ).order_by(TABLE.c.region)).mappings().all()
    own = {(row["indicator"], row["window"]): row for row in rows if row["region"] == region}
    others: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row["region"] != region:
            others.setdefault((row["indicator"], row["window"]), []).append(row["region"])
    files = documents.named(connection, (sha256 for row in own.values() for sha256 in row["documents"]))
    entries = []
    for indicator in plan.indicators:
        if indicator.measure != "reported":
            continue
        clause, target = plan.clause(indicator.clause), indicator.target
        for window in windows(plan, indicator):
            if window.start > as_of:
                continue
            row = own.get((indicator.id, window.key))
            entries.append({
                "indicator": indicator.id, "title": indicator.title, "article": clause.article, "quote": clause.quote, "note": indicator.note,
                "level": indicator.level,
                "target": {"op": target.op, "value": target.value, "unit": target.unit, "inferred": target.inferred},
                "window": {"key": window.key, "title": window.title, "start": window.start.isoformat(), "end": window.end.isoformat(),
                           "deadline": window.deadline.isoformat()},
                "form": form(indicator), "entered": row and _entered(row), "document": row["document"] if row else "",
                "documents": [files.get(sha256, {"sha256": sha256}) for sha256 in row["documents"]] if row else [],
                "elsewhere": others.get((indicator.id, window.key), [])})
    return {"plan": plan.id, "region": region, "as_of": as_of.isoformat(),
            "waiting": sum(1 for one in entries if one["entered"] is None and not one["elsewhere"]), "entries": entries}


def _entered(row: Any) -> Row:
    return {name: row[name] for name in ("id", "numerator", "denominator", "note")} | {
        "created_at": iso(row["created_at"]), "created_by_name": row["maker"]}
