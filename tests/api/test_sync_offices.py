"""What offices see of phones, and what they do about it: conflicts, quarantine, devices. Each settlement is audited and has a history."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from inspect_api.db import reading
from inspect_api.models import Audit, Operation, Quarantine, Site, Visit
from inspect_api.services import audit
from inspect_api.services.devices import BROWSER
from tests.api.asking import assert_equal_to_rebuild, code, count, pair, pushed, result, statements, write
from tests.support.people import Person, Phone, new_id
from tests.support.serving import ROOT
from tests.support.world import COUNTY, GRID_A1, GRID_B1, TOWN_A, TOWN_B, site_id

DAY, SITE = "2021-05-01 09:30", site_id(1)
PASS, FAIL = {"kitchen.bright": {"mark": "pass"}}, {"kitchen.bright": {"mark": "fail"}}
QUARANTINE, CONFLICTS, DEVICES = "/api/v1/sync/quarantine", "/api/v1/sync/conflicts", "/api/v1/sync/devices"


@pytest.fixture
def phone(app: Flask) -> Phone:
    """A supervisor's phone that speaks the newest version."""
    made = Phone(app, "supervisor")
    made.schema = 2
    return made


def disagreement(phone: Phone, field: str = "name", first: Any = "先改的", second: Any = "后改的") -> dict[str, Any]:
    """A conflict on a field of the first site, as the phone was told of it."""
    rev = phone.get(f"/api/v1/sites/{SITE}")["rev"]
    pushed(phone, phone.operation("patch", "site", {field: first}, SITE, base=rev))
    return result(phone, phone.operation("patch", "site", {field: second}, SITE, base=rev))["conflicts"][0]


def audited(app: Flask, action: str) -> list[dict[str, Any]]:
    """The details of the audit entries of an action; the chain must hold."""
    with app.app_context(), reading() as connection:
        assert audit.verify(connection)[1] == []
        return list(connection.execute(sa.select(Audit.detail).where(Audit.action == action).order_by(Audit.seq)).scalars())


def mine(phone: Phone, type_: str) -> list[dict[str, Any]]:
    """What the phone pulls of its own troubles."""
    return [one["row"] for one in phone.get("/api/v1/sync/pull")["changes"] if one["t"] == type_]


# Conflicts


def test_a_township_sees_both_values_and_lets_the_phone_s_stand(app: Flask, phone: Phone, as_reviewer: Person):
    told = disagreement(phone)
    [seen] = as_reviewer.get(CONFLICTS, region=TOWN_A)["conflicts"]
    assert (seen["id"], seen["field"], seen["kept"], seen["theirs"], seen["current"], seen["rev"], seen["user"], seen["base"]) == (
        told["id"], "name", "先改的", "后改的", "先改的", 2, "supervisor", 1)
    done = as_reviewer.post(f"{CONFLICTS}/{told['id']}/resolve", {"choose": "theirs", "rev": 2, "note": "电话核实"})
    assert done == {"id": told["id"], "state": "theirs", "rev": 3}
    assert phone.get(f"/api/v1/sites/{SITE}")["name"] == "后改的"
    newest = as_reviewer.get(f"/api/v1/sites/{SITE}/history")["history"][0]
    assert (newest["changes"], newest["why"], newest["name"]) == ({"name": ["先改的", "后改的"]}, "conflict", "reviewer")
    assert audited(app, "conflict.resolve")[0]["choose"] == "theirs"
    assert as_reviewer.get(CONFLICTS, region=TOWN_A)["conflicts"] == []
    assert [one["note"] for one in as_reviewer.get(CONFLICTS, region=TOWN_A, state="theirs")["conflicts"]] == ["电话核实"]
    assert [(one["state"], one["theirs"]) for one in mine(phone, "conflict")] == [("theirs", "后改的")], "the phone learns of it"


def test_letting_the_kept_value_stand_changes_nothing_but_the_conflict(phone: Phone, as_reviewer: Person):
    told = disagreement(phone)
    as_reviewer.post(f"{CONFLICTS}/{told['id']}/resolve", {"choose": "kept"})
    assert (phone.get(f"/api/v1/sites/{SITE}")["name"], phone.get(f"/api/v1/sites/{SITE}")["rev"]) == ("先改的", 2)
    assert as_reviewer.post(f"{CONFLICTS}/{told['id']}/resolve", {"choose": "kept"}, 409)["code"] == "state-changed"
    assert as_reviewer.post(f"{CONFLICTS}/none/resolve", {"choose": "kept"}, 404)["code"] == "not-found"


def test_a_choice_made_on_what_is_no_longer_so_is_refused(phone: Phone, as_reviewer: Person):
    told = disagreement(phone)
    pushed(phone, phone.operation("patch", "site", {"name": "又改的"}, SITE, base=2))
    for seen in ({}, {"rev": 2}):
        problem = as_reviewer.post(f"{CONFLICTS}/{told['id']}/resolve", {"choose": "theirs"} | seen, 409)
        assert problem["code"] == "state-changed"
    assert phone.get(f"/api/v1/sites/{SITE}")["name"] == "又改的"
    assert as_reviewer.post(f"{CONFLICTS}/{told['id']}/resolve", {"choose": "theirs", "rev": 3})["rev"] == 4


def test_a_conflict_of_an_attribute_or_an_answer_is_settled_by_its_member(app: Flask, phone: Phone, as_reviewer: Person):
    told = disagreement(phone, "attributes", {"online": True}, {"online": False})
    assert told["field"] == "attributes.online"
    as_reviewer.post(f"{CONFLICTS}/{told['id']}/resolve", {"choose": "theirs"})
    assert phone.get(f"/api/v1/sites/{SITE}")["attributes"] == {"stage": "primary", "online": False}
    visit = pushed(phone, phone.visit(1, DAY, {}, status="draft"))
    pushed(phone, phone.operation("patch", "visit", {"answers": PASS}, visit, base=1))
    [conflict] = result(phone, phone.operation("patch", "visit", {"answers": FAIL}, visit, base=1))["conflicts"]
    as_reviewer.post(f"{CONFLICTS}/{conflict['id']}/resolve", {"choose": "theirs"})
    assert phone.get(f"/api/v1/visits/{visit}")["answers"] == FAIL
    assert_equal_to_rebuild(app)


def test_a_visit_that_was_signed_since_stays_as_it_was_signed(phone: Phone, as_reviewer: Person):
    visit = pushed(phone, phone.visit(1, DAY, {}, status="draft"))
    pushed(phone, phone.operation("patch", "visit", {"answers": PASS}, visit, base=1))
    [conflict] = result(phone, phone.operation("patch", "visit", {"answers": FAIL}, visit, base=1))["conflicts"]
    pushed(phone, phone.operation("patch", "visit", {"status": "signed"}, visit, base=2))
    assert as_reviewer.post(f"{CONFLICTS}/{conflict['id']}/resolve", {"choose": "theirs"}, 409)["code"] == "visit-immutable"
    as_reviewer.post(f"{CONFLICTS}/{conflict['id']}/resolve", {"choose": "kept"})


def test_the_list_of_conflicts_pages_through_all_of_them_once_at_a_constant_cost(app: Flask, phone: Phone, as_reviewer: Person):
    told = {disagreement(phone, "name", f"{n}甲", f"{n}乙")["id"] for n in range(7)}
    found, after, costs = [], "", set()
    while after is not None:
        with statements(app) as seen:
            page = as_reviewer.get(CONFLICTS, region=TOWN_A, limit=3, after=after)
        costs.add(len(seen))
        found, after = found + [one["id"] for one in page["conflicts"]], page["next"]
    assert set(found) == told and len(found) == 7 and len(costs) == 1


def test_both_lists_come_newest_first_page_by_page_and_tell_how_many_there_are_whose_they_are_and_where(
        app: Flask, phone: Phone, as_reviewer: Person):
    told = [disagreement(phone, "name", f"{n}甲", f"{n}乙")["id"] for n in range(3)]
    site = phone.operation("create", "site", {"type": "catering", "name": "新开的面馆", "grid": "99052510020001", "active": True})
    visit = phone.visit(site["id"], DAY, PASS, checklist=phone.checklist("school_canteen"))
    for operation in (odd(phone), site, visit):
        phone.push(operation)
    found, after, costs = [], "", set()
    while after is not None:
        with statements(app) as seen:
            page = as_reviewer.get(CONFLICTS, region=TOWN_A, sort="newest", limit=1, after=after)
        costs.add(len(seen))
        found, after = found + page["conflicts"], page["next"]
    assert [one["id"] for one in found] == told[::-1] and len(costs) == 1
    assert (found[0]["site"], found[0]["grid_name"] is not None, found[0]["device"]) == (
        {"id": SITE, "name": "2甲"}, True, {"label": "", "revoked_at": None})
    page = as_reviewer.get(CONFLICTS, region=TOWN_A, sort="newest", limit=1, counted="true")
    assert (page["count"], page["more"]) == (3, False)

    first = as_reviewer.get(QUARANTINE, region=TOWN_A, sort="newest", limit=2, counted="true")
    rest = as_reviewer.get(QUARANTINE, region=TOWN_A, sort="newest", limit=2, after=first["next"])
    operations = first["operations"] + rest["operations"]
    assert (first["count"], rest["next"], "count" in rest) == (3, None, False)
    assert [one["payload"]["t"] for one in operations] == ["visit", "site", "visit"]
    assert [one["site"] for one in operations] == [
        {"id": None, "name": "新开的面馆"}, {"id": None, "name": "新开的面馆"}, {"id": SITE, "name": "2甲"}]
    assert operations[0]["checklist"] == visit["set"]["checklist"]
    as_reviewer.post(f"{QUARANTINE}/{operations[2]['op']}/dismiss", {"reason": "重复"})
    assert as_reviewer.get(QUARANTINE, region=TOWN_A, state="dismissed")["operations"][0]["settler"] == "reviewer"
    assert as_reviewer.ask("GET", QUARANTINE, query_string={"region": TOWN_A, "sort": "newest", "after": "x"}).status_code == 422


# Quarantine


def odd(phone: Phone, **more: Any) -> dict[str, Any]:
    """A visit of a time that cannot be."""
    return phone.visit(1, "2099-05-01 09:30", PASS, **more)


def test_an_office_mends_and_releases_an_operation_and_it_counts_as_its_phone_s(app: Flask, phone: Phone, as_reviewer: Person, as_county: Person):
    operation = odd(phone)
    assert code(result(phone, operation)) == "clock-implausible"
    before = pair(as_county, "school-bright-kitchen")
    assert as_reviewer.post(f"{QUARANTINE}/{operation['op']}/release", {}, 422)["code"] == "clock-implausible"
    done = as_reviewer.post(f"{QUARANTINE}/{operation['op']}/release", {"set": {"at": "2021-05-01T09:30:00+08:00"}, "note": "手机时间不对"})
    assert (done["state"], done["result"]["status"], done["result"]["receipt"]["visit"]) == ("released", "applied", operation["id"])
    visit = as_county.get(f"/api/v1/visits/{operation['id']}")
    assert (visit["inspector"], visit["at"][:16]) == ("supervisor", "2021-05-01T01:30")
    assert pair(as_county, "school-bright-kitchen") == (before[0] + 1, before[1])
    assert audited(app, "quarantine.release")[0]["set"] == {"at": "2021-05-01T09:30:00+08:00"}
    again = result(phone, operation)
    assert (again["replay"], again["status"]) == (True, "applied"), "the phone is told when it asks again"
    assert [(one["state"], one["note"]) for one in mine(phone, "quarantine")] == [("released", "手机时间不对")]
    assert as_reviewer.post(f"{QUARANTINE}/{operation['op']}/release", {}, 409)["code"] == "state-changed"
    assert_equal_to_rebuild(app)


def test_what_waited_for_an_operation_is_released_with_it_in_the_order_of_its_capture(app: Flask, phone: Phone, as_county: Person):
    site = phone.operation("create", "site", {"type": "school_canteen", "name": "隔壁镇的店", "grid": GRID_B1}, new_id())
    draft = phone.visit(site["id"], DAY, {}, site_type="school_canteen", status="draft")
    assert [code(one) for one in phone.push(site)["results"]] == ["out-of-scope"]
    later = [draft, phone.operation("patch", "visit", {"answers": PASS}, draft["id"], base=1),
             phone.operation("patch", "visit", {"status": "signed"}, draft["id"], base=2)]
    results = [result(phone, one) for one in later]
    assert [code(one) for one in results] == ["waits"] * 3, "in later pushes, too"
    assert [one["problem"]["waits_for"] for one in results] == [site["id"], draft["id"], draft["id"]]
    done = as_county.post(f"{QUARANTINE}/{site['op']}/release", {})
    assert set(done["released"]) == {one["op"] for one in later}
    visit = as_county.get(f"/api/v1/visits/{draft['id']}")
    assert (visit["status"], visit["answers"], visit["grid"]) == ("signed", PASS, GRID_B1)
    assert as_county.get(QUARANTINE, region=COUNTY)["operations"] == []
    assert_equal_to_rebuild(app)


def test_an_office_releases_only_what_lies_in_its_own_reach(phone: Phone, as_reviewer: Person):
    site = phone.operation("create", "site", {"type": "school_canteen", "name": "隔壁镇的店", "grid": GRID_B1}, new_id())
    phone.push(site)
    assert as_reviewer.post(f"{QUARANTINE}/{site['op']}/release", {}, 403)["code"] == "out-of-scope"
    assert as_reviewer.get(QUARANTINE, region=TOWN_A)["operations"][0]["state"] == "open"


def test_an_operation_is_dismissed_with_a_reason_and_never_deleted(app: Flask, phone: Phone, as_reviewer: Person):
    operation = odd(phone)
    phone.push(operation)
    assert as_reviewer.post(f"{QUARANTINE}/{operation['op']}/dismiss", {}, 422)["errors"][0]["field"] == "reason"
    as_reviewer.post(f"{QUARANTINE}/{operation['op']}/dismiss", {"reason": "测试数据"})
    [kept] = as_reviewer.get(QUARANTINE, region=TOWN_A, state="dismissed")["operations"]
    assert kept["payload"] == operation and kept["note"] == "测试数据" and count(app, Quarantine) == 1
    assert audited(app, "quarantine.dismiss") == [{"reason": "测试数据"}]
    assert [(one["op"], one["state"], one["note"]) for one in mine(phone, "quarantine")] == [(operation["op"], "dismissed", "测试数据")]


def test_the_work_of_a_revoked_phone_is_released_and_what_its_owner_pushed_again_from_a_new_one_is_not_done_twice(
        app: Flask, phone: Phone, as_county: Person):
    first, second = phone.visit(1, DAY, PASS), phone.visit(2, DAY, PASS)
    as_county.post(f"/api/v1/devices/{phone.device}/revoke", {})
    assert phone.push(first, second, status=403)["code"] == "device-revoked"
    renewed = Phone(app, "supervisor", "a new phone")
    assert result(renewed, first)["status"] == "applied"
    for one in as_county.get(QUARANTINE, region=COUNTY)["operations"]:
        done = as_county.post(f"{QUARANTINE}/{one['op']}/release", {})
        assert done["result"]["replay"] is (one["payload"]["op"] == first["op"])
    assert count(app, Visit) == 2 and count(app, Operation, Operation.op == second["op"]) == 1
    assert result(renewed, second)["replay"] is True
    assert_equal_to_rebuild(app)


def test_what_lost_scope_had_unsent_is_quarantined_where_the_county_sees_it(app: Flask, phone: Phone, as_county: Person):
    from inspect_api.services import users
    unsent = [phone.operation("patch", "site", {"name": "没来得及推送"}, SITE, base=1), phone.visit(1, DAY, PASS)]
    write(app, lambda c: users.set_regions(c, "supervisor", [GRID_B1], 1, "tests"))
    assert [code(one) for one in phone.push(*unsent)["results"]] == ["out-of-scope"] * 2
    kept = as_county.get(QUARANTINE, region=COUNTY)["operations"]
    assert sorted(one["payload"]["n"] for one in kept) == sorted(one["n"] for one in unsent)
    for one in kept:
        as_county.post(f"{QUARANTINE}/{one['op']}/release", {})
    assert as_county.get(f"/api/v1/sites/{SITE}")["name"] == "没来得及推送"


# Devices


def test_devices_tell_when_they_were_heard_from_and_what_they_still_hold(app: Flask, as_reviewer: Person):
    phone = Phone(app, "supervisor", "slow-clock", timedelta(days=-3))
    phone.push(phone.visit(1, DAY, {}), schema=2, unsent=12, app="1.4.2", acked=0)
    phone.n += 2
    phone.push(phone.visit(1, DAY, {}), schema=2, unsent=11, acked=1)
    [seen] = [one for one in as_reviewer.get(DEVICES, region=TOWN_A)["devices"] if one["id"] == "slow-clock"]
    assert (seen["unsent"], seen["app"], seen["schema"], seen["last_n"], seen["acked"], seen["gaps"]) == (11, "1.4.2", 2, 4, 1, [[2, 3]])
    assert abs(seen["offset_ms"] - 3 * 86_400_000) < 60_000 and seen["seen_at"] and seen["login"] == "supervisor"
    assert "slow-clock" not in str(Person(app, "other-reviewer").get(DEVICES, region=TOWN_B))
    answer = phone.push(schema=2)
    assert answer["gaps"] == [[2, 3]], "the phone itself is told as well"


def test_silent_devices_are_found_and_revoked_ones_shown_as_such(app: Flask, phone: Phone, as_county: Person):
    assert as_county.get(DEVICES, region=COUNTY, silent_days=1)["devices"] == []
    from inspect_api.models import Device
    write(app, lambda c: c.execute(sa.update(Device).where(Device.id == phone.device).values(seen_at=1)))
    [silent] = as_county.get(DEVICES, region=COUNTY, silent_days=1)["devices"]
    assert silent["id"] == phone.device and silent["revoked_at"] is None
    as_county.post(f"/api/v1/devices/{phone.device}/revoke", {})
    [silent] = as_county.get(DEVICES, region=COUNTY, silent_days=1)["devices"]
    assert silent["revoked_at"]
    assert [one["id"] for one in as_county.get(DEVICES, region=COUNTY, revoked="true")["devices"]] == [phone.device]
    assert phone.device not in {one["id"] for one in as_county.get(DEVICES, region=COUNTY, revoked="false")["devices"]}


def test_the_longest_silent_come_first_page_by_page_and_those_that_still_hold_something_are_found(app: Flask, as_county: Person):
    from inspect_api.models import Device
    phones = [Phone(app, "supervisor", name) for name in ("third", "first", "second", "fourth")]
    phones[1].push(schema=2, unsent=4)
    for phone, at in zip(phones, (30, 10, 20, 30), strict=True):  # two at the same moment: by id
        write(app, lambda c, id_=phone.device, at=at: c.execute(sa.update(Device).where(Device.id == id_).values(seen_at=at)))
    walked, after = [], ""
    while True:
        page = as_county.get(DEVICES, region=TOWN_A, sort="silent", limit=1, after=after)
        walked += [(one["id"], one["region_name"]) for one in page["devices"]]
        if not (after := page["next"]):
            break
    assert walked == [(name, "一网格") for name in ("first", "second", "fourth", "third")]
    assert [one["id"] for one in as_county.get(DEVICES, region=TOWN_A, unsent="true")["devices"]] == ["first"]
    assert len(as_county.get(DEVICES, region=TOWN_A, unsent="false")["devices"]) == 3
    write(app, lambda c: c.execute(sa.update(Device).where(Device.id == "first").values(label=BROWSER)))
    assert [one["id"] for one in as_county.get(DEVICES, region=TOWN_A, kind="browser")["devices"]] == ["first"]
    assert {one["kind"] for one in as_county.get(DEVICES, region=TOWN_A, kind="phone")["devices"]} == {"phone"}
    assert BROWSER in (ROOT / "web" / "src" / "office" / "stores" / "session.ts").read_text("utf-8"), "what the desk calls itself"
    assert as_county.ask("GET", DEVICES, query_string={"region": TOWN_A, "sort": "silent", "after": "first"}).status_code == 422


def test_a_device_that_pushes_without_pause_is_told_to_wait(template: Any):
    with template.copy(PUSHES_PER_MINUTE=5) as app:
        phone = Phone(app, "supervisor")
        for _ in range(5):
            phone.push()
        answer = phone.ask("POST", "/api/v1/sync/push", json={"device_id": phone.device, "sent_at": phone.now(), "ops": []})
        assert (answer.status_code, answer.get_json()["code"]) == (429, "too-many-requests")
        assert 1 <= int(answer.headers["Retry-After"]) <= 12
        Phone(app, "supervisor", "another").push()


def test_a_phone_that_is_too_old_is_told_which_version_it_needs(template: Any):
    with template.copy(SYNC_OLDEST_SCHEMA=2) as app:
        phone = Phone(app, "supervisor")
        problem = phone.push(phone.visit(1, DAY, {}), status=426)
        assert (problem["code"], problem["oldest_schema"]) == ("client-too-old", 2)
        assert phone.ask("GET", "/api/v1/sync/pull?schema=1").status_code == 426
        assert phone.push(phone.visit(1, DAY, {}), schema=2)["results"][0]["status"] == "applied"
        assert phone.get("/api/v1/sessions/current")["limits"]["oldest_schema"] == 2


# Tasks


def test_a_task_is_on_the_phone_with_the_next_pull_and_its_result_at_the_office(app: Flask, phone: Phone, as_reviewer: Person):
    cursor = phone.get("/api/v1/sync/pull")["cursor"]
    reason = {"plan": "zezhou-2021", "indicator": "school-bright-kitchen"}
    made = as_reviewer.post("/api/v1/tasks", {"site_id": SITE, "title": "复查明厨亮灶", "due_on": "2021-06-01", "reason": reason}, 201)
    page = phone.get("/api/v1/sync/pull", cursor=cursor)
    [change] = page["changes"]
    assert (change["t"], change["b"], change["row"]["title"], change["row"]["due_on"], change["row"]["reason"]) == (
        "task", GRID_A1, "复查明厨亮灶", "2021-06-01", reason)
    done = phone.operation("patch", "task", {"state": "done", "result": "已装大屏"}, made["id"], base=1, was={"state": "open"})
    assert result(phone, done)["status"] == "applied"
    [seen] = as_reviewer.get("/api/v1/tasks", region=TOWN_A, state="done")["tasks"]
    assert (seen["result"], seen["rev"]) == ("已装大屏", 2)
    assert as_reviewer.post(f"/api/v1/tasks/{made['id']}/withdraw", {}, 409)["code"] == "state-changed"


def test_a_task_that_was_withdrawn_cannot_be_done_and_a_wrong_one_is_refused_by_field(phone: Phone, as_reviewer: Person):
    made = as_reviewer.post("/api/v1/tasks", {"grid": GRID_A1, "title": "走一遍市场"}, 201)
    as_reviewer.post(f"/api/v1/tasks/{made['id']}/withdraw", {})
    assert code(result(phone, phone.operation("patch", "task", {"state": "done"}, made["id"], base=1))) == "state-changed"
    assert code(result(phone, phone.operation("patch", "task", {"state": "done"}))) == "not-found"
    assert as_reviewer.post("/api/v1/tasks", {"title": "哪里"}, 422)["errors"][0]["field"] == "site_id"
    assert as_reviewer.post("/api/v1/tasks", {"site_id": new_id(), "title": "x"}, 422)["code"] == "unknown-site"
    assert as_reviewer.post("/api/v1/tasks", {"grid": "99", "title": "x"}, 404)["code"] == "unknown-region"


def test_a_task_moves_with_its_site(app: Flask, phone: Phone, as_county: Person):
    as_county.post("/api/v1/tasks", {"site_id": SITE, "title": "复查"}, 201)
    cursor = phone.get("/api/v1/sync/pull")["cursor"]
    rev = as_county.get(f"/api/v1/sites/{SITE}")["rev"]
    as_county.ask("PATCH", f"/api/v1/sites/{SITE}", json={"rev": rev, "set": {"grid": GRID_B1}})
    changes = phone.get("/api/v1/sync/pull", cursor=cursor)["changes"]
    assert {(one["t"], one["op"], one["reason"]) for one in changes} == {("site", "remove", "scope"), ("task", "remove", "scope")}
    assert as_county.get("/api/v1/tasks", region=TOWN_B)["tasks"][0]["grid"] == GRID_B1
    assert count(app, Site, Site.grid == GRID_B1) == 3
