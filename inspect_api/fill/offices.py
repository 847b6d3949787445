"""What offices enter of a year: sampling batches town by town, and the numbers that only they know."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from checklists.measures import RECORD_KINDS
from checklists.plan import Plan
from checklists.windows import windows
from inspect_api.fill.ground import Ground
from inspect_api.fill.shape import COUNTY, HOUR_MS, Shape, new_id
from inspect_api.models import Record, ReportEntry
from inspect_api.services.days import end_of_day

Row = dict[str, Any]
ENTERED = 0.7  # of the numbers that are due
LEVELS = ("county", "county", "county", "township", "municipal", "provincial")


def write(connection: Connection, shape: Shape, made: Ground, plans: list[Plan]) -> None:
    """Records of every town and week, and entries of the county for windows that have begun."""
    records, entries = _records(shape, made), _entries(shape, made, plans)
    if records:
        connection.execute(sa.insert(Record.__table__), records)
    if entries:
        connection.execute(sa.insert(ReportEntry.__table__), entries)


def _records(shape: Shape, made: Ground) -> list[Row]:
    random, rows = shape.random("records"), []
    for week in range(52):
        day = shape.until - timedelta(days=365 - 7 * week - 3)
        for town, (one, _) in made.reviewers.items():
            for method, most in (("laboratory", 40), ("rapid", 120)):
                at = _evening(day)
                rows.append({"id": new_id(random, at), "region": town, "kind": random.choice(sorted(RECORD_KINDS)), "on": day, "method": method,
                             "task_level": random.choice(LEVELS), "residue": random.random() < 0.2, "count": random.randint(5, most), "document": "",
                             "documents": [], "note": "", "created_by": one.id, "created_at": at, "withdrawn_at": None})
    return rows


def _entries(shape: Shape, made: Ground, plans: list[Plan]) -> list[Row]:
    random, rows = shape.random("entries"), []
    for plan in plans:
        for indicator in (one for one in plan.indicators if one.measure == "reported"):
            for window in windows(plan, indicator):
                day = min(window.end, shape.until - timedelta(days=1))
                if window.start > day or random.random() >= ENTERED:
                    continue
                of, at = random.randint(50, 400), _evening(day)
                rows.append({"id": new_id(random, at), "plan": plan.id, "indicator": indicator.id, "window": window.key, "region": COUNTY,
                             "numerator": round(of * random.uniform(0.85, 1)), "denominator": of if indicator.denominator_label else None,
                             "document": "", "documents": [], "note": "", "extra": None, "created_by": made.office.id, "created_at": at,
                             "replaced_at": None})
    return rows


def _evening(day: date) -> int:
    return end_of_day(day) - 6 * HOUR_MS
