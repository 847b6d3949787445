"""From a finding to its sign-off: every step dated and named, the deadline that counts everywhere, and nothing lost by a rebuild."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from inspect_api.models import Audit
from tests.api.asking import assert_equal_to_rebuild, count, load_plan, pair, pushed, statements
from tests.support.people import Person, Phone, new_id
from tests.support.uploads import Uploader, jpeg, sha
from tests.support.world import COUNTY, GRID_A1, TOWN_A, site_id

BRIGHT = "kitchen.bright"
PASS, FAIL = {BRIGHT: {"mark": "pass"}}, {BRIGHT: {"mark": "fail", "note": "没有安装监控"}}
REASON = {"reason": "配件未到货"}
PLAN = """
id: mending
title: 整改
issuer: 某办
region: "140525"
period: {from: 2021-01-01, to: 2021-12-31}
clauses:
  - {id: c1, article: （一）, quote: 整改。, kind: target, site_types: [school_canteen], items: [kitchen.bright]}
indicators:
  - {id: closed, clause: c1, title: 按期整改率, measure: closed, filter: {site_types: [school_canteen]}, item: kitchen.bright,
     window: {kind: year}, target: {op: ">=", value: 100, unit: "%", inferred: true}}
"""


def listed(person: Person, **query: Any) -> list[dict[str, Any]]:
    """The rectifications of the town."""
    return person.get("/api/v1/rectifications", region=TOWN_A, **query)["rectifications"]


def one(person: Person, case: str) -> dict[str, Any]:
    """A rectification whole."""
    return person.get(f"/api/v1/rectifications/{case}")


def act(person: Person, case: str, action: str, body: dict[str, Any], status: int = 200) -> dict[str, Any]:
    """Take a step."""
    return person.post(f"/api/v1/rectifications/{case}/{action}", body, status)


@pytest.fixture
def case(as_supervisor: Phone, as_reviewer: Person) -> str:
    """A finding of site 1."""
    pushed(as_supervisor, as_supervisor.visit(1, "2021-05-01 09:30", FAIL))
    return next(row["id"] for row in listed(as_reviewer) if row["item"]["link_id"] == BRIGHT)


def test_one_line_leads_from_the_finding_to_its_sign_off(app: Flask, case: str, as_supervisor: Phone, as_reviewer: Person):
    notice = as_reviewer.post(f"/api/v1/sites/{site_id(1)}/notices", {"findings": [case], "due_on": "2099-01-01"}, 201)
    assert one(as_reviewer, case)["stage"] == "notified"
    act(as_reviewer, case, "evidence", {"note": "已装好"})
    assert [row["id"] for row in listed(as_reviewer, state="evidence")] == [case]
    recheck = pushed(as_supervisor, as_supervisor.visit(1, "2021-06-01 09:30", PASS))
    assert [row["id"] for row in listed(as_reviewer, state="to_sign")] == [case]
    done = act(as_reviewer, case, "sign-off", {"note": "同意销号"})
    assert (done["stage"], done["mended_on"], done["mended_by"], done["can"]) == ("closed", "2021-06-01", recheck, ["reopen"])
    assert [(step["kind"], bool(step["name"] and step["at"])) for step in done["steps"]] == [
        ("deadline", True), ("notice", True), ("evidence", True), ("sign_off", True)]
    assert done["steps"][0]["data"]["before"] and done["steps"][-1]["data"]["recheck"] == recheck
    assert [again["visit_id"] for again in done["rechecks"]] == [recheck]
    assert (done["found"]["note"], done["notice_number"]) == ("没有安装监控", notice["number"])
    assert done["item"]["basis"] and done["item"]["citations"]
    assert [row["id"] for row in listed(as_reviewer, state="closed")] == [case]
    assert count(app, Audit, Audit.subject == case) == 4
    assert_equal_to_rebuild(app)


def test_an_extended_deadline_counts_in_lists_on_the_phone_and_in_the_indicator(
        app: Flask, as_supervisor: Phone, as_reviewer: Person, as_county: Person):
    load_plan(app, PLAN)
    pushed(as_supervisor, as_supervisor.visit(1, "2021-05-01 09:30", FAIL))
    [case] = [row["id"] for row in listed(as_reviewer, state="overdue")]
    first = one(as_reviewer, case)["due_on"]
    extended = act(as_reviewer, case, "deadline", {"due_on": "2099-01-01", **REASON})
    assert (extended["due_on"], extended["steps"][0]["data"]["before"]) == ("2099-01-01", first)
    assert listed(as_reviewer, state="overdue") == []
    rows = [change["row"] for change in as_supervisor.get("/api/v1/sync/pull", limit=1000)["changes"] if change["id"] == site_id(1)]
    assert [f["due_on"] for f in rows[-1]["findings"]] == ["2099-01-01"]
    pushed(as_supervisor, as_supervisor.visit(1, "2021-12-30 09:30", PASS))
    assert pair(as_county, "closed", plan="mending") == (1, 1), "after its first deadline, within the extended one"
    assert_equal_to_rebuild(app)
    assert pair(as_county, "closed", plan="mending") == (1, 1)


def test_without_a_recheck_a_sign_off_needs_a_reason_and_a_later_failure_is_a_repeat(
        app: Flask, case: str, as_supervisor: Phone, as_reviewer: Person):
    assert act(as_reviewer, case, "sign-off", {}, 409)["code"] == "state-changed"
    assert act(as_reviewer, case, "sign-off", {"without_recheck": "已停业"})["stage"] == "closed"
    rows = [change["row"] for change in as_supervisor.get("/api/v1/sync/pull", limit=1000)["changes"] if change["id"] == site_id(1)]
    assert rows[-1]["findings"] == [], "nothing is left for the phone to recheck"
    assert_equal_to_rebuild(app)
    assert act(as_reviewer, case, "reopen", REASON)["stage"] == "open"
    pushed(as_supervisor, as_supervisor.visit(1, "2021-06-01 09:30", PASS))
    act(as_reviewer, case, "sign-off", {})
    pushed(as_supervisor, as_supervisor.visit(1, "2021-07-01 09:30", FAIL))
    [again] = listed(as_reviewer)
    assert (again["repeat_of"], again["repeats"]) == (case, 1)
    assert [other["id"] for other in one(as_reviewer, again["id"])["same"]] == [case]
    assert_equal_to_rebuild(app)


def test_a_sign_off_does_not_outlive_the_recheck_that_it_rests_on(app: Flask, case: str, as_supervisor: Phone, as_reviewer: Person):
    recheck = pushed(as_supervisor, as_supervisor.visit(1, "2021-06-01 09:30", PASS))
    act(as_reviewer, case, "sign-off", {})
    as_reviewer.post(f"/api/v1/visits/{recheck}/review", {"decision": "reject", "reason": "不是本户"})
    assert one(as_reviewer, case)["stage"] == "open"
    pushed(as_supervisor, as_supervisor.visit(1, "2021-06-02 09:30", PASS))
    assert one(as_reviewer, case)["stage"] == "to_sign"
    assert_equal_to_rebuild(app)


def test_the_steps_of_a_finding_whose_visit_was_rejected_stay_and_are_shown_as_withdrawn(app: Flask, case: str, as_reviewer: Person):
    act(as_reviewer, case, "supervise", {"on": True, "reason": "多次未改"})
    visit = one(as_reviewer, case)["visit_id"]
    as_reviewer.post(f"/api/v1/visits/{visit}/review", {"decision": "reject", "reason": "不是本户"})
    gone = one(as_reviewer, case)
    assert (gone["stage_title"], gone["can"], [step["kind"] for step in gone["steps"]]) == ("撤销", [], ["supervise"])
    assert [row["id"] for row in listed(as_reviewer, state="withdrawn")] == [case]
    assert act(as_reviewer, case, "evidence", {"note": "改了"}, 409)["code"] == "state-changed"
    assert_equal_to_rebuild(app)


def test_an_amended_visit_keeps_the_steps_of_its_finding(app: Flask, case: str, as_supervisor: Phone, as_reviewer: Person):
    act(as_reviewer, case, "deadline", {"due_on": "2099-01-01", **REASON})
    visit = one(as_reviewer, case)["visit_id"]
    amended = pushed(as_supervisor, as_supervisor.visit(1, "2021-05-01 09:30", FAIL, replaces=visit))
    kept = one(as_reviewer, case)
    assert (kept["visit_id"], kept["due_on"], len(kept["steps"])) == (amended, "2099-01-01", 1)
    assert_equal_to_rebuild(app)
    act(as_reviewer, case, "supervise", {"on": True, "reason": "重点"})
    assert_equal_to_rebuild(app)


def test_what_is_long_overdue_is_handed_to_the_county_once(case: str, as_reviewer: Person, as_county: Person):
    act(as_reviewer, case, "supervise", {"on": True, "reason": "多次未改"})
    assert act(as_reviewer, case, "escalate", REASON)["escalated"]
    assert act(as_reviewer, case, "escalate", REASON, 409)["code"] == "state-changed"
    page = as_county.get("/api/v1/rectifications", region=COUNTY, state="escalated")
    assert [row["id"] for row in page["rectifications"]] == [case]
    assert (page["counts"]["supervised"], page["counts"]["escalated"], page["counts"]["overdue"]) == (1, 1, 1)


def test_a_deadline_that_has_just_passed_is_not_yet_handed_to_the_county(case: str, as_reviewer: Person):
    act(as_reviewer, case, "deadline", {"due_on": "2099-01-01", **REASON})
    assert "7 天" in act(as_reviewer, case, "escalate", REASON, 409)["detail"]


def test_a_step_after_another_that_the_office_has_not_seen_is_refused(case: str, as_reviewer: Person, as_county: Person):
    act(as_county, case, "supervise", {"on": True, "reason": "重点"}, 200)
    assert act(as_reviewer, case, "deadline", {"due_on": "2099-01-01", "rev": 0, **REASON}, 409)["code"] == "state-changed"
    act(as_reviewer, case, "deadline", {"due_on": "2099-01-01", "rev": 1, **REASON})


def test_wrong_steps_name_the_field(case: str, as_reviewer: Person):
    for action, body, field in (("deadline", {"due_on": "2020-01-01", **REASON}, "due_on"), ("deadline", {"due_on": "2099-01-01"}, "reason"),
                                ("evidence", {}, "note"), ("evidence", {"photos": ["0" * 64]}, "photos"),
                                ("evidence", {"documents": ["0" * 64]}, "documents"), ("supervise", {"on": True}, "reason")):
        assert [error["field"] for error in act(as_reviewer, case, action, body, 422)["errors"]] == [field], action


def test_photos_of_the_shop_are_seen_by_who_may_see_the_site(app: Flask, case: str, as_reviewer: Person, as_county: Person):
    picture = jpeg()
    Uploader(as_reviewer).send(picture)
    done = act(as_reviewer, case, "evidence", {"photos": [sha(picture)]})
    assert done["steps"][0]["data"]["photos"] == [sha(picture)]
    assert as_county.ask("GET", f"/api/v1/photos/{sha(picture)}?site={site_id(1)}&size=screen").status_code == 200
    assert Person(app, "other-reviewer").ask("GET", f"/api/v1/photos/{sha(picture)}").status_code == 404


def test_a_notice_has_all_that_is_printed_and_a_doubled_click_makes_one(case: str, as_reviewer: Person):
    path, body = f"/api/v1/sites/{site_id(1)}/notices", {"id": new_id(), "findings": [case], "due_on": "2099-01-01"}
    notice = as_reviewer.post(path, body, 201)
    assert as_reviewer.post(path, body, 201) == notice == as_reviewer.get(f"/api/v1/notices/{notice['id']}")
    assert notice["number"].startswith("泽州市监责改〔") and notice["number"].endswith("〕1号")
    assert (notice["authority"], notice["facts"][0]["note"], notice["due_on"]) == ("泽州县市场监督管理局", "没有安装监控", "2099-01-01")
    assert "2099年1月1日" in notice["order"] and notice["demands"][0] and notice["bases"]
    assert as_reviewer.post(path, {"findings": [case]}, 201)["number"].endswith("〕2号")


def test_a_notice_is_about_findings_of_its_own_site_that_are_to_be_mended(case: str, as_reviewer: Person):
    path = "/api/v1/sites/{}/notices"
    assert as_reviewer.post(path.format(site_id(2)), {"findings": [case], "due_on": "2099-01-01"}, 422)["code"] == "invalid"
    assert as_reviewer.post(path.format(site_id(1)), {"findings": [case]}, 422)["errors"][0]["field"] == "due_on"
    act(as_reviewer, case, "sign-off", {"without_recheck": "已停业"})
    assert as_reviewer.post(path.format(site_id(1)), {"findings": [case], "due_on": "2099-01-01"}, 409)["code"] == "state-changed"


def test_notices_served_at_once_leave_no_gap_and_share_no_number(app: Flask, as_supervisor: Phone):
    for site in (1, 2):
        pushed(as_supervisor, as_supervisor.visit(site, "2021-05-01 09:30", FAIL))
    reviewer = Person(app, "reviewer")
    found = [(row["site"]["id"], row["id"]) for row in listed(reviewer)] * 4

    def serve(of: tuple[str, str]) -> int:
        return reviewer.post(f"/api/v1/sites/{of[0]}/notices", {"findings": [of[1]], "due_on": "2099-01-01"}, 201)["number"]

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(serve, found))
    assert sorted(int(number.split("〕")[1].removesuffix("号")) for number in numbers) == list(range(1, 9))
    assert_equal_to_rebuild(app)


def test_lists_are_filtered_and_go_on_page_by_page_in_a_constant_number_of_statements(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    for site in (1, 2, 5):
        pushed(as_supervisor, as_supervisor.visit(site, f"2021-05-0{site} 09:30", FAIL))
    for sort, order in (("due", False), ("newest", True)):
        found, after = [], {}
        while True:
            page = as_reviewer.get("/api/v1/rectifications", region=TOWN_A, sort=sort, limit=1, **after)
            found += page["rectifications"]
            if not page["next"]:
                break
            after = {"after": page["next"]}
        keys = [(row["due_on" if sort == "due" else "opened_on"], row["id"]) for row in found]
        assert len(keys) == 3 and keys == sorted(keys, reverse=order)
    assert [row["site"]["name"] for row in listed(as_reviewer, text="饭店")] == ["某某饭店"]
    assert len(listed(as_reviewer, site_type="school_canteen")) == 2
    assert len(as_reviewer.get("/api/v1/rectifications", region=GRID_A1)["rectifications"]) == 2
    with statements(app) as few:
        listed(as_reviewer, limit=1)
    with statements(app) as many:
        listed(as_reviewer)
    assert len(many) == len(few)


def test_rectifications_of_others_cannot_be_seen_or_touched(app: Flask, case: str):
    other = Person(app, "other-reviewer")
    assert other.ask("GET", f"/api/v1/rectifications/{case}").status_code == 403
    assert act(other, case, "supervise", {"on": True, "reason": "x"}, 403)["code"] == "out-of-scope"
    assert other.ask("GET", f"/api/v1/rectifications/{new_id()}").status_code == 404
