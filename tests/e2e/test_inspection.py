"""A supervisory inspection: two officers, and the operator who signs on the phone, or does not."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import expect

from tests.e2e.phone import FieldPhone
from tests.support.people import Person
from tests.support.world import site_id


def _inspect(one: FieldPhone) -> None:
    """To the end of a visit, which becomes an inspection by two officers."""
    page = one.page
    page.get_by_role("button", name="完成", exact=True).click()
    page.get_by_role("button", name="监督检查").click()
    for number, name, certificate in ((1, "张三", "晋05001"), (2, "李四", "晋05002")):
        officer = page.get_by_role("group", name=f"第 {number} 名")
        officer.get_by_label("姓名").fill(name)
        officer.get_by_label("执法证号").fill(certificate)
        officer.get_by_label("执法证号").blur()
    expect(page.get_by_text("监督检查要有经营者签字")).to_be_visible()
    expect(page.get_by_role("button", name="提交", exact=True)).to_be_disabled()


def _submit(one: FieldPhone) -> None:
    one.page.get_by_role("button", name="提交", exact=True).click()
    expect(one.page.get_by_text("已保存，待上传")).to_be_visible()
    expect(one.page.get_by_text("张三、李四")).to_be_visible()


def test_an_inspection_without_a_network_arrives_with_its_officers_and_the_drawn_signature(
        field_app: Flask, phone: Callable[..., FieldPhone]):
    county = Person(field_app, "county")
    one = phone()
    one.log_in("reviewer")
    one.offline()
    visit = one.begin_visit(site_id(1))
    one.mark("kitchen.bright", "符合")
    _inspect(one)
    page = one.page
    page.get_by_role("button", name="签字", exact=True).click()
    page.get_by_label("签字人姓名").fill("王老板")
    board = page.get_by_label("签字板")
    board.scroll_into_view_if_needed()
    box = board.bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    for x, y in ((90, 120), (150, 40), (220, 120)):
        page.mouse.move(box["x"] + x, box["y"] + y, steps=4)
    page.mouse.up()
    page.get_by_role("button", name="确认签字").click()
    expect(page.get_by_role("img", name="已签字")).to_be_visible()
    _submit(one)
    expect(page.get_by_role("img", name="已签字")).to_be_visible()
    one.offline(False)
    one.delivered()

    seen = county.get(f"/api/v1/visits/{visit}")
    details = seen["details"]
    assert seen["document_type"] == "inspection" and seen["complete"]
    assert details["officers"] == [{"name": "张三", "certificate": "晋05001"}, {"name": "李四", "certificate": "晋05002"}]
    assert details["signature"]["kind"] == "signed" and details["signature"]["name"] == "王老板"
    [picture] = county.get(f"/api/v1/visits/{visit}/photos")["photos"]
    assert picture["sha256"] == details["signature"]["photo"]


def test_an_operator_who_refuses_to_sign_is_noted_with_the_reason(field_app: Flask, phone: Callable[..., FieldPhone]):
    county = Person(field_app, "county")
    one = phone()
    one.log_in("reviewer")
    one.offline()
    visit = one.begin_visit(site_id(1))
    one.mark("kitchen.bright", "不符合")
    _inspect(one)
    page = one.page
    page.get_by_role("button", name="拒签").click()
    expect(page.get_by_text("请写明拒签或不在场的原因")).to_be_visible()
    page.get_by_label("原因").fill("不认可检查结果，拒绝签字")
    _submit(one)
    expect(page.get_by_text("不认可检查结果，拒绝签字")).to_be_visible()
    one.offline(False)
    one.delivered()
    assert county.get(f"/api/v1/visits/{visit}")["details"]["signature"] == {"kind": "refused", "reason": "不认可检查结果，拒绝签字"}
