"""Every page of the phone app, in the states in which people see it: for pictures and for the check of what screen readers get."""

from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from playwright.sync_api import expect

from tests.e2e.conftest import plan_of_this_year, publish
from tests.e2e.phone import FieldPhone
from tests.support.browsing import PATIENCE
from tests.support.people import Person, Phone
from tests.support.world import GRID_B1, site_id

# Boundaries and sites are painted, and nothing says so: some pixel of the map's canvas has a colour.
DRAWN = """() => {
    const canvas = document.querySelector('.leaflet-overlay-pane canvas')
    return !!canvas?.width && canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0)
}"""


def smooth(one: FieldPhone, _: Flask, folder: Path) -> Iterator[str]:
    """Goes through the app as a person would; yields a name whenever a page is to be looked at."""
    page = one.page
    expect(page.get_by_label("用户名")).to_be_visible()
    yield "login"
    one.log_in()
    expect(page.get_by_text("第一小学食堂").first).to_be_visible(timeout=PATIENCE)
    yield "today"
    one.go("/sites")
    expect(page.get_by_text("某某饭店").first).to_be_visible()
    yield "sites"
    one.go(f"/sites/{site_id(5)}")
    expect(page.get_by_role("button", name="开始检查")).to_be_visible()
    yield "site"
    one.go(f"/sites/{site_id(5)}/edit")
    expect(page.get_by_role("button", name="保存")).to_be_visible()
    yield "site-edit"
    one.go("/sites/new")
    expect(page.get_by_role("button", name="保存")).to_be_visible()
    yield "site-new"
    one.go("/map")
    page.wait_for_function(DRAWN)
    yield "map"
    visit = one.begin_visit(site_id(1))
    yield "visit"
    one.mark("kitchen.bright", "不符合")
    one.photograph("kitchen.bright", 1, folder, (800, 600))
    yield "visit-failed-item"
    page.get_by_role("button", name="完成", exact=True).click()
    expect(page.get_by_role("button", name="提交", exact=True)).to_be_visible()
    yield "finish"
    one.offline()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("已保存，待上传")).to_be_visible()
    yield "summary"
    one.go("/sync")
    expect(page.get_by_role("button", name="立即同步")).to_be_visible()
    yield "sync-waiting"
    one.offline(False)
    one.go(f"/visits/{visit}/summary")
    one.delivered()
    one.go("/sync")
    expect(page.get_by_text("全部已送达")).to_be_visible(timeout=PATIENCE)
    yield "sync"
    one.go("/me")
    expect(page.get_by_text("退出登录")).to_be_visible()
    yield "me"


def troubled(one: FieldPhone, app: Flask, folder: Path) -> Iterator[str]:
    """The same of a visit that does not go smoothly: its sheets, what could not be stored, sent back, and found again."""
    page, reviewer = one.page, Person(app, "reviewer")
    one.log_in()
    old = one.begin_visit(site_id(1))
    page.get_by_role("button", name="项", exact=False).first.click()
    expect(page.get_by_role("dialog", name="还没查的项")).to_be_visible()
    yield "missing-items"
    page.get_by_role("dialog").get_by_role("button", name="关闭").click()
    one.mark("common.self-inspection", "符合")
    one.item("common.self-inspection-date").get_by_role("button", name="选择日期").first.click()
    expect(page.get_by_role("dialog", name="选择日期")).to_be_visible()
    yield "date-picker"
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    publish(app, plan_of_this_year("kitchen.bright", "kitchen.internet"))
    one.sync()
    one.go(f"/visits/{old}")
    expect(page.get_by_text("检查表有新版本")).to_be_visible(timeout=PATIENCE)
    yield "newer-checklist"
    page.get_by_role("button", name="继续用原检查表").click()
    one.full()
    one.item("kitchen.bright").get_by_role("button", name="不符合", exact=True).click()
    expect(one.item("kitchen.bright").get_by_text("未保存", exact=True)).to_be_visible()
    yield "unsaved"
    one.full(False)
    one.item("kitchen.bright").get_by_role("button", name="重试").click()
    one.photograph("kitchen.bright", 1, folder, (800, 600))
    one.finish()
    one.delivered()

    reviewer.post(f"/api/v1/visits/{old}/review", {
        "decision": "return", "reason": "请补充后厨情况", "items": {"kitchen.bright": "照片里看不到后厨"}})
    one.sync()
    expect(page.get_by_role("button", name="去修改")).to_be_visible(timeout=PATIENCE)
    yield "sync-returned"
    page.get_by_role("button", name="去修改").click()
    expect(one.item("kitchen.bright").get_by_text("照片里看不到后厨")).to_be_visible()
    yield "returned-visit"
    one.finish()
    one.delivered()

    one.sync()
    one.begin_visit(site_id(1))
    card = one.item("kitchen.bright")
    expect(card.get_by_text("待复查")).to_be_visible(timeout=PATIENCE)
    one.mark("kitchen.bright", "符合")
    one.photograph("kitchen.bright", 2, folder, (600, 800))
    card.get_by_role("group", name="整改前后对比").scroll_into_view_if_needed()
    expect(card.get_by_role("img", name="上次")).to_be_visible(timeout=PATIENCE)
    yield "recheck"


def disputed(one: FieldPhone, app: Flask, _: Path) -> Iterator[str]:
    """The same of what offices and other people did meanwhile, and of a login that has ended."""
    page, county = one.page, Phone(app, "county")
    one.log_in()
    one.offline()
    one.go(f"/sites/{site_id(5)}")
    page.get_by_role("link", name="修改").click()
    page.get_by_label("电话").fill("0356-2")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("0356-2")).to_be_visible()
    one.begin_visit(site_id(4))
    one.finish()
    county.push(county.operation("patch", "site", {"phone": "0356-1"}, site_id(5)),
                county.operation("patch", "site", {"grid": GRID_B1}, site_id(4)))
    one.offline(False)
    one.sync()
    expect(page.get_by_text("您填的")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("heading", name="需要处理")).to_be_visible()
    yield "sync-trouble"
    page.get_by_text("您填的").scroll_into_view_if_needed()
    yield "sync-conflict"

    one.end_login()
    one.sync()
    bar = page.get_by_role("alert").filter(has_text="登录已过期")
    expect(bar).to_be_visible(timeout=PATIENCE)
    yield "login-ended"
    bar.get_by_role("button").click()
    expect(page.get_by_role("dialog", name="重新登录")).to_be_visible()
    yield "login-again"


WALKS = (smooth, troubled, disputed)
