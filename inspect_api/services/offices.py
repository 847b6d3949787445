"""The cells of what offices report: entries of `reported` indicators, records of `counted` ones. See reports.py."""

from collections import defaultdict
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from checklists.plan import Indicator, Plan
from checklists.windows import WindowInstance
from inspect_api.db import prefix_range
from inspect_api.models import Population, Record, Region, ReportEntry
from inspect_api.services.cells import Cell, Cells
from inspect_api.services.days import end_of_day

APART_LEVELS = ("national", "provincial")  # they count, and are shown apart


def cells(connection: Connection, plan: Plan, shown: dict[str, list[WindowInstance]], region: str, length: int,
          as_of: date) -> Cells:
    """Cells of the `reported` and `counted` indicators. Three statements, whatever is stored."""
    return (_reported(connection, plan, shown, region, length, as_of)
            | _counted(connection, plan, shown, region, length, as_of))


def _reported(connection: Connection, plan: Plan, shown: dict[str, list[WindowInstance]], region: str, length: int, as_of: date) -> Cells:
    """A number of a window that had ended by `as_of` counts as it stands now, however late it was entered, as a late visit does; one of a
    window that still ran, as it stood then."""
    ended = {(name, window.key) for name, windows in shown.items() for window in windows if window.end <= as_of}
    end = max(end_of_day(as_of), 0)
    found: Cells = {}
    rows = connection.execute(sa.select(ReportEntry.__table__).where(
        ReportEntry.plan == plan.id, prefix_range(ReportEntry.region, region),
        sa.or_(ReportEntry.replaced_at.is_(None), sa.and_(ReportEntry.created_at <= end, ReportEntry.replaced_at > end))))
    for row in rows.mappings():
        past = (row["indicator"], row["window"]) in ended
        if (row["replaced_at"] is not None) if past else row["created_at"] > end:
            continue
        for part in {"", row["region"][:length] if len(row["region"]) >= length else ""}:
            cell = found.setdefault((row["indicator"], row["window"], part), Cell(0, None))
            cell.num += row["numerator"]
            if row["denominator"] is not None:
                cell.den = (cell.den or 0) + row["denominator"]
    return found


def counts_for(indicator: Indicator, record: Any) -> bool:
    """Whether a record is of an indicator's kind and level, whatever its method."""
    wanted = indicator.records or {}
    kinds = wanted.get("kind") or []
    return (record["kind"] in ([kinds] if isinstance(kinds, str) else kinds)
            and (not wanted.get("residue") or record["residue"])
            and (not wanted.get("task_levels") or record["task_level"] in wanted["task_levels"]))


def _counted(connection: Connection, plan: Plan, shown: dict[str, list[WindowInstance]], region: str, length: int,
             as_of: date) -> Cells:
    indicators = [i for i in plan.indicators if i.measure == "counted"]
    if not indicators:
        return {}
    first, last = plan.period
    table = Record.__table__
    rows = connection.execute(
        sa.select(table.c.kind, table.c.on, table.c.method, table.c.task_level, table.c.residue,
                  sa.func.substr(table.c.region, 1, length).label("child"), sa.func.sum(table.c.count).label("batches"))
        .where(prefix_range(table.c.region, region), table.c.on.between(first, min(last, as_of)),
               table.c.withdrawn_at.is_(None))
        .group_by(table.c.kind, table.c.on, table.c.method, table.c.task_level, table.c.residue, sa.text("child"))
    ).all()
    sorts: dict[tuple[Any, ...], list[tuple[date, str, str, str, int]]] = defaultdict(list)  # thousands of rows are of a few dozen sorts
    for kind, on, method, level, residue, child, batches in rows:
        sorts[(kind, level, residue)].append((on, child if len(child) == length else "", method, level, batches))
    people = _residents(connection, region, length)
    found: Cells = {}
    for indicator in indicators:
        methods = (indicator.records or {}).get("methods") or ["laboratory"]
        wanted = [row for (kind, level, residue), group in sorts.items()
                  if counts_for(indicator, {"kind": kind, "task_level": level, "residue": residue}) for row in group]
        for window in shown[indicator.id]:
            parts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
            parts[""] = defaultdict(int)
            for on, child, method, level, batches in wanted:
                if window.start <= on <= window.end:
                    for part in (parts[""], parts[child]) if child else (parts[""],):
                        _add(part, method, level, batches, methods)
            for part in {*parts, *(people if indicator.per else ())}:
                found[(indicator.id, window.key, part)] = _cell(indicator, parts.get(part) or {}, people.get(part) or {},
                                                                window)
    return found


def _add(sums: dict[str, int], method: str, level: str, batches: int, methods: list[str]) -> None:
    if method not in methods:
        sums[method] += batches
        return
    sums["total"] += batches
    if level in APART_LEVELS:
        sums[level] += batches


def _cell(indicator: Indicator, sums: dict[str, int], people: dict[tuple[int, str], int], window: WindowInstance) -> Cell:
    apart: dict[str, Any] = {name: sums[name] for name in ("rapid", "national", "provincial") if sums.get(name)}
    total = sums.get("total", 0)
    if not indicator.per:
        return Cell(total, None, True, apart)
    base = indicator.per["base"]
    known = [(year, count) for (year, kind), count in people.items() if kind == base and year <= window.end.year]
    if not known:
        return Cell(total, 0, False, apart | {"note": "缺少人口数"})
    year, residents = max(known)
    apart |= {"residents": residents, "year": year, "base": base}
    return Cell(total, residents / indicator.per["residents"], True, apart)


def _residents(connection: Connection, region: str, length: int) -> dict[str, dict[tuple[int, str], int]]:
    """{"" or child: {(year, base): residents}}.

    A region without any number of its own on a base is the sum of its children, for the years that all of them have.
    """
    rows = connection.execute(
        sa.select(Region.code, Population.year, Population.base, Population.residents)
        .outerjoin(Population, Population.region == Region.code)
        .where(sa.or_(Region.code == region, Region.parent == region))).all()
    found: dict[str, dict[tuple[int, str], int]] = defaultdict(dict)
    children: set[str] = set()
    summed: dict[tuple[int, str], list[int]] = defaultdict(list)
    for code, year, base, residents in rows:
        if code != region:
            children.add(code)
        if year is not None:
            found["" if code == region else code][(year, base)] = residents
            if code != region:
                summed[(year, base)].append(residents)
    own = {base for _, base in found[""]}
    for (year, base), counts in summed.items():
        if base not in own and len(counts) == len(children):
            found[""][(year, base)] = sum(counts)
    return found
