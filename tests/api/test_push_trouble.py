"""What a phone may get wrong: each wrong thing has a named answer, the rest of its batch is done, nothing is lost."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from flask import Flask

from inspect_api.models import Site, Visit
from tests.api.asking import code, count, kept, kept_payloads, pushed, result, window
from tests.api.sending import DAY, INSPECTED, envelope, good, send
from tests.support.people import Person, Phone
from tests.support.world import GRID_A1, GRID_B1, TOWN_A, site_id

# One bad operation


def test_one_bad_operation_does_not_fail_its_batch_and_is_kept_where_the_office_sees_it(
        app: Flask, as_supervisor: Phone, as_reviewer: Person, as_county: Person):
    before = window(as_county, INSPECTED)["num"]
    bad = as_supervisor.visit(1, DAY, {"kitchen.bright": {"mark": "perhaps"}})
    first, second, third = as_supervisor.push(as_supervisor.visit(5, DAY, {}), bad, good(as_supervisor))["results"]
    assert (first["status"], third["status"]) == ("applied", "applied")
    assert second["status"] == "rejected" and second["problem"]["code"] == "answers-invalid"
    assert second["problem"]["errors"][0]["item"] == "kitchen.bright"
    assert window(as_county, INSPECTED)["num"] == before + 1
    [seen] = as_reviewer.get("/api/v1/sync/quarantine", region=TOWN_A)["operations"]
    assert seen["payload"] == bad and seen["problem"]["code"] == "answers-invalid" and seen["op"] == bad["op"]


def test_a_rejected_operation_answers_the_same_when_it_is_pushed_again_and_is_kept_once(app: Flask, as_supervisor: Phone):
    bad = as_supervisor.visit(3, DAY, {})
    first = result(as_supervisor, bad)
    again = result(as_supervisor, bad)
    assert again == first | {"replay": True}
    assert kept_payloads(app) == [bad]


MALFORMED: dict[str, Any] = {
    "not an object": lambda op: "visit", "a null": lambda op: None, "a list": lambda op: [op], "a number": lambda op: 7,
    "n missing": lambda op: {k: v for k, v in op.items() if k != "n"}, "n zero": lambda op: op | {"n": 0},
    "n negative": lambda op: op | {"n": -4}, "n a text": lambda op: op | {"n": "4"}, "n true": lambda op: op | {"n": True},
    "n too large": lambda op: op | {"n": 2**60}, "n a fraction": lambda op: op | {"n": 1.5},
    "op missing": lambda op: {k: v for k, v in op.items() if k != "op"}, "op not a uuid": lambda op: op | {"op": "x"},
    "op upper case": lambda op: op | {"op": op["op"].upper()}, "op a list": lambda op: op | {"op": []},
    "id missing": lambda op: {k: v for k, v in op.items() if k != "id"}, "id too long": lambda op: op | {"id": "a" * 5000},
    "id an object": lambda op: op | {"id": {}}, "kind unknown": lambda op: op | {"kind": "upsert"},
    "kind missing": lambda op: {k: v for k, v in op.items() if k != "kind"}, "t missing": lambda op: op | {"t": None},
    "set a list": lambda op: op | {"set": []}, "set a text": lambda op: op | {"set": "a"},
    "was a list": lambda op: op | {"was": [1]}, "base a text": lambda op: op | {"base": "1"},
    "base negative": lambda op: op | {"base": -1}, "at missing": lambda op: op | {"at": None},
    "at without a zone": lambda op: op | {"at": "2021-05-01T09:30:00"}, "at not a time": lambda op: op | {"at": "yesterday"},
    "at a number": lambda op: op | {"at": 1_600_000_000}, "empty": lambda op: {},
}


def test_a_malformed_operation_of_every_sort_is_answered_and_kept_and_replays(app: Flask, as_supervisor: Phone):
    broken = [spoil(good(as_supervisor)) for spoil in MALFORMED.values()]
    fine = good(as_supervisor)
    *results, last = as_supervisor.push(*broken, fine)["results"]
    assert last["status"] == "applied"
    assert {name: code(one) for name, one in zip(MALFORMED, results, strict=True)} == dict.fromkeys(MALFORMED, "malformed-operation")
    payloads = kept_payloads(app)
    assert len(payloads) == len(broken) and all(one in payloads for one in broken)
    *again, _ = as_supervisor.push(*broken, fine)["results"]
    assert again == [one | {"replay": True} for one in results]
    assert len(kept_payloads(app)) == len(broken)


UNKNOWN: dict[str, dict[str, Any]] = {
    "another type": {"t": "photo"}, "a type with nul": {"t": "vi\x00sit"}, "a delete of a task": {"t": "task", "kind": "delete"},
    "a new task": {"t": "task"}, "an empty type": {"t": ""},
}


@pytest.mark.parametrize("change", UNKNOWN.values(), ids=list(UNKNOWN))
def test_a_type_or_kind_that_the_server_does_not_know_is_kept(one_app: Flask, change: dict[str, Any]):
    phone = Phone(one_app, "supervisor")
    operation = good(phone) | change
    assert code(result(phone, operation)) == "unknown-type"
    assert kept_payloads(one_app) == [operation]


# A visit

WRONG_VISITS: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown field": ({"colour": "red"}, "invalid"),
    "a misspelt field": ({"note ": "x"}, "invalid"),
    "no site": ({"site_id": None}, "invalid"),
    "a site that is not there": ({"site_id": "00000000-0000-4000-8000-00000000dead"}, "unknown-site"),
    "a site id with nul": ({"site_id": "\x00"}, "invalid"),
    "a checklist that was never published": ({"checklist": "0" * 64}, "unknown-checklist"),
    "a checklist that is no version": ({"checklist": "latest"}, "invalid"),
    "a checklist with nul": ({"checklist": "\x00" * 64}, "invalid"),
    "an unknown document type": ({"document_type": "raid"}, "invalid"),
    "an unknown status": ({"status": "done"}, "invalid"),
    "answers as a list": ({"answers": []}, "invalid"),
    "answers as null": ({"answers": None}, "invalid"),
    "an unknown item": ({"answers": {"no.such-item": {"mark": "pass"}}}, "answers-invalid"),
    "an item with nul": ({"answers": {"no\x00item": {"mark": "pass"}}}, "answers-invalid"),
    "an answer that is a text": ({"answers": {"common.wildlife": "no"}}, "answers-invalid"),
    "a value where a mark belongs": ({"answers": {"common.wildlife": {"value": 3}}}, "answers-invalid"),
    "a mark that is none": ({"answers": {"common.wildlife": {"mark": "ok"}}}, "answers-invalid"),
    "an option that is none": ({"answers": {"cold_store.kind": {"value": "rented"}}}, "answers-invalid"),
    "a list where an option belongs": ({"answers": {"cold_store.kind": {"value": ["own"]}}}, "answers-invalid"),
    "a photo that is no hash": ({"answers": {"common.wildlife": {"mark": "pass", "photos": ["a.jpg"]}}}, "answers-invalid"),
    "more than there are": ({"site_id": site_id(1), "answers": {"common.health-certificates": {"value": [5, 4]}}}, "answers-invalid"),
    "a pair of one": ({"site_id": site_id(1), "answers": {"common.health-certificates": {"value": [5]}}}, "answers-invalid"),
    "a pair of texts": ({"site_id": site_id(1), "answers": {"common.health-certificates": {"value": ["4", "5"]}}}, "answers-invalid"),
    "a certificate until no day": ({"site_id": site_id(1), "answers": {"common.licence": {"value": {
        "held": True, "number": "JY1", "until": "2021-02-30"}}}}, "answers-invalid"),
    "a day that is none": ({"site_id": site_id(1), "answers": {"common.self-inspection": {"mark": "pass"}, "common.self-inspection-date": {
        "value": "yesterday"}}}, "answers-invalid"),
    "a note with nul": ({"note": "a\x00b"}, "invalid"),
    "a note too long": ({"note": "字" * 2001}, "invalid"),
    "a place without a system": ({"place": {"lon": 112.8, "lat": 35.5}}, "invalid"),
    "a place off the earth": ({"place": {"lon": 512.8, "lat": 35.5, "crs": "GCJ02"}}, "invalid"),
    "a place in a system nobody knows": ({"place": {"lon": 112.8, "lat": 35.5, "crs": "MARS"}}, "invalid"),
    "no time": ({"at": None}, "invalid"),
    "a time without a zone": ({"at": "2021-05-01T09:30:00"}, "invalid"),
    "a time that is no text": ({"at": 5}, "invalid"),
    "a time that is none": ({"at": "2021-02-30T09:30:00+08:00"}, "invalid"),
    "a time at the end of the calendar": ({"at": "9999-12-31T23:59:59-12:00"}, "clock-implausible"),
    "a time at the beginning of the calendar": ({"at": "0001-01-01T00:00:00+12:00"}, "clock-implausible"),
    "a time before there were phones": ({"at": "2014-12-31T23:59:59+08:00"}, "clock-implausible"),
    "a visit of its own future": ({"at": "2099-01-01T08:00:00+08:00"}, "clock-implausible"),
    "an amendment of nothing": ({"replaces": "00000000-0000-4000-8000-00000000dead"}, "unknown-visit"),
    "officers as a text": ({"officers": "two"}, "invalid"),
    "an end that is no text": ({"ended_at": 7}, "invalid"),
}


def test_each_wrong_visit_has_its_code_and_is_kept_whole(app: Flask, as_supervisor: Phone):
    operations, canteen = [], as_supervisor.checklist("school_canteen")
    for change, _ in WRONG_VISITS.values():
        operation = good(as_supervisor)
        operation["set"] |= change
        if change.get("site_id") == site_id(1):
            operation["set"]["checklist"] = canteen
        operations.append(operation)
    results = as_supervisor.push(*operations)["results"]
    found = {name: code(one) for name, one in zip(WRONG_VISITS, results, strict=True)}
    assert found == {name: expected for name, (_, expected) in WRONG_VISITS.items()}
    assert all(one["problem"].get("errors") for one in results if code(one) in ("invalid", "answers-invalid"))
    payloads = kept_payloads(app)
    assert len(payloads) == len(operations) and all(one in payloads for one in operations)
    assert count(app, Visit) == 0


def test_a_visit_of_a_site_outside_the_scope_is_rejected_and_kept(one_app: Flask):
    phone = Phone(one_app, "supervisor")
    operation = phone.visit(3, DAY, {})
    assert code(result(phone, operation)) == "out-of-scope"
    assert kept_payloads(one_app) == [operation]


def test_the_checklist_of_another_type_of_site_is_not_accepted(one_app: Flask):
    phone = Phone(one_app, "supervisor")
    operation = phone.visit(4, DAY, {}, checklist=phone.checklist("catering"))
    outcome = result(phone, operation)
    assert code(outcome) == "answers-invalid" and "冷库" in outcome["problem"]["detail"]


def test_an_id_that_is_taken_is_not_overwritten(app: Flask, as_supervisor: Phone):
    visit = pushed(as_supervisor, good(as_supervisor))
    again = as_supervisor.visit(1, DAY, {}, id=visit)
    assert code(result(as_supervisor, again)) == "already-exists"
    assert as_supervisor.get(f"/api/v1/visits/{visit}")["site_id"] == site_id(4)
    assert kept_payloads(app) == [again]


def test_nobody_patches_the_draft_of_another_person(one_app: Flask):
    draft = pushed(phone := Phone(one_app, "supervisor"), good(phone, status="draft"))
    office = Phone(one_app, "reviewer")
    assert code(result(office, office.operation("patch", "visit", {"note": "x"}, draft))) == "forbidden"
    assert code(result(phone, phone.operation("patch", "visit", {"site_id": site_id(1)}, draft))) == "invalid"
    assert code(result(phone, phone.operation("patch", "visit", {"note": "x"}))) == "unknown-visit"


# What depends on what was rejected


def test_what_depends_on_a_rejected_operation_waits_with_it(app: Flask, as_supervisor: Phone):
    site = as_supervisor.operation("create", "site", {"type": "cold_store", "name": "新冷库", "grid": GRID_B1})
    visit = as_supervisor.visit(site["id"], DAY, {}, site_type="cold_store", status="draft")
    patch = as_supervisor.operation("patch", "visit", {"status": "signed"}, visit["id"])
    amendment = as_supervisor.visit(site["id"], DAY, {}, site_type="cold_store", replaces=visit["id"])
    fine = good(as_supervisor)
    results = as_supervisor.push(site, visit, patch, amendment, fine)["results"]
    assert [code(one) for one in results] == ["out-of-scope", "waits", "waits", "waits", "applied"]
    assert all(one in kept_payloads(app) for one in (site, visit, patch, amendment))


# Supervision inspections

OFFICERS = [{"name": "甲", "certificate": "晋1"}, {"name": "乙", "certificate": "晋2"}]
INCOMPLETE: dict[str, dict[str, Any]] = {
    "no officers": {"signature": {"kind": "signed"}},
    "one officer": {"officers": OFFICERS[:1], "signature": {"kind": "signed"}},
    "one officer twice": {"officers": [OFFICERS[0], OFFICERS[0]], "signature": {"kind": "signed"}},
    "no signature": {"officers": OFFICERS},
    "refused without a reason": {"officers": OFFICERS, "signature": {"kind": "refused"}},
    "absent with an empty reason": {"officers": OFFICERS, "signature": {"kind": "absent", "reason": ""}},
}


def test_a_supervision_inspection_needs_two_officers_and_a_signature_or_the_reason_for_none(app: Flask):
    office = Phone(app, "county")
    for name, fields in INCOMPLETE.items():
        assert code(result(office, good(office, document_type="inspection", **fields))) == "signature-missing", name
    assert len(kept(app)) == len(INCOMPLETE)
    for signature in ({"kind": "signed", "name": "店主"}, {"kind": "refused", "reason": "不配合"}, {"kind": "absent", "reason": "外出"}):
        pushed(office, good(office, document_type="inspection", officers=OFFICERS, signature=signature))


def test_a_draft_of_an_inspection_may_be_incomplete_until_it_is_signed(one_app: Flask):
    office = Phone(one_app, "county")
    draft = pushed(office, good(office, document_type="inspection", status="draft"))
    assert code(result(office, office.operation("patch", "visit", {"status": "signed"}, draft))) == "signature-missing"
    pushed(office, office.operation("patch", "visit", {
        "status": "signed", "officers": OFFICERS, "signature": {"kind": "signed"}}, draft))


def test_a_grid_supervisor_cannot_push_an_inspection(one_app: Flask):
    phone = Phone(one_app, "supervisor")
    outcome = result(phone, good(phone, document_type="inspection", officers=OFFICERS, signature={"kind": "signed"}))
    assert code(outcome) == "forbidden"


# Sites found on the street

WRONG_SITES: dict[str, tuple[dict[str, Any], str]] = {
    "a bad credit code": ({"uscc": "91140500MA0000000X"}, "invalid"),
    "a credit code too short": ({"uscc": "1"}, "invalid"),
    "a name of nothing": ({"name": ""}, "invalid"),
    "a name with nul": ({"name": "a\x00"}, "invalid"),
    "an address with nul": ({"address": "a\x00"}, "invalid"),
    "an unknown type": ({"type": "palace"}, "invalid"),
    "an unknown field": ({"rev": 9}, "invalid"),
    "an unknown attribute": ({"attributes": {"colour": "red"}}, "invalid"),
    "an attribute of the wrong kind": ({"attributes": {"online": "yes"}}, "invalid"),
    "a grid that is not there": ({"grid": "14052510099999"}, "invalid"),
    "a grid with nul": ({"grid": "\x00"}, "invalid"),
    "a grid of somebody else": ({"grid": GRID_B1}, "out-of-scope"),
    "neither grid nor place": ({"grid": None}, "invalid"),
    "a licence until no day": ({"licence_until": "soon"}, "invalid"),
    "a grade that is none": ({"risk_grade": "E"}, "invalid"),
}


def test_each_wrong_site_has_its_code_and_is_kept_whole(app: Flask, as_supervisor: Phone):
    before = count(app, Site)
    operations = [as_supervisor.operation("create", "site", {"type": "catering", "name": "新店", "grid": GRID_A1} | change)
                  for change, _ in WRONG_SITES.values()]
    results = as_supervisor.push(*operations)["results"]
    found = {name: code(one) for name, one in zip(WRONG_SITES, results, strict=True)}
    assert found == {name: expected for name, (_, expected) in WRONG_SITES.items()}
    assert len(kept(app)) == len(operations) and count(app, Site) == before


def test_a_site_whose_point_lies_in_no_known_grid_is_rejected_with_the_field_to_mend(one_app: Flask):
    phone = Phone(one_app, "supervisor")
    outcome = result(phone, phone.operation("create", "site", {
        "type": "catering", "name": "远处的店", "place": {"lon": 100.0, "lat": 30.0, "crs": "WGS84"}}))
    assert code(outcome) == "invalid" and outcome["problem"]["errors"][0]["field"] == "grid"


def test_a_point_in_the_grid_of_somebody_else_places_nothing(one_app: Flask):
    phone = Phone(one_app, "supervisor")
    outcome = result(phone, phone.operation("create", "site", {
        "type": "catering", "name": "邻镇的店", "place": {"lon": 112.905, "lat": 35.605, "crs": "WGS84"}}))
    assert code(outcome) in ("invalid", "out-of-scope")


# The clock

@pytest.mark.parametrize("wrong", [timedelta(days=365), timedelta(days=-365)], ids=["a year fast", "a year slow"])
def test_a_phone_whose_clock_is_a_year_off_has_its_visits_on_the_right_day(app: Flask, as_county: Person, wrong: timedelta):
    phone = Phone(app, "supervisor", device="wrong-clock", clock=wrong)
    operation = good(phone)
    operation["set"]["at"] = {365: "2022-05-01T09:30:00+08:00", -365: "2020-05-01T09:30:00+08:00"}[wrong.days]
    visit = pushed(phone, operation)
    stored = as_county.get(f"/api/v1/visits/{visit}")
    assert stored["at"].startswith("2021-05-01T01:3") or stored["at"].startswith("2021-05-01T01:29"), stored["at"]
    assert stored["phone_at"].startswith(operation["set"]["at"][:10])
    assert abs(stored["offset_ms"] + wrong.total_seconds() * 1000) < 60_000
    assert window(as_county, INSPECTED)["num"] == 1


def test_a_capture_in_the_future_after_correction_is_set_aside(app: Flask, as_supervisor: Phone, as_county: Person):
    fast = Phone(app, "supervisor", device="fast", clock=timedelta(days=400))
    operation = good(fast)
    operation["set"]["at"] = fast.now()
    pushed(fast, operation)  # by its own clock it is now
    later = good(as_supervisor)
    later["set"]["at"] = fast.now()  # a year ahead of a right clock
    assert code(result(as_supervisor, later)) == "clock-implausible"
    assert kept_payloads(app) == [later]


@pytest.mark.parametrize("sent", ["0001-01-01T00:00:00+14:00", "1970-01-01T00:00:00Z", "2099-01-01T00:00:00Z",
                                  "9999-12-31T23:59:59-14:00"])
def test_whatever_clock_an_envelope_names_its_operations_are_answered_or_it_is_refused_by_name(one_app: Flask, sent: str):
    phone = Phone(one_app, "supervisor")
    answer = send(phone, orjson.dumps(envelope(phone, good(phone), sent_at=sent)))
    if answer.status_code == 422:
        assert answer.get_json()["errors"][0]["field"] == "sent_at"
    else:
        assert answer.status_code == 200, answer.get_json()
        assert code(answer.get_json()["results"][0]) in ("applied", "clock-implausible")


# The same number for something else


def test_the_same_operation_with_another_payload_is_refused_and_what_it_says_is_kept(app: Flask, as_supervisor: Phone):
    operation = good(as_supervisor)
    pushed(as_supervisor, operation)
    changed = operation | {"set": operation["set"] | {"note": "恢复的备份"}}
    problem = as_supervisor.push(changed, status=409)
    assert problem["code"] == "op-reused" and problem["errors"][0]["op"] == operation["op"]
    assert kept_payloads(app) == [changed]
    as_supervisor.push(changed, status=409)
    assert kept_payloads(app) == [changed], "a doubled refusal keeps one copy"


def test_the_same_number_for_another_operation_is_refused_and_nothing_of_the_batch_is_done(app: Flask, as_supervisor: Phone):
    pushed(as_supervisor, good(as_supervisor))
    visits = count(app, Visit)
    other = good(as_supervisor) | {"n": 1}
    fresh = as_supervisor.visit(1, DAY, {})
    assert as_supervisor.push(fresh, other, status=409)["code"] == "op-reused"
    assert other in kept_payloads(app) and count(app, Visit) == visits
    assert code(result(as_supervisor, fresh)) == "applied", "the phone can still push what was not reused"


def test_two_payloads_under_one_operation_in_one_batch_are_refused(app: Flask, as_supervisor: Phone):
    operation = good(as_supervisor)
    twin = operation | {"set": operation["set"] | {"note": "另一份"}}
    assert as_supervisor.push(operation, twin, status=409)["code"] == "op-reused"
    assert twin in kept_payloads(app) and count(app, Visit) == 0


def test_a_restored_phone_under_a_new_id_is_told_what_was_done_and_another_person_is_not(app: Flask, as_supervisor: Phone):
    operation = good(as_supervisor)
    done = result(as_supervisor, operation)
    restored = Phone(app, "supervisor", device="the same phone, restored")
    assert result(restored, operation) == done | {"replay": True}
    stranger = Phone(app, "county")
    assert stranger.push(operation, status=409)["code"] == "op-reused"
    assert count(app, Visit) == 1 and kept_payloads(app) == [operation]


# A revoked phone


def revoke(county: Person, device: str) -> None:
    """The county stops a device."""
    county.post(f"/api/v1/devices/{device}/revoke", {})


def test_what_a_revoked_phone_still_had_is_kept_in_quarantine_once_and_counts_nowhere(
        app: Flask, as_supervisor: Phone, as_county: Person):
    done = good(as_supervisor)
    pushed(as_supervisor, done)
    revoke(as_county, as_supervisor.device)
    unsent = [as_supervisor.operation("patch", "visit", {"note": "x"}, done["id"]), "not even an object"]
    for _ in range(2):
        assert as_supervisor.push(done, *unsent, status=403)["code"] == "device-revoked"
    payloads = kept_payloads(app)
    assert len(payloads) == 2 and all(one in payloads for one in unsent)
    assert {row["problem"]["code"] for row in kept(app)} == {"device-revoked"}
    assert count(app, Visit) == 1


def test_what_a_revoked_phone_pushes_under_a_used_number_is_kept_too(app: Flask, as_supervisor: Phone, as_county: Person):
    done = good(as_supervisor)
    pushed(as_supervisor, done)
    revoke(as_county, as_supervisor.device)
    changed = done | {"set": done["set"] | {"note": "改过"}}
    assert as_supervisor.push(changed, status=403)["code"] == "device-revoked"
    assert changed in kept_payloads(app)


def test_what_an_administrator_s_phone_had_rejected_is_seen_by_somebody(one_app: Flask):
    admin = Phone(one_app, "admin")
    bad = admin.visit(4, DAY, {"no.such-item": {"mark": "pass"}})
    assert code(result(admin, bad)) == "answers-invalid"
    seen = admin.get("/api/v1/sync/quarantine", region="14")["operations"]
    assert [one["payload"] for one in seen] == [bad]
