"""报表 as an office works with them: from a deadline to a frozen sheet and its workbook, and what a late visit changes in it."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
from playwright.sync_api import Download, Locator, Page, expect

from checklists.measures import CLAUSE_KINDS, MEASURES, OPS
from inspect_api.services.exports.report import BASIS_TITLES
from inspect_api.services.pace import STATES
from tests.api.asking import pushed
from tests.api.reviewing import FAIL, PASS
from tests.office.conftest import serious
from tests.support.people import Phone
from tests.web.packages import WEB
from tests.web.test_attributes import literal

Desk = Callable[..., Page]
RATE = "学校食堂“明厨亮灶”覆盖率"
YEARLY = "年度食品安全工作情况（报县委、县政府）"


def _freeze(desk: Page, note: str) -> None:
    """Make the yearly report as of its deadline."""
    desk.get_by_role("region", name="报送日历").get_by_role("button", name=f"生成 {YEARLY}").click()
    dialog = desk.get_by_role("dialog", name="生成报表")
    expect(dialog.get_by_label("截至日期")).to_have_value("2021-11-20")
    expect(dialog).to_contain_text("泽州县2021年食品安全重点工作安排")
    dialog.get_by_label("说明（可不填）").fill(note)
    dialog.get_by_role("button", name="生成", exact=True).click()
    expect(desk.get_by_role("heading", name=f"泽州县 {YEARLY}")).to_be_visible()


def _row(desk: Page) -> Locator:
    return desk.get_by_role("row").filter(has_text=RATE)


def _sheet(download: Download, title: str) -> list[dict[str, Any]]:
    """The rows of a sheet of a downloaded workbook, by header."""
    header, *rest = openpyxl.load_workbook(BytesIO(download.path().read_bytes()))[title].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rest]


def test_a_report_frozen_from_its_deadline_says_in_its_workbook_what_its_page_says_and_is_not_made_twice(office: Desk, as_phone: Phone):
    pushed(as_phone, as_phone.visit(1, "2021-05-01 09:00", PASS))
    pushed(as_phone, as_phone.visit(2, "2021-05-02 09:00", FAIL))
    desk = office("county", "/reports")
    _freeze(desk, "报县政府")
    expect(_row(desk)).to_contain_text("1 / 3")
    expect(_row(desk)).to_contain_text("33.33%")
    with desk.expect_download() as started:
        desk.get_by_role("button", name="下载 Excel").click()
    assert started.value.suggested_filename == f"泽州县 {YEARLY}_2021-11-20_第1版.xlsx"
    [rate] = [row for row in _sheet(started.value, "指标") if row["指标"] == RATE]
    assert (rate["分子（已收到）"], rate["分母（已收到）"], round(rate["完成值（已收到）"], 2)) == (1, 3, 33.33)
    assert f"{rate['分子（已审核通过）']} / {rate['分母（已审核通过）']}" in _row(desk).inner_text()
    desk.get_by_role("link", name="未完成整改 1").click()
    [open_] = _sheet(started.value, "未完成整改")
    expect(desk.get_by_role("row").filter(has_text=open_["主体"])).to_contain_text(open_["检查项"])
    desk.get_by_role("link", name="回到报表").click()
    expect(desk.get_by_role("row").filter(has_text="已生成（截至 2021-11-20）")).to_contain_text(YEARLY)
    desk.get_by_role("button", name="生成报表").click()
    dialog = desk.get_by_role("dialog", name="生成报表")
    dialog.get_by_text("工作情况（自行生成，不对应报送要求）").click()
    desk.get_by_role("option", name=YEARLY).click()
    dialog.get_by_label("截至日期").fill("2021-11-20")
    dialog.get_by_role("button", name="生成", exact=True).click()
    expect(desk.get_by_text("这份报表此前已经生成，已为您打开。")).to_be_visible()
    expect(_row(desk)).to_contain_text("1 / 3")


def test_a_visit_that_came_late_is_told_and_a_revision_shows_cell_by_cell_what_it_changed(office: Desk, as_phone: Phone):
    desk = office("county", "/reports")
    _freeze(desk, "")
    expect(_row(desk)).to_contain_text("0 / 3")
    expect(desk.get_by_text("之后有迟到的检查")).to_have_count(0)
    pushed(as_phone, as_phone.visit(1, "2021-05-01 09:00", PASS))
    desk.get_by_role("link", name="回到报表").click()
    expect(desk.get_by_role("row").filter(has_text="第 1 版")).to_contain_text("之后有迟到的检查，可重新核对")
    desk.get_by_role("region", name="已生成的报表").get_by_role("link", name=YEARLY).click()
    expect(desk.get_by_role("alert").filter(has_text="之后有迟到的检查")).to_be_visible()
    desk.get_by_role("button", name="重新核对").click()
    desk.get_by_label("原因（可不填）").fill("补计迟到的检查")
    desk.get_by_role("button", name="开始核对").click()
    changed = desk.get_by_role("region", name="第 2 版与上一版的差别").get_by_role("row").filter(has_text=RATE).filter(has_text="合计")
    expect(changed).to_have_count(1)
    expect(changed).to_contain_text("0 / 3")
    expect(changed).to_contain_text("1 / 3")
    with desk.expect_download() as started:
        desk.get_by_role("button", name="下载 Excel").click()
    assert any(RATE in str(row["内容"]) and "0/3 → 1/3" in str(row["内容"]) for row in _sheet(started.value, "说明"))
    desk.get_by_role("link", name="第 1 版", exact=True).click()
    expect(desk.get_by_text("您看的是旧版，最新为第 2 版。")).to_be_visible()
    desk.get_by_role("link", name="指标", exact=True).last.click()
    expect(_row(desk)).to_contain_text("0 / 3")


def test_its_pages_can_be_heard_it_is_printed_across_and_a_list_is_saved_for_the_days_that_were_asked_for(office: Desk, as_phone: Phone):
    pushed(as_phone, as_phone.visit(1, "2021-05-01 09:00", FAIL))
    pushed(as_phone, as_phone.visit(2, "2021-06-01 09:00", PASS))
    desk = office("county", "/reports", bypass_csp=True)
    desk.get_by_role("button", name="导出").click()
    dialog = desk.get_by_role("dialog", name="导出清单")
    dialog.get_by_label("从").fill("2021-05-15")
    assert serious(desk) == []
    with desk.expect_download() as started:
        dialog.get_by_role("button", name="导出 Excel").click()
    assert [row["主体"] for row in _sheet(started.value, "检查记录")] == ["第二小学食堂"]
    dialog.get_by_role("button", name="关闭", exact=True).click()
    assert serious(desk) == []
    _freeze(desk, "")
    assert serious(desk) == []
    desk.get_by_role("link", name="未完成整改 1").click()
    expect(desk.get_by_role("cell", name="第一小学食堂")).to_be_visible()
    assert serious(desk) == []
    desk.get_by_role("button", name="打印").click()
    expect(desk.get_by_role("article")).to_contain_text("截至 2021-11-20")
    desk.get_by_label("未完成整改清单").check()
    expect(desk.get_by_role("article")).to_contain_text("第一小学食堂")
    assert serious(desk) == []
    assert b"/MediaBox [0 0 841" in desk.pdf(prefer_css_page_size=True)


def test_the_desk_says_of_a_report_what_the_workbook_says():
    assert literal(WEB / "src" / "office" / "locales" / "words.ts", "measured") == {
        "states": STATES, "measures": {name: one.title for name, one in MEASURES.items()}, "ops": OPS, "clauses": CLAUSE_KINDS,
        "bases": BASIS_TITLES}
