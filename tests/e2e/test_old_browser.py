"""The oldest phones that the build promises: Chrome 80. A build lowers what is written, never what a browser's library lacks."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import expect

from tests.e2e.pages import DRAWN
from tests.e2e.phone import FieldPhone
from tests.support.people import Phone
from tests.support.world import site_id

# What came after Chrome 80, on a page that does not have it. Playwright's own scripts live in another world.
_OLD = """
for (const name of ['at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'toSpliced', 'with']) {
    delete Array.prototype[name]
    delete Object.getPrototypeOf(Int8Array.prototype)[name]
}
for (const name of ['at', 'replaceAll', 'isWellFormed', 'toWellFormed']) delete String.prototype[name]
for (const name of ['hasOwn', 'groupBy']) delete Object[name]
for (const name of ['any', 'withResolvers', 'try']) delete Promise[name]
for (const name of ['any', 'timeout']) delete AbortSignal[name]
delete AbortSignal.prototype.throwIfAborted
delete Map.groupBy
delete Array.fromAsync
delete Element.prototype.replaceChildren
delete Crypto.prototype.randomUUID
for (const name of ['structuredClone', 'AggregateError', 'WeakRef', 'FinalizationRegistry', 'scheduler']) {
    delete globalThis[name]
}
"""


def test_a_phone_with_chrome_80_starts_visits_hands_in_and_shows_its_map(field_app: Flask, phone: Callable[..., FieldPhone]):
    county = Phone(field_app, "county")
    county.push(county.operation("patch", "site", {"risk_grade": "D"}, site_id(4)))
    one = phone()
    troubles: list[str] = []
    one.page.on("pageerror", lambda error: troubles.append(str(error)))
    one.page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    one.page.add_init_script(_OLD)
    one.page.reload()
    assert one.page.evaluate("[].at === undefined && typeof structuredClone === 'undefined'")
    one.log_in()
    expect(one.page.get_by_text("风险等级 D，该检查了")).to_be_visible()
    one.begin_visit(site_id(1))
    one.mark("kitchen.bright", "不符合")
    one.finish()
    expect(one.page.get_by_role("heading", name="需要整改")).to_be_visible()
    one.delivered()
    one.go("/map")
    one.page.wait_for_function(DRAWN)
    assert one.page.locator(".map").bounding_box()["height"] > 300
    for where, button in ((f"/sites/{site_id(1)}", "开始检查"), ("/sites/new", "保存"), ("/sync", "立即同步"), ("/me", "退出登录")):
        one.go(where)
        expect(one.page.get_by_role("button", name=button)).to_be_visible()
    assert troubles == []
