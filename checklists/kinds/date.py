"""date 日期题: a day written in a record. With `max_age_days` it passes when not older than that on the visit's day."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from checklists.kinds.common import (
    RECORDED,
    Validate,
    check_recorded,
    out_of_range,
    recorded_marks,
    strict_date,
    valued,
    wrong,
)
from checklists.marks import Outcome, Problem

TITLE = "日期"
OPTIONS = ("max_age_days", RECORDED)


def kept(value: str) -> str:
    """The day."""
    return value


def check(item: Mapping[str, Any]) -> list[Problem]:
    """An age in whole days, 0 or more."""
    problems = check_recorded(item)
    age = item.get("max_age_days")
    if age is not None and (type(age) is not int or not 0 <= age <= 36500):
        problems.append(("max_age_days", "max_age_days应为0以上的整数（天）", "写成 max_age_days: 30，或删去"))
    return problems


def marks(item: Mapping[str, Any]) -> frozenset[str]:
    """pass or fail with `max_age_days`; else what a recorded value gives."""
    return frozenset({"pass", "fail"}) if item.get("max_age_days") is not None else recorded_marks(item)


def compile_validator(item: Mapping[str, Any]) -> Validate:
    """Takes `{"value": "YYYY-MM-DD"}`. A judged date cannot lie after the visit."""
    age = item.get("max_age_days")
    good: Outcome = (item.get(RECORDED) if age is None else "pass", None)
    bad: Outcome = ("fail", None)
    not_date: Outcome = (None, wrong("日期要写成2022-03-15这样"))
    future: Outcome = (None, out_of_range("日期晚于检查当天"))

    def judge(value: Any, at: dt.date) -> Outcome:
        day = strict_date(value)
        if day is None:
            return not_date
        if age is None:
            return good
        if day > at:
            return future
        return good if (at - day).days <= age else bad

    return valued(judge)
