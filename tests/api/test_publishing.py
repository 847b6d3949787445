"""A plan from an office: mistakes beside their lines, a preview of what changes, published just as it was seen; its versions; the audit log."""

from typing import Any

import sqlalchemy as sa
from flask import Flask

from inspect_api.db import reading
from inspect_api.models import Audit, PlanVersion, Site, Stamp
from inspect_api.services import audit
from tests.api.asking import count, load_plan, write
from tests.api.small import INDICATORS, PLAN, postgres_template, sqlite_template  # noqa: F401 the county with the small plan
from tests.api.test_at_once import at_once, twin
from tests.support.people import Person, Phone
from tests.support.world import COUNTY, TOWN_A, site_row

PLANS = "/api/v1/plans"
LESS = PLAN.replace("quote: 食堂和餐馆", "quote: 食堂、餐馆和冷库")


def check(person: Person, text: str) -> dict[str, Any]:
    """Have a plan checked."""
    return person.post(f"{PLANS}/check", {"text": text, "name": "small.yaml"})


def publish(person: Person, text: str, status: int = 201, **body: Any) -> dict[str, Any]:
    """Check a plan and publish it."""
    return person.post(PLANS, {"text": text, "digest": check(person, text)["digest"]} | body, status)


def test_mistakes_come_with_their_line_and_remedy_and_nothing_can_be_published(app: Flask, as_county: Person):
    wrong = PLAN.replace("measure: inspected", "measure: inspectd", 1)
    told = check(as_county, wrong)
    assert (told["ok"], told["plan"], told["digest"], told["preview"]) == (False, None, None, None)
    [first, *_] = told["mistakes"]
    assert first["file"] == "small.yaml" and "inspectd" in wrong.splitlines()[first["line"] - 1] and first["remedy"] and first["key"]
    problem = as_county.post(PLANS, {"text": wrong, "digest": "0" * 64}, 422)
    assert problem["code"] == "plan-mistakes" and problem["errors"]
    for text in ("", "a: [", "- 1", "id: x\n\tb: 1", "\ufeff"):
        answer = as_county.ask("POST", f"{PLANS}/check", json={"text": text})
        assert answer.status_code == (422 if text == "" else 200) and not answer.get_json().get("ok"), text


def test_the_preview_of_the_same_text_changes_nothing_and_checking_writes_nothing(app: Flask, as_county: Person):
    with app.app_context(), reading() as connection:
        before = connection.execute(sa.select(Stamp.name, Stamp.value)).all()
    told = check(as_county, PLAN)
    preview = told["preview"]
    assert told["ok"] and told["may_publish"] and (preview["new"], preview["unchanged"], preview["checklists"], preview["sites"]) == (False, True, [], 0)
    assert not any(preview[part][how] for part in ("clauses", "indicators", "reports") for how in ("added", "removed", "changed"))
    with app.app_context(), reading() as connection:
        assert connection.execute(sa.select(Stamp.name, Stamp.value)).all() == before


def test_the_preview_counts_no_sites_of_counties_that_one_does_not_answer_for(app: Flask, as_county: Person):
    write(app, lambda c: c.execute(sa.insert(Site.__table__).values(site_row(99, type="school_canteen", grid="140502", name="邻县食堂", created_by="user-admin", attributes={}))))
    text = PLAN.replace("id: small\n", "id: another\n").replace('"140525"', '"140502"')
    assert [check(person, text)["preview"]["sites"] for person in (as_county, Person(app, "admin"))] == [0, 1]


def test_the_preview_tells_clauses_indicators_and_what_changes_on_each_checklist_for_how_many_sites(app: Flask, as_county: Person):
    text = PLAN.replace("id: small\n", "id: another\n")
    told = check(as_county, text)["preview"]
    assert told["new"] and {clause["id"] for clause in told["clauses"]["added"]} >= {"c1"} and told["indicators"]["added"]
    rows = {row["site_type"]: row for row in told["checklists"]}
    canteen = rows["school_canteen"]
    assert (canteen["state"], canteen["counties"], canteen["sites"], canteen["added"]) == ("changed", [COUNTY], 3, [])
    assert any(one["plan"] == "another" for item in canteen["cited"] for one in item["added"])
    assert told["sites"] == sum(row["sites"] for row in rows.values())
    changed = check(as_county, LESS)["preview"]
    assert [(one["id"], list(one["fields"])) for one in changed["clauses"]["changed"]] == [("c1", ["quote"])] and not changed["checklists"]


def test_what_the_preview_told_is_what_the_checklists_then_are(app: Flask, as_county: Person):
    text = PLAN.replace("id: small\n", "id: another\n")
    before = as_county.get("/api/v1/checklists", site_type="school_canteen", region=COUNTY)
    done = publish(as_county, text, note="补充通知")
    assert done == {"id": "another", "changed": True, "version": 1}
    after = as_county.get("/api/v1/checklists", site_type="school_canteen", region=COUNTY)
    assert after["version"] != before["version"]
    assert "another" in {cited["plan"] for s in after["sections"] for item in s["items"] for cited in item["citations"]}
    assert as_county.get(INDICATORS.replace("small", "another"))["indicators"]
    with app.app_context(), reading() as connection:
        entry = connection.execute(sa.select(Audit.actor, Audit.detail).where(Audit.action == "plan.load", Audit.subject == "another")).one()
        assert entry.actor == "user-county" and entry.detail["note"] == "补充通知" and audit.verify(connection)[1] == []


def test_a_preview_that_is_stale_publishes_nothing(app: Flask, as_county: Person):
    digest = check(as_county, LESS)["digest"]
    assert as_county.post(PLANS, {"text": PLAN, "digest": digest}, 409)["code"] == "state-changed"
    load_plan(app, PLAN.replace("quote: 食堂和餐馆", "quote: 食堂"))
    assert as_county.post(PLANS, {"text": LESS, "digest": digest}, 409)["code"] == "state-changed"
    assert publish(as_county, LESS)["version"] == 3


def test_two_who_publish_the_same_preview_at_once_make_one_version(app: Flask, as_county: Person):
    body = {"text": LESS, "digest": check(as_county, LESS)["digest"]}
    answers = at_once(*(lambda: twin(as_county).ask("POST", PLANS, json=body) for _ in range(2)))
    assert sorted(one.status_code for one in answers) == [201, 409]
    assert count(app, PlanVersion, PlanVersion.plan_id == "small") == 2


def test_a_county_publishes_for_itself_only(app: Flask, as_county: Person, as_reviewer: Person):
    for region in ("14", "1405", "140502"):
        text = PLAN.replace('region: "140525"', f'region: "{region}"').replace("id: small\n", "id: wider\n")
        told = check(as_county, text)
        assert told["ok"] and not told["may_publish"]
        assert as_county.post(PLANS, {"text": text, "digest": told["digest"]}, 403)["code"] == "out-of-scope"
    stolen = PLAN.replace("id: small\n", "id: wuqing-2022\n")
    assert not check(as_county, stolen)["may_publish"]
    assert publish(as_county, stolen, 403)["code"] == "out-of-scope", "another county's plan is not replaced"
    assert as_reviewer.ask("POST", f"{PLANS}/check", json={"text": PLAN}).status_code == 403


def test_every_text_of_a_plan_stays_with_who_made_it_and_what_it_changed(app: Flask, as_county: Person, as_supervisor: Any):
    publish(as_county, LESS, note="更正原文")
    load_plan(app, LESS)
    listed = as_supervisor.get(f"{PLANS}/small/versions")
    assert [(v["n"], v["note"], v["name"]) for v in listed["versions"]] == [(2, "更正原文", "county"), (1, "", None)] and listed["in_force"]
    [head] = [one for one in as_supervisor.get(PLANS)["plans"] if one["id"] == "small"]
    assert (head["version"], head["region_name"]) == (2, "泽州县")
    assert as_supervisor.get(f"{PLANS}/small/versions/1")["text"] == PLAN
    changes = as_supervisor.get(f"{PLANS}/small/versions/2/changes")
    assert (changes["from"], changes["to"]) == (1, 2)
    assert changes["clauses"]["changed"][0]["fields"] == {"quote": ["食堂和餐馆", "食堂、餐馆和冷库"]}
    assert as_supervisor.get(f"{PLANS}/small/versions/1/changes")["clauses"]["added"], "before the first there was nothing"
    back = as_supervisor.get(f"{PLANS}/small/versions/1/changes", **{"from": 2})["clauses"]["changed"][0]["fields"]["quote"]
    assert back == ["食堂、餐馆和冷库", "食堂和餐馆"]
    assert as_supervisor.ask("GET", f"{PLANS}/small/versions/9").get_json()["code"] == "not-found"
    assert as_supervisor.ask("GET", f"{PLANS}/none/versions").get_json()["code"] == "unknown-plan"


def test_what_changed_names_the_items_that_came_and_went_by_their_questions(app: Flask, as_county: Person):
    less = PLAN.replace("items: [kitchen.bright, common.health-certificates]", "items: [kitchen.bright, common.health-certificates, common.licence]")
    assert less != PLAN
    preview = check(as_county, less)["preview"]
    assert {"common.licence", "kitchen.bright"} <= preview["items"].keys() and "许可证" in preview["items"]["common.licence"]
    assert check(as_county, LESS)["preview"]["items"] == {}
    publish(as_county, less)
    assert as_county.get(f"{PLANS}/small/versions/2/changes")["items"] == preview["items"]


def test_a_withdrawn_plan_keeps_its_text_and_says_why_it_went(app: Flask, as_county: Person):
    assert as_county.post(f"{PLANS}/small/withdraw", {"reason": "已有新方案"}) == {"id": "small", "in_force": False}
    assert as_county.ask("GET", f"{PLANS}/small").status_code == 404
    assert as_county.post(f"{PLANS}/small/withdraw", {"reason": "再来"}, 404)["code"] == "unknown-plan"
    [gone] = as_county.get(PLANS, state="withdrawn")["plans"]
    assert (gone["id"], gone["in_force"]) == ("small", False) and "small" not in [one["id"] for one in as_county.get(PLANS)["plans"]]
    assert len(as_county.get(PLANS, state="all")["plans"]) == len(as_county.get(PLANS)["plans"]) + 1
    assert as_county.get(f"{PLANS}/small/versions")["in_force"] is False and as_county.get(f"{PLANS}/small/versions/1")["text"] == PLAN
    told = check(as_county, PLAN)["preview"]
    assert (told["new"], told["withdrawn"], told["unchanged"]) == (False, True, False) and told["clauses"]["added"]
    assert publish(as_county, PLAN)["version"] == 1 and as_county.get(f"{PLANS}/small")
    [entry] = as_county.get("/api/v1/audit", region=COUNTY, action="plan.withdraw")["entries"]
    assert entry["detail"]["reason"] == "已有新方案"


def test_coverage_names_what_serves_each_clause_or_why_nothing_does(app: Flask, as_county: Person):
    told = as_county.get(f"{PLANS}/zezhou-2021/coverage")
    assert all(row["why"] for row in told["clauses"] if row["served_by"] == "nothing")
    assert all(row["why"] is None for row in told["clauses"] if row["served_by"] != "nothing")
    row = next(row for row in told["clauses"] if row["items"])
    assert row["site_types"] and all(told["items"][item] for item in row["items"])
    assert all(told["indicators"][one] for row in told["clauses"] for one in row["indicators"])


def test_the_audit_log_is_read_newest_first_by_person_action_and_subject_page_by_page(app: Flask, as_county: Person, as_reviewer: Person):
    for name in ("甲店", "乙店", "丙店"):
        as_reviewer.post("/api/v1/sites", {"type": "small_shop", "name": name, "grid": "14052510020001"}, 201)
    publish(as_county, LESS)
    walked, after = [], ""
    while True:
        page = as_county.get("/api/v1/audit", region=COUNTY, limit=2, after=after)
        walked += page["entries"]
        if not (after := page["next"]):
            break
    with app.app_context(), reading() as connection:
        known = connection.execute(sa.select(Audit.seq).where(Audit.org == COUNTY).order_by(Audit.at.desc(), Audit.seq.desc())).scalars().all()
    assert [entry["seq"] for entry in walked] == known
    assert (walked[0]["action"], walked[0]["login"], walked[1]["detail"]["set"]["name"]) == ("plan.load", "county", "丙店")
    assert (walked[0]["subject_name"], walked[1]["subject_name"]) == (walked[0]["detail"]["title"], "丙店")
    assert len(as_county.get("/api/v1/audit", region=COUNTY, actor="user-reviewer")["entries"]) == 3
    assert len(as_county.get("/api/v1/audit", region=COUNTY, action="site.add")["entries"]) == 3
    assert len(as_county.get("/api/v1/audit", region=COUNTY, noun="site")["entries"]) == 3
    assert as_county.get("/api/v1/audit", region=COUNTY, noun="sit")["entries"] == []
    assert [e["subject"] for e in as_county.get("/api/v1/audit", region=COUNTY, subject=walked[1]["subject"])["entries"]] == [walked[1]["subject"]]
    assert as_county.get("/api/v1/audit", region=COUNTY, to="2000-01-01")["entries"] == []
    assert len(as_county.get("/api/v1/audit", region=COUNTY, **{"from": "2000-01-01"})["entries"]) == min(50, len(known))
    for wrong in ({"region": COUNTY, "after": "x"}, {"region": TOWN_A}, {"region": COUNTY, "from": "soon"}):
        assert as_county.ask("GET", "/api/v1/audit", query_string=wrong).status_code == 422, wrong
    assert as_county.ask("GET", "/api/v1/audit").get_json()["code"] == "out-of-scope"
    assert len(Person(app, "admin").get("/api/v1/audit", limit=200)["entries"]) > len(known), "who answers for all sees the other counties too"


def test_the_audit_log_calls_its_subjects_what_a_clerk_calls_them(app: Flask, as_county: Person):
    from inspect_api.services.audit_names import names
    phone = Phone(app, "supervisor")
    visit = phone.visit(1, "2021-09-01 09:30", {"kitchen.bright": {"mark": "fail"}})
    phone.push(visit)
    case = as_county.get("/api/v1/rectifications", region=COUNTY)["rectifications"][0]["id"]
    plan = next(one for one in as_county.get(PLANS)["plans"] if one["region"] == COUNTY)
    indicator = as_county.get(f"{PLANS}/{plan['id']}/indicators", region=COUNTY)["indicators"][0]
    asked = {("visit.approve", visit["id"]): "第一小学食堂", ("rectification.evidence", case): "第一小学食堂", ("region.put", TOWN_A): "南村镇", ("user.edit", "supervisor"): "supervisor",
             ("device.revoke", phone.device): "supervisor", ("plan.load", plan["id"]): plan["title"],
             ("indicator.report", f"{plan['id']}/{indicator['id']}"): indicator["title"]}
    with app.app_context(), reading() as connection:
        found = names(connection, [*asked, ("site.edit", "gone"), ("rules.put", COUNTY)])
    assert {key: found[key[0].partition(".")[0], key[1]] for key in asked} == asked and ("site", "gone") not in found
