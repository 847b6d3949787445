"""choice 单选题: one of the listed options; an option may carry a mark (`{value, label, mark?}`)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from checklists.kinds.common import Validate, valued, wrong
from checklists.marks import MARKS, Outcome, Problem

TITLE = "单选"
OPTIONS = ("options",)
_KEYS = {"value", "label", "mark"}


def kept(value: str) -> str:
    """The option's value."""
    return value


def check(item: Mapping[str, Any]) -> list[Problem]:
    """Two options or more, each with a value of its own and a label."""
    options = item.get("options")
    if not isinstance(options, list) or len(options) < 2:
        return [("options", "单选题至少要有两个选项", "写成 options: [{value: own, label: 自营}, …]")]
    problems: list[Problem] = []
    seen: set[str] = set()
    for option in options:
        if not isinstance(option, dict) or not isinstance(option.get("label"), str) or not option["label"].strip():
            problems.append(("options", "选项要有value和label", "写成 {value: own, label: 自营}"))
            continue
        value = option.get("value")
        if not isinstance(value, str) or not value:
            problems.append(("options", f"选项“{option['label']}”的value不是文字", "value用英文短词，yes、no、on、off要加引号"))
        elif value in seen:
            problems.append(("options", f"选项值“{value}”重复了", "每个选项的value各不相同"))
        else:
            seen.add(value)
        if option.get("mark") is not None and option["mark"] not in MARKS:
            problems.append(("options", f"选项“{option['label']}”的mark不认识", f"可用：{'、'.join(MARKS)}"))
        if extra := set(option) - _KEYS:
            problems.append(("options", f"选项里不认识的键“{'、'.join(sorted(extra))}”", "选项只有value、label、mark"))
    return problems


def marks(item: Mapping[str, Any]) -> frozenset[str]:
    """The marks that its options carry."""
    return frozenset(option["mark"] for option in item["options"] if option.get("mark"))


def compile_validator(item: Mapping[str, Any]) -> Validate:
    """Takes `{"value": an option's value}`; the mark is the option's, or none."""
    outcomes: dict[str, Outcome] = {option["value"]: (option.get("mark"), None) for option in item["options"]}
    no_such: Outcome = (None, wrong(f"只能选：{'、'.join(option['label'] for option in item['options'])}"))

    def judge(value: Any, at: dt.date) -> Outcome:
        return outcomes.get(value, no_such) if isinstance(value, str) else no_such

    return valued(judge)
