"""What the nightly timer does for trends: fold the days that are missing, outside of any transaction, then keep them and those of today."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from checklists.plan import Plan
from inspect_api.db import reading, transaction
from inspect_api.services import trend
from inspect_api.services.programmes import programmes


class Kept(NamedTuple):
    """How many rows were written for today, how many past days were folded, and their rows."""

    today: int
    days: int
    past: int


def remember(today: date, since: date | None = None, step: str = "month", progress: Callable[[int, int], None] | None = None) -> Kept:
    """Keep today's numbers of all plans in force. With `since` fold the days of a step from then to yesterday anew; without, those of plans
    that were never kept, month by month from their beginning. Pushes do not wait meanwhile.
    """
    with reading(steady=True) as connection:
        plans = list(programmes(connection).plans.values())
        wanted = plans if since else trend.never_kept(connection, plans)
        days = trend.days_between(since or min((plan.period[0] for plan in wanted), default=today),
                                  min(today - timedelta(days=1), max((plan.period[1] for plan in wanted), default=today) + trend.GRACE),
                                  step if since else "month")
        folded = trend.fold(connection, wanted, days, progress)

    def keep(connection) -> tuple[int, int]:
        past = sum(trend.keep_folded(connection, [plan], folded, _own(plan, days)) for plan in wanted)
        return trend.remember_today(connection, plans, today), past

    written, past = transaction(keep)
    return Kept(written, len(days) if wanted else 0, past)


def _own(plan: Plan, days: list[date]) -> list[date]:
    """The days at which a plan has something to follow."""
    return [day for day in days if plan.period[0] <= day <= plan.period[1] + trend.GRACE]
