"""mark 判断题: 符合/不符合. The mark is always the meaning: pass = all is right, whatever the question's polarity."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from checklists.kinds.common import Validate, wrong
from checklists.marks import MARKS, Outcome, Problem

TITLE = "判断"
OPTIONS: tuple[str, ...] = ()
kept = None

_MARKS = frozenset(MARKS)
_VALUE = wrong("判断题只选结果，不填内容")
_WHICH = wrong(f"结果只能是：{'、'.join(f'{title}（{mark}）' for mark, title in MARKS.items())}")


def check(item: Mapping[str, Any]) -> list[Problem]:
    """A mark has no keys of its own."""
    return []


def marks(item: Mapping[str, Any]) -> frozenset[str]:
    """pass or fail."""
    return frozenset({"pass", "fail"})


def compile_validator(item: Mapping[str, Any]) -> Validate:
    """Takes `{"mark": one of the four}`; a value is an error."""

    def validate(answer: Mapping[str, Any], at: dt.date) -> Outcome:
        if answer.get("value") is not None:
            return None, _VALUE
        mark = answer.get("mark")
        if mark is None or (isinstance(mark, str) and mark in _MARKS):
            return mark, None
        return None, _WHICH

    return validate
