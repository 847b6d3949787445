"""Whether something arrived after a report was frozen that belongs to its time.

Two looks, each through an index that holds few rows of interest: visits that were late, since the report was last checked; and
visits of the days right after its day, before which nothing counts as late.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.db import prefix_range
from inspect_api.models import Visit
from inspect_api.services import rules
from inspect_api.services.days import end_of_day

SETTLING_MS = 10_000  # a push that had begun by the check may have been committed after it: its visits count as later ones


def stale(connection: Connection, region: str, rows: Sequence[Any]) -> set[str]:
    """The ids of those reports, all in `region`, for which visits made by their day arrived after they were checked.

    `rows` have id, region, as_of and checked_at. Two statements, whatever their number.
    """
    if not rows:
        return set()
    days = max(one.late_days for one in (rules.DEFAULTS, *rules.within(connection, region).values()))
    checks = []
    for row in rows:
        end = end_of_day(row.as_of)
        made = (Visit.signed_at > row.checked_at - SETTLING_MS, Visit.at <= end, prefix_range(Visit.grid, row.region))
        soon = sa.exists().where(*made, Visit.signed_at <= end + days * rules.DAY_MS)
        late = sa.exists().where(*made, Visit.late)
        checks.append(sa.select(sa.literal(row.id).label("id"), sa.or_(soon, late).label("stale")))
    found = connection.execute(sa.union_all(*checks))
    return {row.id for row in found if row.stale}
