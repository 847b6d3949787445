"""number 数值题: a measured number. Outside min..max it cannot be captured; outside pass_min..pass_max it fails."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from checklists.kinds.common import (
    RECORDED,
    Validate,
    check_recorded,
    finite,
    out_of_range,
    recorded_marks,
    valued,
    wrong,
)
from checklists.marks import Outcome, Problem

TITLE = "数值"
OPTIONS = ("unit", "min", "max", "pass_min", "pass_max", "whole", RECORDED)


def kept(value: float) -> float:
    """The number."""
    return value


def check(item: Mapping[str, Any]) -> list[Problem]:
    """A unit, a range that can be captured, and limits within it."""
    problems = check_recorded(item)
    if not isinstance(item.get("unit"), str):
        problems.append(("unit", "缺少单位", "补上 unit: ℃ 之类"))
    for key in ("min", "max"):
        if not finite(item.get(key)):
            problems.append((key, f"“{key}”不是数字", f"写成 {key}: 0 这样的数，限定能填的范围"))
    for key in ("pass_min", "pass_max"):
        if item.get(key) is not None and not finite(item[key]):
            problems.append((key, f"“{key}”不是数字", f"写成 {key}: 0 这样的数，或删去"))
    if not isinstance(item.get("whole", False), bool):
        problems.append(("whole", "应为 true 或 false", "只能填整数时写 whole: true"))
    if problems:
        return problems
    low, high = item["min"], item["max"]
    pass_low, pass_high = _limits(item)
    if low >= high:
        problems.append(("max", "max应大于min", "改正可填的范围"))
    elif not (low <= pass_low <= high and low <= pass_high <= high):
        problems.append(("pass_min" if item.get("pass_min") is not None else "pass_max", "合格范围超出了可填范围",
                         "合格范围要在min和max之间"))
    elif pass_low > pass_high:
        problems.append(("pass_max", "pass_max应不小于pass_min", "改正合格范围"))
    return problems


def _limits(item: Mapping[str, Any]) -> tuple[float, float]:
    low, high = item.get("pass_min"), item.get("pass_max")
    return (item["min"] if low is None else low), (item["max"] if high is None else high)


def _ruled(item: Mapping[str, Any]) -> bool:
    return item.get("pass_min") is not None or item.get("pass_max") is not None


def marks(item: Mapping[str, Any]) -> frozenset[str]:
    """pass or fail with a limit; else what a recorded value gives."""
    return frozenset({"pass", "fail"}) if _ruled(item) else recorded_marks(item)


def compile_validator(item: Mapping[str, Any]) -> Validate:
    """Takes `{"value": number}` in the item's unit."""
    low, high = item["min"], item["max"]
    pass_low, pass_high = _limits(item)
    good: Outcome = ("pass" if _ruled(item) else item.get(RECORDED), None)
    bad: Outcome = ("fail", None)
    not_number: Outcome = (None, wrong("要填数字"))
    outside: Outcome = (None, out_of_range(f"应在{low}到{high}{item['unit']}之间"))

    whole = item.get("whole", False)
    not_whole: Outcome = (None, wrong("要填整数"))

    def judge(value: Any, at: dt.date) -> Outcome:
        kind = type(value)
        if kind is not int and kind is not float or value != value:
            return not_number
        if whole and kind is not int:
            return not_whole
        if not low <= value <= high:
            return outside
        return good if pass_low <= value <= pass_high else bad

    return valued(judge)
