"""任务 as an office works with it: many at once, seen before they are made, on the phone, done by a visit; one by one; and taken back."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

from playwright.sync_api import Page, expect

from tests.api.asking import pushed
from tests.api.reviewing import PASS
from tests.office.conftest import serious
from tests.support.people import Phone
from tests.support.world import site_id

Desk = Callable[..., Page]
SHOP = "第一小学食堂"


def _graded(phone: Phone) -> None:
    """The shop is told to be of grade D: never visited, it is due."""
    pushed(phone, phone.operation("patch", "site", {"risk_grade": "D"}, site_id(1), base=1, was={"risk_grade": None}))


def _open_tasks(phone: Phone) -> list[str]:
    found = [change["row"] for change in phone.get("/api/v1/sync/pull")["changes"] if change["t"] == "task"]
    return [row["title"] for row in found if row["state"] == "open"]


def test_tasks_for_a_risk_grade_are_seen_before_they_are_made_reach_the_phone_and_are_done_by_a_visit(office: Desk, as_phone: Phone):
    _graded(as_phone)
    desk = office("county", "/tasks/new?kind=risk", bypass_csp=True)
    expect(desk.get_by_text("D 级每年 4 次")).to_be_visible()
    preview = desk.get_by_role("region", name="预览")
    expect(preview).to_contain_text("将布置 1 条任务")
    expect(preview).to_contain_text(SHOP)
    assert serious(desk) == []
    desk.get_by_label("任务名称").fill("高风险主体检查")
    desk.get_by_role("button", name="布置 1 条任务").click()
    desk.get_by_role("dialog").get_by_role("button", name="布置 1 条任务").click()
    expect(desk.get_by_role("heading", name="高风险主体检查")).to_be_visible()
    expect(desk.get_by_role("region", name="办理进度")).to_contain_text("未办 1")
    expect(desk.get_by_role("region", name="还没有办的").get_by_role("link", name=SHOP)).to_be_visible()
    assert serious(desk) == []
    assert _open_tasks(as_phone) == ["高风险主体检查"]
    pushed(as_phone, as_phone.visit(1, f"{datetime.now(timezone(timedelta(hours=8))):%Y-%m-%d %H:%M}", PASS))
    desk.get_by_role("link", name="回到任务").click()
    row = desk.get_by_role("row", name="高风险主体检查")
    expect(row).to_contain_text("已办 1")
    expect(row).to_contain_text("100%")
    assert serious(desk) == []


def test_a_task_for_one_shop_is_listed_for_its_supervisor_and_taken_back(office: Desk, as_phone: Phone):
    desk = office("reviewer", "/tasks/new?kind=site", bypass_csp=True)
    desk.get_by_role("button", name="布置").click()
    expect(desk.get_by_role("alert")).to_contain_text("请选择主体")
    desk.get_by_role("combobox", name="主体").fill("第一小学")
    desk.get_by_role("option", name=SHOP).click()
    desk.get_by_role("button", name="核实投诉举报").click()
    assert serious(desk) == []
    desk.get_by_role("button", name="布置", exact=True).click()
    row = desk.get_by_role("row", name=SHOP)
    expect(row).to_contain_text("核实投诉举报")
    assert _open_tasks(as_phone) == ["核实投诉举报"]
    desk.get_by_role("combobox", name="网格员").click()
    desk.get_by_role("option", name=re.compile("^supervisor")).click()
    expect(desk).to_have_url(re.compile("person="))
    expect(row).to_be_visible()
    with desk.expect_download() as saved:
        desk.get_by_role("button", name="导出").click()
    assert saved.value.suggested_filename.endswith(".xlsx")
    assert serious(desk) == []
    row.get_by_role("button", name="撤回").click()
    desk.get_by_role("dialog").get_by_role("button", name="撤回").click()
    expect(row).to_have_count(0)
    assert _open_tasks(as_phone) == []


def test_a_campaign_for_a_window_is_seen_by_a_town_and_ended_by_the_county_that_is_told_how_many_are_taken_back(office: Desk, as_phone: Phone):
    desk = office("county", "/tasks/new")
    preview = desk.get_by_role("region", name="预览")
    expect(preview).to_contain_text("请选择业态")
    desk.get_by_role("combobox", name="业态").fill("学校")
    desk.get_by_role("option", name="学校食堂", exact=True).click()
    desk.keyboard.press("Escape")
    expect(preview).to_contain_text("将布置")
    many = int(re.findall(r"将布置 (\d+) 条任务", preview.inner_text())[0])
    desk.get_by_label("任务名称").fill("开学检查")
    desk.get_by_label("期限").fill(f"{datetime.now(UTC) + timedelta(days=20):%Y-%m-%d}")
    desk.get_by_role("button", name=f"布置 {many} 条任务").click()
    desk.get_by_role("dialog").get_by_role("button", name=f"布置 {many} 条任务").click()
    expect(desk.get_by_role("region", name="办理进度")).to_contain_text(f"未办 {many}")
    town = office("reviewer", "/tasks")
    town.get_by_role("link", name="开学检查").click()
    expect(town.get_by_role("region", name="按网格")).to_be_visible()
    expect(town.get_by_role("button", name="结束并撤回")).to_have_count(0)
    desk.get_by_role("button", name="结束并撤回").click()
    expect(desk.get_by_role("dialog")).to_contain_text(f"撤回 {many} 条未办的任务")
    desk.get_by_role("dialog").get_by_role("button", name="结束并撤回").click()
    expect(desk.get_by_role("region", name="还没有办的")).to_contain_text("没有未办的任务")
    assert _open_tasks(as_phone) == []
