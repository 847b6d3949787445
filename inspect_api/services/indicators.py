"""The numbers of a plan: value, target, met or not, pace, and the breakdown by the divisions below.

Site-based measures come from the tallies of the grids; what offices report comes from their entries. A past
`as_of` is folded from the raw visits made until then.
"""

from collections import defaultdict
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from checklists.plan import Indicator, Plan
from checklists.state import SITE_MEASURES
from checklists.windows import WindowInstance, windows
from inspect_api.db import prefix_range
from inspect_api.models import Region, Tally
from inspect_api.models.regions import in_force
from inspect_api.problems import Problem
from inspect_api.services import offices, past
from inspect_api.services.cells import Cell, Cells
from inspect_api.services.pace import judge

CHILD_LENGTH = {2: 4, 4: 6, 6: 9, 9: 12, 12: 14, 14: 14}


class Child(NamedTuple):
    """A part of a region in its breakdown."""

    code: str
    name: str


def check_region(connection: Connection, plan: Plan, region: str | None) -> Any:
    """The region's row, the plan's own by default. Raises Problem unknown-region, or invalid outside the plan."""
    code = region or plan.region
    row = connection.execute(sa.select(Region.code, Region.name, Region.level).where(Region.code == code)).first()
    if row is None:
        raise Problem("unknown-region", f"没有区划 {code}")
    if not code.startswith(plan.region):
        raise Problem("invalid", errors=[{"field": "region", "message": f"{row.name}不在计划的适用区域 {plan.region} 内"}])
    return row


def table(connection: Connection, plan: Plan, region: Any, basis: str, as_of: date, today: date) -> dict[str, Any]:
    """All indicators of a plan in a region. `region` is a row of check_region.

    Shape: {plan, title, region, name, basis, as_of, indicators: [{id, article, quote, title, measure, level, unit,
    target, form, windows: [{key, title, start, end, deadline, num, den, value, met, state, pace, apart?, breakdown}],
    current}]}.
    """
    length = CHILD_LENGTH[len(region.code)]
    shown = {i.id: windows(plan, i) for i in plan.indicators}
    cells = _site_cells(connection, plan, shown, region.code, length, basis, as_of, today)
    cells |= offices.cells(connection, plan, shown, region.code, length, as_of)
    children = connection.execute(sa.select(Region.code, Region.name).where(
        Region.parent == region.code, sa.or_(in_force(as_of), Region.code.in_({part for _, _, part in cells}))
    ).order_by(Region.code)).all()  # a division that has ended is shown while it holds numbers
    if length > len(region.code) and any(part == region.code for _, _, part in cells):
        children.append(Child(region.code, "未分到下级"))  # sites of which nobody knows more than this region
    return {"plan": plan.id, "title": plan.title, "region": region.code, "name": region.name, "basis": basis,
            "as_of": as_of.isoformat(),
            "indicators": [_indicator(plan, i, shown[i.id], cells, children, as_of) for i in plan.indicators]}


def _site_cells(connection: Connection, plan: Plan, shown: dict[str, list[WindowInstance]], region: str, length: int,
                basis: str, as_of: date, today: date) -> Cells:
    if as_of < today:
        sums = past.sums(connection, plan, region, length, basis, as_of)
    else:
        sums = _tallied(connection, plan, shown, region, length, basis, as_of)
    cells: Cells = defaultdict(Cell)
    for (indicator, window, child), (num, den) in sums.items():
        for part in ("", child):
            cell = cells[(indicator, window, part)]
            cell.num += num
            cell.den += den
    return dict(cells)


def _tallied(connection: Connection, plan: Plan, shown: dict[str, list[WindowInstance]], region: str, length: int,
             basis: str, as_of: date) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Sums of the tallies by child region. A licence counts when it holds on `as_of` or at the window's end."""
    days = {w.key: min(w.end, as_of).isoformat() for group in shown.values() for w in group}
    if not days:
        return {}
    holds = Tally.until >= sa.case(days, value=Tally.window, else_=as_of.isoformat())
    child = sa.func.substr(Tally.grid, 1, length)
    rows = connection.execute(
        sa.select(Tally.indicator, Tally.window, child, sa.func.sum(sa.case((holds, Tally.num), else_=0)),
                  sa.func.sum(Tally.den))
        .where(Tally.plan == plan.id, Tally.basis == basis, prefix_range(Tally.grid, region))
        .group_by(Tally.indicator, Tally.window, child))
    return {(row[0], row[1], row[2]): (int(row[3]), int(row[4])) for row in rows}


def current_window(group: list[WindowInstance], as_of: date) -> WindowInstance:
    """The window that a day looks at: the last one begun by then, or the first to come."""
    begun = [w for w in group if w.start <= as_of]
    return begun[-1] if begun else group[0]


def _indicator(plan: Plan, indicator: Indicator, group: list[WindowInstance], cells: Cells, children: list[Any],
               as_of: date) -> dict[str, Any]:
    clause = plan.clause(indicator.clause)
    target = indicator.target
    return {
        "id": indicator.id, "article": clause.article, "quote": clause.quote, "title": indicator.title,
        "measure": indicator.measure, "level": indicator.level, "effort": indicator.effort, "note": indicator.note,
        "target": {"op": target.op, "value": target.value, "unit": target.unit, "inferred": target.inferred},
        "form": form(indicator), "current": current_window(group, as_of).key,
        "windows": [_window(indicator, window, cells, children, as_of) for window in group]}


def form(indicator: Indicator) -> dict[str, Any] | None:
    """What an office is asked when it reports: labels of the two numbers, or which records count. None: nothing."""
    if indicator.measure == "reported":
        return {"numerator": indicator.numerator_label, "denominator": indicator.denominator_label}
    return {"records": indicator.records, "per": indicator.per} if indicator.measure == "counted" else None


_EMPTY = defaultdict(Cell, reported=Cell(filled=False), counted=Cell(den=None))  # where nothing is stored


def _window(indicator: Indicator, window: WindowInstance, cells: Cells, children: list[Any], as_of: date) -> dict[str, Any]:
    def shown(part: str) -> dict[str, Any]:
        default = _EMPTY[indicator.measure] if not indicator.per else Cell(filled=False)
        return _value(indicator, window, cells.get((indicator.id, window.key, part), default), as_of)

    return {"key": window.key, "title": window.title, "start": window.start.isoformat(), "end": window.end.isoformat(),
            "deadline": window.deadline.isoformat(), **shown(""),
            "breakdown": [{"region": child.code, "name": child.name, **shown(child.code)} for child in children]}


def _value(indicator: Indicator, window: WindowInstance, cell: Cell, as_of: date) -> dict[str, Any]:
    value: Fraction | None = None
    ratio = indicator.measure in SITE_MEASURES or cell.den is not None
    if cell.filled and not ratio:
        value = Fraction(str(cell.num))
    elif cell.filled and cell.den:
        value = Fraction(str(cell.num)) / Fraction(str(cell.den))
        if indicator.target.unit.startswith("%"):
            value *= 100
    verdict = judge(indicator.target, value, cell.filled, window, as_of)
    shown = {"num": cell.num, "den": cell.den, "value": None if value is None else round(float(value), 4), **verdict}
    return shown | ({"apart": cell.apart} if cell.apart else {})
