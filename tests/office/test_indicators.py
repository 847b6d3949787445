"""指标 as an office reads it: numbers that say where they come from, and a gap that becomes work on a phone."""

import re
from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from tests.api.asking import load_plan
from tests.api.campaigning import day, pulled_tasks, today
from tests.api.reviewing import clean
from tests.api.small import PLAN
from tests.office.conftest import serious
from tests.support.databases import templates
from tests.support.people import Phone
from tests.support.world import fill, site_id

Desk = Callable[..., Page]
FIRST, SECOND = "第一小学食堂", "第二小学食堂"
THIS_YEAR = PLAN.replace("{from: 2021-01-01, to: 2022-12-31}", f"{{from: {today().year}-01-01, to: {today().year}-12-31}}")


def _fill(app: Flask) -> None:
    """The small county with the small plan, in force this year."""
    fill(app)
    load_plan(app, THIS_YEAR)


sqlite_template, postgres_template = templates("module", _fill)


def test_a_site_that_holds_a_number_back_is_ticked_and_its_task_is_on_the_phone_and_shown_on_its_way(office: Desk, as_phone: Phone):
    desk = office("county", "/indicators?plan=small")
    row = desk.get_by_role("row", name="食堂检查")
    expect(row).to_contain_text("0 / 3")
    row.get_by_role("link", name="食堂检查").click()
    sites = desk.get_by_role("region", name="哪些主体")
    expect(sites).to_contain_text("已布置、还没办完：0 户")
    sites.get_by_label(f"选择 {FIRST}").check()
    sites.get_by_role("button", name="给选中的 1 户布置任务").click()
    dialog = desk.get_by_role("dialog", name="布置任务")
    expect(dialog.get_by_role("region", name="将要布置")).to_contain_text("一网格")
    dialog.get_by_label("要求（可不填）").fill("带上检查表")
    dialog.get_by_role("button", name="布置 1 条任务").click()
    expect(sites).to_contain_text("已布置 1 条任务")
    expect(sites).to_contain_text("已布置、还没办完：1 户")
    task = pulled_tasks(as_phone)[site_id(1)]
    assert (task["state"], task["note"], task["reason"]) == ("open", "带上检查表", {"plan": "small", "indicator": "canteens"})
    assert day(0) <= task["due_on"] <= day(15)
    campaign = sites.get_by_role("link", name="看进展").get_attribute("href") or ""
    expect(sites.get_by_role("row", name=FIRST).get_by_role("link", name="已布置")).to_have_attribute("href", campaign)
    sites.get_by_label("还没有任务").check()
    expect(sites.get_by_role("row", name=SECOND)).to_be_visible()
    expect(sites.get_by_role("row", name=FIRST)).to_have_count(0)
    clean(as_phone, 1)
    sites.get_by_role("link", name="已达标的").click()
    sites.get_by_label("还没有任务").uncheck()
    expect(sites.get_by_role("row", name=FIRST)).to_contain_text("已办")
    expect(sites).to_contain_text("已布置、还没办完：0 户")


def test_a_number_opens_into_the_visits_that_could_still_move_it_and_every_chart_has_its_table(office: Desk, as_phone: Phone):
    clean(as_phone, 1)
    desk = office("reviewer", "/indicators/small/canteens", bypass_csp=True)
    where = desk.get_by_role("region", name="这个数从哪里来")
    expect(desk.get_by_text("50%", exact=True)).to_be_visible()
    expect(desk.get_by_text("0%", exact=True)).to_be_visible()
    where.get_by_role("button", name="待审核的检查").click()
    expect(where.get_by_role("link", name=FIRST)).to_be_visible()
    for chart in ("各地情况", "走势"):
        desk.get_by_role("region", name=chart).get_by_role("button", name="看表格").click()
    expect(desk.get_by_role("region", name="走势").get_by_role("row", name=day(0))).to_contain_text("现在")
    assert serious(desk) == []
    where.get_by_role("link", name=FIRST).click()
    expect(desk).to_have_url(re.compile("#/visits/"))


def test_the_table_opens_the_clause_and_narrows_and_the_board_is_one_sheet_on_its_side(office: Desk):
    desk = office("county", "/indicators?plan=small", bypass_csp=True)
    desk.get_by_role("link", name="未填报").click()
    expect(desk.get_by_role("row", name="合格率")).to_be_visible()
    expect(desk.get_by_role("row", name="食堂检查")).to_have_count(0)
    desk.get_by_role("link", name="全部").click()
    desk.get_by_role("row", name="不低于五成").get_by_role("button").click()
    expect(desk.get_by_text("计划原文")).to_be_visible()
    expect(desk.get_by_role("row", name="不低于五成").first).to_contain_text("否决项")
    assert serious(desk) == []
    desk.get_by_role("link", name="热力表").click()
    expect(desk.get_by_role("table", name="测试计划：数字：各地指标").get_by_role("row", name="食堂检查")).to_contain_text("0")
    assert serious(desk) == []
    sheet = desk.pdf(prefer_css_page_size=True)
    assert b"/Count 1\n" in sheet and b"/MediaBox [0 0 841" in sheet
