"""What phones are really answered is what the API's description says, key by key; and the phone app's types are made from that."""

import os
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from inspect_api.schemas.answered import ANSWERS, PULLED
from tests.api.asking import code, pushed
from tests.api.reviewing import rules
from tests.support.people import Person, Phone
from tests.support.serving import ROOT
from tests.support.world import GRID_A1, GRID_A2, site_id
from tests.web.packages import ready

DAY, SHA = "2021-05-01 09:30", "ab" * 32
PLACE = {"lon": 112.805, "lat": 35.505, "crs": "GCJ02", "accuracy": 12.5, "source": "gps", "mock": False}
FULL = {"place": PLACE, "end_place": PLACE, "ended_at": "2021-05-01T09:50:00+08:00", "note": "已查", "operator_word": "没有意见",
        "officers": [{"name": "甲", "certificate": "1"}], "signature": {"kind": "refused", "reason": "不在场", "name": "乙"},
        "photos": {SHA: {"at": "2021-05-01T09:40:00+08:00", "source": "camera", "place": PLACE}}}
FAIL = {"kitchen.bright": {"mark": "fail", "note": "大屏不亮", "photos": [SHA]}}


def closed(schema: Any) -> Any:
    """The schema with no other keys than those it names, so that one which was forgotten is seen."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: closed(one) for name, one in schema.items()}
    return made | {"additionalProperties": False} if schema.get("type") == "object" and "properties" in schema else made


def mistakes(name: str, answer: Any) -> list[str]:
    """Where an answer is not as its schema says."""
    root = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": closed(ANSWERS)}}
    found = [best_match([error]) for error in Draft202012Validator(root).iter_errors(answer)]
    return [f"{error.json_path}: {error.message[:300]}" for error in found]


def alright(name: str, answer: Any) -> Any:
    """An answer that is as its schema says."""
    assert mistakes(name, answer) == []
    return answer


@pytest.fixture
def phone(app: Flask) -> Phone:
    """A phone of today: it speaks version 2."""
    made = Phone(app, "supervisor")
    made.schema = 2
    return made


def busy(phone: Phone, reviewer: Person, county: Person) -> None:
    """Everything that a supervisor can meet: each type of row, each state of it that changes which keys there are."""
    returned = pushed(phone, phone.visit(1, DAY, FAIL, **FULL))
    reviewer.post(f"/api/v1/visits/{returned}/review", {"decision": "return", "reason": "补照片", "items": {"kitchen.bright": "看不清"}, "rev": 1})
    approved = pushed(phone, phone.visit(2, DAY, {"kitchen.bright": {"mark": "pass"}}))
    reviewer.post(f"/api/v1/visits/{approved}/review", {"decision": "approve", "rev": 1})
    draft, thrown = phone.visit(1, DAY, FAIL, status="draft"), phone.visit(1, DAY, {}, status="draft")
    amendment = phone.visit(1, "2021-05-02 09:30", FAIL)
    phone.push(draft, thrown, amendment)
    pushed(phone, phone.operation("delete", "visit", {}, thrown["id"]))
    county.post("/api/v1/tasks", {"site_id": site_id(1), "title": "复查", "due_on": "2021-06-01",
                                  "reason": {"plan": "zezhou-2021", "indicator": "school-bright-kitchen"}}, 201)
    county.post("/api/v1/tasks", {"grid": GRID_A1, "title": "摸底"}, 201)
    rules(county, late_days=3)
    for value in ("0356-1", "0356-2"):  # the second one saw nothing of the first
        phone.push(phone.operation("patch", "site", {"phone": value, "place": PLACE, "risk_grade": "B", "grid": GRID_A2}, site_id(4), base=1, was={}))
    phone.push(phone.operation("patch", "site", {"uscc": "wrong"}, site_id(5), base=1))


def test_every_row_that_a_phone_pulls_has_the_keys_that_are_described(app: Flask, phone: Phone, as_reviewer: Person, as_county: Person):
    early = phone.get("/api/v1/sync/pull", schema=2)["cursor"]
    busy(phone, as_reviewer, as_county)
    page = alright("Page", phone.get("/api/v1/sync/pull", schema=2))
    put = {change["t"] for change in page["changes"] if change["op"] == "put"}
    assert put == set(PULLED), "every type of row was looked at"
    visits = [change["row"] for change in page["changes"] if change["t"] == "visit"]
    assert {row["review"] for row in visits} == {"received", "returned", "approved"} and any("details" in row for row in visits)
    assert any(row["receipt"] for row in visits) and any(row["photos_missing"] for row in visits)
    later = alright("Page", phone.get("/api/v1/sync/pull", schema=2, cursor=early))
    assert {change["op"] for change in later["changes"]} == {"put", "remove"}, "a row that is gone was looked at"


def test_every_result_of_a_push_has_the_keys_that_are_described(app: Flask, phone: Phone):
    visit, other = phone.visit(1, DAY, FAIL, **FULL), phone.visit(2, DAY, {"kitchen.bright": {"mark": "pass"}}, status="draft")
    found = phone.operation("create", "site", {"type": "catering", "name": "新店", "place": PLACE | {"crs": "WGS84"}})
    spaced = phone.operation("create", "site", {"type": "catering", "name": "新店二", "grid": GRID_A1, "uscc": "91110108 551385082Q"})
    waits = phone.operation("create", "site", {"type": "catering", "name": "别处", "grid": "14052510120101"})
    depends = phone.visit(waits["id"], DAY, {}, site_type="catering")
    first = alright("Pushed", phone.push(visit, other, found, spaced, waits, depends))
    assert [code(one) for one in first["results"]] == ["applied", "applied", "applied", "applied", "out-of-scope", "waits"]
    phone.n += 1
    again = phone.operation("patch", "visit", {"answers": FAIL, "note": "补"}, other["id"], base=1, was={})
    clash = phone.operation("patch", "site", {"name": "我说的"}, site_id(1), base=None, was={})
    second = alright("Pushed", phone.push(again, clash, visit))
    assert second["gaps"] and {one["status"] for one in second["results"]} >= {"conflict"} and second["results"][2]["replay"]
    assert {key for one in (*first["results"], *second["results"]) for key in one} >= {
        "rev", "row", "conflicts", "problem", "photos_missing"}


def test_a_task_that_is_done_and_a_visit_without_photos_are_answered_as_described(phone: Phone, as_county: Person):
    task = as_county.post("/api/v1/tasks", {"grid": GRID_A1, "title": "摸底"}, 201)
    done = phone.operation("patch", "task", {"state": "done", "result": "去过"}, task["id"], base=None, was={"state": "open", "result": ""})
    told = alright("Pushed", phone.push(done, phone.visit(2, DAY, {"kitchen.bright": {"mark": "pass"}})))
    assert told["results"][0]["row"]["result"] == "去过" and told["results"][1]["receipt"]


def test_what_a_revoked_phone_hands_in_is_told_as_described(app: Flask, phone: Phone, as_county: Person):
    visit = phone.visit(1, DAY, FAIL)
    as_county.post(f"/api/v1/devices/{phone.device}/revoke", {})
    alright("Problem", phone.push(visit, status=403))
    page = alright("Page", Phone(app, "supervisor", "another-phone").get("/api/v1/sync/pull", schema=2))
    [row] = [change["row"] for change in page["changes"] if change["t"] == "quarantine"]
    assert row["problem"]["code"] == "device-revoked"


def test_a_login_its_repeat_and_a_problem_are_as_described(one_app: Flask):
    asked = {"login": "supervisor", "password": "correct horse", "device_id": "a-phone"}
    told = alright("LoggedIn", one_app.test_client().post("/api/v1/sessions", json=asked).get_json())
    alright("WhoIsIt", one_app.test_client().get("/api/v1/sessions/current", headers={"Authorization": f"Bearer {told['token']}"}).get_json())
    for body in ({**asked, "password": "no"}, {"login": 5}):
        alright("Problem", one_app.test_client().post("/api/v1/sessions", json=body).get_json())


def test_a_checklist_by_its_version_is_as_described(one_app: Flask):
    phone = Phone(one_app, "supervisor")
    for row in [change["row"] for change in phone.get("/api/v1/sync/pull")["changes"] if change["t"] == "checklist"]:
        alright("Checklist", phone.get(f"/api/v1/checklists/{row['version']}"))


def test_a_key_that_nobody_described_and_one_that_is_not_there_are_both_seen(one_app: Flask):
    page = Phone(one_app, "supervisor").get("/api/v1/sync/pull")
    assert mistakes("Page", page) == []
    for type_ in ("site", "region", "plan", "checklist"):
        for change in (lambda row: row.update(forgotten=1), lambda row: row.pop(next(iter(row)))):
            bent = deepcopy(page)
            change(next(one["row"] for one in bent["changes"] if one["t"] == type_))
            assert mistakes("Page", bent), type_


def test_the_types_of_the_phone_app_are_those_of_the_server(tmp_path: Path):
    """Run `npm run types` in web/ when this fails: the server's description of itself has changed."""
    web, made = ready(), tmp_path / "schema.d.ts"
    flask = str(Path(sys.executable).with_name("flask"))
    done = subprocess.run(["npm", "run", "--silent", "types"], cwd=web, env=os.environ | {"OUT": str(made), "FLASK": flask, "PYTHONPATH": str(ROOT)},
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    assert made.read_text("utf-8") == (web / "src/shared/api/schema.d.ts").read_text("utf-8"), "npm run types"
