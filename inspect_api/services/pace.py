"""Met or not, and whether the pace is enough: a value against its target on a day of its window."""

from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from checklists.measures import COMPARE
from checklists.plan import Target
from checklists.windows import WindowInstance

STATES = {
    "met": "已达标",
    "on_pace": "进度正常",
    "behind": "进度滞后",
    "missed": "未达标",
    "none": "无对象",
    "unreported": "未填报",
    "not_started": "未开始",
}


class _Aim(NamedTuple):
    """What a value of a window is held against on a day, exactly; and how that is shown."""

    goal: Fraction
    rising: bool
    expected: Fraction
    elapsed: float
    shown: float


@lru_cache(maxsize=4096)
def _aim(target: Target, window: WindowInstance, as_of: date) -> _Aim:
    """The same for every region of a table, so worked out once."""
    whole = (window.end - window.start).days + 1
    gone = min(max((as_of - window.start).days + 1, 0), whole)
    elapsed = Fraction(gone, whole)
    goal = Fraction(str(target.value))
    rising = target.op in (">=", ">")
    expected = goal * elapsed if rising else goal
    return _Aim(goal, rising, expected, round(float(elapsed), 4), round(float(expected), 4))


def judge(target: Target, value: Fraction | None, filled: bool, window: WindowInstance, as_of: date) -> dict[str, Any]:
    """{met, state, pace: {elapsed, expected}} of a value (exact, in the target's unit).

    No value reads 无对象 (a zero denominator) or 未填报, never 0 % or 100 %. `elapsed` is the part of the window that
    has passed, `expected` the target times that part for targets to be reached from below.
    """
    aim = _aim(target, window, as_of)
    pace = {"elapsed": aim.elapsed, "expected": aim.shown}
    if value is None:
        return {"met": None, "state": "none" if filled else "unreported", "pace": pace}
    met = COMPARE[target.op](value, aim.goal)
    if met:
        state = "met"
    elif as_of > window.deadline:
        state = "missed"
    elif as_of < window.start:
        state = "not_started"
    else:
        state = "on_pace" if aim.rising and value >= aim.expected else "behind"
    return {"met": met, "state": state, "pace": pace}

