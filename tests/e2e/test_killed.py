"""Whatever ends in the middle: the page, the server, one tab of two. Nothing that was shown as stored is lost, nothing arrives twice."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from playwright.sync_api import expect

from tests.e2e.phone import PATIENCE, FieldPhone
from tests.media.pictures import encoded, scene
from tests.support.people import Person
from tests.support.serving import Server
from tests.support.world import COUNTY, site_id


def _reopen(one: FieldPhone) -> None:
    """The app was killed; the person opens it again."""
    old = one.page
    one.page = one.context.new_page()
    old.close(run_before_unload=False)
    one.page.goto(f"{one.server.url}/field/")
    expect(one.page.get_by_role("tab", name="今日")).to_be_visible()


def test_a_page_killed_right_after_a_tap_goes_on_at_that_item(phone: Callable[..., FieldPhone]):
    one = phone()
    one.log_in()
    visit = one.begin_visit(site_id(1))
    one.mark("kitchen.bright", "不符合")
    _reopen(one)
    one.begin_visit(site_id(1))
    assert one.page.url.endswith(visit)
    expect(one.item("kitchen.bright").get_by_role("button", name="不符合", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(one.item("kitchen.bright")).to_be_in_viewport()


def test_a_page_killed_while_photos_are_made_ready_has_them_all_when_it_is_opened_again(phone: Callable[..., FieldPhone], tmp_path: Path):
    one = phone()
    one.log_in()
    one.begin_visit(site_id(1))
    one.mark("kitchen.bright", "符合")
    paths = []
    for seed in range(4):
        paths.append(tmp_path / f"{seed}.jpg")
        paths[-1].write_bytes(encoded("JPEG", scene(seed, (3200, 2400))))
    card = one.item("kitchen.bright")
    with one.page.expect_file_chooser() as chosen:
        card.get_by_role("button", name="相册").click()
    chosen.value.set_files(paths)
    expect(card.get_by_text("正在处理")).to_be_visible()
    _reopen(one)
    one.begin_visit(site_id(1))
    expect(one.item("kitchen.bright").locator("img")).to_have_count(4, timeout=PATIENCE)
    assert len(one.stored("blobs")) == 4 and one.stored("intake") == []


def test_a_page_killed_during_a_push_hands_the_visit_in_once(field_app: Flask, phone: Callable[..., FieldPhone]):
    county = Person(field_app, "county")
    one = phone()
    one.log_in()
    visit = one.begin_visit(site_id(1))
    one.mark("kitchen.bright", "符合")

    def swallow(route):
        route.fetch()  # the server has it
        _reopen_later.append(True)
        route.abort()  # and the phone never hears of it

    _reopen_later: list[bool] = []
    one.context.route("**/api/v1/sync/push", swallow)
    one.finish()
    while not _reopen_later:
        one.page.wait_for_timeout(100)
    _reopen(one)
    one.context.unroute("**/api/v1/sync/push")
    one.go(f"/visits/{visit}/summary")
    one.delivered()
    assert [row["id"] for row in county.get("/api/v1/visits", region=COUNTY)["visits"]] == [visit]


def test_a_server_that_restarts_during_a_push_gets_the_visit_once(field_app: Flask, server: Server, phone: Callable[..., FieldPhone]):
    county = Person(field_app, "county")
    one = phone()
    one.log_in()
    visit = one.begin_visit(site_id(1))
    one.mark("kitchen.bright", "符合")
    asked = []
    one.page.on("request", lambda request: asked.append(request) if request.url.endswith("/sync/push") else None)
    server.kill()
    one.finish()
    while not asked:
        one.page.wait_for_timeout(100)
    server.start()
    one.delivered()
    assert [row["id"] for row in county.get("/api/v1/visits", region=COUNTY)["visits"]] == [visit]


def test_two_tabs_hand_in_each_visit_once(field_app: Flask, phone: Callable[..., FieldPhone]):
    county = Person(field_app, "county")
    one = phone()
    one.log_in()
    first, second = one.page, one.open()
    one.offline()
    visits = set()
    for page, site in ((first, 1), (second, 4)):
        one.page = page
        visits.add(one.begin_visit(site_id(site)))
        one.finish()
    pushes: list[str] = []
    one.context.on("request", lambda request: pushes.append(request.post_data or "") if request.url.endswith("/sync/push") else None)
    one.offline(False)
    for page in (first, second):
        one.page = page
        one.delivered()
    assert {row["id"] for row in county.get("/api/v1/visits", region=COUNTY)["visits"]} == visits
    assert sorted(row["n"] for row in one.stored("outbox")) == [1, 2]
