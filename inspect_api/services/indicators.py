"""The numbers of a plan: value, target, met or not, pace, and the breakdown by the divisions below.

Site-based measures come from the tallies of the grids; what offices report comes from their entries. A past
`as_of` is folded from the raw visits made until then.
"""

from collections import defaultdict
from collections.abc import Sequence
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
    row = find_region(connection, code)
    if not code.startswith(plan.region):
        raise Problem("invalid", errors=[{"field": "region", "message": f"{row.name}不在计划的适用区域 {plan.region} 内"}])
    return row


def find_region(connection: Connection, code: str) -> Any:
    """A region's row: code, name, level. Raises Problem unknown-region."""
    row = connection.execute(sa.select(Region.code, Region.name, Region.level).where(Region.code == code)).first()
    if row is None:
        raise Problem("unknown-region", f"没有区划 {code}")
    return row


def table(connection: Connection, plan: Plan, region: Any, basis: str, as_of: date, today: date, current: bool = False) -> dict[str, Any]:
    """All indicators of a plan in a region. `region` is a row of check_region. With `current` only the windows that the day looks at.

    Shape: {plan, title, region, name, basis, as_of, indicators: [{id, article, quote, title, measure, level, unit,
    target, form, windows: [{key, title, start, end, deadline, num, den, value, met, state, pace, apart?, breakdown}],
    current}]}.
    """
    return tables(connection, plan, region, (basis,), as_of, today, current)[0]


def tables(connection: Connection, plan: Plan, region: Any, bases: Sequence[str], as_of: date, today: date, current: bool = False) -> list[dict[str, Any]]:
    """A table for each basis, with the same regions below in the same order; a past day is folded once for all of them."""
    length = CHILD_LENGTH[len(region.code)]
    shown = {i.id: windows(plan, i) for i in plan.indicators}
    if current:
        shown = {name: [current_window(group, as_of)] for name, group in shown.items()}
    if as_of < today:
        sums = past.sums(connection, plan, region.code, length, bases, as_of)
    else:
        sums = {basis: _tallied(connection, plan, shown, region.code, length, basis, as_of) for basis in bases}
    reported = offices.cells(connection, plan, shown, region.code, length, as_of)
    cells = {basis: _cells(sums[basis]) | reported for basis in bases}
    parts = {part for of_basis in cells.values() for _, _, part in of_basis}
    children = connection.execute(sa.select(Region.code, Region.name).where(
        Region.parent == region.code, sa.or_(in_force(as_of), Region.code.in_(parts))
    ).order_by(Region.code)).all()  # a division that has ended is shown while it holds numbers
    if length > len(region.code) and region.code in parts:
        children.append(Child(region.code, "未分到下级"))  # sites of which nobody knows more than this region
    return [{"plan": plan.id, "title": plan.title, "region": region.code, "name": region.name, "basis": basis,
             "as_of": as_of.isoformat(),
             "indicators": [_indicator(plan, i, shown[i.id], cells[basis], children, as_of) for i in plan.indicators]} for basis in bases]


def _cells(sums: dict[tuple[str, str, str], Any]) -> Cells:
    """The sums of each part, and of the whole as part ""."""
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
    ends = {w.key: w.end for group in shown.values() for w in group}
    if not ends:
        return {}
    child = sa.func.substr(Tally.grid, 1, length)
    counted = sa.or_(Tally.num != 0, Tally.den != 0)
    rows = connection.execute(
        sa.select(Tally.indicator, Tally.window, child, sa.func.sum(sa.case((holds(ends, as_of), Tally.num), else_=0)), sa.func.sum(Tally.den))
        .where(Tally.plan == plan.id, Tally.basis == basis, prefix_range(Tally.grid, region), Tally.window.in_(sorted(ends)), counted)
        .group_by(Tally.indicator, Tally.window, child))
    return {(row[0], row[1], row[2]): (int(row[3]), int(row[4])) for row in rows}


def holds(ends: dict[str, date], as_of: date) -> Any:
    """The condition that a tally's numerator counts on a day: until then, or until its window had ended. `ends` by window.

    Windows that are over by then differ by their own ends; all others look at the day itself.
    """
    over = {key: end.isoformat() for key, end in ends.items() if end < as_of}
    day = as_of.isoformat()
    return Tally.until >= (sa.case(over, value=Tally.window, else_=day) if over else day)


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
    return {"key": window.key, "title": window.title, "start": window.start.isoformat(), "end": window.end.isoformat(),
            "deadline": window.deadline.isoformat(), **_part(indicator, window, cells, "", as_of),
            "breakdown": [{"region": child.code, "name": child.name, **_part(indicator, window, cells, child.code, as_of)} for child in children]}


def _part(indicator: Indicator, window: WindowInstance, cells: Cells, part: str, as_of: date) -> dict[str, Any]:
    default = _EMPTY[indicator.measure] if not indicator.per else Cell(filled=False)
    return _value(indicator, window, cells.get((indicator.id, window.key, part), default), as_of)


def _exact(number: Any) -> Fraction:
    return Fraction(number) if isinstance(number, int) else Fraction(str(number))


def value_of(indicator: Indicator, num: Any, den: Any) -> float | None:
    """The value that two numbers of sites come to, in the target's unit; None without a denominator."""
    if not den:
        return None
    return round(float(_exact(num) / _exact(den) * (100 if indicator.target.unit.startswith("%") else 1)), 4)


def one_window(connection: Connection, plan: Plan, indicator: Indicator, window: WindowInstance, region: str, basis: str, as_of: date) -> dict[str, Any]:
    """{num, den, value, met, state, pace, apart?} of one number of today. A few statements."""
    shown = {indicator.id: [window]}
    cells: Cells = {}
    if indicator.measure in SITE_MEASURES:
        row = connection.execute(
            sa.select(sa.func.sum(sa.case((holds({window.key: window.end}, as_of), Tally.num), else_=0)), sa.func.sum(Tally.den))
            .where(Tally.plan == plan.id, Tally.basis == basis, Tally.indicator == indicator.id, Tally.window == window.key,
                   prefix_range(Tally.grid, region))).one()
        cells[(indicator.id, window.key, "")] = Cell(int(row[0] or 0), int(row[1] or 0))
    else:
        cells = offices.cells(connection, plan, {i.id: shown.get(i.id, []) for i in plan.indicators}, region, CHILD_LENGTH[len(region)], as_of)
    return _part(indicator, window, cells, "", as_of)


def _value(indicator: Indicator, window: WindowInstance, cell: Cell, as_of: date) -> dict[str, Any]:
    value: Fraction | None = None
    ratio = indicator.measure in SITE_MEASURES or cell.den is not None
    if cell.filled and not ratio:
        value = _exact(cell.num)
    elif cell.filled and cell.den:
        value = _exact(cell.num) / _exact(cell.den)
        if indicator.target.unit.startswith("%"):
            value *= 100
    verdict = judge(indicator.target, value, cell.filled, window, as_of)
    shown = {"num": cell.num, "den": cell.den, "value": None if value is None else round(float(value), 4), **verdict}
    return shown | ({"apart": cell.apart} if cell.apart else {})
