"""What serves each clause of a plan, so that an office sees the whole document and every gap in it."""

from typing import Any

from checklists.bank import Bank
from checklists.plan_model import Plan

SERVED_BY: dict[str, str] = {
    "items": "现场检查项", "indicators": "由现场数据计算的指标", "report": "单位填报或报送", "nothing": "无（组织工作）",
}
WHY_NOT: dict[str, str] = {  # why nothing serves a clause that says no more itself
    "organizational": "工作要求：现场看不到，原文也没有可以计数的目标",
    "field": "条款里的检查项都不用于它所列的主体类型",
    "target": "还没有指标",
    "report": "没有与原文对应的报送期限",
}
_BY_OFFICE = ("reported", "counted")


def coverage(plan: Plan, bank: Bank) -> list[dict[str, Any]]:
    """One row per clause, in order: `{clause, article, quote, kind, departments, site_types, note, served_by, why, items, indicators, reports}`.

    `served_by` is the strongest of: items (a supervisor checks it), indicators (counted from visits), report (an
    office's numbers, records or report), nothing; then `why` says why not. Items count only where a checklist would really ask them.
    """
    return [_row(plan, bank, clause) for clause in plan.clauses]


def _row(plan: Plan, bank: Bank, clause: Any) -> dict[str, Any]:
    items = [id for id in clause.items
             if id in bank.items and set(bank.items[id].site_types) & set(clause.site_types)]
    indicators = [i for i in plan.indicators if i.clause == clause.id]
    reports = [r.id for r in plan.reports if r.quote and (r.quote in clause.quote or clause.quote in r.quote)]
    if items:
        served_by = "items"
    elif any(i.measure not in _BY_OFFICE for i in indicators):
        served_by = "indicators"
    elif indicators or reports or clause.kind == "report":
        served_by = "report"
    else:
        served_by = "nothing"
    return {"departments": list(clause.departments), "site_types": list(clause.site_types), "note": clause.note,
            "why": None if served_by != "nothing" else clause.note or WHY_NOT[clause.kind], "clause": clause.id, "article": clause.article, "quote": clause.quote, "kind": clause.kind,
            "served_by": served_by, "items": items, "indicators": [i.id for i in indicators], "reports": reports}
