"""The whole line, by hands only: from a visit in a canteen to a closed rectification, a moved number and the report that the county exports."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import plan_of_this_year, publish
from tests.e2e.phone import FieldPhone
from tests.support.browsing import PATIENCE
from tests.support.databases import templates
from tests.support.serving import Server
from tests.support.world import fill, site_id

CANTEEN, RATE = "第一小学食堂", "学校食堂“明厨亮灶”覆盖率"


def _fill(app: Flask) -> None:
    fill(app)
    publish(app, plan_of_this_year())


sqlite_template, postgres_template = templates("module", _fill)


def _approve(desk: Page) -> None:
    """The visit that waits, looked at and approved by its key."""
    desk.goto(desk.url.partition("#")[0] + "#/review")
    desk.get_by_role("link", name=CANTEEN).click()
    expect(desk.get_by_role("region", name="审核")).to_be_visible()
    desk.keyboard.press("a")
    expect(desk.get_by_role("button", name="确认通过")).to_be_visible()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="审核台")).to_be_visible()


def test_a_kitchen_that_was_dark_is_mended_signed_off_counted_and_reported(
        office: Callable[..., Page], browser: Browser, server: Server, tmp_path: Path):
    phone = FieldPhone(browser, server)
    phone.log_in()
    phone.begin_visit(site_id(1))
    phone.mark("kitchen.bright", "不符合")
    phone.photograph("kitchen.bright", 1, tmp_path, (800, 600))
    phone.finish()
    phone.delivered()

    township = office("reviewer")
    _approve(township)
    township.goto(f"{server.url}/office/#/rectifications")
    township.get_by_role("link", name=CANTEEN).click()
    township.get_by_role("link", name="出具责令改正通知书").click()
    township.get_by_role("button", name="出具通知书（1 项）").click()
    expect(township.get_by_role("article")).to_contain_text(CANTEEN)
    township.get_by_role("link", name="回到整改").click()
    expect(township.get_by_role("region", name="整改经过")).to_contain_text("发出责令改正通知书")

    phone.sync()
    phone.begin_visit(site_id(1))
    expect(phone.item("kitchen.bright").get_by_text("待复查")).to_be_visible(timeout=PATIENCE)
    phone.mark("kitchen.bright", "符合")
    phone.photograph("kitchen.bright", 2, tmp_path, (800, 600))
    phone.finish()
    phone.delivered()
    phone.context.close()

    _approve(township)
    township.goto(f"{server.url}/office/#/rectifications?state=to_sign")
    township.get_by_role("link", name=CANTEEN).click()
    township.get_by_role("button", name="销号").click()
    township.get_by_role("button", name="提交").click()
    expect(township.get_by_text("已销号").first).to_be_visible()

    county = office("county", "/indicators?plan=this-year")
    row = county.get_by_role("row", name=RATE)
    expect(row.get_by_text("1 / 3")).to_have_count(2)  # received and approved
    county.goto(f"{server.url}/office/#/reports")
    county.get_by_role("button", name="生成报表").click()
    dialog = county.get_by_role("dialog", name="生成报表")
    dialog.get_by_role("button", name="生成", exact=True).click()
    expect(county.get_by_role("row").filter(has_text=RATE)).to_contain_text("1 / 3")
    with county.expect_download() as started:
        county.get_by_role("button", name="下载 Excel").click()
    book = openpyxl.load_workbook(BytesIO(started.value.path().read_bytes()))
    header, *rows = book["指标"].iter_rows(values_only=True)
    [rate] = [dict(zip(header, one, strict=True)) for one in rows if RATE in one]
    assert [rate[name] for name in ("分子（已收到）", "分母（已收到）", "分子（已审核通过）", "分母（已审核通过）")] == [1, 3, 1, 3]
    assert book["未完成整改"].max_row == 1, "what is mended is not open"
