"""Every page of the phone app, in the states in which people see it: for pictures and for the check of what screen readers get."""

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.phone import PATIENCE, FieldPhone
from tests.support.world import site_id


def walk(one: FieldPhone, folder: Path) -> Iterator[str]:
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
    expect(page.locator(".leaflet-container")).to_be_visible()
    page.wait_for_timeout(500)
    yield "map"
    visit = one.begin_visit(site_id(1))
    yield "visit"
    one.mark("kitchen.bright", "不符合")
    one.photograph("kitchen.bright", 1, folder)
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
