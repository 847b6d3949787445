"""count_pair 有几个/共几个: `[have, of]`, such as staff trained of all staff. With `pass_ratio` it is judged exactly."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
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

TITLE = "计数"
OPTIONS = ("have_label", "of_label", "pass_ratio", RECORDED)
MOST = 1_000_000  # no site has more of anything that is counted by hand


def kept(value: list[int]) -> list[int]:
    """The pair, for sums."""
    return value


def check(item: Mapping[str, Any]) -> list[Problem]:
    """Both labels, and a ratio within 0..1."""
    problems = check_recorded(item)
    for key in ("have_label", "of_label"):
        if not isinstance(item.get(key), str) or not item[key].strip():
            problems.append((key, f"缺少“{key}”", "have_label写分子（如持证人数），of_label写分母（如应持证人数）"))
    ratio = item.get("pass_ratio")
    if ratio is not None and not (finite(ratio) and 0 <= ratio <= 1):
        problems.append(("pass_ratio", "pass_ratio应在0到1之间", "100%写1，90%写0.9"))
    return problems


def marks(item: Mapping[str, Any]) -> frozenset[str]:
    """pass or fail with `pass_ratio`; else what a recorded value gives."""
    return frozenset({"pass", "fail"}) if item.get("pass_ratio") is not None else recorded_marks(item)


def compile_validator(item: Mapping[str, Any]) -> Validate:
    """Takes `{"value": [have, of]}`, whole numbers with 0 <= have <= of. `[0, 0]` has nobody to count: not applicable."""
    ratio = item.get("pass_ratio")
    share = None if ratio is None else Fraction(str(ratio))  # 0.07 of 100 is 7, not 7.000000000000001
    top, bottom = (0, 1) if share is None else (share.numerator, share.denominator)
    good: Outcome = (item.get(RECORDED) if share is None else "pass", None)
    bad: Outcome = ("fail", None)
    nobody: Outcome = ("not_applicable", None)
    not_pair: Outcome = (None, wrong("要填两个整数：有几个、共几个"))
    outside: Outcome = (None, out_of_range(f"{item['have_label']}不能多于{item['of_label']}，也不能是负数"))

    def judge(value: Any, at: dt.date) -> Outcome:
        if type(value) not in (list, tuple) or len(value) != 2:
            return not_pair
        have, of = value
        if type(have) is not int or type(of) is not int:
            return not_pair
        if not 0 <= have <= of <= MOST:
            return outside
        if of == 0:
            return nobody
        return good if have * bottom >= top * of else bad

    return valued(judge)
