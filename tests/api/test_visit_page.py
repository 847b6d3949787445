"""One visit on one page: all that its reviewer needs, the earlier visits of its site, and the operations about it that were set aside."""

from typing import Any

from flask import Flask

from tests.api.asking import pushed, result, statements
from tests.api.reviewing import FAIL, PASS, PLACE, ago, clean, review
from tests.support.people import Person, Phone, new_id
from tests.support.world import GRID_A1, TOWN_A, TOWN_B, site_id

QUARANTINE = "/api/v1/sync/quarantine"


def test_a_visit_names_its_site_its_people_and_its_regions(app: Flask, as_supervisor: Phone, as_reviewer: Person, as_county: Person):
    as_county.ask("PATCH", f"/api/v1/sites/{site_id(1)}", json={"rev": 1, "set": {"place": PLACE, "address": "校园路1号"}})
    made = clean(as_supervisor, answers=FAIL)
    before = as_reviewer.get(f"/api/v1/visits/{made}")
    town = as_reviewer.get(f"/api/v1/regions/{TOWN_A}")["name"]
    expected = {
        "site": "第一小学食堂", "site_id": site_id(1), "site_type": "school_canteen", "site_address": "校园路1号", "site_active": True,
        "site_place": {"lon": PLACE["lon"], "lat": PLACE["lat"], "accuracy": 20}, "inspector": "supervisor", "inspector_id": "user-supervisor",
        "device_id": "device-of-supervisor", "grid": GRID_A1, "grid_name": "一网格", "town_name": town, "queue": "new", "late": False,
        "failed": {"key": 1, "general": 0}, "flags": [{"code": "key", "title": "重点项不合格"}, {"code": "failed", "title": "有不合格项"}],
        "reviewer": None, "reviewed_by": None, "first_approval": None}
    assert {name: before[name] for name in expected} == expected
    assert before["queued_at"] == before["received_at"]
    review(as_reviewer, made, reason="属实")
    after = as_reviewer.get(f"/api/v1/visits/{made}")
    assert (after["reviewer"], after["reviewed_by"], after["queue"], after["queued_at"]) == ("reviewer", "user-reviewer", "", None)


def test_what_is_not_known_of_a_visit_is_null(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    shown = as_reviewer.get(f"/api/v1/visits/{clean(as_supervisor, status='draft', place=None)}")
    assert shown["site_place"] is None and (shown["queue"], shown["queued_at"], shown["flags"]) == ("", None, [])


def walked(person: Person, site: int, **asked: Any) -> list[str]:
    """The visits of a site, page by page."""
    found, after = [], {}
    while True:
        page = person.get(f"/api/v1/sites/{site_id(site)}/visits", **asked, **after)
        found += [one["id"] for one in page["visits"]]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


def test_the_visits_of_a_site_come_newest_first_by_their_own_time_and_drafts_not_at_all(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    made = [pushed(as_supervisor, as_supervisor.visit(1, ago(days=days), PASS)) for days in (5, 9, 1, 9, 3)]
    clean(as_supervisor, 2)
    clean(as_supervisor, status="draft")
    nine = sorted((made[1], made[3]), reverse=True)
    assert walked(as_reviewer, 1, limit=2) == walked(as_supervisor, 1) == [made[2], made[4], made[0], *nine]
    review(as_reviewer, made[2], "return", reason="补照片")
    amendment = clean(as_supervisor, answers=FAIL, replaces=made[2])
    newest, old = as_reviewer.get(f"/api/v1/sites/{site_id(1)}/visits", limit=2)["visits"]
    assert newest.pop("at")
    assert newest == {"id": amendment, "document_type": "patrol", "verdict": newest["verdict"], "review": "received", "queue": "again",
                      "replaced_by": None, "findings": {"key": 1, "general": 0}, "inspector": {"id": "user-supervisor", "name": "supervisor"}}
    assert (old["id"], old["review"], old["replaced_by"], old["queue"]) == (made[2], "returned", amendment, "")
    with statements(app) as seen:
        as_reviewer.get(f"/api/v1/sites/{site_id(1)}/visits")
    assert not any("answers" in one for one in seen), "no list reads the documents of its visits"


def test_the_visits_of_a_site_elsewhere_or_nowhere_are_not_shown(app: Flask, as_reviewer: Person):
    assert as_reviewer.ask("GET", f"/api/v1/sites/{site_id(3)}/visits").status_code == 403
    assert as_reviewer.ask("GET", f"/api/v1/sites/{new_id()}/visits").status_code == 404
    assert as_reviewer.ask("GET", f"/api/v1/sites/{site_id(1)}/visits?after=yesterday").status_code == 422


def test_the_operations_set_aside_about_a_site_or_a_visit_are_found_by_it(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    made = clean(as_supervisor)
    amendment = as_supervisor.visit(1, "2099-05-01 09:30", PASS, replaces=made)
    waits = as_supervisor.operation("patch", "visit", {"answers": FAIL}, amendment["id"])
    elsewhere = as_supervisor.visit(2, "2099-05-01 09:30", PASS)
    signed = as_supervisor.operation("patch", "visit", {"answers": FAIL}, made)
    site = as_supervisor.operation("patch", "site", {"uscc": "1"}, site_id(1))
    odd = as_supervisor.operation("create", "visit", {"site_id": ["x"], "at": "never"})
    for one in (amendment, waits, elsewhere, signed, site, odd):
        assert result(as_supervisor, one)["status"] == "rejected", one

    def about(row: str, region: str = TOWN_A, **asked: Any) -> set[str]:
        return {one["op"] for one in as_reviewer.get(QUARANTINE, region=region, row=row, **asked)["operations"]}

    assert about(site_id(1)) == {amendment["op"], site["op"]}
    assert about(made) == {signed["op"]}
    assert about(amendment["id"]) == {amendment["op"], waits["op"]}, "it, and what waits for it"
    assert about(site_id(2)) == {elsewhere["op"]}
    assert about(site_id(1), state="dismissed") == set() == about(new_id())
    as_reviewer.post(f"{QUARANTINE}/{site['op']}/dismiss", {"reason": "代码以台账为准"})
    assert about(site_id(1), state="dismissed") == {site["op"]}
    assert as_reviewer.ask("GET", QUARANTINE, query_string={"region": TOWN_B, "row": made}).status_code == 403
