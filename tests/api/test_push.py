"""A push: at least once on the wire, exactly once in effect; nothing pushed is lost."""

from typing import Any

import pytest
from flask import Flask

from inspect_api.models import Change, Finding, Operation, Quarantine, Site, Visit
from sync.location import from_wgs84
from tests.api.asking import (
    assert_equal_to_rebuild,
    code,
    count,
    kept,
    load_plan,
    numbers,
    pair,
    pushed,
    result,
    statements,
    window,
)
from tests.api.sending import batch_of
from tests.support.people import Person, Phone
from tests.support.world import GRID_A1, GRID_A2

DAY = "2021-05-01 09:30"
BRIGHT, INSPECTED, CATERING = "school-bright-kitchen", "cold-store-inspected", "catering-bright-kitchen"
PASS, FAIL = {"kitchen.bright": {"mark": "pass"}}, {"kitchen.bright": {"mark": "fail", "note": "大屏不亮"}}

ANOTHER_PLAN = """
id: another
title: 另一份计划
doc_number: 测试〔2021〕2号
issuer: 测试
region: "140525"
issued: 2021-01-01
period: {from: 2021-01-01, to: 2021-12-31}
clauses:
  - {id: c1, article: （一）, quote: 冷库和食堂都要查, kind: field, site_types: [cold_store, school_canteen], items: [cold_store.frozen-temp, kitchen.bright]}
"""


def test_a_visit_of_a_cold_store_moves_the_plan_s_indicator(as_supervisor: Phone, as_county: Person):
    names = {i["id"]: i["measure"] for i in as_county.get("/api/v1/plans/zezhou-2021/indicators")["indicators"]}
    inspected = [name for name, measure in names.items() if measure == "inspected"]
    before = [window(as_county, name) for name in inspected]
    pushed(as_supervisor, as_supervisor.visit(4, DAY, {}))
    after = [window(as_county, name) for name in inspected]
    assert sum(w["num"] for w in after) == sum(w["num"] for w in before) + 1


def test_the_answer_tells_the_phone_what_the_server_made_of_its_visit(as_supervisor: Phone):
    outcome = result(as_supervisor, as_supervisor.visit(1, DAY, FAIL))
    row = outcome["row"]
    assert (row["status"], row["review"]) == ("signed", "received") and row["at"].startswith("2021-05-01T01:")
    [finding] = row["findings"]
    assert finding["item"] == "kitchen.bright" and finding["due_on"] == "2021-05-31" and finding["action"]
    assert "kitchen.bright" in row["wanting_photos"] and "kitchen.internet" in row["missing"]


def test_what_was_pushed_is_stored_as_it_was_given(as_supervisor: Phone, as_county: Person):
    answers = {"common.wildlife": {"mark": "pass", "note": "冷藏 −21.5℃", "from_a_newer_phone": [1.5, {"a": None}]}}
    place = {"lon": 112.8, "lat": 35.5, "crs": "BD09", "accuracy": 12.5, "source": "gps", "mock": False}
    operation = as_supervisor.visit(4, DAY, answers, place=place, note="备注 𠮷 ✓", operator_word="无异议",
                                    ended_at="2021-05-01T10:00:00+08:00")
    stored = as_county.get(f"/api/v1/visits/{pushed(as_supervisor, operation)}")
    assert stored["answers"] == answers
    assert stored["details"] == {"place": place, "note": "备注 𠮷 ✓", "operator_word": "无异议", "ended_at": "2021-05-01T10:00:00+08:00"}
    assert stored["inspector"] == "supervisor" and stored["checklist"] == operation["set"]["checklist"]


# Replays


def everything(app: Flask) -> tuple[Any, ...]:
    """What a replay must not change: rows, feed, numbers."""
    return (*(count(app, table) for table in (Site, Visit, Finding, Operation, Quarantine, Change)), numbers(app))


def test_a_push_repeated_whole_in_part_or_in_another_order_has_its_effect_once(app: Flask, as_supervisor: Phone):
    batch = batch_of(as_supervisor)
    first = as_supervisor.push(*batch)["results"]
    assert [code(one) for one in first] == ["applied", "applied", "applied", "out-of-scope", "applied", "applied"]
    before = everything(app)
    for again in (batch, batch[:2], batch[3:], batch[::-1], batch[2:3]):
        expected = [one | {"replay": True} for operation in again for one in first if one["op"] == operation["op"]]
        assert as_supervisor.push(*again)["results"] == expected
    assert everything(app) == before


def test_a_replay_with_news_in_it_does_the_news_only(app: Flask, as_supervisor: Phone):
    batch = batch_of(as_supervisor)
    as_supervisor.push(*batch[:3])
    results = as_supervisor.push(*batch)["results"]
    assert [one["replay"] for one in results] == [True, True, True, False, False, False]
    assert count(app, Visit) == 3 and count(app, Operation) == len(batch)
    assert_equal_to_rebuild(app)


def test_an_operation_doubled_inside_one_batch_is_done_once_and_answered_twice(app: Flask, as_supervisor: Phone):
    operation, bad = as_supervisor.visit(4, DAY, {}), as_supervisor.visit(3, DAY, {})
    first, refused, twin, refused_twin = as_supervisor.push(operation, bad, operation, bad)["results"]
    assert (first["status"], first["replay"]) == ("applied", False)
    assert twin == first | {"replay": True} and refused_twin == refused | {"replay": True}
    assert count(app, Visit) == 1 and len(kept(app)) == 1


def test_members_in_another_order_are_the_same_operation(as_supervisor: Phone):
    operation = as_supervisor.visit(4, DAY, {})
    pushed(as_supervisor, operation)
    assert result(as_supervisor, dict(reversed(operation.items())))["replay"] is True


def test_operations_arriving_in_another_order_than_they_were_numbered_are_all_done(app: Flask, as_supervisor: Phone):
    operations = [as_supervisor.visit(4, f"2021-05-{day:02d} 09:30", {}) for day in range(1, 6)]
    for operation in reversed(operations):
        pushed(as_supervisor, operation)
    assert count(app, Visit) == 5


# Drafts, signing, amendments


def test_a_draft_is_patched_and_signed_and_counts_only_then(as_supervisor: Phone, as_county: Person):
    draft = pushed(as_supervisor, as_supervisor.visit(1, DAY, {"kitchen.internet": {"mark": "fail"}}, status="draft"))
    assert pair(as_county, BRIGHT) == (0, 3)

    def patch(**fields: Any) -> dict[str, Any]:
        return result(as_supervisor, as_supervisor.operation("patch", "visit", fields, draft))

    assert patch(answers=PASS)["rev"] == 2
    assert patch(answers={"kitchen.internet": None}, note="改过")["rev"] == 3
    assert code(patch(note="改过")) == "noop"
    stored = as_county.get(f"/api/v1/visits/{draft}")
    assert stored["answers"] == PASS and stored["details"]["note"] == "改过" and stored["status"] == "draft"
    assert pair(as_county, BRIGHT) == (0, 3)
    assert patch(status="signed")["row"]["status"] == "signed"
    assert pair(as_county, BRIGHT) == (1, 3)


def test_a_draft_made_patched_and_signed_in_one_batch_counts_once(app: Flask, as_supervisor: Phone, as_county: Person):
    draft = as_supervisor.visit(1, DAY, {}, status="draft")
    edit = as_supervisor.operation("patch", "visit", {"answers": PASS}, draft["id"])
    sign = as_supervisor.operation("patch", "visit", {"status": "signed"}, draft["id"])
    assert [one["status"] for one in as_supervisor.push(draft, edit, sign)["results"]] == ["applied"] * 3
    assert pair(as_county, BRIGHT) == (1, 3)
    assert_equal_to_rebuild(app)


def test_a_patch_that_is_wrong_leaves_the_draft_as_it_was(as_supervisor: Phone, as_county: Person):
    draft = pushed(as_supervisor, as_supervisor.visit(1, DAY, PASS, status="draft"))
    bad = as_supervisor.operation("patch", "visit", {"answers": {"kitchen.bright": {"mark": "maybe"}}, "status": "signed"}, draft)
    good = as_supervisor.operation("patch", "visit", {"note": "x"}, draft)
    first, second = as_supervisor.push(bad, good)["results"]
    assert code(first) == "answers-invalid" and code(second) == "applied"
    stored = as_county.get(f"/api/v1/visits/{draft}")
    assert stored["answers"] == PASS and stored["status"] == "draft" and stored["rev"] == 2


def test_a_signed_visit_is_immutable(app: Flask, as_supervisor: Phone, as_county: Person):
    visit = pushed(as_supervisor, as_supervisor.visit(1, DAY, PASS))
    before = as_county.get(f"/api/v1/visits/{visit}")
    patch = as_supervisor.operation("patch", "visit", {"answers": FAIL, "status": "draft"}, visit)
    assert code(result(as_supervisor, patch)) == "visit-immutable"
    assert as_county.get(f"/api/v1/visits/{visit}") == before
    assert [row["payload"] for row in kept(app)] == [patch]


def test_an_amendment_takes_the_place_of_what_it_names(app: Flask, as_supervisor: Phone, as_county: Person):
    old = pushed(as_supervisor, as_supervisor.visit(1, DAY, FAIL))
    assert pair(as_county, BRIGHT) == (0, 3) and count(app, Finding) == 1
    new = pushed(as_supervisor, as_supervisor.visit(1, DAY, PASS, replaces=old))
    assert pair(as_county, BRIGHT) == (1, 3) and count(app, Finding) == 0
    assert as_county.get(f"/api/v1/visits/{old}")["replaced_by"] == new
    again = as_supervisor.visit(1, DAY, FAIL, replaces=old)
    assert code(result(as_supervisor, again)) == "state-changed", "one visit has one amendment; the next names that one"
    pushed(as_supervisor, as_supervisor.visit(1, DAY, FAIL, replaces=new))
    assert pair(as_county, BRIGHT) == (0, 3)
    assert_equal_to_rebuild(app)


def test_an_amendment_is_signed_and_of_the_same_site_and_person(app: Flask, as_supervisor: Phone):
    old = pushed(as_supervisor, as_supervisor.visit(1, DAY, PASS))
    assert code(result(as_supervisor, as_supervisor.visit(2, DAY, PASS, replaces=old))) == "forbidden"
    assert code(result(as_supervisor, as_supervisor.visit(1, DAY, PASS, replaces=old, status="draft"))) == "invalid"
    office = Phone(app, "reviewer")
    assert code(result(office, office.visit(1, DAY, PASS, replaces=old))) == "forbidden"
    itself = as_supervisor.visit(1, DAY, PASS)
    itself["set"]["replaces"] = itself["id"]
    assert code(result(as_supervisor, itself)) == "unknown-visit"


def test_a_visit_and_its_amendment_in_one_batch_count_as_the_amendment(app: Flask, as_supervisor: Phone, as_county: Person):
    old = as_supervisor.visit(1, DAY, FAIL)
    assert {one["status"] for one in as_supervisor.push(old, as_supervisor.visit(1, DAY, PASS, replaces=old["id"]))["results"]} == {"applied"}
    assert pair(as_county, BRIGHT) == (1, 3) and count(app, Finding) == 0
    assert_equal_to_rebuild(app)


# Versions and time


def test_a_visit_begun_with_the_old_checklist_is_accepted_after_the_plans_changed(app: Flask, as_supervisor: Phone, as_county: Person):
    old = as_supervisor.checklist("cold_store")
    load_plan(app, ANOTHER_PLAN)
    new = as_supervisor.checklist("cold_store")
    assert new != old
    visit = pushed(as_supervisor, as_supervisor.visit(4, DAY, {}, checklist=old))
    assert as_county.get(f"/api/v1/visits/{visit}")["checklist"] == old
    assert as_county.get(f"/api/v1/checklists/{old}")["version"] == old
    pushed(as_supervisor, as_supervisor.visit(4, DAY, {}, checklist=new))
    assert pair(as_county, INSPECTED) == (1, 1)
    assert_equal_to_rebuild(app)


def test_a_visit_that_arrives_late_counts_by_the_time_it_was_made(app: Flask, as_supervisor: Phone, as_county: Person):
    pushed(as_supervisor, as_supervisor.visit(1, "2021-06-01 09:00", PASS))
    late = as_supervisor.visit(1, "2021-03-01 09:00", FAIL)
    pushed(as_supervisor, late)
    assert pair(as_county, BRIGHT) == (1, 3), "the newest visit decides, not the last to arrive"
    [finding] = as_county.get(f"/api/v1/visits/{late['id']}")["findings"]
    assert (finding["opened_on"], finding["closed_on"]) == ("2021-03-01", "2021-06-01")
    pushed(as_supervisor, as_supervisor.visit(1, "2020-12-31 23:59", FAIL))
    pushed(as_supervisor, as_supervisor.visit(4, "2022-01-01 00:10", {}))
    assert pair(as_county, BRIGHT) == (1, 3) and pair(as_county, INSPECTED) == (0, 1), "outside the plan's period"
    assert_equal_to_rebuild(app)


def test_a_visit_belongs_to_the_local_day_and_not_to_that_of_greenwich(as_supervisor: Phone, as_county: Person):
    pushed(as_supervisor, as_supervisor.visit(4, "2021-01-01 00:30", {}))  # still 2020 in Greenwich
    assert pair(as_county, INSPECTED) == (1, 1)


# Sites found on the street


def test_a_new_site_is_placed_by_its_gcj02_point_and_counts_at_once(app: Flask, as_supervisor: Phone, as_county: Person):
    lon, lat = from_wgs84(112.8085, 35.505, "GCJ02")
    assert lon > 112.81, "taken for WGS-84, it would lie in the next grid"
    site = as_supervisor.operation("create", "site", {
        "type": "cold_store", "name": "街边冷库", "place": {"lon": lon, "lat": lat, "crs": "GCJ02", "accuracy": 8}})
    visit = as_supervisor.visit(site["id"], DAY, {}, site_type="cold_store")
    placed, visited = as_supervisor.push(site, visit)["results"]
    assert placed["row"] == {"grid": GRID_A1} and visited["status"] == "applied"
    stored = as_county.get(f"/api/v1/sites/{site['id']}")
    assert stored["place"] == {"lon": lon, "lat": lat, "crs": "GCJ02", "accuracy": 8}
    assert (stored["lon"], stored["lat"]) == (pytest.approx(112.8085, abs=1e-5), pytest.approx(35.505, abs=1e-5))
    assert pair(as_county, INSPECTED) == (1, 2)
    assert_equal_to_rebuild(app)


def test_a_new_site_without_a_visit_counts_in_the_denominator_on_both_bases(app: Flask, as_supervisor: Phone, as_county: Person):
    pushed(as_supervisor, as_supervisor.operation("create", "site", {"type": "cold_store", "name": "新冷库", "grid": GRID_A2}))
    assert pair(as_county, INSPECTED) == (0, 2) == pair(as_county, INSPECTED, basis="approved")
    assert_equal_to_rebuild(app)


def test_a_new_site_may_carry_everything_that_a_ledger_has(as_supervisor: Phone, as_county: Person):
    fields = {"type": "catering", "name": "新饭店", "grid": GRID_A1, "address": "某街1号", "contact": "张某", "phone": "130",
              "uscc": "92140525DEMT000250", "licence_number": "JY21405259900024", "licence_until": "2026-03-01",
              "registration_number": None, "risk_grade": "B", "attributes": {"online": True, "scale": "small"}}
    site = pushed(as_supervisor, as_supervisor.operation("create", "site", fields))
    stored = as_county.get(f"/api/v1/sites/{site}")
    assert {name: stored[name] for name in fields} == fields


# What it costs


def growing(phone: Phone, times: int) -> list[dict[str, Any]]:
    """`times` new canteens, each failing, mended and visited late; with a draft, its patch, and an operation that is wrong."""
    made: list[dict[str, Any]] = []
    version = phone.checklist("school_canteen")
    for n in range(times):
        site = phone.operation("create", "site", {"type": "school_canteen", "name": f"食堂{n}", "grid": GRID_A1})
        draft = phone.visit(site["id"], "2021-07-01 09:00", PASS, checklist=version, status="draft")
        made += [site, phone.visit(site["id"], "2021-05-01 09:00", FAIL, checklist=version),
                 phone.visit(site["id"], "2021-06-01 09:00", PASS, checklist=version), draft,
                 phone.operation("patch", "visit", {"status": "signed"}, draft["id"]), phone.visit(3, DAY, {}, checklist=version)]
    return made


@pytest.mark.parametrize("kind", ["newer visits", "late visits", "all kinds"])
def test_the_number_of_statements_of_a_push_does_not_grow_with_it(app: Flask, as_supervisor: Phone, kind: str):
    version = as_supervisor.checklist("school_canteen")

    def batch(size: int, month: int) -> list[dict[str, Any]]:
        if kind == "all kinds":
            return growing(as_supervisor, size)
        return [as_supervisor.visit(1 + n % 2, f"2021-{month:02d}-{1 + n // 10:02d} {9 + n % 10:02d}:00", PASS, checklist=version)
                for n in range(size)]

    first, *others = (1, 3, 5) if kind == "newer visits" else (9, 5, 3)
    as_supervisor.push(*batch(2, first))  # plans, judges and boundaries are in memory now
    sent = {}
    for size, month in zip((1, 80), others, strict=True):
        operations = batch(size, month)
        with statements(app) as seen:
            assert len(as_supervisor.push(*operations)["results"]) == len(operations)
        sent[size] = len(seen)
    assert sent[1] == sent[80] <= 30, sent
    assert_equal_to_rebuild(app)


def test_the_number_of_statements_of_the_indicators_does_not_grow_with_sites_and_visits(app: Flask, as_supervisor: Phone, as_county: Person):
    path = "/api/v1/plans/zezhou-2021/indicators"
    as_county.get(path)
    with statements(app) as before:
        as_county.get(path)
    as_supervisor.push(*growing(as_supervisor, 80))
    with statements(app) as after:
        table = as_county.get(path)
    assert len(after) == len(before) <= 12
    assert next(i for i in table["indicators"] if i["id"] == BRIGHT)["windows"][0]["num"] == 80
