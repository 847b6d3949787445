"""Increments equal a rebuild: after any history, on both databases, for every measure and kind of window."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspect_api.db import reading, transaction
from inspect_api.services import plans, rollup, sites
from tests.support.databases import Template
from tests.support.people import Person, Phone, new_id
from tests.support.world import COUNTY, GRID_A1, GRID_A2, NOW, TOWN_A, TOWN_B

PLAN = Path(__file__).parents[1] / "support" / "every_measure.yaml"
CANTEENS, CATERING = (1, 2), (5,)
MARKS = ("pass", "fail", "not_applicable", "not_observed")

days = st.tuples(st.sampled_from(["2020-12", "2021-01", "2021-02", "2021-06", "2021-11", "2022-01", "2022-06", "2022-07"]),
                 st.integers(1, 28), st.integers(0, 23))
answers = st.tuples(st.sampled_from(MARKS), st.one_of(st.none(), st.tuples(st.integers(0, 9), st.integers(0, 9))))
visits = st.tuples(st.just("visit"), st.sampled_from(CANTEENS + CATERING), days, answers)
drafts = st.tuples(st.just("draft"), st.sampled_from(CANTEENS), days, answers)
steps = st.one_of(
    visits, visits, visits, drafts, st.tuples(st.just("inspect"), st.sampled_from(CANTEENS), days, answers),
    st.tuples(st.just("sign"), st.integers(0, 30), answers),
    st.tuples(st.just("amend"), st.integers(0, 30), days, answers),
    st.tuples(st.just("review"), st.integers(0, 30), st.sampled_from(["approve", "return", "reject"])),
    st.tuples(st.just("extend"), st.integers(0, 30), st.sampled_from(["2021-01-10", "2021-07-01", "2023-01-01"])),
    st.tuples(st.just("settle"), st.integers(0, 30), st.booleans()),
    st.tuples(st.just("ledger"), st.sampled_from(["licence", "stage", "grid", "new"]), st.integers(0, 3)),
    st.tuples(st.just("found"), st.sampled_from(["school_canteen", "small_shop"]), days, answers),
    st.tuples(st.just("replay")))
histories = st.lists(st.lists(steps, min_size=1, max_size=4), min_size=1, max_size=6)


class History:
    """Plays steps against the server as a phone, a reviewer and a clerk with a ledger would."""

    def __init__(self, app: Flask):
        self.app, self.phone, self.reviewer = app, Phone(app, "supervisor"), Person(app, "reviewer")
        self.officer = Phone(app, "county")
        self.signed: list[tuple[str, int | str, str]] = []
        self.drafts: list[str] = []
        self.last: list[Any] = []
        self.versions = {kind: self.phone.checklist(kind) for kind in ("school_canteen", "catering", "small_shop")}

    def play(self, steps_of_a_push: list[Any]) -> None:
        """Steps whose operations travel in one push; what is not an operation happens on the way."""
        operations: list[Any] = []
        for name, *rest in steps_of_a_push:
            made = getattr(self, name)(*rest)
            operations += made or []
        if operations:
            results = self.phone.push(*operations)["results"]
            assert all(r["status"] in ("applied", "noop", "rejected") for r in results)
            self.last = operations

    def _answers(self, kind: str, given_answers: Any) -> dict[str, Any]:
        mark, pair = given_answers
        made: dict[str, Any] = {"kitchen.bright": {"mark": mark}}
        if kind == "school_canteen" and pair:
            made["common.health-certificates"] = {"value": sorted(pair)}
        return made

    def _visit(self, site: int | str, kind: str, day: Any, given_answers: Any, **more: Any) -> dict[str, Any]:
        at = f"{day[0]}-{day[1]:02d} {day[2]:02d}:00"
        return self.phone.visit(site, at, self._answers(kind, given_answers), checklist=self.versions[kind], id=new_id(), **more)

    def visit(self, site: int, day: Any, given_answers: Any) -> list[Any]:
        kind = "catering" if site in CATERING else "school_canteen"
        operation = self._visit(site, kind, day, given_answers)
        self.signed.append((operation["id"], site, kind))
        return [operation]

    def inspect(self, site: int, day: Any, given_answers: Any) -> None:
        """A supervision inspection by the county's officers."""
        officers = [{"name": name, "certificate": name} for name in ("甲", "乙")]
        operation = self.officer.visit(site, f"{day[0]}-{day[1]:02d} {day[2]:02d}:00", self._answers("school_canteen", given_answers),
                                       checklist=self.versions["school_canteen"], document_type="inspection",
                                       officers=officers, signature={"kind": "signed"})
        assert self.officer.push(operation)["results"][0]["status"] == "applied"

    def draft(self, site: int, day: Any, given_answers: Any) -> list[Any]:
        operation = self._visit(site, "school_canteen", day, given_answers, status="draft")
        self.drafts.append(operation["id"])
        return [operation]

    def sign(self, which: int, given_answers: Any) -> list[Any]:
        if not self.drafts:
            return []
        draft = self.drafts.pop(which % len(self.drafts))
        return [self.phone.operation("patch", "visit", {
            "status": "signed", "answers": self._answers("school_canteen", given_answers)}, draft)]

    def amend(self, which: int, day: Any, given_answers: Any) -> list[Any]:
        if not self.signed:
            return []
        old, site, kind = self.signed.pop(which % len(self.signed))
        operation = self._visit(site, kind, day, given_answers, replaces=old)
        self.signed.append((operation["id"], site, kind))
        return [operation]

    def review(self, which: int, decision: str) -> None:
        if self.signed:
            visit = self.signed[which % len(self.signed)][0]
            answer = self.reviewer.ask("POST", f"/api/v1/visits/{visit}/review", json={"decision": decision, "reason": "核实"})
            assert answer.status_code in (200, 404, 409), answer.get_json()  # not pushed yet, or decided already

    def _rectification(self, which: int, state: str = "open") -> str | None:
        found = self.reviewer.get("/api/v1/rectifications", region=TOWN_A, state=state)["rectifications"]
        return found[which % len(found)]["id"] if found else None

    def _step(self, case: str, step: str, body: dict[str, Any]) -> None:
        answer = self.reviewer.ask("POST", f"/api/v1/rectifications/{case}/{step}", json=body)
        assert answer.status_code in (200, 422), answer.get_json()  # a deadline before the day it was found

    def extend(self, which: int, day: str) -> None:
        if case := self._rectification(which):
            self._step(case, "deadline", {"due_on": day, "reason": "延期"})

    def settle(self, which: int, again: bool) -> None:
        """Signed off, with a recheck or without; or what was is opened again."""
        if again and (case := self._rectification(which, "closed")):
            self._step(case, "reopen", {"reason": "复核"})
        elif case := self._rectification(which, "to_sign") or self._rectification(which):
            self._step(case, "sign-off", {"without_recheck": "停业"})

    def ledger(self, what: str, number: int) -> None:
        row: dict[str, Any] = dict.fromkeys(("uscc", "licence_number", "licence_until", "registration_number", "risk_grade", "place", "lon", "lat"))
        row |= {"type": "catering", "name": "", "address": "", "contact": "", "phone": "", "attributes": {},
                "grid": GRID_A1, "natural_key": "test:5"}
        if what == "licence":
            row |= {"licence_number": f"JY{number}", "licence_until": date(2021 + number, 3, 1)}
        elif what == "stage":
            row |= {"type": "school_canteen", "natural_key": "test:1",
                    "attributes": {"stage": ["primary", "junior"][number % 2]}}
        elif what == "grid":
            row["grid"] = [GRID_A1, GRID_A2][number % 2]
        else:
            row |= {"type": "small_shop", "natural_key": f"test:new:{number}", "name": "新店", "grid": TOWN_B}
        with self.app.app_context():
            transaction(lambda c: sites.store(c, COUNTY, [row], "tests", NOW))

    def found(self, kind: str, day: Any, given_answers: Any) -> list[Any]:
        site = self.phone.operation("create", "site", {"type": kind, "name": "街边发现", "grid": GRID_A2,
                                                       "attributes": {"stage": "primary"} if kind == "school_canteen" else {}},
                                    new_id())
        visit = self._visit(site["id"], kind, day, (given_answers[0], None) if kind == "school_canteen" else ("pass", None))
        if kind == "small_shop":
            visit["set"]["answers"] = {}
        self.signed.append((visit["id"], site["id"], kind))
        return [site, visit]

    def replay(self) -> None:
        if self.last:
            assert all(result["replay"] for result in self.phone.push(*self.last)["results"])


def _begun(request: pytest.FixtureRequest) -> Iterator[History]:
    template: Template = request.getfixturevalue(f"{request.param}_template")
    with template.copy() as app:
        with app.app_context():
            transaction(lambda c: plans.load(c, {PLAN.name: PLAN.read_text("utf-8")}, NOW, "tests"))
        yield History(app)


history = pytest.fixture(scope="module", params=["sqlite", "postgres"], name="history")(_begun)
fresh = pytest.fixture(params=["sqlite", "postgres"], name="fresh")(_begun)  # nothing has happened yet


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(pushes=histories)
def test_increments_equal_a_rebuild_after_any_history(history: History, pushes: list[list[Any]]):
    for push in pushes:
        history.play(push)
    with history.app.app_context():
        def compare(connection: Any) -> tuple[dict, dict]:
            before = rollup.snapshot(connection, COUNTY)
            rollup.rebuild(connection, COUNTY)
            return before, rollup.snapshot(connection, COUNTY)
        before, after = transaction(compare)
    for part in after:
        assert before[part] == after[part], part


def test_the_histories_really_extend_and_settle(fresh: History):
    """Guards the test above against steps that change nothing."""
    fresh.play([("visit", 1, ("2022-07", 1, 9), ("fail", None))])
    fresh.extend(0, "2099-01-01")
    fresh.settle(0, False)
    fresh.play([("visit", 2, ("2022-07", day, 9), (mark, None)) for day, mark in ((1, "fail"), (2, "pass"), (3, "fail"))])
    with fresh.app.app_context(), reading() as connection:
        found = rollup.snapshot(connection, COUNTY)["findings"].values()
    assert {"closed", "open"} <= {row["stage"] for row in found} and any(row["repeats"] for row in found)
    assert any(str(row["due_on"]) == "2099-01-01" for row in found)


def test_the_histories_really_move_every_measure(history: History):
    """Guards the test above against histories that change nothing."""
    history.play([("visit", 1, ("2021-01", 5, 9), ("fail", (3, 4)))])
    history.play([("visit", 1, ("2021-01", 6, 9), ("pass", (4, 4)))])
    history.play([("inspect", 1, ("2021-01", 7, 9), ("pass", None))])
    history.play([("visit", 1, ("2022-07", 28, 23), ("pass", (4, 4)))])  # after whatever the histories counted last
    with history.app.app_context(), reading() as connection:
        tallies = rollup.snapshot(connection, COUNTY)["tallies"]
    moved = {key[3] for key, (num, _) in tallies.items() if key[0] == "every-measure" and key[1] == "received" and num}
    assert moved == {"inspected-season", "inspected-quarter", "inspected-officially", "marked", "holding", "closed", "summed"}
