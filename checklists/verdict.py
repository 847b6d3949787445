"""What a whole visit comes to: rule sets over the counts of passed and failed items.

The words of the 2016 rules are those of the notes under the national check forms (食药监食监一〔2016〕58号, forms 1-2 and
1-3). Order 49 (2022) left the forms to later notices, so a county may choose: RULES is only the default.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

RESULTS: dict[str, str] = {"conform": "符合", "mostly_conform": "基本符合", "not_conform": "不符合", "not_judged": "未判定"}


class Counts(NamedTuple):
    """Judged items of a visit: key (重点项) and general (一般项). Advisory items and items set aside are in none."""

    key_pass: int = 0
    key_fail: int = 0
    general_pass: int = 0
    general_fail: int = 0

    @property
    def key_checked(self) -> int:
        """Key items that passed or failed."""
        return self.key_pass + self.key_fail

    @property
    def general_checked(self) -> int:
        """General items that passed or failed."""
        return self.general_pass + self.general_fail


class Verdict(NamedTuple):
    """`result` is a key of RESULTS; `reason` says in Chinese what decided it; `rule` which rule set."""

    result: str
    reason: str
    rule: str


def _fails(counts: Counts) -> str:
    return f"重点项不合格{counts.key_fail}项，一般项不合格{counts.general_fail}项"


def _nothing(counts: Counts, rule: str) -> Verdict | None:
    return None if counts.key_checked or counts.general_checked else Verdict("not_judged", "没有已判定的检查项", rule)


def patrol_plain(counts: Counts) -> Verdict:
    """A patrol reports what it sees and is no enforcement: any key item failed -> 不符合 (有问题，须整改), any other -> 基本符合."""
    rule = "patrol-plain"
    if nothing := _nothing(counts, rule):
        return nothing
    if counts.key_fail:
        return Verdict("not_conform", f"{_fails(counts)}，须整改", rule)
    if counts.general_fail:
        return Verdict("mostly_conform", f"{_fails(counts)}，须整改", rule)
    return Verdict("conform", "检查的项目都符合", rule)


def sales_2016(counts: Counts) -> Verdict:
    """Form 1-2, food sales.

    No problem -> 符合; at most 8 general items and no key item -> 基本符合; more than 8 general items, or any key item
    -> 不符合. Every case is defined.
    """
    rule = "sales-2016"
    if nothing := _nothing(counts, rule):
        return nothing
    if counts.key_fail or counts.general_fail > 8:
        return Verdict("not_conform", f"{_fails(counts)}（重点项1项及以上，或一般项超过8项）", rule)
    if counts.general_fail:
        return Verdict("mostly_conform", f"{_fails(counts)}（一般项不超过8项）", rule)
    return Verdict("conform", "未发现问题", rule)


def catering_2016(counts: Counts) -> Verdict:
    """Form 1-3, catering. r = general items passed / general items checked.

    No problem -> 符合; at most 1 key item failed and 70 % <= r < 100 % -> 基本符合; 2 key items or more, or r < 70 % ->
    不符合. The form leaves a gap: exactly 1 key item failed while no general item did (r = 100 %, or no general item
    was checked). It lies between 符合 (it has fewer failures) and 基本符合 (which stands for one key item and some general
    ones); it is closed towards the stricter of the two, 基本符合. 不符合 would make mending a general item worsen the
    result. r is compared in whole numbers, so that 7 of 10 is 70 %.
    """
    rule = "catering-2016"
    if nothing := _nothing(counts, rule):
        return nothing
    if counts.key_fail >= 2:
        return Verdict("not_conform", f"{_fails(counts)}（重点项2项及以上）", rule)
    if counts.general_pass * 10 < counts.general_checked * 7:
        return Verdict("not_conform", f"{_fails(counts)}（一般项合格率低于70%）", rule)
    if counts.general_fail:
        return Verdict("mostly_conform", f"{_fails(counts)}（重点项不超过1项，一般项合格率不低于70%）", rule)
    if counts.key_fail:
        return Verdict("mostly_conform", f"{_fails(counts)}（原表未规定此情形，从严判为基本符合）", rule)
    return Verdict("conform", "未发现问题", rule)


VERDICTS: dict[str, Callable[[Counts], Verdict]] = {
    "patrol-plain": patrol_plain,
    "sales-2016": sales_2016,
    "catering-2016": catering_2016,
}

_CATERING = ("catering", "school_canteen", "institution_canteen", "meal_supplier", "central_kitchen")
# Which rule judges which document (patrol 巡查, inspection 监督检查) at which site type; `*` is every other type.
# Production sites, which have forms of their own, take the sales rule until a county says otherwise.
RULES: dict[str, dict[str, str]] = {
    "patrol": {"*": "patrol-plain"},
    "inspection": {**dict.fromkeys(_CATERING, "catering-2016"), "*": "sales-2016"},
}


def rule_for(visit_type: str, site_type: str, rules: Mapping[str, Mapping[str, str]] = RULES) -> str:
    """The name of the rule that judges a visit. Raises KeyError for a document type without a rule."""
    table = rules[visit_type]
    return table.get(site_type) or table["*"]


def judge(visit_type: str, site_type: str, counts: Counts,
          rules: Mapping[str, Mapping[str, str]] = RULES) -> Verdict:
    """The verdict on a visit by the rule that its document and site type have."""
    return VERDICTS[rule_for(visit_type, site_type, rules)](counts)
