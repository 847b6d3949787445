"""Merge, field by field: nothing is lost, edits to different fields commute."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sync.merge import merge

values = st.one_of(st.none(), st.integers(0, 3), st.text("甲乙", max_size=2))
fields = st.dictionaries(st.sampled_from("abc"), values)


def test_a_field_nobody_touched_since_is_taken():
    assert merge({"name": "旧"}, {"name": 2}, 3, {}, {"name": "新"}).take == {"name": "新"}


def test_a_field_that_changed_since_stays_and_the_phone_s_value_is_told():
    result = merge({"name": "办公室改的"}, {"name": 4}, 3, {"name": "旧"}, {"name": "手机改的"})
    assert result.take == {} and result.status == "conflict"
    assert result.conflicts == [("name", "办公室改的", "手机改的")]


def test_the_value_that_the_phone_had_read_is_enough_without_a_base():
    assert merge({"name": "旧"}, {"name": 9}, None, {"name": "旧"}, {"name": "新"}).status == "applied"


def test_the_same_value_twice_is_no_conflict():
    assert merge({"name": "新"}, {"name": 9}, 1, {"name": "旧"}, {"name": "新"}).status == "noop"


def test_null_is_a_value_and_not_the_absence_of_one():
    assert merge({"name": None}, {"name": 9}, 1, {}, {"name": "新"}).status == "conflict"
    assert merge({"name": None}, {"name": 9}, 1, {"name": None}, {"name": "新"}).status == "applied"


@given(fields, st.dictionaries(st.sampled_from("abc"), st.integers(0, 5)), st.none() | st.integers(0, 5), fields, fields)
def test_every_field_of_a_patch_has_exactly_one_fate(held: Any, revs: Any, base: Any, was: Any, wanted: Any):
    result = merge(held, revs, base, was, wanted)
    fates = [*result.take, *result.equal, *(one.field for one in result.conflicts)]
    assert sorted(fates) == sorted(wanted)
    assert all(one.kept == held.get(one.field) and one.theirs == wanted[one.field] for one in result.conflicts)


@given(fields, fields, fields)
def test_edits_to_different_fields_commute(held: Any, first: Any, second: Any):
    second = {name: value for name, value in second.items() if name not in first}

    def after(*patches: Any) -> Any:
        row, revs, rev = dict(held), {}, 1
        for patch in patches:
            taken = merge(row, revs, 1, {}, patch).take
            rev += 1
            row |= taken
            revs |= dict.fromkeys(taken, rev)
        return row

    assert after(first, second) == after(second, first)
