"""What is said on every page while work goes on: the login has ended, the app is too old, numbers were given twice."""

from collections.abc import Callable

import orjson
from flask import Flask
from playwright.sync_api import Locator, expect

from inspect_api.problems import Problem
from tests.e2e.phone import FieldPhone
from tests.support.browsing import PATIENCE
from tests.support.people import Person, Phone
from tests.support.world import COUNTY, PASSWORD, site_id


def _bar(one: FieldPhone, words: str) -> Locator:
    return one.page.get_by_role("alert").filter(has_text=words).filter(has=one.page.get_by_role("button"))


def _log_in_again(one: FieldPhone, bar: Locator) -> None:
    bar.get_by_role("button", name="重新登录").click()
    form = one.page.get_by_role("dialog", name="重新登录")
    form.get_by_label("密码").fill(PASSWORD)
    form.get_by_role("button", name="重新登录").click()
    expect(bar).to_have_count(0)


def test_a_login_that_has_ended_stops_nobody_and_what_waited_goes_out_after_the_next_one(
        field_app: Flask, phone: Callable[..., FieldPhone]):
    county = Person(field_app, "county")
    one = phone()
    one.log_in()
    one.end_login()
    first = one.begin_visit(site_id(1))
    one.mark("kitchen.bright", "符合")
    one.finish()
    bar = _bar(one, "登录已过期")
    expect(bar).to_be_visible()
    second = one.begin_visit(site_id(2))
    expect(bar).to_be_visible()
    one.mark("kitchen.bright", "不符合")
    one.finish()
    expect(one.page.get_by_text("已保存，待上传")).to_be_visible()
    assert county.get("/api/v1/visits", region=COUNTY)["visits"] == []
    _log_in_again(one, bar)
    one.delivered()
    one.go(f"/visits/{first}/summary")
    one.delivered()
    assert {row["id"] for row in county.get("/api/v1/visits", region=COUNTY)["visits"]} == {first, second}


def test_an_app_that_is_too_old_says_so_and_goes_on_until_it_is_renewed(field_app: Flask, phone: Callable[..., FieldPhone]):
    county = Person(field_app, "county")
    one = phone()
    one.log_in()
    # No version that was ever given out is too old for this server yet, so its answer of that day is given in its place.
    problem = Problem("client-too-old", oldest_schema=3).to_dict()
    one.context.route("**/api/v1/sync/*", lambda route: route.fulfill(
        status=426, content_type="application/problem+json", body=orjson.dumps(problem)))
    visit = one.begin_visit(site_id(1))
    one.mark("kitchen.bright", "符合")
    one.finish()
    bar = _bar(one, "应用版本过低，请更新")
    expect(bar).to_be_visible()
    expect(one.page.get_by_text("已保存，待上传")).to_be_visible()
    one.go("/sync")
    expect(one.page.get_by_text("上传已停下")).to_be_visible()
    one.context.unroute("**/api/v1/sync/*")
    bar.get_by_role("button", name="更新").click()
    expect(one.page.get_by_text("全部已送达")).to_be_visible(timeout=PATIENCE)
    expect(bar).to_have_count(0)
    assert [row["id"] for row in county.get("/api/v1/visits", region=COUNTY)["visits"]] == [visit]


def test_numbers_that_were_given_twice_are_mended_by_a_login_and_everything_arrives_once(
        field_app: Flask, phone: Callable[..., FieldPhone]):
    county = Person(field_app, "county")
    one = phone()
    one.log_in()
    # What this phone sent before it was put back to an older state: the server has it, and the phone knows nothing of it.
    before = Phone(field_app, "supervisor", one.device()["device_id"])
    before.push(before.operation("patch", "site", {"contact": "老王"}, site_id(5)))
    visit = one.begin_visit(site_id(1))
    one.mark("kitchen.bright", "符合")
    one.finish()
    bar = _bar(one, "这部手机的编号重复了")
    expect(bar).to_be_visible()
    _log_in_again(one, bar)
    one.go(f"/visits/{visit}/summary")
    one.delivered()
    assert [row["id"] for row in county.get("/api/v1/visits", region=COUNTY)["visits"]] == [visit]
    assert one.device()["device_id"] != before.device
    assert county.get(f"/api/v1/sites/{site_id(5)}")["contact"] == "老王"
