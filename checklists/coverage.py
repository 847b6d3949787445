"""What serves each clause of a plan, so that an office sees the whole document and every gap in it."""

from typing import Any

from checklists.bank import Bank
from checklists.plan_model import Plan

SERVED_BY: dict[str, str] = {
    "items": "现场检查项", "indicators": "由现场数据计算的指标", "report": "单位填报或报送", "nothing": "无（组织工作）",
}
_BY_OFFICE = ("reported", "counted")


def coverage(plan: Plan, bank: Bank) -> list[dict[str, Any]]:
    """One row per clause, in order: `{clause, article, quote, kind, served_by, items, indicators, reports}`.

    `served_by` is the strongest of: items (a supervisor checks it), indicators (counted from visits), report (an
    office's numbers, records or report), nothing. Items count only where a checklist would really ask them.
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
    return {"clause": clause.id, "article": clause.article, "quote": clause.quote, "kind": clause.kind,
            "served_by": served_by, "items": items, "indicators": [i.id for i in indicators], "reports": reports}
