"""Whatever ends in the middle: the page, the server, one tab of two. Nothing that was shown as stored is lost, nothing arrives twice."""

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from flask import Flask
from playwright.sync_api import Error, Route, expect

from tests.e2e.phone import FieldPhone
from tests.media.pictures import encoded, scene
from tests.support.browsing import PATIENCE
from tests.support.people import Person
from tests.support.serving import Server
from tests.support.world import COUNTY, site_id


def _reopen(one: FieldPhone) -> None:
    """The app was killed, with no chance to write anything more; the person opens it again."""
    old = one.page
    with suppress(Error):
        old.goto("chrome://crash")
    one.page = one.context.new_page()
    old.close()
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
    # However fast the machine is: nothing is ready before the page is killed.
    one.page.evaluate("Worker.prototype.postMessage = () => undefined")
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
        with suppress(Error):  # a page that is gone by then
            route.abort()  # and the phone never hears of it

    _reopen_later: list[bool] = []
    one.context.route("**/api/v1/sync/push", swallow)
    one.finish()
    one.until(lambda: _reopen_later)
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
    asked, answered = [], []
    one.page.on("request", lambda request: asked.append(request) if request.url.endswith("/sync/push") else None)
    one.page.on("response", lambda response: answered.append(response) if response.url.endswith("/sync/push") else None)
    # Somebody else writes: the server has the push in hand and cannot store it.
    with closing(sqlite3.connect(Path(field_app.config["DATA_DIR"]) / "inspect.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        one.finish()
        one.until(lambda: asked)
        one.page.wait_for_timeout(500)
        assert not answered
        server.kill()
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
    pushes: list[Route] = []
    released: list[bool] = []

    def hold(route: Route) -> None:
        pushes.append(route)
        if released:
            route.continue_()

    one.context.route("**/api/v1/sync/push", hold)
    one.offline(False)
    one.until(lambda: pushes)
    # While the push of one tab is on its way, the other one hears of the network as well, and waits.
    one.page.wait_for_timeout(2_000)
    assert len(pushes) == 1
    released.append(True)
    pushes[0].continue_()
    for page in (first, second):
        one.page = page
        one.delivered()
    assert {row["id"] for row in county.get("/api/v1/visits", region=COUNTY)["visits"]} == visits
    assert sorted(row["n"] for row in one.stored("outbox")) == [1, 2]
