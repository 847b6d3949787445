"""人员, 设备, 区划与网格 and 操作日志 as a county office keeps them."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from inspect_api.db import transaction
from inspect_api.models import Device
from tests.office.conftest import serious
from tests.support.people import Person, Phone
from tests.support.serving import ROOT
from tests.support.world import COUNTY, GRID_A2, TOWN_A
from tests.web.packages import WEB

Desk = Callable[..., Page]
BOX = [[112.82, 35.50], [112.83, 35.50], [112.83, 35.51], [112.82, 35.51], [112.82, 35.50]]


def shapes(**named: list[list[float]]) -> str:
    """A GeoJSON file with these rings."""
    return json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Polygon", "coordinates": [ring]}} for name, ring in named.items()]})


def test_a_village_gets_a_grid_whose_crossed_boundary_is_refused_at_its_place_and_whose_supervisor_is_somebody_new(
        office: Desk, office_app: Flask, tmp_path: Path):
    file = tmp_path / "网格.geojson"
    file.write_text(shapes(打结=[BOX[0], BOX[2], BOX[1], BOX[3], BOX[0]], 方块=BOX), "utf-8")
    desk = office("county", f"/ledger/regions?at={GRID_A2[:12]}")
    desk.get_by_role("link", name="新增网格").click()
    form = desk.get_by_role("region", name="新增网格")
    expect(form).to_contain_text("14052510020003")
    form.get_by_label("网格名称").fill("河东网格")
    form.get_by_label("选择 GeoJSON 文件").set_input_files(file)
    form.get_by_role("combobox", name="选择图形").click()
    desk.get_by_role("option", name="打结").click()
    form.get_by_role("button", name="建立网格").click()
    expect(form.get_by_text("边界自相交")).to_be_visible()
    form.get_by_role("combobox", name="选择图形").click()
    desk.get_by_role("option", name="方块").click()
    form.get_by_role("button", name="建立网格").click()
    expect(desk.get_by_role("row", name="河东网格")).to_contain_text("没有网格员")

    desk.get_by_role("link", name="人员", exact=True).click()
    desk.get_by_role("button", name="新增人员").click()
    new = desk.get_by_role("dialog", name="新增人员")
    new.get_by_label("用户名").fill("zhang.san")
    new.get_by_label("姓名").fill("张三")
    new.get_by_label("选择要加的辖区").click()
    for step in ("泽州县", "南村镇"):
        desk.get_by_role("menuitem", name=step, exact=True).locator("visible=true").click()
    desk.get_by_role("menuitem", name=re.compile("河东网格")).get_by_role("radio").locator("visible=true").click(force=True)
    new.get_by_role("button", name="建立并生成密码").click()
    password = desk.get_by_role("textbox", name="密码", exact=True).input_value()
    desk.get_by_role("button", name="我已记下，关闭").click()
    expect(desk.get_by_role("row", name="张三")).to_contain_text("南村镇 河东网格")
    answer = office_app.test_client().post("/api/v1/sessions", json={"login": "zhang.san", "password": password, "device_id": "new"})
    assert answer.status_code == 201 and answer.get_json()["user"]["regions"] == ["14052510020003"]


def test_a_silent_phone_with_unsent_work_is_found_and_taken_out_of_use_and_the_log_tells_who_did_it(office: Desk, office_app: Flask, as_phone: Phone):
    as_phone.push(schema=2, unsent=7, app="1.4.2")
    with office_app.app_context():
        transaction(lambda c: c.execute(sa.update(Device).where(Device.id == as_phone.device).values(seen_at=Device.seen_at - 9 * 86_400_000)))
    desk = office("county", "/ledger/devices")
    desk.get_by_text("失联（3 天以上）").click()
    row = desk.get_by_role("row", name="supervisor")
    for words in ("9 天前", "7 条", "1.4.2"):
        expect(row).to_contain_text(words)
    row.get_by_role("button", name="停用").click()
    ask = desk.get_by_role("dialog")
    expect(ask).to_contain_text("还有 7 条内容没有上传")
    expect(ask).to_contain_text("进入“搁置的上报”")
    ask.get_by_role("button", name="确认停用").click()
    expect(desk.get_by_text("没有失联的设备")).to_be_visible()
    assert as_phone.ask("GET", "/api/v1/sync/pull").get_json()["code"] == "device-revoked"
    desk.get_by_role("link", name="操作日志").click()
    entry = desk.get_by_role("row", name="停用设备")
    expect(entry).to_contain_text("county")
    entry.get_by_role("link").click()
    expect(desk.get_by_role("row", name="supervisor")).to_contain_text("停用")


def test_no_page_of_people_devices_regions_and_the_log_has_a_serious_finding(office: Desk, office_app: Flask, as_phone: Phone):
    as_phone.push(schema=2, unsent=2)
    county = Person(office_app, "county")
    county.ask("PUT", f"/api/v1/regions/{TOWN_A}", json={"residents": [{"year": 2020, "base": "resident", "residents": 900, "source": "普查"}]})
    desk = office("county", f"/ledger/regions?at={TOWN_A}", bypass_csp=True)
    expect(desk.get_by_label("来源")).to_have_value("普查")
    desk.get_by_role("link", name="一网格").click()
    expect(desk.locator(".leaflet-container path").first).to_be_visible()
    found = {"regions": serious(desk)}
    for name, row in (("设备", "supervisor"), ("操作日志", "修改区划、网格"), ("人员", "other-supervisor")):
        desk.get_by_role("navigation", name="台账").get_by_role("link", name=name).click()
        expect(desk.get_by_role("row", name=row).first).to_be_visible()
        if name == "人员":
            desk.get_by_role("button", name="修改 other-supervisor").click()
            desk.get_by_role("button", name="重置密码").click()
        found[name] = serious(desk)
    assert not any(found.values()), found


def test_the_desk_has_words_for_everything_that_the_server_writes_into_the_log():
    """The actions are read from where the log is written; those that are put together at run time from the lists they come from."""
    from inspect_api.services.rectification.steps import _DATA
    from inspect_api.services.trail import _ACTIONS

    texts = (WEB / "src" / "office" / "locales" / "audit.ts").read_text("utf-8")
    written = {*_ACTIONS, *(f"rectification.{kind}" for kind in _DATA)}
    for file in (ROOT / "inspect_api").rglob("*.py"):
        source = file.read_text("utf-8")
        for call in re.finditer(r"(?:audit\.append|note|_after)\((.*?)\)\n", source, re.DOTALL):
            written |= set(re.findall(r'"([a-z]+(?:\.[a-z-]+)+)"', call[1]))
    assert len(written) > 35 and COUNTY not in written
    assert not [action for action in sorted(written) if f"'{action}': '" not in texts]
