"""From a window, a frequency or a gap to tasks on the phones, and back to a number that moved."""

import threading
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from inspect_api.models import Audit, Campaign, Site, Task
from inspect_api.services.changes import append
from sync.feed import Change
from tests.api.asking import count, pushed, result, statements, write
from tests.api.campaigning import day, gap, moment, pulled_tasks, started, window
from tests.api.small import INDICATORS, postgres_template, sqlite_template, visit
from tests.api.test_at_once import at_once
from tests.support.people import Person, Phone, new_id
from tests.support.world import COUNTY, GRID_A1, GRID_A2, GRID_B1, TOWN_A, TOWN_B, site_id, site_row

__all__ = ["postgres_template", "sqlite_template"]  # fixtures


def preview(person: Person, targets: dict[str, Any], status: int = 200) -> Any:
    """What a campaign would make."""
    return person.post("/api/v1/campaigns/preview", targets, status)


def graded(app: Flask, grades: dict[int, str]) -> None:
    """Give sites a risk grade, behind the feed's back."""
    for number, grade in grades.items():
        write(app, lambda c, number=number, grade=grade: (
            c.execute(sa.update(Site).where(Site.id == site_id(number)).values(risk_grade=grade)), append(c, [Change(GRID_A1, "site", site_id(number))])))


# Whom it is for


def test_a_preview_tells_how_many_sites_where_and_the_first_of_them_and_writes_nothing(app: Flask, as_county: Person):
    visit(app, 2, "2022-09-01 09:00", {})
    visit(app, 3, "2022-08-14 23:00", {})  # the evening before the window
    seen = preview(as_county, window())
    assert (seen["sites"], seen["tasks"], seen["left_out"], seen["too_many"]) == (2, 2, {"open_task": 0, "met": 0}, False)
    assert [(t["region"], t["sites"]) for t in seen["towns"]] == [(TOWN_A, 1), (TOWN_B, 1)]
    assert [(g["region"], g["grid_name"], g["sites"]) for g in seen["grids"]] == [(GRID_A1, "一网格", 1), (GRID_B1, "三网格", 1)]
    assert [(s["id"], s["name"]) for s in seen["sample"]] == [(site_id(1), "第一小学食堂"), (site_id(3), "镇中学食堂")]
    assert count(app, Task) == count(app, Campaign) == 0


def test_the_windows_that_a_campaign_may_name_are_told_seasons_first(one_app: Flask):
    told = Person(one_app, "county").get("/api/v1/plans/small/windows")["windows"]
    assert told[0] == {"key": "autumn-2021", "title": "2021年秋季开学", "start": "2021-08-15", "end": "2021-09-30"}
    keys = [one["key"] for one in told]
    assert keys[1:5] == ["autumn-2022", "period", "2021", "2022"] and len(keys) == len(set(keys)) == 2 + 1 + 2 + 4 + 8 + 24


def test_a_rejected_visit_is_none_and_an_amended_one_counts_where_its_amendment_lies(app: Flask, as_county: Person, as_reviewer: Person):
    bad = visit(app, 1, "2022-09-01 09:00", {})
    as_reviewer.post(f"/api/v1/visits/{bad}/review", {"decision": "reject", "reason": "不是本户"})
    phone = Phone(app, "supervisor")
    first = pushed(phone, phone.visit(2, "2022-09-01 09:00", {}))
    pushed(phone, phone.visit(2, "2022-10-20 09:00", {}, replaces=first))
    assert {s["id"] for s in preview(as_county, window())["sample"]} == {site_id(1), site_id(2), site_id(3)}


def test_risk_grades_ask_for_sites_that_were_not_visited_as_often_as_the_county_wants(app: Flask, as_county: Person):
    graded(app, {1: "A", 2: "D", 4: "D", 5: "A"})
    for number, hours in ((1, -24 * 300), (2, -24 * 100), (5, -24 * 400)):
        visit(app, number, moment(hours), {})
    asked = {"region": COUNTY, "kind": "risk"}
    assert {s["id"] for s in preview(as_county, asked)["sample"]} == {site_id(2), site_id(4), site_id(5)}, "D is 6 a year by default, A is 1"
    as_county.ask("PUT", f"/api/v1/counties/{COUNTY}/rules", json={"rev": 0, "rules": {"frequencies": {"A": 2, "B": 2, "C": 4, "D": 3}}})
    assert {s["id"] for s in preview(as_county, asked)["sample"]} == {site_id(1), site_id(4), site_id(5)}
    assert preview(as_county, asked | {"site_types": ["catering"]})["sites"] == 1


def test_a_gap_asks_for_the_sites_that_hold_the_indicator_back_or_for_a_choice_of_them(app: Flask, as_county: Person):
    visit(app, 2, "2022-05-01 09:00", {})
    assert {s["id"] for s in preview(as_county, gap())["sample"]} == {site_id(1), site_id(3)}
    chosen = {name: value for name, value in gap().items() if name != "state"} | {"sites": [site_id(1), site_id(2)]}
    seen = preview(as_county, chosen)
    assert [s["id"] for s in seen["sample"]] == [site_id(1)] and seen["left_out"] == {"open_task": 0, "met": 1}
    for others in ([site_id(5)], [new_id()]):
        assert preview(as_county, chosen | {"sites": others}, 422)["errors"][0]["field"] == "sites", "of no such type, and of nowhere"
    assert preview(as_county, chosen | {"region": TOWN_B}, 422)["errors"][0]["field"] == "sites", "of another town"


# Made


def test_a_campaign_is_on_the_phones_with_the_next_pull_and_its_visit_ends_the_task_and_moves_the_number(
        app: Flask, as_county: Person, as_supervisor: Phone):
    made = started(as_county, gap(), note="带检查表")
    assert (made["tasks"], made["state"], made["progress"]) == (3, "open", {"open": 3, "done": 0, "withdrawn": 0, "overdue": 0})
    assert (made["region_name"], made["created_by_name"], made["kind"], made["source"]["indicator"]) == ("泽州县", "county", "gap", "canteens")
    tasks = pulled_tasks(as_supervisor)
    assert tasks.keys() == {site_id(1), site_id(2)}
    assert tasks[site_id(1)]["reason"] == {"plan": "small", "indicator": "canteens"} and tasks[site_id(1)]["due_on"] == day(20)
    assert as_county.get(f"{INDICATORS}/canteens/sites", window="2022")["on_the_way"] == 3

    done = pushed(as_supervisor, as_supervisor.visit(1, "2022-06-01 10:05", {}))
    task = pulled_tasks(as_supervisor)[site_id(1)]
    assert (task["state"], task["result"], task["rev"]) == ("done", "检查 2022-06-01 10:05:00", 2)
    [listed] = as_county.get("/api/v1/tasks", region=COUNTY, campaign=made["id"], state="done")["tasks"]
    assert (listed["id"], listed["visit_id"]) == (task["id"], done)
    shown = as_county.get(f"/api/v1/campaigns/{made['id']}")
    assert shown["progress"] == {"open": 2, "done": 1, "withdrawn": 0, "overdue": 0}
    assert {(t["region"], t["open"], t["done"]) for t in shown["towns"]} == {(TOWN_A, 1, 1), (TOWN_B, 1, 0)}
    assert {(g["region"], g["grid_name"], g["open"], g["done"]) for g in shown["grids"]} == {
        (GRID_A1, "一网格", 0, 1), (GRID_A2, "二网格", 1, 0), (GRID_B1, "三网格", 1, 0)}
    held_back = as_county.get(f"{INDICATORS}/canteens/sites", window="2022")
    assert {s["id"] for s in held_back["sites"]} == {site_id(2), site_id(3)} and held_back["on_the_way"] == 2


def test_a_campaign_sent_twice_is_made_once_and_its_id_is_nobody_else_s(app: Flask, as_county: Person):
    body = window() | {"id": new_id(), "title": "秋季", "due_on": day(9)}
    first = as_county.post("/api/v1/campaigns", body, 201)
    assert as_county.post("/api/v1/campaigns", body, 201) == first and count(app, Task) == 3
    assert as_county.post("/api/v1/campaigns", body | {"title": "冬季"}, 409)["code"] == "conflict"


def test_sites_with_an_open_task_for_the_same_purpose_are_left_out_and_others_are_asked_again(app: Flask, as_county: Person, as_reviewer: Person):
    as_reviewer.post("/api/v1/tasks", {"site_id": site_id(1), "title": "补查", "reason": {"plan": "small", "indicator": "canteens"}}, 201)
    as_reviewer.post("/api/v1/tasks", {"site_id": site_id(2), "title": "别的事"}, 201)
    assert preview(as_county, gap())["left_out"] == {"open_task": 1, "met": 0}
    assert started(as_county, gap())["tasks"] == 2
    assert started(as_county, gap(), 422)["code"] == "invalid", "nobody is left"
    assert started(as_county, window())["tasks"] == 3, "a window is another purpose"


def test_one_task_a_grid_names_its_sites_and_is_not_ended_by_a_visit(app: Flask, as_county: Person, as_supervisor: Phone):
    seen = preview(as_county, window(per="grid"))
    assert (seen["sites"], seen["tasks"]) == (3, 3)
    made = started(as_county, window(per="grid"), note="先电话")
    task = pulled_tasks(as_supervisor)[GRID_A1]
    assert task["site_id"] is None and task["note"] == "先电话\n共 1 户：第一小学食堂"
    pushed(as_supervisor, as_supervisor.visit(1, "2022-09-01 09:00", {}))
    assert as_county.get(f"/api/v1/campaigns/{made['id']}")["progress"]["done"] == 0
    assert preview(as_county, window(per="grid"))["left_out"]["open_task"] == 2, "what is missing still, all under way"
    assert preview(as_county, window(per="grid", site_types=["cold_store"]))["tasks"] == 1, "other sites are another walk"


def test_withdrawing_takes_back_what_is_open_and_leaves_what_is_done(app: Flask, as_county: Person, as_supervisor: Phone):
    made = started(as_county, gap())
    pushed(as_supervisor, as_supervisor.visit(2, "2022-06-01 10:00", {}))
    assert as_county.post(f"/api/v1/campaigns/{made['id']}/withdraw", {"rev": 9}, 409)["code"] == "state-changed"
    ended = as_county.post(f"/api/v1/campaigns/{made['id']}/withdraw", {"rev": 1})
    assert (ended["state"], ended["rev"], ended["progress"]) == ("ended", 2, {"open": 0, "done": 1, "withdrawn": 2, "overdue": 0})
    assert {site: task["state"] for site, task in pulled_tasks(as_supervisor).items()} == {site_id(1): "withdrawn", site_id(2): "done"}
    assert as_county.post(f"/api/v1/campaigns/{made['id']}/withdraw", {}, 409)["code"] == "state-changed"
    assert as_county.get("/api/v1/campaigns", region=COUNTY, state="open")["campaigns"] == []
    assert count(app, Audit, Audit.subject == made["id"]) == 2
    assert started(as_county, gap())["tasks"] == 2, "what was taken back may be asked again"


def test_two_offices_that_ask_for_the_same_at_once_ask_each_site_once(app: Flask, as_county: Person):
    people = [as_county, Person(app, "county", "second"), Person(app, "admin")]
    answers: list[int] = []

    def ask(person: Person) -> None:
        body = gap() | {"id": new_id(), "title": "补查", "due_on": day(3)}
        answers.append(person.ask("POST", "/api/v1/campaigns", json=body).status_code)

    threads = [threading.Thread(target=ask, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201, 422, 422] and count(app, Task) == 3


# Seen


def test_a_town_sees_the_county_s_campaigns_that_reach_it_with_its_own_progress(app: Flask, as_county: Person, as_reviewer: Person):
    whole = started(as_county, gap())
    far = started(as_county, window(region=TOWN_B))
    own = started(as_reviewer, window(region=TOWN_A), title="本镇")
    listed = as_reviewer.get("/api/v1/campaigns", region=TOWN_A)["campaigns"]
    assert [(c["id"], c["progress"]["open"]) for c in listed] == [(own["id"], 2), (whole["id"], 2)]
    assert as_reviewer.get(f"/api/v1/campaigns/{whole['id']}", region=TOWN_A)["progress"]["open"] == 2
    assert as_reviewer.ask("GET", f"/api/v1/campaigns/{whole['id']}").status_code == 403
    assert as_reviewer.ask("POST", f"/api/v1/campaigns/{whole['id']}/withdraw", json={}).status_code == 403
    answer = as_reviewer.ask("GET", f"/api/v1/campaigns/{far['id']}?region={TOWN_A}")
    assert (answer.status_code, answer.get_json()["code"]) == (403, "out-of-scope"), "another town's is not seen through one's own"
    first = as_county.get("/api/v1/campaigns", region=COUNTY, limit=2)
    rest = as_county.get("/api/v1/campaigns", region=COUNTY, limit=2, after=first["next"])
    assert [len(first["campaigns"]), len(rest["campaigns"]), rest["next"]] == [2, 1, None]


def test_the_statements_of_a_campaign_do_not_grow_with_its_sites(app: Flask, as_county: Person):
    def asked() -> tuple[int, ...]:
        counts = []
        body = window(site_types=["small_shop"]) | {"id": new_id(), "title": "小店", "due_on": day(9)}
        for work in (lambda: preview(as_county, window(site_types=["small_shop"])), lambda: as_county.post("/api/v1/campaigns", body, 201),
                     lambda: as_county.get(f"/api/v1/campaigns/{body['id']}"), lambda: as_county.get("/api/v1/campaigns", region=COUNTY),
                     lambda: as_county.get("/api/v1/tasks", region=COUNTY, sort="due", limit=200),
                     lambda: as_county.post(f"/api/v1/campaigns/{body['id']}/withdraw", {})):
            with statements(app) as seen:
                work()
            counts.append(len(seen))
        return tuple(counts)

    asked()  # what a process keeps in memory is there from now on
    few = asked()
    rows = [site_row(number, type="small_shop", grid=GRID_A1, name=f"小店{number}", attributes={}) for number in range(100, 160)]
    write(app, lambda c: (c.execute(sa.insert(Site.__table__), rows), append(c, [Change(GRID_A1, "site", row["id"]) for row in rows])))
    assert preview(as_county, window(site_types=["small_shop"]))["sites"] == 61 and len(preview(as_county, window(site_types=["small_shop"]))["sample"]) == 20
    assert asked() == few


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no kind": ({"region": COUNTY}, "kind"),
    "a window without a plan": (window(plan=None), "plan"),
    "a window that the plan does not have": (window(window="winter-2022"), "window"),
    "a type that is none": (window(site_types=["moon"]), "site_types.0"),
    "a gap without sites": ({name: value for name, value in gap().items() if name != "state"}, "sites"),
    "a gap with both": (gap(sites=[site_id(1)]), "sites"),
    "risk of an indicator": ({"region": COUNTY, "kind": "risk", "indicator": "canteens"}, "indicator"),
    "a whole province": ({"region": "14", "kind": "risk"}, "region"),
    "what offices report": (gap(indicator="pass-rate", window="2021"), "indicator"),
    "a region outside the plan": (window(region="140502"), "region"),
}


def test_what_cannot_be_asked_for_is_refused_by_field(one_app: Flask):
    admin = Person(one_app, "admin")
    found = {}
    for name, (targets, _) in WRONG.items():
        answer = admin.ask("POST", "/api/v1/campaigns/preview", json={key: value for key, value in targets.items() if value is not None})
        found[name] = (answer.status_code, answer.get_json()["errors"][0]["field"])
    assert found == {name: (422, field) for name, (_, field) in WRONG.items()}
    assert started(admin, window(), 422, due_on=day(-1))["errors"][0]["field"] == "due_on"
    assert started(admin, window(plan="none"), 404)["code"] == "unknown-plan"
    assert admin.ask("GET", f"/api/v1/campaigns/{new_id()}").status_code == 404


@pytest.fixture
def phone(as_supervisor: Phone) -> Phone:
    """The phone of the grids of town A."""
    return as_supervisor


# What a visit does to tasks


def task_at(person: Person, site: int, **query: Any) -> dict[str, Any]:
    """The only task of a site."""
    [found] = person.get("/api/v1/tasks", region=COUNTY, site=site_id(site), **query)["tasks"]
    return found


def test_a_task_for_an_indicator_is_done_by_a_visit_made_after_it_and_one_for_anything_else_by_hand(app: Flask, phone: Phone, as_reviewer: Person):
    reason = {"plan": "small", "indicator": "half"}
    as_reviewer.post("/api/v1/tasks", {"site_id": site_id(1), "title": "补查", "reason": reason}, 201)
    as_reviewer.post("/api/v1/tasks", {"site_id": site_id(2), "title": "送宣传画"}, 201)
    for site in (1, 2):
        pushed(phone, phone.visit(site, moment(-1), {}))  # made before the task, and late
    assert [task_at(another_desk(app), site)["state"] for site in (1, 2)] == ["open", "open"]
    draft = pushed(phone, phone.visit(1, moment(1), {}, status="draft"))
    assert task_at(another_desk(app), 1)["state"] == "open", "nothing is done before it is signed"
    phone.push(phone.operation("patch", "visit", {"status": "signed"}, draft), phone.visit(2, moment(1), {}))
    found = [task_at(another_desk(app), site) for site in (1, 2)]
    assert [(task["state"], task["visit_id"]) for task in found] == [("done", draft), ("open", None)]


def test_a_task_sent_twice_is_made_once_also_at_once_and_its_id_is_nobody_else_s(app: Flask, as_county: Person, as_reviewer: Person):
    body = {"id": new_id(), "site_id": site_id(1), "title": "复查", "due_on": day(3)}
    made = at_once(*(lambda person=person: person.post("/api/v1/tasks", body, 201)["id"] for person in (as_county, as_reviewer)))
    assert made == [body["id"]] * 2 and count(app, Task) == count(app, Audit, Audit.action == "task.add") == 1
    for other in ({"site_id": site_id(2)}, {"title": "另一件"}):
        assert as_county.post("/api/v1/tasks", body | other, 409)["code"] == "conflict"


def another_desk(app: Flask) -> Person:
    """The county, which sees both towns."""
    return Person(app, "county", "another-desk")


def test_what_the_supervisor_writes_later_about_a_done_task_is_no_conflict(app: Flask, phone: Phone, as_county: Person):
    started(as_county, gap())
    task = pulled_tasks(phone)[site_id(1)]
    pushed(phone, phone.visit(1, "2022-06-01 10:00", {}))
    told = result(phone, phone.operation("patch", "task", {"state": "done", "result": "已查，户主在"}, task["id"], base=1,
                                         was={"state": "open", "result": ""}))
    assert told["status"] == "applied" and "conflicts" not in told
    assert task_at(as_county, 1)["result"] == "已查，户主在"
    by_hand = result(phone, phone.operation("patch", "task", {"state": "done", "result": "已补"}, pulled_tasks(phone)[site_id(2)]["id"], base=1))
    assert by_hand["status"] == "applied"
    pushed(phone, phone.visit(2, "2022-06-02 10:00", {}))
    assert (task_at(as_county, 2)["result"], task_at(as_county, 2)["visit_id"]) == ("已补", None), "done is done"


def test_a_push_of_many_visits_asks_for_their_tasks_once(app: Flask, phone: Phone, as_county: Person):
    started(as_county, gap())
    batches = [[phone.visit(1, "2022-06-01 10:00", {}, id=new_id())], [phone.visit(2, f"2022-06-0{n} 10:00", {}, id=new_id()) for n in range(2, 9)]]
    counts = []
    for batch in batches:
        with statements(app) as seen:
            phone.push(*batch)
        counts.append(len([one for one in seen if "FROM task" in one]))
    assert counts == [1, 1] and as_county.get("/api/v1/tasks", region=TOWN_A, state="open")["tasks"] == []


# The list of tasks


def test_tasks_are_listed_by_due_day_with_names_and_filters(app: Flask, as_county: Person):
    for site, due in ((1, day(5)), (2, None), (4, day(-2)), (5, day(1))):
        as_county.post("/api/v1/tasks", {"site_id": site_id(site), "title": f"t{site}"} | ({"due_on": due} if due else {}), 201)
    as_county.post("/api/v1/tasks", {"grid": GRID_B1, "title": "走一遍"}, 201)
    found, after = [], {}
    while True:
        page = as_county.get("/api/v1/tasks", region=COUNTY, sort="due", limit=2, **after)
        found += page["tasks"]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert [task["title"] for task in found] == ["t4", "t5", "t1", "t2", "走一遍"]
    assert {name: found[0][name] for name in ("site_name", "site_type", "grid_name", "town_name", "created_by_name", "overdue", "campaign_title")} == {
        "site_name": "某某冷库", "site_type": "cold_store", "grid_name": "一网格", "town_name": found[1]["town_name"], "created_by_name": "county",
        "overdue": True, "campaign_title": None}
    assert found[4]["site_name"] is None and not found[1]["overdue"]

    def titles(**query: Any) -> list[str]:
        return [task["title"] for task in as_county.get("/api/v1/tasks", region=COUNTY, **query)["tasks"]]

    assert titles(overdue=True) == ["t4"] and titles(grid=GRID_B1) == ["走一遍"] and titles(site=site_id(5)) == ["t5"]
    other = as_county.get("/api/v1/users", region=GRID_B1, role="supervisor")["users"]
    assert {one["id"]: titles(person=one["id"]) for one in other} == {one["id"]: ["走一遍"] for one in other} != {}
    assert titles(person=new_id()) == []
    assert titles(campaign=new_id()) == [] and titles(state="done") == [] and titles(sort="id") == ["t1", "t2", "t4", "t5", "走一遍"]
    for after in ("x", "2021-02-30." + new_id()):
        assert as_county.ask("GET", f"/api/v1/tasks?region={COUNTY}&sort=due&after={after}").status_code == 422


def test_a_gap_shows_the_tasks_on_their_way_and_can_leave_out_those_sites(app: Flask, as_county: Person, phone: Phone):
    made = started(as_county, {name: value for name, value in gap().items() if name != "state"} | {"sites": [site_id(1), site_id(2)]})
    page = as_county.get(f"{INDICATORS}/canteens/sites", window="2022")
    assert [one["task"] and one["task"]["campaign_id"] for one in page["sites"]] == [made["id"], made["id"], None]
    assert page["on_the_way"] == 2 and [one["task"] and (one["task"]["state"], one["task"]["due_on"]) for one in page["sites"]] == [
        ("open", day(20)), ("open", day(20)), None]
    without = as_county.get(f"{INDICATORS}/canteens/sites", window="2022", without_task=True)
    assert [one["id"] for one in without["sites"]] == [site_id(3)]
    pushed(phone, phone.visit(1, "2022-06-01 10:00", {}))
    [met] = as_county.get(f"{INDICATORS}/canteens/sites", window="2022", state="met")["sites"]
    assert met["task"]["state"] == "done"
    assert as_county.get(f"{INDICATORS}/half/sites", state="missing")["on_the_way"] == 0, "another indicator"

