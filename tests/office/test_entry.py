"""填报 as an office works in it: numbers typed from the keyboard against their targets, batches with rapid tests apart, files imported."""

import re
from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from tests.office.conftest import serious
from tests.support.people import Person
from tests.support.world import COUNTY, TOWN_A

Desk = Callable[..., Page]
PLAN = "/api/v1/plans/zezhou-2021"
RATE = "食用农产品例行监测合格率"
PDF = {"name": "例行监测.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n" + b"x" * 3000 + b"\n%%EOF\n"}
CSV = ("区域,日期,类别,方式,任务级别,批次数\n泽州县,2021-05-01,食品抽检,实验室检验,县级,12\n泽州县,2021-05-02,食品抽检,快检,县级,30\n"
       "火星镇,2021-05-03,食品抽检,实验室检验,县级,4\n泽州县,2021-05-04,食品抽检,实验室检验,县级,-3\n")


def _current(desk: Page) -> str:
    return desk.get_by_role("region", name="填报表").get_by_role("heading").inner_text()


def test_a_number_is_typed_checked_and_saved_from_the_keyboard_and_the_next_that_waits_comes(office: Desk):
    desk = office("county", "/entry", bypass_csp=True)
    waits = desk.get_by_role("group", name="显示").get_by_role("link", name="待填")
    before = int(waits.inner_text().split()[1])
    desk.get_by_role("link", name=RATE).click()
    expect(desk.get_by_label("例行监测合格批次")).to_be_focused()
    desk.keyboard.type("１99")
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("例行监测批次", exact=True)).to_be_focused()
    desk.keyboard.type("19")
    expect(desk.get_by_text(re.compile("”不能大于“"))).to_be_visible()
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_label("例行监测合格批次")).to_be_focused()
    desk.get_by_label("例行监测批次", exact=True).fill("200")
    expect(desk.get_by_text("99.5%")).to_be_visible()
    desk.get_by_label("依据文件", exact=True).set_input_files(PDF)
    expect(desk.get_by_role("button", name="打开 例行监测.pdf")).to_be_visible()
    assert serious(desk) == []
    desk.get_by_label("备注").press("Control+Enter")
    expect(waits).to_have_text(f"待填 {before - 1}")
    assert _current(desk) != RATE
    expect(desk.get_by_role("region", name="填报表").locator("input").first).to_be_focused()
    desk.get_by_role("link", name=RATE).click()
    expect(desk.get_by_role("region", name="填报表")).to_contain_text("99.5% ✓达到目标")
    expect(desk.get_by_role("button", name="打开 例行监测.pdf")).to_be_visible()
    assert serious(desk) == []
    desk.get_by_role("button", name="撤回").click()
    desk.get_by_role("dialog").get_by_role("button", name="撤回").click()
    expect(waits).to_have_text(f"待填 {before}")


def test_what_others_entered_is_seen_before_it_is_replaced_and_never_entered_twice(office: Desk, office_app: Flask):
    desk = office("county", f"/entry?at=agri-routine-pass-rate@period&region={COUNTY}")
    county = Person(office_app, "county")
    entry = {"region": COUNTY, "window": "period", "numerator": 90, "denominator": 100}
    desk.get_by_label("例行监测合格批次").fill("97")
    desk.get_by_label("例行监测批次", exact=True).fill("100")
    county.post(f"{PLAN}/indicators/agri-routine-pass-rate/reports", entry, 201)
    desk.get_by_role("button", name="保存", exact=True).click()
    expect(desk.get_by_role("alert").filter(has_text="有人刚刚填报")).to_be_visible()
    expect(desk.get_by_text("将替换：90 / 100（90%）")).to_be_visible()
    expect(desk.get_by_label("例行监测合格批次")).to_have_value("97")
    desk.get_by_role("button", name="保存", exact=True).click()
    expect(desk.get_by_role("button", name="改填")).to_be_visible()
    entries = county.get(f"{PLAN}/entry", region=COUNTY)["entries"]
    [standing] = [one["entered"] for one in entries if one["indicator"] == "agri-routine-pass-rate"]
    assert (standing["numerator"], standing["denominator"]) == (97, 100)
    town = office("reviewer", f"/entry?at=agri-routine-pass-rate@period&region={TOWN_A}")
    expect(town.get_by_role("region", name="填报表")).to_contain_text("由上级填报：泽州县")
    expect(town.get_by_role("button", name="保存", exact=True)).to_have_count(0)


def test_batches_are_added_imported_after_a_look_at_what_is_wrong_and_taken_back_with_rapid_tests_apart(office: Desk):
    desk = office("county", "/entry/records", bypass_csp=True)
    desk.get_by_role("button", name="新增批次").click()
    form = desk.get_by_role("region", name="新增抽检批次")
    form.get_by_label("日期").fill("2021-06-01")
    form.get_by_label("批次数").fill("25")
    assert serious(desk) == []
    form.get_by_label("批次数").press("Control+Enter")
    expect(form.get_by_role("status").first).to_contain_text("计入指标：食品检验量")
    form.get_by_label("批次数").fill("25")
    form.get_by_role("button", name="保存", exact=True).click()
    expect(form.get_by_role("status").first).to_contain_text("没有重复计入")
    desk.get_by_role("navigation", name="填报内容").get_by_role("link", name="导入").click()
    desk.get_by_label("选择文件（.xlsx、.csv）").set_input_files({"name": "批次.csv", "mimeType": "text/csv", "buffer": CSV.encode()})
    report = desk.get_by_role("region", name="检查结果：批次.csv（还没有写入）")
    expect(report.get_by_role("row", name="抽检批次 4 区域")).to_contain_text("没有“火星镇”")
    expect(report.get_by_role("row", name="抽检批次 5 批次数")).to_be_visible()
    assert serious(desk) == []
    report.get_by_role("button", name="导入 2 行，略过有错误的 2 行").click()
    desk.get_by_role("link", name="看抽检批次").click()
    totals = desk.get_by_role("table", name="合计（批次）")
    expect(totals.get_by_role("row", name="食品抽检")).to_have_text("食品抽检———37—37—30")
    expect(desk.get_by_role("table").nth(1).get_by_role("row")).to_have_count(4)
    desk.get_by_role("button", name="撤回 2021-06-01 食品抽检 25 批次").click()
    desk.get_by_role("dialog").get_by_role("button", name="撤回").click()
    expect(totals.get_by_role("row", name="食品抽检")).to_have_text("食品抽检———12—12—30")
    with desk.expect_download() as saved:
        desk.get_by_role("button", name="导出").click()
    assert saved.value.suggested_filename.endswith(".xlsx")
