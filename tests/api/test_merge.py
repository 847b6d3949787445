"""Patches of shared sites and of drafts: merged per field, nothing overwritten unseen, every value kept somewhere."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from inspect_api.db import reading
from inspect_api.models import Conflict, History, Visit
from tests.api.asking import assert_equal_to_rebuild, code, count, pair, pushed, result, statements
from tests.support.people import Person, Phone, new_id
from tests.support.world import GRID_A1, GRID_A2, GRID_B1, TOWN_A, site_id

DAY, SITE = "2021-05-01 09:30", site_id(1)
PASS, FAIL = {"kitchen.bright": {"mark": "pass"}}, {"kitchen.bright": {"mark": "fail"}}


@pytest.fixture
def phone(app: Flask) -> Phone:
    """A supervisor's phone that speaks the newest version."""
    made = Phone(app, "supervisor")
    made.schema = 2
    return made


@pytest.fixture
def tablet(app: Flask) -> Phone:
    """Another device of the same person."""
    made = Phone(app, "supervisor", "tablet")
    made.schema = 2
    return made


def patch(device: Phone, row: str, fields: dict[str, Any], base: int | None = None, type_: str = "site", /, **was: Any) -> dict[str, Any]:
    """An operation that changes fields of a row as it was read at `base`."""
    return device.operation("patch", type_, fields, row, base=base, was=was)


def site(person: Person) -> dict[str, Any]:
    return person.get(f"/api/v1/sites/{SITE}")


def test_edits_of_different_fields_are_both_taken_and_the_second_phone_is_told_the_whole_row(phone: Phone, tablet: Phone):
    first = result(phone, patch(phone, SITE, {"name": "新名"}, 1))
    assert (first["status"], first["rev"]) == ("applied", 2) and "row" not in first, "it is what the phone would have made of it"
    second = result(tablet, patch(tablet, SITE, {"phone": "130"}, 1))
    assert (second["status"], second["rev"]) == ("applied", 3)
    assert (second["row"]["name"], second["row"]["phone"]) == ("新名", "130")
    assert {name: site(phone)[name] for name in ("name", "phone", "rev")} == {"name": "新名", "phone": "130", "rev": 3}


def test_edits_of_one_field_keep_the_first_and_log_the_second_with_both_values(app: Flask, phone: Phone, tablet: Phone):
    result(phone, patch(phone, SITE, {"name": "先改的"}, 1, name="第一小学食堂"))
    late = patch(tablet, SITE, {"name": "后改的", "phone": "130"}, 1, name="第一小学食堂", phone="")
    outcome = result(tablet, late)
    assert (outcome["status"], outcome["rev"], outcome["row"]["name"], outcome["row"]["phone"]) == ("merged", 3, "先改的", "130")
    [conflict] = outcome["conflicts"]
    assert {name: conflict[name] for name in ("field", "base", "kept", "theirs")} == {
        "field": "name", "base": 1, "kept": "先改的", "theirs": "后改的"}
    assert result(tablet, late) == outcome | {"replay": True} and count(app, Conflict) == 1


def test_attributes_are_fields_of_their_own_and_null_takes_one_away(phone: Phone, tablet: Phone):
    result(phone, patch(phone, SITE, {"attributes": {"online": True}}, 1))
    outcome = result(tablet, patch(tablet, SITE, {"attributes": {"rural": True, "stage": None}}, 1))
    assert outcome["row"]["attributes"] == site(phone)["attributes"] == {"online": True, "rural": True}


def test_the_values_that_were_read_are_enough_without_a_base_and_a_base_of_another_life_says_nothing(phone: Phone):
    assert result(phone, patch(phone, SITE, {"name": "甲"}, None, name="第一小学食堂"))["status"] == "applied"
    assert result(phone, patch(phone, SITE, {"name": "乙"}, 99, name="第一小学食堂"))["status"] == "conflict"
    assert result(phone, patch(phone, SITE, {"name": "丙"}, None))["status"] == "conflict"
    assert site(phone)["name"] == "甲"


def test_a_version_without_merge_writes_as_if_it_had_read_the_newest(app: Flask, phone: Phone):
    old = Phone(app, "supervisor", "an old app")
    result(phone, patch(phone, SITE, {"name": "先改的"}, 1))
    outcome = result(old, patch(old, SITE, {"name": "旧版改的"}))
    assert (outcome["status"], outcome["rev"]) == ("applied", 3) and site(phone)["name"] == "旧版改的"


def test_what_is_stored_in_another_form_than_it_was_sent_comes_back(phone: Phone):
    outcome = result(phone, patch(phone, SITE, {"uscc": "92140525 demt000250"}, 1))
    assert outcome["status"] == "applied" and outcome["row"]["uscc"] == "92140525DEMT000250"


@pytest.mark.parametrize(("fields", "refusal"), [
    ({"name": ""}, "invalid"), ({"rev": 9}, "invalid"), ({"attributes": {"colour": "red"}}, "invalid"), ({"active": "no"}, "invalid"),
    ({"grid": GRID_B1}, "out-of-scope"), ({"grid": "14052510099999"}, "invalid"), ({"uscc": "1"}, "invalid"), ({"name": None}, "invalid")])
def test_a_wrong_patch_of_a_site_has_its_code_and_changes_nothing(phone: Phone, fields: dict[str, Any], refusal: str):
    before = site(phone)
    outcome = result(phone, patch(phone, SITE, fields, 1))
    assert code(outcome) == refusal and site(phone) == before
    if refusal == "invalid":
        assert all("。" not in error["message"] and not error["message"].isascii() for error in outcome["problem"]["errors"])


def test_a_site_cannot_be_deleted_and_is_closed_instead(phone: Phone, as_county: Person):
    assert code(result(phone, phone.operation("delete", "site", {}, SITE))) == "not-deletable"
    before = pair(as_county, "school-bright-kitchen")
    assert result(phone, patch(phone, SITE, {"active": False}, 1))["status"] == "applied"
    assert pair(as_county, "school-bright-kitchen") == (before[0], before[1] - 1), "a closed shop is in no denominator"


def test_a_patch_moves_the_numbers_with_the_site(app: Flask, phone: Phone, as_county: Person):
    pushed(phone, phone.visit(1, DAY, PASS))
    assert pair(as_county, "school-bright-kitchen", region=GRID_A1) == (1, 1)
    result(phone, patch(phone, SITE, {"grid": GRID_A2}, 1))
    assert pair(as_county, "school-bright-kitchen", region=GRID_A1) == (0, 0)
    assert pair(as_county, "school-bright-kitchen", region=GRID_A2) == (1, 2)
    assert_equal_to_rebuild(app)


def test_a_site_found_patched_visited_and_moved_in_one_batch_is_right_in_everything(app: Flask, phone: Phone, as_county: Person):
    found = phone.operation("create", "site", {"type": "school_canteen", "name": "新食堂", "grid": GRID_A1}, new_id())
    visit = phone.visit(found["id"], DAY, FAIL, site_type="school_canteen")
    results = phone.push(found, patch(phone, found["id"], {"name": "改名"}, 1), visit, patch(phone, found["id"], {"grid": GRID_A2}, 1),
                         patch(phone, SITE, {"grid": GRID_A2}, 1), phone.visit(1, DAY, PASS))["results"]
    assert [one["status"] for one in results] == ["applied"] * 6
    stored = as_county.get(f"/api/v1/sites/{found['id']}")
    assert (stored["name"], stored["grid"], stored["rev"]) == ("改名", GRID_A2, 3)
    with app.app_context(), reading() as connection:
        assert set(connection.execute(sa.select(Visit.grid)).scalars()) == {GRID_A2}
    assert_equal_to_rebuild(app)


def test_every_value_that_was_ever_in_a_field_is_in_its_history_with_who_and_when(phone: Phone, as_county: Person):
    for number, name in enumerate(("甲", "乙", "丙"), 1):
        result(phone, patch(phone, SITE, {"name": name}, number))
    as_county.ask("PATCH", f"/api/v1/sites/{SITE}", json={"rev": 4, "set": {"name": "丁"}})
    history = as_county.get(f"/api/v1/sites/{SITE}/history")["history"]
    assert [one["changes"]["name"] for one in history] == [["丙", "丁"], ["乙", "丙"], ["甲", "乙"], ["第一小学食堂", "甲"]]
    assert [(one["rev"], one["name"], one["why"]) for one in history[:2]] == [(5, "county", "office"), (4, "supervisor", "push")]


def test_an_office_that_was_slower_is_told_which_field_and_nothing_is_overwritten(phone: Phone, as_reviewer: Person):
    result(phone, patch(phone, SITE, {"name": "手机改的"}, 1))
    answer = as_reviewer.ask("PATCH", f"/api/v1/sites/{SITE}", json={"rev": 1, "set": {"name": "办公室改的", "phone": "130"}})
    problem = answer.get_json()
    assert (answer.status_code, problem["code"], problem["errors"][0]["field"]) == (409, "state-changed", "name")
    assert (site(phone)["name"], site(phone)["phone"]) == ("手机改的", "")
    assert as_reviewer.ask("PATCH", f"/api/v1/sites/{SITE}", json={"rev": 1, "set": {"phone": "130"}}).status_code == 200


# Drafts


def draft(phone: Phone, **more: Any) -> str:
    return pushed(phone, phone.visit(1, DAY, {}, status="draft", **more))


def test_two_devices_that_answer_different_items_of_a_draft_both_count(phone: Phone, tablet: Phone):
    visit = draft(phone)
    result(phone, patch(phone, visit, {"answers": PASS}, 1, "visit"))
    outcome = result(tablet, patch(tablet, visit, {"answers": {"kitchen.internet": {"mark": "fail"}}}, 1, "visit"))
    assert outcome["status"] == "applied" and set(outcome["row"]["answers"]) == {"kitchen.bright", "kitchen.internet"}


def test_two_devices_that_answer_one_item_differently_disagree_and_the_later_value_is_kept_for_a_person(
        phone: Phone, tablet: Phone, as_reviewer: Person):
    visit = draft(phone)
    result(phone, patch(phone, visit, {"answers": PASS}, 1, "visit"))
    outcome = result(tablet, patch(tablet, visit, {"answers": FAIL}, 1, "visit"))
    assert outcome["status"] == "conflict" and outcome["row"]["answers"] == PASS
    [conflict] = as_reviewer.get("/api/v1/sync/conflicts", region=TOWN_A)["conflicts"]
    assert (conflict["field"], conflict["theirs"], conflict["current"]) == ("answers.kitchen.bright", FAIL["kitchen.bright"], PASS["kitchen.bright"])


def test_nobody_signs_what_they_have_not_seen(phone: Phone, tablet: Phone):
    visit = draft(phone)
    result(phone, patch(phone, visit, {"answers": PASS}, 1, "visit"))
    outcome = result(tablet, patch(tablet, visit, {"answers": FAIL, "status": "signed", "note": "好"}, 1, "visit", status="draft"))
    assert outcome["status"] == "merged" and {one["field"] for one in outcome["conflicts"]} == {"answers.kitchen.bright", "status"}
    assert outcome["row"]["status"] == "draft" and outcome["row"]["details"] == {"note": "好"} and "receipt" not in outcome
    signed = result(tablet, patch(tablet, visit, {"status": "signed"}, outcome["rev"], "visit"))
    assert signed["status"] == "applied" and signed["receipt"]["visit"] == visit


def test_a_field_of_a_draft_is_taken_away_with_null(phone: Phone):
    place = {"lon": 112.8, "lat": 35.5, "crs": "GCJ02"}
    visit = draft(phone, place=place)
    assert result(phone, patch(phone, visit, {"place": None}, 1, "visit"))["status"] == "applied"
    assert phone.get(f"/api/v1/visits/{visit}")["details"] == {}


def test_a_draft_that_is_thrown_away_is_gone_everywhere_and_its_content_is_kept(app: Flask, phone: Phone, tablet: Phone):
    visit = draft(phone, note="只有这一句")
    assert result(phone, phone.operation("delete", "visit", {}, visit))["status"] == "applied"
    assert phone.ask("GET", f"/api/v1/visits/{visit}").status_code == 404
    assert result(tablet, tablet.operation("delete", "visit", {}, visit))["status"] == "noop", "twice is once"
    assert code(result(tablet, patch(tablet, visit, {"note": "晚了"}, 1, "visit"))) == "unknown-visit"
    with app.app_context(), reading() as connection:
        kept = connection.execute(sa.select(History.changes).where(History.row_id == visit)).scalar_one()
    assert kept["note"] == ["只有这一句", None]


def test_the_id_of_a_draft_that_was_thrown_away_is_never_used_again(app: Flask, phone: Phone):
    visit, other = new_id(), new_id()
    made = phone.visit(1, DAY, {}, status="draft", id=visit)
    assert [code(one) for one in phone.push(made, phone.operation("delete", "visit", {}, visit), phone.visit(1, DAY, PASS, id=visit))["results"]] == [
        "applied", "applied", "already-exists"]
    draft(phone, id=other)
    again = phone.push(phone.operation("delete", "visit", {}, other), phone.visit(1, DAY, PASS, id=other))["results"]
    assert [code(one) for one in again] == ["applied", "already-exists"]
    assert code(result(phone, phone.visit(1, DAY, PASS, id=other))) == "already-exists" and count(app, Visit) == 0


def test_a_signed_visit_is_neither_patched_nor_thrown_away(phone: Phone):
    visit = pushed(phone, phone.visit(1, DAY, PASS))
    assert code(result(phone, patch(phone, visit, {"note": "x"}, 1, "visit"))) == "visit-immutable"
    assert code(result(phone, phone.operation("delete", "visit", {}, visit))) == "visit-immutable"


# Clocks and what it costs


def test_what_is_stored_does_not_depend_on_the_phone_s_clock(app: Flask, as_county: Person):
    rows = []
    for hours in (0, -72, 7, 30_000):
        phone = Phone(app, "supervisor", f"phone-{hours}", timedelta(hours=hours))
        phone.schema = 2
        made = phone.visit(1, DAY, {}, status="draft")
        made["set"]["at"] = phone.now()
        results = phone.push(made, patch(phone, made["id"], {"answers": FAIL}, 1, "visit"), patch(phone, SITE, {"phone": str(hours)}, None))
        stored = as_county.get(f"/api/v1/visits/{made['id']}")
        rows.append((stored["at"][:13], stored["answers"], stored["rev"], [one["status"] for one in results["results"]]))
    assert len({str(row) for row in rows[1:]}) == 1 and rows[0][0] == rows[1][0]


def test_the_number_of_statements_of_patches_does_not_grow_with_them(app: Flask, phone: Phone):
    sites = [phone.operation("create", "site", {"type": "school_canteen", "name": f"食堂{n}", "grid": GRID_A1}, new_id()) for n in range(80)]
    phone.push(*sites)
    sent = {}
    for first, size in ((0, 1), (1, 79)):
        batch = [one for made in sites[first:first + size] for one in (
            patch(phone, made["id"], {"name": "改"}, 1), patch(phone, made["id"], {"name": "又改"}, 0),
            patch(phone, made["id"], {"grid": GRID_A2}, 1))]
        with statements(app) as seen:
            assert {one["status"] for one in phone.push(*batch)["results"]} == {"applied", "conflict"}
        sent[size] = len(seen)
    assert sent[1] == sent[79] <= 40, sent
    assert_equal_to_rebuild(app)
