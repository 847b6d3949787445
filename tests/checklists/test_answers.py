"""Judging a visit: marks, findings, conditions, photos, and answers that are not what they should be."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.answers import AnswerError, Finding, Validator
from checklists.compile import compile_checklists
from checklists.verdict import Counts

AT = dt.date(2022, 6, 1)
SHA, SHB = "a" * 64, "b" * 64
ALL = {
    "common.front-photo": {"photos": [SHA, SHB]},
    "common.licence": {"value": {"held": True, "until": "2025-01-01", "number": "JY1"}},
    "common.expired": {"mark": "pass"},
    "common.staff-trained": {"value": [3, 4]},
    "canteen.run-mode": {"value": "contracted"},
    "canteen.contractor": {"mark": "pass"},
    "canteen.sample-weight": {"value": 130},
}


@pytest.fixture(scope="module")
def checklist(plan, bank):
    return compile_checklists([plan], bank)["school_canteen"]


@pytest.fixture(scope="module")
def judge(checklist):
    validator = Validator(checklist)
    return lambda **changes: validator.judge(
        {k: v for k, v in (ALL | {name.replace("__", ".").replace("_", "-"): a for name, a in changes.items()}).items() if v is not ...}, AT)


def test_a_whole_visit_is_marks_values_and_photos_and_nothing_wanting(judge):
    j = judge()
    assert j.marks == {"common.licence": "pass", "common.expired": "pass", "canteen.contractor": "pass", "canteen.sample-weight": "pass"}
    assert j.values == {"common.licence": "2025-01-01", "common.staff-trained": [3, 4], "canteen.run-mode": "contracted", "canteen.sample-weight": 130}
    assert (j.findings, j.missing, j.errors, j.wanting_photos) == ([], [], [], [])
    assert j.photos == [SHA, SHB]


def test_a_failed_item_is_a_finding_with_its_remedy_and_day(judge):
    j = judge(common__expired={"mark": "fail", "note": "奶过期", "photos": [SHA]}, canteen__sample_weight={"value": 100})
    assert j.findings == [
        Finding("common.expired", True, "奶过期", "立即下架", dt.date(2022, 6, 2)),
        Finding("canteen.sample-weight", False, None, "留足125克", dt.date(2022, 6, 2))]
    assert j.photos == [SHA, SHB]


def test_an_expired_certificate_is_a_finding_on_the_day_after_its_last(judge):
    answer = {"value": {"held": True, "until": "2022-05-31"}}
    assert [f.link_id for f in judge(common__licence=answer).findings] == ["common.licence"]
    assert judge(common__licence={"value": {"held": True, "until": "2022-06-01"}}).findings == []


def test_a_certificate_that_is_not_held_keeps_no_day(judge):
    assert "common.licence" not in judge(common__licence={"value": {"held": False, "until": "2025-01-01"}}).values


def test_an_unanswered_item_is_missing_and_not_an_error(judge):
    j = judge(common__expired=..., canteen__sample_weight=None, common__licence={"note": "回头看"}, common__front_photo={})
    assert j.missing == ["common.front-photo", "common.licence", "common.expired", "canteen.sample-weight"]
    assert j.errors == []


def test_a_disabled_item_is_neither_judged_nor_missing_but_its_photos_are_kept(judge):
    j = judge(canteen__run_mode={"value": "own"}, canteen__contractor={"mark": "fail", "photos": ["c" * 64]})
    assert "canteen.contractor" not in j.marks
    assert (j.findings, j.missing, j.errors) == ([], [], [])
    assert "c" * 64 in j.photos
    assert judge(canteen__run_mode={"value": "own"}, canteen__contractor=...).missing == []
    assert judge(canteen__contractor=...).missing == ["canteen.contractor"]


def test_an_item_whose_parent_is_unanswered_waits_for_it(judge):
    assert judge(canteen__run_mode=..., canteen__contractor=...).missing == ["canteen.run-mode"]


@pytest.mark.parametrize(("answer", "wanting"), [
    ({"mark": "fail"}, ["common.expired"]), ({"mark": "fail", "photos": []}, ["common.expired"]),
    ({"mark": "fail", "photos": [SHA]}, []), ({"mark": "pass"}, []), ({"mark": "not_applicable"}, []),
])
def test_a_failure_wants_its_photo(judge, answer, wanting):
    assert judge(common__expired=answer).wanting_photos == wanting


def test_a_photo_item_wants_as_many_as_it_asks_unless_set_aside(judge):
    j = judge(common__front_photo={"photos": [SHA]})
    assert (j.wanting_photos, j.missing) == (["common.front-photo"], [])
    j = judge(common__front_photo={"mark": "not_observed"})
    assert (j.wanting_photos, j.missing, j.marks["common.front-photo"]) == ([], [], "not_observed")


@pytest.mark.parametrize(("answer", "code"), [
    ({"mark": "yes"}, "wrong-kind"), ("pass", "wrong-kind"), ([], "wrong-kind"), (True, "wrong-kind"),
    ({"mark": "pass", "note": 5}, "bad-note"), ({"mark": "pass", "note": "长" * 2001}, "bad-note"),
    ({"mark": "pass", "photos": "x"}, "bad-photo"), ({"mark": "pass", "photos": [SHA.upper()]}, "bad-photo"),
    ({"mark": "pass", "photos": [SHA + "\n"]}, "bad-photo"), ({"mark": "pass", "photos": [1]}, "bad-photo"),
    ({"mark": "pass", "photos": [SHA] * 51}, "bad-photo"), ({"mark": "pass", "photos": 7}, "bad-photo"),
])
def test_an_answer_that_cannot_be_taken_is_a_named_error(judge, answer, code):
    j = judge(common__expired=answer)
    assert [(e.link_id, e.code) for e in j.errors] == [("common.expired", code)]
    assert ("common.expired" in j.marks) == code.startswith("bad-")


def test_a_number_out_of_range_is_an_error_and_neither_mark_nor_value(judge):
    j = judge(canteen__sample_weight={"value": 5000})
    assert [e.code for e in j.errors] == ["out-of-range"]
    assert "canteen.sample-weight" not in j.marks | j.values
    assert "canteen.sample-weight" not in j.missing


def test_an_unknown_item_is_an_error_and_its_photos_are_kept(judge):
    j = judge(canteen__gone={"mark": "fail", "photos": ["d" * 64]})
    assert j.errors == [AnswerError("canteen.gone", "unknown-item", "检查表里没有这一项")]
    assert "d" * 64 in j.photos


def test_keys_of_a_newer_phone_are_left_alone(judge):
    assert judge(common__expired={"mark": "pass", "seconds": 3}).errors == []


def test_a_photo_named_twice_counts_once(judge):
    assert judge(common__expired={"mark": "pass", "photos": [SHA]}).photos == [SHA, SHB]


def test_an_advisory_item_is_never_a_finding_nor_in_the_verdict(plan, bank, checklist):
    stored = json.loads(json.dumps(checklist.to_dict()))
    item = next(i for s in stored["sections"] for i in s["items"] if i["link_id"] == "common.expired")
    item["advisory"] = True
    validator = Validator(stored)
    j = validator.judge({"common.expired": {"mark": "fail"}, "canteen.sample-weight": {"value": 1}}, AT)
    assert j.marks["common.expired"] == "fail"
    assert [f.link_id for f in j.findings] == ["canteen.sample-weight"]
    assert validator.counts(j.marks) == Counts(general_fail=1)


def test_key_and_general_items_are_counted_apart_and_set_aside_ones_not_at_all(checklist, judge):
    j = judge(common__expired={"mark": "fail"}, canteen__contractor={"mark": "not_applicable"})
    assert Validator(checklist).counts(j.marks) == Counts(key_pass=1, key_fail=1, general_pass=1, general_fail=0)


def test_a_stored_checklist_judges_as_the_compiled_one(checklist, judge):
    stored = json.loads(json.dumps(checklist.to_dict()))
    assert Validator(stored).judge(ALL, AT) == judge()


ANY = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.just(SHA),
                   lambda x: st.lists(x, max_size=3) | st.dictionaries(st.sampled_from(["held", "until", "x"]), x, max_size=2), max_leaves=5)
ANSWER = ANY | st.fixed_dictionaries({}, optional={"mark": ANY | st.sampled_from(["pass", "fail"]), "value": ANY, "note": ANY, "photos": ANY})


@given(answers=st.dictionaries(st.sampled_from([*ALL, "x.y"]), ANSWER))
def test_no_answers_whatever_raise_and_each_enabled_item_has_one_fate(checklist, answers):
    j = Validator(checklist).judge(answers, AT)
    wrong = {e.link_id for e in j.errors if e.code in ("wrong-kind", "out-of-range")}
    assert not wrong & (set(j.marks) | set(j.values) | set(j.missing))
    assert not set(j.marks) & set(j.missing)
    assert {f.link_id for f in j.findings} == {link for link, mark in j.marks.items() if mark == "fail"}
    assert len(set(j.photos)) == len(j.photos)
