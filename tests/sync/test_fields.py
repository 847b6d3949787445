"""Small parts of the sync core: flat fields, numbers that never arrived, receipts."""

import hashlib
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from sync.fields import flat, nest, put
from sync.merge import patch
from sync.numbers import MOST_GAPS, arrived
from sync.receipt import CONTENT, canonical, content_hash, missing, photos_named, receipt

PHOTO, OTHER = "a" * 64, "b" * 64

members = st.dictionaries(st.sampled_from(["x", "y.z", "kitchen.bright"]), st.integers(0, 3), max_size=3)
documents = st.fixed_dictionaries({"name": st.text("甲乙", max_size=2), "attributes": members, "answers": members})


@given(documents)
def test_flat_fields_put_back_give_the_document(document: Any):
    assert put({"attributes": {}, "answers": {}}, flat(document)) == document
    assert flat(nest(flat(document))) == flat(document)


def test_a_member_is_taken_away_by_none_and_a_field_is_not():
    document = {"name": "店", "attributes": {"online": True, "rural": False}}
    assert put(document, {"attributes.online": None, "name": None}) == {"name": None, "attributes": {"rural": False}}
    assert document["attributes"] == {"online": True, "rural": False}, "the document itself is left alone"


@given(documents, documents, documents)
def test_patches_of_different_fields_commute_whatever_their_order(document: Any, first: Any, second: Any):
    one = flat(first)
    two = {name: value for name, value in flat(second).items() if name not in one}

    def after(*patches: Any) -> Any:
        held, rev, field_rev = document, 1, {}
        for wanted in patches:
            done = patch(held, rev, field_rev, 1, {}, wanted)
            assert not done.merge.conflicts
            held, rev, field_rev = done.document, done.rev, done.field_rev
        return held

    assert after(one, two) == after(two, one)


def test_a_patch_keeps_fields_that_its_phone_does_not_know():
    done = patch({"name": "旧", "newer_field": {"a": 1}, "attributes": {"new": True}}, 4, {}, 4, {}, {"name": "新"})
    assert done.document == {"name": "新", "newer_field": {"a": 1}, "attributes": {"new": True}}
    assert (done.rev, done.field_rev, done.changes) == (5, {"name": 5}, {"name": ["旧", "新"]})


def test_numbers_that_never_arrived_are_known_and_forgotten_when_they_come():
    last, gaps = arrived(0, [], [1, 2, 5, 9])
    assert (last, gaps) == (9, [[3, 4], [6, 8]])
    assert arrived(last, gaps, [7, 3]) == (9, [[4, 4], [6, 6], [8, 8]])
    assert arrived(last, gaps, [3, 4, 6, 7, 8, 10]) == (10, [])
    assert arrived(last, gaps, [0, -5, 9, 9]) == (9, [[3, 4], [6, 8]])


@given(st.lists(st.lists(st.integers(1, 40), max_size=8), max_size=8))
def test_gaps_are_exactly_the_numbers_that_did_not_arrive(pushes: list[list[int]]):
    last, gaps = 0, []
    for numbers in pushes:
        last, gaps = arrived(last, gaps, numbers)
    seen = {n for numbers in pushes for n in numbers}
    begin = min(next((numbers for numbers in pushes if numbers), [1]))
    assert {n for first, end in gaps for n in range(first, end + 1)} == set(range(begin, last)) - seen
    assert last == max(seen, default=0)


def test_a_phone_that_skips_every_other_number_is_remembered_within_bounds():
    _, gaps = arrived(0, [], range(1, 1000, 2))
    assert len(gaps) == MOST_GAPS and gaps[-1] == [998, 998]


def visit(**more: Any) -> dict[str, Any]:
    return {"id": "v", "site_id": "s", "checklist": "c", "document_type": "patrol", "replaces": None, "phone_at": 1_600_000_000_000,
            "status": "signed", "answers": {}, "details": {}, "rev": 1, "received_at": 5} | more


def test_a_receipt_names_what_it_covers_and_when_it_was_complete():
    named = visit(answers={"a": {"mark": "fail", "photos": [PHOTO]}}, details={"signature": {"kind": "signed", "photo": OTHER}})
    assert photos_named(named) == [PHOTO, OTHER]
    assert receipt(named, {}) is None and missing(named, [PHOTO]) == [OTHER]
    assert receipt(named, {PHOTO: 7, OTHER: 9}) == {"visit": "v", "rev": 1, "sha256": content_hash(named), "photos": [PHOTO, OTHER], "at": 9}
    assert receipt(visit(), {})["at"] == 5


def test_a_draft_has_no_receipt():
    assert receipt(visit(status="draft"), {}) is None


def test_what_the_server_adds_to_a_visit_does_not_change_its_hash_and_what_was_captured_does():
    assert content_hash(visit(review="approved", verdict="conform", rev=7)) == content_hash(visit())
    assert content_hash(visit(answers={"a": {"mark": "pass"}})) != content_hash(visit())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-2**53 + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), inner, max_size=3),
    max_leaves=12)


@given(json_values)
def test_the_quick_way_to_canonical_json_gives_the_bytes_of_rfc_8785(document: Any):
    assert canonical({"a": document}) == rfc8785.dumps({"a": document})


@pytest.mark.parametrize("number", [1.0, -0.0, 1e21, 1e-7, 123456789012345680000.0, 5e-324, 0.1, 1e16, 2**53 - 1, 12345678.0])
def test_numbers_are_written_as_a_phone_s_browser_writes_them(number: Any):
    assert canonical({"a": [number]}) == rfc8785.dumps({"a": [number]})


def test_a_number_beyond_every_browser_still_has_a_hash():
    big = visit(answers={"a": {"value": 2**60}})
    assert content_hash(big) == hashlib.sha256(rfc8785.dumps({name: big[name] for name in CONTENT} | {
        "answers": {"a": {"value": str(2**60)}}})).hexdigest()
