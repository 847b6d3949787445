"""photo 拍照题: the photos are the answer; there is no value. Too few of them is a want, not an error."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from checklists.kinds.common import NOT_ASIDE, RECORDED, Validate, check_recorded, recorded_marks, wrong
from checklists.marks import ASIDE, Outcome, Problem

TITLE = "拍照"
OPTIONS = (RECORDED,)
kept = None
_VALUE = wrong("拍照题只要照片，不填内容")


def least(item: Mapping[str, Any]) -> int:
    """How many photos make the answer."""
    return max(1, item["photo"]["min"])


def check(item: Mapping[str, Any]) -> list[Problem]:
    """Only what a recorded photo counts as."""
    return check_recorded(item)


def marks(item: Mapping[str, Any]) -> frozenset[str]:
    """What recorded photos give."""
    return recorded_marks(item)


def compile_validator(item: Mapping[str, Any]) -> Validate:
    """Takes `{"photos": [...]}`; the mark, if the item gives one, comes with enough photos."""
    enough = least(item)
    recorded = item.get(RECORDED)

    def validate(answer: Mapping[str, Any], at: dt.date) -> Outcome:
        if answer.get("value") is not None:
            return None, _VALUE
        mark = answer.get("mark")
        if mark is None:
            return (recorded if recorded and len(answer.get("photos") or ()) >= enough else None), None
        return (mark, None) if isinstance(mark, str) and mark in ASIDE else (None, NOT_ASIDE)

    return validate
