"""Every number explains itself: what it rests on, and what could still move it."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from inspect_api.models import Device
from tests.api.asking import pushed, statements, write
from tests.api.campaigning import moment
from tests.api.sending import troubles
from tests.api.small import INDICATORS, postgres_template, report, sqlite_template, visit
from tests.support.people import CHINA, Person, Phone
from tests.support.world import COUNTY, TOWN_B

__all__ = ["postgres_template", "sqlite_template"]  # fixtures
CANTEENS = f"{INDICATORS}/canteens/explain"
PHOTO = {"a" * 64: {"at": "2021-05-01T09:31:00+08:00"}}


def told(person: Person, indicator: str = "canteens", **query: Any) -> dict[str, Any]:
    """What explains a number of the first year."""
    return person.get(f"{INDICATORS}/{indicator}/explain", **{"window": "2021", **query})


def test_a_number_tells_both_sides_and_what_waits_beside_them(app: Flask, as_county: Person, as_reviewer: Person):
    first = visit(app, 1, "2021-05-01 09:00", {})
    second = visit(app, 2, "2021-06-01 09:00", {})
    visit(app, 5, "2021-06-01 09:00", {})  # no canteen
    visit(app, 3, "2022-06-01 09:00", {})  # another year
    as_reviewer.post(f"/api/v1/visits/{first}/review", {"decision": "approve"})
    found = told(as_county)
    assert (found["num"], found["den"], found["value"], found["basis"]) == (2, 3, 66.6667, "received")
    assert (found["received"]["num"], found["approved"]["num"], found["approved"]["value"]) == (2, 1, 33.3333)
    assert told(as_county, basis="approved")["num"] == 1
    assert found["waiting_review"] == {"count": 1, "more": False, "ids": [second]}
    assert (found["late"]["count"], sorted(found["late"]["ids"])) == (2, sorted([first, second])), "they came years after they were made"
    assert found["corrections"] == found["waiting_photos"] == {"count": 0, "more": False, "ids": []}
    assert [(one["id"], one["site_name"], one["review"]) for one in found["visits"]] == [
        (second, "第二小学食堂", "received"), (first, "第一小学食堂", "approved")], "each once, newest first"
    assert found["last_visit_at"].startswith("2022-06-01T01:")
    assert datetime.fromisoformat(found["as_of"]) > datetime.now(CHINA) - timedelta(minutes=1)
    assert told(as_county, region=TOWN_B)["late"]["count"] == 0
    with_quarter = as_county.get(f"{INDICATORS}/quarterly/explain", window="2021Q2")
    assert (with_quarter["num"], with_quarter["late"]["count"], with_quarter["window"]) == (2, 2, "2021Q2")


def test_the_numbers_that_a_table_shows_are_those_that_explain_themselves(app: Flask, as_county: Person):
    visit(app, 1, "2021-05-01 09:00", {"kitchen.bright": {"mark": "pass"}})
    report(as_county)
    table = as_county.get(INDICATORS)
    for indicator in table["indicators"]:
        for window in indicator["windows"]:
            found = told(as_county, indicator["id"], window=window["key"])
            assert {name: found[name] for name in ("num", "den", "value")} == {name: window[name] for name in ("num", "den", "value")}, (indicator["id"], window["key"])
            assert (found["received"]["met"], found["received"]["state"]) == (window["met"], window["state"])


def test_amended_returned_and_photoless_visits_are_counted_where_they_belong(app: Flask, as_county: Person, as_reviewer: Person):
    phone = Phone(app, "supervisor")
    old = pushed(phone, phone.visit(1, "2021-05-01 09:00", {}, photos=PHOTO))
    new = pushed(phone, phone.visit(1, "2021-05-02 09:00", {}, replaces=old))
    waits = pushed(phone, phone.visit(2, "2021-05-02 09:00", {}, photos=PHOTO))
    pushed(phone, phone.visit(2, "2021-05-03 09:00", {}, status="draft", photos=PHOTO))
    as_reviewer.post(f"/api/v1/visits/{waits}/review", {"decision": "return", "reason": "照片"})
    found = told(as_county)
    assert found["corrections"]["ids"] == [new] and found["waiting_review"]["ids"] == [new], "what is returned waits for the phone"
    assert sorted(found["waiting_photos"]["ids"]) == sorted([old, waits]), "a draft is in no number"
    frozen = as_county.post("/api/v1/reports", {"plan": "small", "region": COUNTY, "as_of": "2021-05-01"}, 201)
    assert as_county.get(f"/api/v1/reports/{frozen['id']}")["content"]["explains"]["waiting_photos"] == 1, "of what was made by then"


def test_what_is_set_aside_and_in_conflict_is_told_by_region(app: Flask, as_county: Person, as_supervisor: Phone):
    troubles("", as_supervisor, 1, as_county)
    found = told(as_county)
    assert found["quarantined"]["count"] == len(found["quarantined"]["ids"]) == 2 and found["conflicts"]["count"] == 1
    assert told(as_county, region=TOWN_B)["quarantined"]["count"] == 0


def test_phones_that_are_silent_or_hold_something_are_named_and_browsers_are_not(app: Flask, as_county: Person, as_supervisor: Phone):
    Person(app, "reviewer", "browser")
    other = Phone(app, "other-supervisor", "pocket")
    other.push(other.visit(3, moment(-1), {}), unsent=4)
    assert [(p["name"], p["unsent"]) for p in told(as_county)["silent_phones"]["phones"]] == [("other-supervisor", 4)]
    week_ago = int((datetime.now(CHINA) - timedelta(days=7)).timestamp() * 1000)
    write(app, lambda c: c.execute(sa.update(Device).values(seen_at=week_ago)))
    found = told(as_county)["silent_phones"]
    assert found["count"] == 2 and {p["name"] for p in found["phones"]} == {"supervisor", "other-supervisor"}
    assert [p["name"] for p in told(as_county, region=TOWN_B)["silent_phones"]["phones"]] == ["other-supervisor"]
    as_county.ask("PUT", f"/api/v1/counties/{COUNTY}/rules", json={"rev": 0, "rules": {"silent_days": 30}})
    assert [p["name"] for p in told(as_county)["silent_phones"]["phones"]] == ["other-supervisor"]


def test_what_offices_report_has_its_number_and_no_visits(app: Flask, as_county: Person):
    report(as_county)
    visit(app, 1, "2021-05-01 09:00", {})
    found = told(as_county, "pass-rate")
    assert (found["num"], found["den"], found["value"]) == (97, 100, 97.0)
    assert found["late"]["count"] == found["waiting_review"]["count"] == 0 and found["last_visit_at"] is None


def test_an_explanation_takes_as_many_statements_for_many_visits_as_for_one(app: Flask, as_county: Person):
    counts = []
    phone = Phone(app, "supervisor")
    for days in ((1,), range(2, 25)):
        phone.push(*(phone.visit(1, f"2021-05-{day:02d} 09:00", {}) for day in days))
        told(as_county)
        with statements(app) as seen:
            found = told(as_county)
        counts.append(len(seen))
    assert counts[0] == counts[1] and found["late"]["count"] == 24 and len(found["late"]["ids"]) == 20


def test_a_window_or_a_region_that_is_none_is_refused(one_app: Flask):
    admin = Person(one_app, "admin")
    for query, status in (("window=2029", 422), ("region=140502", 422), ("basis=guessed", 422), ("colour=red", 422)):
        assert admin.ask("GET", f"{CANTEENS}?{query}").status_code == status
    assert Person(one_app, "reviewer").ask("GET", CANTEENS).status_code == 403

