"""计划 as a county office works with it: read clause by clause, checked line by line, published as it was seen, taken out of force."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from tests.api.asking import load_plan
from tests.api.small import PLAN
from tests.office.conftest import serious
from tests.support.people import Phone

Desk = Callable[..., Page]
TITLE = "泽州县2021年食品安全重点工作安排"
SMALL = "测试计划：数字"
OLD, NEW = "quote: 食堂和餐馆", "quote: 全县食堂和餐馆"


def test_a_town_reads_what_serves_each_clause_and_which_have_no_way_to_be_done(office: Desk):
    desk = office("reviewer", "/plans", bypass_csp=True)
    row = desk.get_by_role("row", name=TITLE)
    expect(row).to_contain_text("第 1 版")
    expect(desk.get_by_role("link", name="检查与发布")).to_have_count(0)
    assert serious(desk) == []
    row.get_by_role("link", name=TITLE, exact=True).click()
    clauses = desk.get_by_role("article")
    expect(clauses).to_have_count(142)
    assert serious(desk) == []
    desk.get_by_role("navigation", name="目录").get_by_role("link", name="（三十）").click()
    expect(desk.get_by_role("navigation", name="目录").locator("[aria-current]")).to_contain_text("（三十）")
    desk.get_by_label("在条款、检查项、指标中查找").fill("学校食堂“明厨亮灶”")
    expect(clauses).to_have_count(1)
    link = clauses.get_by_role("link", name="学校食堂“明厨亮灶”覆盖率")
    expect(link).to_have_attribute("href", "#/indicators/zezhou-2021/school-bright-kitchen")
    expect(clauses).to_contain_text("是否做到“明厨亮灶”？")
    desk.get_by_role("button", name="清除条件").click()
    desk.locator(".el-select", has=desk.get_by_role("combobox", name="落实途径")).click()
    desk.get_by_role("option", name="没有落实途径").click()
    expect(clauses).to_have_count(79)
    expect(clauses.filter(has_text="没有落实途径")).to_have_count(79)
    expect(clauses.first).to_contain_text("现场看不到")


def test_a_file_is_mended_at_the_line_that_the_checker_names_and_published_as_it_was_seen(office: Desk, as_phone: Phone, office_app: Flask):
    load_plan(office_app, PLAN)
    wrong = PLAN.replace(OLD, NEW).replace("kind: target", "kind: targett", 1).replace("measure: inspected", "measure: inspectd", 1)
    desk = office("county", "/plans/check", bypass_csp=True)
    desk.locator("input[type=file]").set_input_files({"name": "改.yaml", "mimeType": "text/yaml", "buffer": wrong.encode()})
    expect(desk.get_by_text("有 2 处要改")).to_be_visible()
    expect(desk.locator("[data-mistake='0']")).to_be_in_viewport()
    expect(desk.locator(".row.wrong").first).to_contain_text("kind: targett")
    assert serious(desk) == []
    desk.keyboard.press("j")
    expect(desk.locator("[data-mistake='1']")).to_be_focused()
    for bad, good in (("inspectd", "inspected"), ("targett", "target")):
        desk.keyboard.press("e")
        line = desk.locator(".edit textarea")
        line.fill(line.input_value().replace(bad, good))
        desk.keyboard.press("Enter")
        expect(desk.get_by_text("检查通过" if bad == "targett" else "有 1 处要改")).to_be_visible()
    expect(desk.get_by_role("region", name="条款与落实").locator("ins")).to_have_text("全县")
    assert serious(desk) == []
    desk.get_by_label("发布说明").fill("更正第一条")
    desk.get_by_role("button", name="发布这份计划").click()
    expect(desk.get_by_role("dialog")).to_contain_text("条款：修改 1")
    desk.get_by_role("button", name="确认发布").click()
    expect(desk.get_by_text("已发布，第 2 版")).to_be_visible()
    assert as_phone.get("/api/v1/plans/small")["clauses"][0]["quote"] == "全县食堂和餐馆"
    desk.get_by_role("link", name="查看计划").click()
    desk.get_by_role("link", name="历次版本").click()
    expect(desk.get_by_role("row", name="第 2 版")).to_contain_text("更正第一条")
    expect(desk.get_by_role("region", name="第 2 版与第 1 版相比").locator("ins")).to_have_text("全县")


def test_a_plan_goes_out_of_force_with_a_reason_and_comes_back_from_its_old_text_even_when_the_answer_is_lost(
        office: Desk, as_phone: Phone, office_app: Flask):
    load_plan(office_app, PLAN)

    def in_force() -> bool:
        return "small" in [plan["id"] for plan in as_phone.get("/api/v1/plans")["plans"]]

    desk = office("county", "/plans/small")
    desk.get_by_role("button", name="停用").click()
    desk.get_by_role("button", name="确认停用").click()
    expect(desk.get_by_role("dialog").get_by_role("alert")).to_contain_text("请写明停用原因")
    desk.get_by_label("停用原因").fill("已有新方案")
    desk.get_by_role("button", name="确认停用").click()
    desk.get_by_role("table").get_by_role("link", name=SMALL, exact=True).click()
    expect(desk.get_by_text("该计划已停用")).to_be_visible()
    assert not in_force()
    desk.get_by_role("link", name="第 1 版 以此版为底稿").click()
    desk.get_by_role("button", name="发布后的变化").click()
    expect(desk.get_by_text("恢复已停用的计划")).to_be_visible()
    desk.get_by_role("button", name="发布这份计划").click()
    desk.route("**/api/v1/plans", lambda route: (route.fetch(), route.abort()))  # done, and a proxy on the way has given up
    desk.get_by_role("button", name="确认发布").click()
    expect(desk.get_by_text("没有等到服务器的答复")).to_be_visible()
    expect(desk.get_by_text("已发布，第 1 版")).to_be_visible()
    assert in_force()


def test_a_target_is_changed_by_a_form_and_nothing_else_of_the_text(office: Desk):
    desk = office("county", "/plans/zezhou-2021")
    desk.get_by_role("button", name="调整目标或期限").click()
    form = desk.get_by_role("dialog", name="调整目标或期限")
    form.locator(".el-select").first.click()
    desk.get_by_role("option", name="学校食堂“明厨亮灶”覆盖率").click()
    form.get_by_label("目标值").fill("95")
    form.get_by_role("button", name="检查并预览").click()
    expect(desk.get_by_text("检查通过，没有错误")).to_be_visible()
    expect(desk.locator(".field")).to_have_count(1)
    expect(desk.locator(".field")).to_contain_text("不低于 95%")
