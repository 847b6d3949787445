"""certificate 证照题: `{held, number?, until?}`. Fails when it is not held, or has expired on the visit's day."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from checklists.kinds.common import Validate, strict_date, valued, wrong
from checklists.marks import Outcome, Problem

TITLE = "证照"
OPTIONS = ("validity",)
_KEYS = frozenset({"held", "number", "until"})
LONGEST_NUMBER = 100


def kept(value: Mapping[str, Any]) -> str | None:
    """The last day on which it is valid; nothing when it is not held, or has no expiry."""
    return value.get("until") if value["held"] else None


def check(item: Mapping[str, Any]) -> list[Problem]:
    """Validity must be said, true or false."""
    if isinstance(item.get("validity"), bool):
        return []
    return [("validity", "要写明证照有没有有效期", "有有效期写 validity: true，没有写 validity: false")]


def marks(item: Mapping[str, Any]) -> frozenset[str]:
    """pass or fail."""
    return frozenset({"pass", "fail"})


def compile_validator(item: Mapping[str, Any]) -> Validate:
    """Takes `{"value": {"held": bool, "number"?: text, "until"?: "YYYY-MM-DD"}}`.

    `until` is the last valid day. A certificate held without `until` (长期, or not legible) passes.
    """
    good: Outcome = ("pass", None)
    bad: Outcome = ("fail", None)
    not_certificate: Outcome = (None, wrong("要填有无证照（held），可填证号（number）和有效期至（until）"))
    bad_number: Outcome = (None, wrong(f"证号应为不超过{LONGEST_NUMBER}字的文字"))
    bad_until: Outcome = (None, wrong("有效期至要写成2022-03-15这样"))

    def judge(value: Any, at: dt.date) -> Outcome:
        if type(value) is not dict or not value.keys() <= _KEYS or type(value.get("held")) is not bool:
            return not_certificate
        number, until = value.get("number"), value.get("until")
        if number is not None and (type(number) is not str or len(number) > LONGEST_NUMBER):
            return bad_number
        if until is None:
            return good if value["held"] else bad
        day = strict_date(until)
        if day is None:
            return bad_until
        return good if value["held"] and day >= at else bad

    return valued(judge)
