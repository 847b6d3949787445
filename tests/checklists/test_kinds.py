"""Each kind of item is strict about what it takes and exact about what it means."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.kinds import KINDS
from checklists.marks import ERROR_CODES, MARKS

AT = dt.date(2022, 6, 1)
NO_PHOTO = {"when": "never", "min": 0}
ITEMS = {
    "mark": {},
    "choice": {"options": [{"value": "own", "label": "自营"}, {"value": "bad", "label": "违规", "mark": "fail"}]},
    "number": {"unit": "℃", "min": -30, "max": 50, "pass_min": 0, "pass_max": 8},
    "count_pair": {"have_label": "持证", "of_label": "应持证", "pass_ratio": 0.9},
    "text": {"max_length": 5},
    "date": {"max_age_days": 30},
    "certificate": {"validity": True},
    "photo": {},
}


def judged(kind, answer, **keys):
    item = {"kind": kind, "photo": NO_PHOTO, **ITEMS[kind], **keys}
    assert KINDS[kind].check(item) == []
    mark, error = KINDS[kind].compile_validator(item)(answer, AT)
    return mark if error is None else error[0]


def test_every_kind_has_its_file_and_is_tested_here():
    assert set(KINDS) == set(ITEMS)
    assert all(module.TITLE for module in KINDS.values())


W, R = "wrong-kind", "out-of-range"
HUGE = 10**400
CASES = [
    ("mark", {"mark": "pass"}, "pass"), ("mark", {"mark": "not_observed"}, "not_observed"), ("mark", {"mark": "PASS"}, W),
    ("mark", {"mark": True}, W), ("mark", {"mark": ["pass"]}, W), ("mark", {"value": "pass"}, W), ("mark", {"mark": "pass", "value": 1}, W),
    ("mark", {"mark": "pass", "value": None}, "pass"), ("mark", {"note": "x"}, None),
    ("choice", {"value": "own"}, None), ("choice", {"value": "bad"}, "fail"), ("choice", {"value": "other"}, W),
    ("choice", {"value": ["own"]}, W), ("choice", {"value": 0}, W), ("choice", {"mark": "pass"}, W), ("choice", {"mark": "not_applicable"}, "not_applicable"),
    ("number", {"value": 4}, "pass"), ("number", {"value": 0}, "pass"), ("number", {"value": 8.0}, "pass"), ("number", {"value": 8.1}, "fail"),
    ("number", {"value": -0.5}, "fail"), ("number", {"value": 51}, R), ("number", {"value": HUGE}, R), ("number", {"value": -HUGE}, R),
    ("number", {"value": float("inf")}, R), ("number", {"value": float("nan")}, W), ("number", {"value": True}, W), ("number", {"value": "4"}, W),
    ("number", {"value": 4, "mark": "not_observed"}, W), ("number", {"mark": "not_observed"}, "not_observed"), ("number", {"mark": "fail"}, W),
    ("count_pair", {"value": [9, 10]}, "pass"), ("count_pair", {"value": [8, 9]}, "fail"), ("count_pair", {"value": [0, 0]}, "not_applicable"),
    ("count_pair", {"value": [11, 10]}, R), ("count_pair", {"value": [-1, 10]}, R), ("count_pair", {"value": [1, HUGE]}, R),
    ("count_pair", {"value": [True, 1]}, W), ("count_pair", {"value": [1.0, 2]}, W), ("count_pair", {"value": [1]}, W), ("count_pair", {"value": "12"}, W),
    ("count_pair", {"value": {"have": 1, "of": 2}}, W), ("count_pair", {"value": [float("nan"), 1]}, W),
    ("text", {"value": "一二三四五"}, None), ("text", {"value": "一二三四五六"}, R), ("text", {"value": " "}, W), ("text", {"value": 5}, W),
    ("date", {"value": "2022-06-01"}, "pass"), ("date", {"value": "2022-05-02"}, "pass"), ("date", {"value": "2022-05-01"}, "fail"),
    ("date", {"value": "2022-06-02"}, R), ("date", {"value": "2022-02-30"}, W), ("date", {"value": "20220601"}, W), ("date", {"value": "2022-W22-3"}, W),
    ("date", {"value": 20220601}, W), ("date", {"value": "2022-6-1"}, W), ("date", {"value": "2022-06-01T00:00"}, W),
    ("certificate", {"value": {"held": True}}, "pass"), ("certificate", {"value": {"held": False}}, "fail"),
    ("certificate", {"value": {"held": True, "until": "2022-06-01", "number": "JY1"}}, "pass"),
    ("certificate", {"value": {"held": True, "until": "2022-05-31"}}, "fail"),
    ("certificate", {"value": {"held": False, "until": "2030-01-01"}}, "fail"),
    ("certificate", {"value": {"held": 1}}, W), ("certificate", {"value": {}}, W), ("certificate", {"value": True}, W),
    ("certificate", {"value": {"held": True, "until": "长期"}}, W), ("certificate", {"value": {"held": True, "number": 12}}, W),
    ("certificate", {"value": {"held": True, "number": "9" * 101}}, W), ("certificate", {"value": {"held": True, "expires": "2022-01-01"}}, W),
    ("photo", {"photos": ["a" * 64]}, None), ("photo", {"value": "a" * 64}, W), ("photo", {"mark": "pass"}, W), ("photo", {"mark": "not_applicable"}, "not_applicable"),
]


@pytest.mark.parametrize(("kind", "answer", "expected"), CASES)
def test_an_answer_means_this_mark_or_this_error(kind, answer, expected):
    assert judged(kind, answer) == expected


@pytest.mark.parametrize(("kind", "keys", "answer"), [
    ("number", {"pass_min": None, "pass_max": None}, {"value": 4}),
    ("count_pair", {"pass_ratio": None}, {"value": [1, 9]}),
    ("text", {}, {"value": "字"}),
    ("date", {"max_age_days": None}, {"value": "2030-01-01"}),
    ("photo", {}, {"photos": ["a" * 64]}),
])
def test_a_recorded_value_without_a_rule_has_a_mark_only_if_the_item_says_so(kind, keys, answer):
    assert judged(kind, answer, **keys) is None
    assert judged(kind, answer, **keys, recorded_mark="pass") == "pass"


def test_a_ratio_is_compared_exactly():
    assert judged("count_pair", {"value": [7, 100]}, pass_ratio=0.07) == "pass"
    assert judged("count_pair", {"value": [19, 20]}, pass_ratio=0.95) == "pass"
    assert judged("count_pair", {"value": [2, 3]}, pass_ratio=1.0) == "fail"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from([*MARKS, "own", "2022-05-20"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["held", "until", "number", "x"]), inner, max_size=3), max_leaves=6)


@pytest.mark.parametrize("kind", KINDS)
@given(answer=st.fixed_dictionaries({}, optional={"mark": JSON, "value": JSON}))
def test_whatever_comes_is_a_mark_or_a_named_error_and_never_an_exception(kind, answer):
    item = {"kind": kind, "photo": NO_PHOTO, **ITEMS[kind]}
    mark, error = KINDS[kind].compile_validator(item)(answer, AT)
    assert mark is None or mark in MARKS
    if error is not None:
        assert mark is None
        assert error[0] in ERROR_CODES
        assert error[1]
    elif answer.get("value") is not None:
        KINDS[kind].kept and KINDS[kind].kept(answer["value"])


@pytest.mark.parametrize("kind", KINDS)
@given(answer=st.fixed_dictionaries({}, optional={"mark": st.sampled_from(list(MARKS)), "value": JSON}))
def test_a_kind_gives_only_the_marks_it_says_it_can(kind, answer):
    item = {"kind": kind, "photo": NO_PHOTO, **ITEMS[kind]}
    mark, _ = KINDS[kind].compile_validator(item)(answer, AT)
    assert mark in {None, "not_applicable", "not_observed"} | KINDS[kind].marks(item)
