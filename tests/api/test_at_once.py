"""Two at the same moment: real transactions on both databases; what is told is what is stored."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Barrier
from typing import Any

import openpyxl
import pytest
from flask import Flask

from inspect_api.db import transaction
from inspect_api.services import rollup
from tests.support.people import Person, Phone
from tests.support.world import COUNTY, GRID_A1

ROUNDS = 5


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls together; their results in order."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def rebuilt_equal(app: Flask) -> None:
    def compare(connection: Any) -> tuple[dict, dict]:
        before = rollup.snapshot(connection, COUNTY)
        rollup.rebuild(connection, COUNTY)
        return before, rollup.snapshot(connection, COUNTY)

    with app.app_context():
        before, after = transaction(compare)
    assert before == after


@pytest.fixture
def second_phone(app: Flask) -> Phone:
    """Another phone of the same supervisor."""
    return Phone(app, "supervisor", "second-device")


def test_two_phones_that_patch_one_draft_lose_neither_answer(app: Flask, as_supervisor: Phone, second_phone: Phone):
    for _ in range(ROUNDS):
        draft = as_supervisor.visit(1, "2021-05-01 09:30", {}, status="draft")
        as_supervisor.push(draft)
        one = as_supervisor.operation("patch", "visit", {"answers": {"kitchen.bright": {"mark": "pass"}}}, draft["id"])
        other = second_phone.operation("patch", "visit", {"answers": {"kitchen.internet": {"mark": "fail"}}}, draft["id"])
        at_once(lambda o=one: as_supervisor.push(o), lambda o=other: second_phone.push(o))
        stored = as_supervisor.get(f"/api/v1/visits/{draft['id']}")
        assert set(stored["answers"]) == {"kitchen.bright", "kitchen.internet"} and stored["rev"] == 3


def test_a_visit_that_one_phone_signs_while_another_patches_it_stays_signed(app: Flask, as_supervisor: Phone, second_phone: Phone):
    for _ in range(ROUNDS):
        draft = as_supervisor.visit(1, "2021-05-01 09:30", {}, status="draft")
        as_supervisor.push(draft)
        sign = as_supervisor.operation("patch", "visit", {"status": "signed"}, draft["id"])
        patch = second_phone.operation("patch", "visit", {"answers": {"kitchen.bright": {"mark": "pass"}}}, draft["id"])
        at_once(lambda o=sign: as_supervisor.push(o), lambda o=patch: second_phone.push(o))
        assert as_supervisor.get(f"/api/v1/visits/{draft['id']}")["status"] == "signed"
    rebuilt_equal(app)


def test_of_two_amendments_of_one_visit_one_is_taken_and_the_other_kept(app: Flask, as_supervisor: Phone, second_phone: Phone):
    for _ in range(ROUNDS):
        visit = as_supervisor.visit(1, "2021-05-01 09:30", {"kitchen.bright": {"mark": "fail"}})
        as_supervisor.push(visit)
        amendments = [phone.visit(1, "2021-05-01 09:30", {"kitchen.bright": {"mark": "pass"}}, replaces=visit["id"])
                      for phone in (as_supervisor, second_phone)]
        results = at_once(*(lambda p=phone, o=one: p.push(o)["results"][0]["status"]
                            for phone, one in zip((as_supervisor, second_phone), amendments, strict=True)))
        assert sorted(results) == ["applied", "rejected"]
    rebuilt_equal(app)


def test_the_same_report_from_two_clerks_at_once_counts_once(app: Flask, as_county: Person):
    path = "/api/v1/plans/zezhou-2021/indicators/agri-routine-pass-rate/reports"
    body = {"region": COUNTY, "numerator": 90, "denominator": 100}
    clerks = [Person(app, "county", f"desk-{n}") for n in range(3)]
    for _ in range(ROUNDS):
        at_once(*(lambda clerk=clerk: clerk.post(path, body, 201) for clerk in clerks))
    assert len(as_county.get(path)["reports"]) == 1


def test_one_ledger_sent_twice_at_once_makes_no_doubles_and_fails_nobody(app: Flask, tmp_path: Any):
    book = openpyxl.Workbook()
    book.active.append(["名称", "主体类型", "地址", "网格编码"])
    for n in range(30):
        book.active.append([f"新店{n}", "小经营店", f"某街{n}号", GRID_A1])
    book.save(tmp_path / "ledger.xlsx")
    content = (tmp_path / "ledger.xlsx").read_bytes()
    clerks = [Person(app, "county", f"desk-{n}") for n in range(2)]

    def send(clerk: Person) -> dict[str, Any]:
        answer = clerk.ask("POST", f"/api/v1/sites/import?region={COUNTY}",
                           data={"file": (BytesIO(content), "ledger.xlsx")})
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()

    results = at_once(*(lambda clerk=clerk: send(clerk) for clerk in clerks))
    assert sorted(result["created"] for result in results) == [0, 30]
    rebuilt_equal(app)


def test_reviews_and_new_sites_of_one_grid_at_once_agree_with_a_rebuild(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    for number in range(ROUNDS):
        visit = as_supervisor.visit(1, "2021-05-01 09:30", {"kitchen.bright": {"mark": "pass"}})
        as_supervisor.push(visit)
        as_reviewer.post(f"/api/v1/visits/{visit['id']}/review", {"decision": "approve"})
        found = as_supervisor.operation("create", "site", {"type": "school_canteen", "name": f"新食堂{number}", "grid": GRID_A1})
        reject = {"decision": "reject", "reason": "核实不符"}
        at_once(lambda v=visit, r=reject: as_reviewer.post(f"/api/v1/visits/{v['id']}/review", r), lambda o=found: as_supervisor.push(o))
    rebuilt_equal(app)
