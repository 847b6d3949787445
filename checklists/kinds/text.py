"""text 文字题: free words, recorded and not judged."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from checklists.kinds.common import (
    RECORDED,
    Validate,
    check_recorded,
    out_of_range,
    recorded_marks,
    valued,
    wrong,
)
from checklists.marks import Outcome, Problem

TITLE = "文字"
OPTIONS = ("max_length", RECORDED)
LONGEST = 500
kept = None  # words stay in the answer


def check(item: Mapping[str, Any]) -> list[Problem]:
    """A length within 1..5000."""
    problems = check_recorded(item)
    longest = item.get("max_length", LONGEST)
    if type(longest) is not int or not 1 <= longest <= 5000:
        problems.append(("max_length", "max_length应为1到5000的整数", f"写成 max_length: {LONGEST}"))
    return problems


def marks(item: Mapping[str, Any]) -> frozenset[str]:
    """What a recorded text gives."""
    return recorded_marks(item)


def compile_validator(item: Mapping[str, Any]) -> Validate:
    """Takes `{"value": text}` of at most `max_length` characters."""
    longest = item.get("max_length", LONGEST)
    good: Outcome = (item.get(RECORDED), None)
    not_text: Outcome = (None, wrong("要填文字"))
    too_long: Outcome = (None, out_of_range(f"不超过{longest}字"))

    def judge(value: Any, at: dt.date) -> Outcome:
        if type(value) is not str or not value.strip():
            return not_text
        return good if len(value) <= longest else too_long

    return valued(judge)
