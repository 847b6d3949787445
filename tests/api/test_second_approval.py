"""Where a county wants it, two must approve; and how a visit was decided can be read afterwards, by whom and when."""

from typing import Any

import pytest
from flask import Flask

from inspect_api.db import reading
from inspect_api.services import audit
from tests.api.asking import assert_equal_to_rebuild
from tests.api.reviewing import FAIL, PASS, assert_all_in_place, clean, counted, queue, review, rules, waiting
from tests.api.test_at_once import at_once, twin
from tests.support.people import Person, Phone


@pytest.fixture
def strict(as_county: Person) -> Person:
    """The county office, which wants two approvals of everything."""
    rules(as_county, second_approval="always")
    return as_county


def state(person: Person, visit: str) -> dict[str, Any]:
    """What a visit says of its review."""
    shown = person.get(f"/api/v1/visits/{visit}")
    return {name: shown[name] for name in ("review", "queue", "rev", "reviewer", "first_approval")}


def test_the_first_approval_counts_for_nothing_and_the_second_person_s_is_final(
        app: Flask, strict: Person, as_supervisor: Phone, as_reviewer: Person):
    made = clean(as_supervisor)
    first = review(as_reviewer, made, rev=1)
    assert (first["review"], first["queue"], first["rev"], first["reviewed_at"]) == ("received", "second", 2, None)
    told = state(strict, made)
    assert told["first_approval"].pop("at")
    assert told == {"review": "received", "queue": "second", "rev": 2, "reviewer": None, "first_approval": {"by": "user-reviewer", "name": "reviewer"}}
    assert queue(strict)["visits"][0]["first_approval"]["name"] == "reviewer" and queue(strict)["counts"]["second"] == 1
    assert counted(app) == set()
    assert_all_in_place(app)
    final = review(strict, made, rev=2)
    assert (final["review"], final["queue"], counted(app)) == ("approved", "", {made})
    assert state(strict, made)["first_approval"]["name"] == "reviewer", "it stays known who was the first"
    assert_all_in_place(app)
    assert_equal_to_rebuild(app)


def test_nobody_is_both_of_the_two_and_the_inspector_is_neither(app: Flask, strict: Person, as_reviewer: Person):
    made = clean(Phone(app, "reviewer", device="theirs"))
    assert review(as_reviewer, made, status=403)["code"] == "own-visit"
    review(strict, made)
    assert review(strict, made, status=403)["code"] == "same-reviewer"
    assert review(as_reviewer, made, status=403)["code"] == "own-visit"
    assert waiting(as_reviewer) == {made: "second"}
    review(Person(app, "admin"), made)
    assert waiting(as_reviewer) == {}


def test_a_county_may_ask_it_of_visits_with_findings_only(app: Flask, as_county: Person, as_supervisor: Phone, as_reviewer: Person):
    rules(as_county, second_approval="findings")
    good, bad, again = clean(as_supervisor), clean(as_supervisor, answers=FAIL), clean(as_supervisor, answers=FAIL)
    for one in (good, bad, again):
        review(as_reviewer, one)
    assert waiting(as_reviewer) == {bad: "second", again: "second"}, "also the one that saw an old finding again"


@pytest.mark.parametrize("decision", ["return", "reject"])
def test_a_return_or_a_rejection_forgets_the_first_approval(app: Flask, strict: Person, as_supervisor: Phone, as_reviewer: Person, decision: str):
    made = clean(as_supervisor)
    review(as_reviewer, made)
    review(strict, made, decision, reason="再看")
    assert state(strict, made)["first_approval"] is None
    assert_all_in_place(app)
    if decision == "return":
        review(as_reviewer, made)
        assert waiting(strict) == {made: "second"}, "it begins with the first again"
        told = as_supervisor.get("/api/v1/sync/pull")["changes"]
        [row] = [one["row"] for one in told if one["t"] == "visit"]
        assert (row["review"], row["review_note"], row["reviewer"]) == ("received", None, None), "the phone need not correct it any more"
        assert_all_in_place(app)


def test_an_amendment_of_a_half_approved_visit_needs_both_and_gives_it_back_when_it_is_rejected(
        app: Flask, strict: Person, as_supervisor: Phone, as_reviewer: Person):
    made = clean(as_supervisor)
    review(as_reviewer, made)
    amendment = clean(as_supervisor, replaces=made)
    assert waiting(as_reviewer) == {amendment: "new"}
    review(as_reviewer, amendment)
    review(strict, amendment, "reject", reason="不对")
    assert waiting(as_reviewer) == {made: "second"}
    assert_all_in_place(app)
    assert_equal_to_rebuild(app)


def test_when_the_rule_is_lifted_one_approval_is_enough_for_those_that_wait(app: Flask, strict: Person, as_supervisor: Phone, as_reviewer: Person):
    made = clean(as_supervisor)
    review(as_reviewer, made)
    rules(strict, second_approval="never")
    review(as_reviewer, made)
    assert waiting(as_reviewer) == {} and counted(app) == {made}


def test_of_two_who_approve_at_once_one_is_the_first_and_the_other_the_second_or_told_to_look_again(
        app: Flask, strict: Person, as_supervisor: Phone, as_reviewer: Person):
    made = clean(as_supervisor)
    body = {"decision": "approve", "rev": 1}
    answers = at_once(*(lambda person=person: twin(person).ask("POST", f"/api/v1/visits/{made}/review", json=body) for person in (strict, as_reviewer)))
    assert sorted(one.status_code for one in answers) == [200, 409]
    assert state(strict, made)["queue"] == "second"


def test_the_trail_tells_every_decision_on_a_visit_and_on_what_it_amends(app: Flask, as_county: Person, as_supervisor: Phone, as_reviewer: Person):
    first = clean(as_supervisor)
    review(as_reviewer, first, "return", items={"kitchen.bright": "照片看不清"})
    second = clean(as_supervisor, replaces=first)
    review(as_reviewer, second, "return", reason="还是看不清")
    third = clean(as_supervisor, answers=PASS, replaces=second)
    rules(as_county, second_approval="always")
    review(as_reviewer, third, reason="可以")
    review(as_county, third)
    other = clean(as_supervisor)
    review(as_reviewer, other, "reject", reason="另一次")
    told = as_supervisor.get(f"/api/v1/visits/{third}/trail")
    assert [(one["id"], one["review"], one["inspector"]) for one in told["visits"]] == [
        (third, "approved", "supervisor"), (second, "returned", "supervisor"), (first, "returned", "supervisor")]
    assert [(one["visit"], one["decision"], one["by"]["name"], one["reason"], one["items"]) for one in told["decisions"]] == [
        (first, "return", "reviewer", "", {"kitchen.bright": "照片看不清"}), (second, "return", "reviewer", "还是看不清", {}),
        (third, "approve-first", "reviewer", "可以", {}), (third, "approve", "county", "", {})]
    assert [one["at"] for one in told["decisions"]] == sorted(one["at"] for one in told["decisions"])
    assert [one["visit"] for one in as_supervisor.get(f"/api/v1/visits/{first}/trail")["decisions"]] == [first]
    with app.app_context(), reading() as connection:
        assert audit.verify(connection)[1] == []
