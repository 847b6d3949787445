"""Verdicts: the 2016 rules at their edges, the gap of the catering form, and which rule judges what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.site_types import SITE_TYPES
from checklists.verdict import RESULTS, RULES, VERDICTS, Counts, judge, rule_for

SEVERITY = {"conform": 0, "mostly_conform": 1, "not_conform": 2}


@pytest.mark.parametrize(("rule", "key_pass", "key_fail", "general_pass", "general_fail", "expected"), [
    ("patrol-plain", 3, 0, 9, 0, "conform"),
    ("patrol-plain", 3, 0, 9, 1, "mostly_conform"),
    ("patrol-plain", 3, 1, 9, 0, "not_conform"),
    ("sales-2016", 5, 0, 20, 0, "conform"),
    ("sales-2016", 5, 0, 20, 1, "mostly_conform"),
    ("sales-2016", 5, 0, 20, 8, "mostly_conform"),
    ("sales-2016", 5, 0, 20, 9, "not_conform"),
    ("sales-2016", 5, 1, 20, 0, "not_conform"),
    ("catering-2016", 5, 0, 10, 0, "conform"),
    ("catering-2016", 5, 0, 7, 3, "mostly_conform"),
    ("catering-2016", 5, 1, 7, 3, "mostly_conform"),
    ("catering-2016", 5, 0, 6, 4, "not_conform"),
    ("catering-2016", 5, 2, 10, 0, "not_conform"),
    ("catering-2016", 0, 0, 69, 31, "not_conform"),
    ("catering-2016", 5, 1, 10, 0, "mostly_conform"),  # the gap of the form
    ("catering-2016", 5, 1, 0, 0, "mostly_conform"),  # and when no general item was checked
])
def test_the_rules_at_their_edges(rule, key_pass, key_fail, general_pass, general_fail, expected):
    verdict = VERDICTS[rule](Counts(key_pass, key_fail, general_pass, general_fail))
    assert (verdict.result, verdict.rule) == (expected, rule)
    assert verdict.reason


def test_the_gap_of_the_catering_form_is_said_aloud():
    assert "未规定" in VERDICTS["catering-2016"](Counts(4, 1, 9, 0)).reason


@pytest.mark.parametrize("rule", VERDICTS)
def test_a_visit_that_judged_nothing_has_no_verdict(rule):
    assert VERDICTS[rule](Counts()).result == "not_judged"


FEW = st.integers(0, 15)


@pytest.mark.parametrize("rule", VERDICTS)
@given(key=FEW, key_fail=FEW, general=FEW, general_fail=FEW, which=st.booleans())
def test_an_item_that_fails_instead_of_passing_never_makes_a_better_verdict(rule, key, key_fail, general, general_fail, which):
    before = Counts(key + 1, key_fail, general + 1, general_fail)
    after = Counts(key, key_fail + 1, general + 1, general_fail) if which else Counts(key + 1, key_fail, general, general_fail + 1)
    results = [VERDICTS[rule](c).result for c in (before, after)]
    assert SEVERITY[results[0]] <= SEVERITY[results[1]]
    assert set(results) <= set(RESULTS)


def test_every_site_type_has_a_rule_for_every_document():
    assert {rule_for(visit, t) for visit in RULES for t in SITE_TYPES} == set(VERDICTS)
    assert rule_for("inspection", "school_canteen") == "catering-2016"
    assert rule_for("inspection", "food_retail") == "sales-2016"
    with pytest.raises(KeyError):
        rule_for("audit", "catering")


def test_a_county_may_choose_other_rules():
    mine = {"inspection": {"*": "patrol-plain"}}
    assert judge("inspection", "catering", Counts(5, 1, 9, 0), mine).result == "not_conform"
    assert judge("inspection", "catering", Counts(5, 1, 9, 0)).result == "mostly_conform"
