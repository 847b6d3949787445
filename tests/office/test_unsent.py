"""What a clerk has typed is theirs until they send it or throw it away; what cannot be is told beside its field, in their words."""

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.api.reviewing import FAIL, clean
from tests.support.people import Phone
from tests.support.world import PASSWORD

Desk = Callable[..., Page]


def test_a_reason_that_was_typed_outlives_esc_another_page_and_a_login_that_ends(office: Desk, as_phone: Phone):
    visit = clean(as_phone, 1, FAIL)
    desk = office("reviewer", f"/visits/{visit}")
    desk.locator("li.failed").get_by_label("退回此项").check()
    reason = desk.get_by_label("退回原因")
    reason.fill("请补拍大屏的照片")
    asked = desk.get_by_role("dialog", name="还没有提交")
    desk.keyboard.press("Escape")
    asked.get_by_role("button", name="继续填写").click()
    desk.get_by_role("link", name="整改", exact=True).click()
    expect(asked).to_be_visible()
    desk.keyboard.press("Escape")  # goes on typing
    expect(asked).to_be_hidden()
    desk.locator("li.failed").get_by_label("退回此项").uncheck()
    desk.locator("li.failed").get_by_label("退回此项").check()
    expect(reason).to_have_value("请补拍大屏的照片")

    ended = f"**/api/v1/visits/{visit}/review"
    desk.route(ended, lambda route: route.fulfill(status=401, content_type="application/problem+json", body='{"code": "unauthorized"}'))
    desk.get_by_role("button", name="退回（1 项）").last.click()
    again = desk.get_by_role("dialog", name="登录已失效")
    desk.unroute(ended)
    again.get_by_label("密码").fill(PASSWORD)
    again.get_by_role("button", name="登录", exact=True).click()
    expect(again).to_be_hidden()
    expect(reason).to_have_value("请补拍大屏的照片")
    desk.get_by_role("button", name="退回（1 项）").last.click()
    expect(desk.get_by_role("heading", name="审核台")).to_be_visible()
    assert as_phone.get(f"/api/v1/visits/{visit}")["review"] == "returned"


def test_a_day_that_cannot_be_and_a_page_that_is_not_there_are_told_in_a_clerks_words(office: Desk, as_phone: Phone):
    clean(as_phone, 1, FAIL)
    desk = office("reviewer", "/nosuch")
    expect(desk.get_by_role("heading", name="没有这个页面")).to_be_visible()
    desk.goto(desk.url.split("#")[0] + "#/plans/check")
    expect(desk.get_by_role("heading", name="没有权限")).to_be_visible()
    desk.goto(desk.url.split("#")[0] + "#/rectifications")
    desk.get_by_role("link", name="第一小学食堂").click()
    desk.get_by_role("button", name="调整期限").click()
    sent: list[str] = []

    def refuse(route: Route) -> None:
        sent.append(route.request.url)
        route.fulfill(status=422, content_type="application/problem+json", json={
            "code": "invalid", "title": "有字段填写不正确", "detail": "有字段填写不正确", "remedy": "请按逐项指出的内容修改。",
            "errors": [{"field": "due_on", "message": "期限太远"}, {"field": "due_on", "message": "期限太远"}]})

    desk.route("**/deadline", refuse)
    day = desk.locator("input[type=date]")
    day.fill("2001-01-01")
    desk.get_by_label("原因").fill("店里停业装修")
    desk.get_by_role("button", name="提交").click()
    expect(desk.get_by_role("alert").filter(has_text="不能早于")).to_be_visible()
    assert not sent and day.input_value() == "2001-01-01"
    day.fill("2099-01-01")
    desk.get_by_role("button", name="提交").click()
    expect(desk.locator(".el-alert li")).to_have_text(["期限：期限太远"])
    expect(desk.get_by_text("请按逐项指出的内容修改")).to_be_hidden()
