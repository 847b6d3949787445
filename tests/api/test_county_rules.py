"""What a county decides about its own work, and the views that its people keep."""

from typing import Any

import sqlalchemy as sa
from flask import Flask

from inspect_api.db import reading
from inspect_api.models import Audit
from inspect_api.services import rules as stored
from tests.api.reviewing import RULES, rules
from tests.api.test_at_once import at_once, twin
from tests.support.people import Person, Phone
from tests.support.world import COUNTY, TOWN_A

VIEWS = "/api/v1/views"
DEFAULTS = {"second_approval": "never", "review_days": 3, "frequencies": {"A": 1, "B": 2, "C": 3, "D": 4}, "silent_days": 3, "late_days": 2}


def put(person: Person, rev: int, **given: Any) -> Any:
    """Try to set the rules."""
    return person.ask("PUT", RULES, json={"rev": rev, "rules": given})


def test_a_county_has_the_defaults_until_it_decides_otherwise_and_its_townships_read_them(app: Flask, as_county: Person, as_reviewer: Person):
    fresh = as_reviewer.get(RULES)
    assert fresh == {"org": COUNTY, "name": "泽州县", "rules": DEFAULTS, "rev": 0, "updated_by": None, "updated_at": None}
    made = rules(as_county, review_days=5, second_approval="findings")
    assert made["rules"] == DEFAULTS | {"review_days": 5, "second_approval": "findings"} and (made["rev"], made["updated_by"]) == (1, "county")
    assert as_reviewer.get(RULES) == made
    assert rules(as_county, late_days=7)["rules"] == DEFAULTS | {"late_days": 7}, "what is left out has its default again"
    with app.app_context(), reading() as connection:
        assert (stored.of(connection, TOWN_A).late_days, stored.of(connection, "140502")) == (7, stored.DEFAULTS)
        entries = connection.execute(sa.select(Audit.detail).where(Audit.action == "rules.put").order_by(Audit.seq)).scalars().all()
    assert [(one["before"]["review_days"], one["after"]["review_days"]) for one in entries] == [(3, 5), (5, 3)]


def test_phones_of_the_county_are_told_how_often_sites_are_visited(app: Flask, as_county: Person, as_supervisor: Phone):
    page = as_supervisor.get("/api/v1/sync/pull")
    assert "rules" not in {change["t"] for change in page["changes"]}, "the defaults are known"
    rules(as_county, frequencies={"A": 1, "B": 1, "C": 2, "D": 12})
    [told] = as_supervisor.get("/api/v1/sync/pull", cursor=page["cursor"])["changes"]
    assert told == {"b": f"{COUNTY}/*", "t": "rules", "id": COUNTY, "op": "put", "row": {"org": COUNTY, "frequencies": {"A": 1, "B": 1, "C": 2, "D": 12}}}
    assert told in as_supervisor.get("/api/v1/sync/pull")["changes"]


def test_rules_that_somebody_else_changed_meanwhile_are_not_overwritten(app: Flask, as_county: Person):
    assert put(as_county, 1).get_json()["code"] == "state-changed"
    answers = at_once(*(lambda days=days: put(twin(as_county), 0, review_days=days) for days in (4, 5, 6)))
    assert sorted(one.status_code for one in answers) == [200, 409, 409]
    kept = as_county.get(RULES)
    assert kept["rev"] == 1 and [one.get_json() for one in answers if one.status_code == 200] == [kept]


def test_only_counties_have_rules_and_offices_elsewhere_do_not_read_them(one_app: Flask):
    admin = Person(one_app, "admin")
    for org in ("999999", TOWN_A, "1405"):
        assert admin.ask("GET", f"/api/v1/counties/{org}/rules").get_json()["code"] == "unknown-region"
        assert admin.ask("PUT", f"/api/v1/counties/{org}/rules", json={"rev": 0, "rules": {}}).status_code == 404
    assert Person(one_app, "reviewer").ask("GET", "/api/v1/counties/140502/rules").get_json()["code"] == "out-of-scope"
    assert Person(one_app, "reviewer").ask("GET", "/api/v1/counties/14/rules").get_json()["code"] == "unknown-region"


WRONG_RULES = [
    ({"second_approval": "sometimes"}, "second_approval"), ({"review_days": -1}, "review_days"), ({"late_days": "2"}, "late_days"),
    ({"frequencies": {"A": 1}}, "frequencies.B"), ({"frequencies": {"A": 1, "B": 2, "C": 4, "D": 6, "E": 9}}, "frequencies.E"),
    ({"frequencies": {"A": 1, "B": 2, "C": 4, "D": 60}}, "frequencies.D"), ({"silent_days": None}, "silent_days"), ({"bonus": 1}, "bonus")]


def test_a_rule_that_is_none_is_refused_by_name(one_app: Flask):
    county = Person(one_app, "county")
    for given, field in WRONG_RULES:
        answer = put(county, 0, **given)
        assert answer.status_code == 422, given
        assert f"rules.{field}" in {error["field"] for error in answer.get_json()["errors"]}, answer.get_json()
    assert county.get(RULES)["rev"] == 0


# Saved views


def save(person: Person, name: str, status: int = 201, page: str = "review", **query: Any) -> Any:
    """Keep a view."""
    return person.post(VIEWS, {"page": page, "name": name, "query": query}, status)


def names(person: Person, **asked: Any) -> list[str]:
    """The names of one's views."""
    return [one["name"] for one in person.get(VIEWS, **asked)["views"]]


def test_a_view_is_kept_with_its_filters_for_its_owner_alone(app: Flask, as_county: Person, as_reviewer: Person):
    made = save(as_county, "逾期的", flagged=True, queue=["new", "again"])
    assert made["query"] == {"flagged": True, "queue": ["new", "again"]} and as_county.get(VIEWS)["views"] == [made]
    save(as_county, "逾期的", page="tasks")
    save(as_reviewer, "逾期的")
    assert names(as_county) == ["逾期的"] * 2 and names(as_county, page="tasks") == ["逾期的"] and names(as_reviewer) == ["逾期的"]
    assert as_reviewer.ask("DELETE", f"{VIEWS}/{made['id']}").status_code == 404
    assert as_county.ask("DELETE", f"{VIEWS}/{made['id']}").get_json() == {"id": made["id"], "deleted": True}
    assert as_county.ask("DELETE", f"{VIEWS}/{made['id']}").status_code == 404
    assert names(as_county, page="review") == []


def test_a_name_is_taken_once_on_a_page_also_by_two_at_once(app: Flask, as_county: Person):
    answers = at_once(*(lambda: twin(as_county).ask("POST", VIEWS, json={"page": "review", "name": "甲", "query": {}}) for _ in range(3)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409]
    assert save(as_county, "甲", 409)["code"] == "conflict" and names(as_county) == ["甲"]


def test_a_person_has_fifty_views_at_most(app: Flask, as_county: Person):
    for n in range(50):
        save(as_county, f"视图{n}")
    assert "50" in save(as_county, "再一个", 409)["detail"]
    assert names(as_county) == [f"视图{n}" for n in range(50)]


WRONG_VIEWS = [
    {"page": "Review page", "name": "甲", "query": {}}, {"page": "review", "name": "", "query": {}}, {"page": "review", "name": "甲" * 61, "query": {}},
    {"page": "review", "name": "甲", "query": {"text": "字" * 2000}}, {"page": "review", "name": "甲"}, {"page": "review", "name": "甲", "query": "x"},
    {"page": "review", "name": "a\x00", "query": {}}]


def test_a_view_that_is_wrong_is_refused(one_app: Flask):
    county = Person(one_app, "county")
    for body in WRONG_VIEWS:
        assert county.post(VIEWS, body, 422)["code"] == "invalid", body
    assert names(county) == []
