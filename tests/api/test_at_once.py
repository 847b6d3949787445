"""Two at the same moment: real transactions on both databases; what is told is what is stored."""

import copy
import io
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Barrier
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask

from inspect_api.db import reading
from inspect_api.models import Change, Operation, Visit
from tests.api.asking import (
    assert_equal_to_rebuild,
    count,
    kept,
    pair,
    pushed,
)
from tests.api.sending import batch_of
from tests.support.people import Person, Phone
from tests.support.world import COUNTY, GRID_A1, GRID_A2

DAY = "2021-05-01 09:30"
BRIGHT, INSPECTED, CATERING = "school-bright-kitchen", "cold-store-inspected", "catering-bright-kitchen"
PASS, FAIL = {"kitchen.bright": {"mark": "pass"}}, {"kitchen.bright": {"mark": "fail", "note": "大屏不亮"}}
ROUNDS = 5


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run all at the same moment, each in a thread of its own; their results."""
    start = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        start.wait(10)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return [one.result(60) for one in [pool.submit(run, work) for work in works]]


def twin(phone: Phone) -> Phone:
    """The same phone on another connection."""
    other = copy.copy(phone)
    other.client = phone.app.test_client()
    return other


def test_two_identical_pushes_at_the_same_moment_have_one_effect_and_the_same_results(app: Flask, as_supervisor: Phone, as_county: Person):
    batch = batch_of(as_supervisor)
    phones = [twin(as_supervisor) for _ in range(4)]
    answers = at_once(*(lambda phone=phone: phone.push(*batch)["results"] for phone in phones))
    plain = [[{name: value for name, value in one.items() if name != "replay"} for one in results] for results in answers]
    assert all(results == plain[0] for results in plain)
    assert sum(not one["replay"] for results in answers for one in results) == len(batch), "each was done exactly once"
    assert (count(app, Visit), count(app, Operation), len(kept(app))) == (3, len(batch), 1)
    assert pair(as_county, BRIGHT) == (1, 3)
    assert_equal_to_rebuild(app)


def test_eight_phones_that_push_to_the_same_sites_at_once_leave_the_numbers_of_a_rebuild(app: Flask):
    phones = [Phone(app, "supervisor", device=f"phone-{n}") for n in range(8)]
    versions = {kind: phones[0].checklist(kind) for kind in ("school_canteen", "cold_store", "catering")}
    kinds = {1: "school_canteen", 2: "school_canteen", 4: "cold_store", 5: "catering"}
    luck = random.Random(2021)

    def batch(phone: Phone) -> list[dict[str, Any]]:
        made = []
        for _ in range(6):
            site = luck.choice(list(kinds))
            answers = luck.choice([PASS, FAIL, {}]) if site != 4 else {}
            made.append(phone.visit(site, f"2021-{luck.randint(1, 12):02d}-{luck.randint(1, 28):02d} 09:00", answers,
                                    checklist=versions[kinds[site]]))
        made.append(phone.operation("create", "site", {"type": "school_canteen", "name": phone.device + str(phone.n), "grid": GRID_A1}))
        return made

    batches = {phone.device: [batch(phone) for _ in range(5)] for phone in phones}

    def walk(phone: Phone) -> list[str]:
        return [one["status"] for operations in batches[phone.device] for one in phone.push(*operations)["results"]]

    outcomes = at_once(*(lambda phone=phone: walk(phone) for phone in phones))
    assert {status for statuses in outcomes for status in statuses} == {"applied"}
    assert count(app, Visit) == 8 * 5 * 6
    assert_equal_to_rebuild(app)
    assert gap_free(app)


def gap_free(app: Flask) -> bool:
    """No two rows of the feed share a sequence."""
    with app.app_context(), reading() as connection:
        seqs = list(connection.execute(sa.select(Change.seq).where(Change.org == COUNTY)).scalars())
    return len(seqs) == len(set(seqs))


def test_reviews_imports_and_pushes_at_the_same_moment_leave_the_numbers_of_a_rebuild(app: Flask, as_reviewer: Person, as_county: Person):
    first = Phone(app, "supervisor", device="first")
    visits = [pushed(first, first.visit(1 + n % 2, f"2021-03-{1 + n:02d} 09:00", FAIL if n % 3 else PASS)) for n in range(12)]
    phones = [Phone(app, "supervisor", device=f"phone-{n}") for n in range(3)]
    version = first.checklist("school_canteen")

    def walk(phone: Phone) -> None:
        for n in range(8):
            phone.push(phone.visit(1 + n % 2, f"2021-0{4 + n % 5}-10 09:00", PASS if n % 2 else FAIL, checklist=version),
                       phone.operation("create", "site", {"type": "school_canteen", "name": f"{phone.device}{n}", "grid": GRID_A2}))

    def decide() -> None:
        for n, visit in enumerate(visits):
            as_reviewer.post(f"/api/v1/visits/{visit}/review", {"decision": ("approve", "reject", "return")[n % 3], "reason": "核实"})

    def register() -> None:
        for n in range(4):
            ledger = f"名称,主体类型,网格编码,登记证编号\n第{n}号店,小餐饮,{GRID_A1},晋{n}\n第一号店,小餐饮,{GRID_A1},晋A{n}\n"
            as_county.ask("POST", f"/api/v1/sites/import?region={COUNTY}", data={"file": (_file(ledger), "a.csv")})

    at_once(decide, register, *(lambda phone=phone: walk(phone) for phone in phones))
    assert count(app, Visit) == 12 + 3 * 8
    assert_equal_to_rebuild(app)


def _file(text: str) -> io.BytesIO:
    return io.BytesIO(text.encode())


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
    assert_equal_to_rebuild(app)


def test_of_two_amendments_of_one_visit_one_is_taken_and_the_other_kept(app: Flask, as_supervisor: Phone, second_phone: Phone):
    for _ in range(ROUNDS):
        visit = as_supervisor.visit(1, "2021-05-01 09:30", {"kitchen.bright": {"mark": "fail"}})
        as_supervisor.push(visit)
        amendments = [phone.visit(1, "2021-05-01 09:30", {"kitchen.bright": {"mark": "pass"}}, replaces=visit["id"])
                      for phone in (as_supervisor, second_phone)]
        results = at_once(*(lambda p=phone, o=one: p.push(o)["results"][0]["status"]
                            for phone, one in zip((as_supervisor, second_phone), amendments, strict=True)))
        assert sorted(results) == ["applied", "rejected"]
    assert_equal_to_rebuild(app)


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
    assert_equal_to_rebuild(app)


def test_reviews_and_new_sites_of_one_grid_at_once_agree_with_a_rebuild(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    for number in range(ROUNDS):
        visit = as_supervisor.visit(1, "2021-05-01 09:30", {"kitchen.bright": {"mark": "pass"}})
        as_supervisor.push(visit)
        as_reviewer.post(f"/api/v1/visits/{visit['id']}/review", {"decision": "approve"})
        found = as_supervisor.operation("create", "site", {"type": "school_canteen", "name": f"新食堂{number}", "grid": GRID_A1})
        reject = {"decision": "reject", "reason": "核实不符"}
        at_once(lambda v=visit, r=reject: as_reviewer.post(f"/api/v1/visits/{v['id']}/review", r), lambda o=found: as_supervisor.push(o))
    assert_equal_to_rebuild(app)
