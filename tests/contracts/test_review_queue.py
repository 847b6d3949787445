"""Every visit waits where the rest of its row says: after any history of phones and offices, on both databases."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.asking import assert_equal_to_rebuild
from tests.api.reviewing import APPROVE, FAIL, PASS, PLACE, QUEUE, ago, assert_all_in_place, rules
from tests.support.databases import Template
from tests.support.people import Person, Phone
from tests.support.world import GRID_A1, GRID_A2, TOWN_A, site_id

which, answers = st.integers(0, 30), st.sampled_from([PASS, FAIL])
offices = st.sampled_from(["reviewer", "county"])
steps = st.one_of(
    st.tuples(st.just("visit"), st.sampled_from([1, 2]), answers), st.tuples(st.just("draft"), st.sampled_from([1, 2])),
    st.tuples(st.just("sign"), which, answers), st.tuples(st.just("amend"), which, answers),
    st.tuples(st.just("decide"), which, offices, st.sampled_from(["approve", "approve", "return", "return", "reject"])),
    st.tuples(st.just("approve_all"), offices), st.tuples(st.just("ask"), st.sampled_from(["never", "findings", "always"])),
    st.tuples(st.just("move"), st.sampled_from([GRID_A1, GRID_A2])))


class History:
    """Plays steps against the server; `signed` are visits that are not known to be amended or rejected."""

    def __init__(self, app: Flask):
        self.app, self.phone = app, Phone(app, "supervisor")
        self.people = {name: Person(app, name) for name in ("reviewer", "county")}
        self.signed: list[tuple[str, int]] = []
        self.drafts: list[tuple[str, int]] = []
        self.seen: set[str] = set()

    def _push(self, operation: dict[str, Any]) -> bool:
        return self.phone.push(operation)["results"][0]["status"] == "applied"

    def _visit(self, site: int, given_answers: Any, **more: Any) -> dict[str, Any]:
        return self.phone.visit(site, ago(hours=1), given_answers, place=PLACE, **more)

    def visit(self, site: int, given_answers: Any) -> None:
        made = self._visit(site, given_answers)
        assert self._push(made)
        self.signed.append((made["id"], site))

    def draft(self, site: int) -> None:
        made = self._visit(site, {}, status="draft")
        assert self._push(made)
        self.drafts.append((made["id"], site))

    def sign(self, number: int, given_answers: Any) -> None:
        if self.drafts:
            made, site = self.drafts.pop(number % len(self.drafts))
            assert self._push(self.phone.operation("patch", "visit", {"status": "signed", "answers": given_answers}, made))
            self.signed.append((made, site))

    def amend(self, number: int, given_answers: Any) -> None:
        if self.signed:
            old, site = self.signed[number % len(self.signed)]
            made = self._visit(site, given_answers, replaces=old)
            if self._push(made):  # refused: the old one was rejected, or amended before
                self.signed.append((made["id"], site))

    def decide(self, number: int, who: str, decision: str) -> None:
        if self.signed:
            made, _ = self.signed[number % len(self.signed)]
            answer = self.people[who].ask("POST", f"/api/v1/visits/{made}/review", json={"decision": decision, "reason": "核实"})
            assert answer.status_code in (200, 403, 409), answer.get_json()

    def approve_all(self, who: str) -> None:
        waiting = self.people[who].get(QUEUE, region=TOWN_A, queue="new,again,second,returned", limit=100)["visits"]
        self.seen |= {one["queue"] for one in waiting}
        if waiting:
            self.people[who].post(APPROVE, {"visits": [{"id": one["id"], "rev": one["rev"]} for one in waiting]})

    def ask(self, second_approval: str) -> None:
        rules(self.people["county"], second_approval=second_approval)

    def move(self, grid: str) -> None:
        rev = self.people["county"].get(f"/api/v1/sites/{site_id(1)}")["rev"]
        answer = self.people["county"].ask("PATCH", f"/api/v1/sites/{site_id(1)}", json={"rev": rev, "set": {"grid": grid}})
        assert answer.status_code == 200


def _begun(request: pytest.FixtureRequest) -> Iterator[History]:
    template: Template = request.getfixturevalue(f"{request.param}_template")
    with template.copy() as app:
        made = History(app)
        made.visit(1, PASS)
        yield made


history = pytest.fixture(scope="module", params=["sqlite", "postgres"], name="history")(_begun)
fresh = pytest.fixture(params=["sqlite", "postgres"], name="fresh")(_begun)  # nothing but a first visit has happened yet


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(played=st.lists(steps, min_size=4, max_size=14))
def test_every_visit_is_in_its_place_after_any_history(history: History, played: list[Any]):
    for name, *rest in played:
        getattr(history, name)(*rest)
    assert_all_in_place(history.app)


def test_the_histories_really_use_every_queue_and_leave_the_numbers_of_a_rebuild(fresh: History):
    """Guards the test above against histories in which nothing waits."""
    for step in (("ask", "never"), ("visit", 1, FAIL), ("decide", -1, "county", "return"), ("approve_all", "reviewer"),
                 ("amend", -1, PASS), ("ask", "always"), ("visit", 2, PASS), ("decide", -1, "reviewer", "approve"), ("approve_all", "county")):
        getattr(fresh, step[0])(*step[1:])
    assert_all_in_place(fresh.app)
    assert fresh.seen == {"new", "again", "second", "returned"}
    assert_equal_to_rebuild(fresh.app)
