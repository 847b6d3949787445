"""What the kinds share: setting a question aside, a rule-less recorded value, and checks of definitions."""

import datetime as dt
import math
from collections.abc import Callable, Mapping
from typing import Any

from checklists.marks import ASIDE, Error, Outcome, Problem

Validate = Callable[[Mapping[str, Any], dt.date], Outcome]
RECORDED = "recorded_mark"  # "pass": a value without a rule counts as right once it is recorded; else it has no mark


def wrong(message: str) -> Error:
    """The error of an answer of another kind."""
    return ("wrong-kind", message)


def out_of_range(message: str) -> Error:
    """The error of a value that cannot be captured."""
    return ("out-of-range", message)


BOTH = wrong("不能同时选结果又填内容")
NOT_ASIDE = wrong("这一项要填内容；没有或看不到时选“不适用”或“未看到”")


def valued(judge: Callable[[Any, dt.date], Outcome]) -> Validate:
    """A validator for a kind that captures a value: `judge(value, visit_date)` unless the question is set aside.

    An answer with neither mark nor value is unanswered: `(None, None)`.
    """

    def validate(answer: Mapping[str, Any], at: dt.date) -> Outcome:
        value = answer.get("value")
        mark = answer.get("mark")
        if mark is None:
            return (None, None) if value is None else judge(value, at)
        if value is not None:
            return None, BOTH
        return (mark, None) if isinstance(mark, str) and mark in ASIDE else (None, NOT_ASIDE)

    return validate


def finite(value: Any) -> bool:
    """A real number: neither a boolean nor NaN nor infinite."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def strict_date(value: Any) -> dt.date | None:
    """`YYYY-MM-DD` and nothing else, or None."""
    if not isinstance(value, str) or len(value) != 10 or value[4] != "-" or value[7] != "-":
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return None


def check_recorded(item: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with `recorded_mark`."""
    if item.get(RECORDED) in (None, "pass"):
        return []
    return [(RECORDED, f"“{RECORDED}”只能是pass", "填了就算合格写pass，只作记录就删去这个键")]


def recorded_marks(item: Mapping[str, Any]) -> frozenset[str]:
    """pass when a recorded value counts as right, else nothing."""
    return frozenset({"pass"} if item.get(RECORDED) else ())
