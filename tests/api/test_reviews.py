"""What the township says of a visit, and what that does to the numbers on both bases."""

from typing import Any

import pytest
from flask import Flask

from tests.api.asking import assert_equal_to_rebuild, code, pair, pushed, result
from tests.support.people import Person, Phone
from tests.support.world import TOWN_A

DAY = "2021-05-01 09:30"
BRIGHT = "school-bright-kitchen"
PASS, FAIL = {"kitchen.bright": {"mark": "pass"}}, {"kitchen.bright": {"mark": "fail"}}


def review(person: Person, visit: str, decision: str, status: int = 200, **more: Any) -> dict[str, Any]:
    """A decision about a visit."""
    return person.post(f"/api/v1/visits/{visit}/review", {"decision": decision} | more, status)


def both(person: Person) -> dict[str, int]:
    """The numerator on each basis."""
    return {basis: pair(person, BRIGHT, basis=basis)[0] for basis in ("received", "approved")}


@pytest.fixture
def visit(as_supervisor: Phone) -> str:
    """A signed visit that passes."""
    return pushed(as_supervisor, as_supervisor.visit(1, DAY, PASS))


def test_a_visit_counts_as_received_at_once_and_as_approved_when_it_is(app: Flask, visit: str, as_reviewer: Person, as_county: Person):
    assert both(as_county) == {"received": 1, "approved": 0}
    decided = review(as_reviewer, visit, "approve")
    assert (decided["review"], decided["rev"]) == ("approved", 2)
    assert both(as_county) == {"received": 1, "approved": 1}
    stored = as_county.get(f"/api/v1/visits/{visit}")
    assert stored["review"] == "approved" and stored["reviewed_at"] == decided["reviewed_at"]
    assert_equal_to_rebuild(app)


def test_a_visit_is_returned_with_a_reason_for_each_item_and_goes_on_counting_as_received(
        app: Flask, visit: str, as_reviewer: Person, as_county: Person):
    review(as_reviewer, visit, "return", items={"kitchen.bright": "照片看不清"})
    assert as_county.get(f"/api/v1/visits/{visit}")["review_note"] == {"reason": "", "items": {"kitchen.bright": "照片看不清"}}
    assert both(as_county) == {"received": 1, "approved": 0}
    [listed] = as_reviewer.get("/api/v1/visits", region=TOWN_A, review="returned")["visits"]
    assert listed["id"] == visit
    assert_equal_to_rebuild(app)


def test_a_rejected_visit_leaves_the_numbers_and_the_one_before_it_stands_again(
        app: Flask, as_supervisor: Phone, as_reviewer: Person, as_county: Person):
    pushed(as_supervisor, as_supervisor.visit(1, "2021-04-01 09:00", PASS))
    bad = pushed(as_supervisor, as_supervisor.visit(1, DAY, FAIL))
    assert both(as_county)["received"] == 0
    review(as_reviewer, bad, "reject", reason="不是本户")
    assert both(as_county)["received"] == 1
    assert as_county.get(f"/api/v1/visits/{bad}")["findings"] == []
    assert_equal_to_rebuild(app)


def test_a_returned_visit_is_amended_and_its_amendment_approved(
        app: Flask, as_supervisor: Phone, visit: str, as_reviewer: Person, as_county: Person):
    review(as_reviewer, visit, "return", reason="请补照片")
    amendment = pushed(as_supervisor, as_supervisor.visit(1, DAY, FAIL, replaces=visit))
    assert both(as_county) == {"received": 0, "approved": 0}
    problem = review(as_reviewer, visit, "approve", 409)
    assert problem["code"] == "state-changed" and amendment in problem["detail"]
    review(as_reviewer, amendment, "approve")
    assert both(as_county) == {"received": 0, "approved": 0}
    assert pair(as_county, BRIGHT, basis="approved") == (0, 3)
    assert_equal_to_rebuild(app)


def test_an_approved_visit_stands_on_its_basis_until_its_amendment_is_approved(
        app: Flask, as_supervisor: Phone, visit: str, as_reviewer: Person, as_county: Person):
    review(as_reviewer, visit, "approve")
    amendment = pushed(as_supervisor, as_supervisor.visit(1, DAY, FAIL, replaces=visit))
    assert both(as_county) == {"received": 0, "approved": 1}
    review(as_reviewer, amendment, "approve")
    assert both(as_county) == {"received": 0, "approved": 0}
    assert_equal_to_rebuild(app)


def test_when_an_amendment_is_rejected_what_it_replaced_stands_again(
        app: Flask, as_supervisor: Phone, visit: str, as_reviewer: Person, as_county: Person):
    amendment = pushed(as_supervisor, as_supervisor.visit(1, DAY, FAIL, replaces=visit))
    review(as_reviewer, amendment, "reject", reason="更正有误")
    assert both(as_county) == {"received": 1, "approved": 0}
    assert_equal_to_rebuild(app)


def test_an_office_may_approve_on_second_thoughts_or_take_its_approval_back(app: Flask, visit: str, as_reviewer: Person, as_county: Person):
    review(as_reviewer, visit, "return", reason="再看看")
    review(as_reviewer, visit, "approve")
    assert both(as_county)["approved"] == 1
    review(as_reviewer, visit, "return", reason="还是不对")
    assert both(as_county)["approved"] == 0
    review(as_reviewer, visit, "reject", reason="作废")
    assert review(as_reviewer, visit, "approve", 409)["code"] == "state-changed", "a rejection is final"
    assert both(as_county) == {"received": 0, "approved": 0}
    assert_equal_to_rebuild(app)


@pytest.mark.parametrize("decision", ["approve", "return", "reject"])
def test_a_decision_made_twice_is_refused_the_second_time(one_app: Flask, decision: str):
    phone, reviewer = Phone(one_app, "supervisor"), Person(one_app, "reviewer")
    made = pushed(phone, phone.visit(1, DAY, PASS))
    review(reviewer, made, decision, reason="核实")
    assert review(reviewer, made, decision, 409, reason="核实")["code"] == "state-changed"


def test_nobody_reviews_a_visit_of_their_own(app: Flask, as_county: Person):
    reviewer = Phone(app, "reviewer")
    own = pushed(reviewer, reviewer.visit(1, DAY, PASS))
    for decision in ("approve", "return", "reject"):
        assert review(reviewer, own, decision, 403, reason="核实")["code"] == "own-visit"
    assert as_county.get(f"/api/v1/visits/{own}")["review"] == "received"
    review(as_county, own, "approve")


def test_a_decision_about_another_revision_than_was_seen_is_refused(app: Flask, visit: str, as_reviewer: Person, as_county: Person):
    review(as_county, visit, "return", reason="先看一下", rev=1)
    problem = review(as_reviewer, visit, "approve", 409, rev=1)
    assert problem["code"] == "state-changed" and "这次检查有了改动" in problem["detail"]
    review(as_reviewer, visit, "approve", rev=2)


def test_a_draft_cannot_be_reviewed(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    draft = pushed(as_supervisor, as_supervisor.visit(1, DAY, PASS, status="draft"))
    assert review(as_reviewer, draft, "approve", 409)["code"] == "state-changed"


def test_a_reviewed_visit_is_as_immutable_as_before(app: Flask, as_supervisor: Phone, visit: str, as_reviewer: Person):
    review(as_reviewer, visit, "return", reason="请更正")
    assert code(result(as_supervisor, as_supervisor.operation("patch", "visit", {"answers": FAIL}, visit))) == "visit-immutable"


WRONG: dict[str, tuple[dict[str, Any], set[str]]] = {
    "no decision": ({"decision": None}, {"decision"}),
    "a decision that is none": ({"decision": "shrug"}, {"decision"}),
    "no reason for a return": ({"decision": "return"}, {"reason"}),
    "no reason for a rejection": ({"decision": "reject"}, {"reason"}),
    "an item that was not answered": ({"decision": "return", "items": {"kitchen.internet": "为什么没有"}}, {"items.kitchen.internet"}),
    "an empty reason of an item": ({"decision": "return", "items": {"kitchen.bright": ""}}, {"items.kitchen.bright.value"}),
    "a reason with nul": ({"decision": "return", "reason": "a\x00"}, {"reason"}),
    "a reason too long": ({"decision": "return", "reason": "字" * 1001}, {"reason"}),
    "an unknown field": ({"decision": "approve", "score": 5}, {"score"}),
    "a revision that is none": ({"decision": "approve", "rev": "new"}, {"rev"}),
}


def test_a_review_that_is_wrong_names_the_field_and_changes_nothing(app: Flask, visit: str, as_reviewer: Person, as_county: Person):
    found = {}
    for name, (body, _) in WRONG.items():
        answer = as_reviewer.ask("POST", f"/api/v1/visits/{visit}/review", json=body)
        assert answer.status_code == 422, (name, answer.get_json())
        found[name] = {error["field"] for error in answer.get_json()["errors"]}
    assert found == {name: fields for name, (_, fields) in WRONG.items()}
    assert as_county.get(f"/api/v1/visits/{visit}")["rev"] == 1


def test_visits_come_newest_first_and_page_by_page(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    made = [pushed(as_supervisor, as_supervisor.visit(1 + n % 2, f"2021-05-{1 + n:02d} 09:00", {})) for n in range(7)]
    found, after = [], {}
    while True:
        page = as_reviewer.get("/api/v1/visits", region=TOWN_A, limit=3, **after)
        found += [one["id"] for one in page["visits"]]
        if not page["next"]:
            break
        after = {"after": page["next"]}
    assert found == sorted(made, reverse=True)


def amendment(phone: Phone, old: str, answers: dict[str, Any] = PASS) -> str:
    """Push an amendment of a visit of site 1."""
    return pushed(phone, phone.visit(1, DAY, answers, replaces=old))


def test_when_an_amendment_is_rejected_what_it_amended_stands_again_and_may_be_reviewed_and_amended(
        app: Flask, visit: str, as_supervisor: Phone, as_reviewer: Person, as_county: Person):
    review(as_reviewer, amendment(as_supervisor, visit, FAIL), "reject", reason="核实不符")
    assert both(as_county) == {"received": 1, "approved": 0}
    review(as_reviewer, visit, "approve")
    assert both(as_county) == {"received": 1, "approved": 1}
    amendment(as_supervisor, visit, FAIL)
    assert both(as_county) == {"received": 0, "approved": 1}
    assert_equal_to_rebuild(app)


def test_of_a_chain_of_amendments_only_the_last_that_counts_is_counted(
        app: Flask, visit: str, as_supervisor: Phone, as_reviewer: Person, as_county: Person):
    review(as_reviewer, visit, "approve")
    first = amendment(as_supervisor, visit, FAIL)
    review(as_reviewer, first, "return", reason="请补照片")
    last = amendment(as_supervisor, first, FAIL)
    review(as_reviewer, last, "approve")
    assert both(as_county) == {"received": 0, "approved": 0}
    assert_equal_to_rebuild(app)


def test_a_draft_and_a_rejected_visit_cannot_be_amended(app: Flask, visit: str, as_supervisor: Phone, as_reviewer: Person):
    draft = pushed(as_supervisor, as_supervisor.visit(1, DAY, PASS, status="draft"))
    assert code(result(as_supervisor, as_supervisor.visit(1, DAY, FAIL, replaces=draft))) == "state-changed"
    review(as_reviewer, visit, "reject", reason="核实不符")
    assert code(result(as_supervisor, as_supervisor.visit(1, DAY, FAIL, replaces=visit))) == "state-changed"
    assert_equal_to_rebuild(app)
