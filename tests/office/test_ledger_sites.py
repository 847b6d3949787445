"""台账·主体 as an office keeps it: found, added, edited while others edit too, imported, seen on the map, taken along."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.office.conftest import serious
from tests.support.people import Person
from tests.support.world import GRID_A1, site_id

Desk = Callable[..., Page]
LEDGER = "\n".join([
    "名称,主体类型,统一社会信用代码,地址,网格编码,经度,纬度,坐标系",
    f"新来的饭店,餐饮,,东街1号,{GRID_A1},112.805,35.505,WGS84",
    f"写错的饭店,餐饮,123,东街2号,{GRID_A1},,,",
])


def test_a_clerk_adds_a_site_by_the_map_finds_it_again_and_takes_along_just_what_is_found(office: Desk, tmp_path: Path):
    desk = office("county", "/ledger/sites", bypass_csp=True)
    expect(desk.get_by_role("link", name="第一小学食堂")).to_be_visible()
    assert serious(desk) == []
    desk.get_by_role("link", name="新增主体").click()
    desk.get_by_label("名称", exact=True).fill("街角面馆")
    desk.get_by_label("统一社会信用代码").fill("1234")
    desk.get_by_role("button", name="保存主体").click()
    expect(desk.locator(".el-form-item", has_text="业态")).to_contain_text("必填")
    expect(desk.locator(".el-form-item", has_text="统一社会信用代码")).to_contain_text("18 位")
    desk.get_by_label("统一社会信用代码").fill("")
    desk.get_by_role("combobox", name="业态").click()
    desk.get_by_role("option", name="餐饮服务单位", exact=True).click()
    desk.get_by_role("group", name="点选位置的地图").click()
    expect(desk.get_by_label("经度")).not_to_have_value("")
    desk.get_by_label("经度").fill("112.805, 35.505")
    expect(desk.get_by_text("位置在“一网格”")).to_be_visible()
    desk.get_by_role("button", name="保存主体").click()
    expect(desk.get_by_role("region", name="基本情况")).to_contain_text("一网格")
    assert serious(desk) == []
    desk.goto(desk.url.split("#")[0] + "#/ledger/sites?active=all")
    desk.get_by_label("名称、地址、证号、电话").fill("面馆")
    desk.get_by_label("名称、地址、证号、电话").press("Enter")
    expect(desk.locator("tbody tr")).to_have_count(1)
    with desk.expect_download() as told:
        desk.get_by_role("button", name="导出 Excel").click()
    told.value.save_as(tmp_path / "sites.xlsx")
    cells = [str(cell) for sheet in load_workbook(tmp_path / "sites.xlsx") for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "街角面馆" in cells
    assert "第一小学食堂" not in cells


def test_when_somebody_else_changed_the_same_field_meanwhile_both_values_are_shown_and_the_clerk_chooses(office: Desk, office_app: Flask):
    desk = office("county", f"/sites/{site_id(1)}", bypass_csp=True)
    desk.get_by_role("button", name="修改", exact=True).click()
    desk.get_by_label("电话").fill("0356-1111111")
    desk.get_by_label("联系人").fill("李四")
    reviewer = Person(office_app, "reviewer")
    theirs = {"rev": 1, "set": {"phone": "0356-2222222", "address": "北街8号"}}
    assert reviewer.ask("PATCH", f"/api/v1/sites/{site_id(1)}", json=theirs).status_code == 200
    desk.get_by_role("button", name="保存").click()
    met = desk.get_by_role("alert").filter(has_text="又被改过")
    expect(met).to_be_in_viewport()
    for told in ("reviewer", "0356-1111111", "0356-2222222"):
        expect(met).to_contain_text(told)
    expect(desk.get_by_label("地址")).to_have_value("北街8号")
    assert serious(desk) == []
    met.get_by_label("用现在的").check()
    expect(desk.get_by_label("电话")).to_have_value("0356-2222222")
    met.get_by_label("用我填的").check()
    desk.get_by_role("button", name="保存").click()
    history = desk.get_by_role("region", name="修改记录")
    expect(history.get_by_role("row").filter(has_text="0356-1111111")).to_contain_text("0356-2222222")
    expect(history.get_by_role("row").filter(has_text="北街8号")).to_contain_text("reviewer")
    site = reviewer.get(f"/api/v1/sites/{site_id(1)}")
    assert (site["phone"], site["contact"], site["address"]) == ("0356-1111111", "李四", "北街8号")


def test_a_ledger_is_looked_through_before_it_is_imported_and_its_site_stands_on_the_map(office: Desk, office_app: Flask):
    desk = office("county", "/ledger/sites/import", bypass_csp=True)
    desk.get_by_label("台账文件").set_input_files({"name": "台账.csv", "mimeType": "text/csv", "buffer": LEDGER.encode()})
    checked = desk.get_by_role("region", name="检查结果")
    expect(checked.get_by_role("row").filter(has_text="18 位")).to_contain_text("3统一社会信用代码")
    expect(checked.get_by_role("row").filter(has_text="新来的饭店")).to_contain_text("新增")
    assert serious(desk) == []
    county = Person(office_app, "county")
    assert county.get("/api/v1/sites", region="140525", text="饭店 东街")["sites"] == []
    desk.get_by_role("button", name="导入（新增 1 家，更新 0 家）").click()
    expect(desk.get_by_text("1 行有错误，没有导入")).to_be_visible()
    desk.goto(desk.url.split("#")[0] + f"#/ledger/map?region={GRID_A1}")
    expect(desk.get_by_role("button", name="该检查了 1")).to_be_visible()
    shown = desk.get_by_role("group", name="主体分布地图")
    shown.locator("canvas").wait_for()
    shown.click()
    desk.get_by_role("link", name="打开主体档案").wait_for()
    assert serious(desk) == []
    desk.get_by_role("link", name="打开主体档案").click()
    expect(desk.get_by_role("region", name="基本情况")).to_contain_text("新来的饭店")
