"""整改 as an office works in it: from the failing answer over the shop's evidence and a printed notice to the end."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO

from PIL import Image
from playwright.sync_api import Page, expect

from tests.api.reviewing import FAIL, clean
from tests.office.conftest import serious
from tests.support.people import Phone

Desk = Callable[..., Page]
SHOP = "第一小学食堂"


def _photo() -> dict[str, object]:
    out = BytesIO()
    Image.effect_noise((320, 240), 60).convert("RGB").save(out, "JPEG")
    return {"name": "改后.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def _opened(office: Desk, phone: Phone) -> Page:
    clean(phone, 1, FAIL)
    desk = office("reviewer", "/rectifications", bypass_csp=True)
    desk.get_by_role("link", name=SHOP).click()
    expect(desk.get_by_role("region", name="整改经过")).to_contain_text("发现问题")
    return desk


def test_evidence_with_a_photo_stands_beside_the_finding_and_in_its_line_and_in_its_own_tab(office: Desk, as_phone: Phone):
    desk = _opened(office, as_phone)
    desk.get_by_role("button", name="登记整改材料").click()
    desk.get_by_role("button", name="提交").click()
    expect(desk.get_by_role("alert")).to_contain_text("至少一样")
    desk.get_by_label("说明").fill("已更换大屏")
    desk.get_by_label("照片", exact=True).set_input_files(_photo())
    expect(desk.get_by_text("改后.jpg")).to_be_visible()
    desk.get_by_role("button", name="提交").click()
    expect(desk.get_by_role("region", name="整改前后")).to_contain_text("已更换大屏")
    expect(desk.get_by_role("img", name="整改材料照片 1")).to_be_visible()
    expect(desk.get_by_role("region", name="整改经过")).to_contain_text("已更换大屏")
    assert serious(desk) == []
    desk.get_by_role("link", name="回到整改列表").click()
    desk.get_by_role("link", name="待核验 1").click()
    expect(desk.locator("tbody tr")).to_have_count(1)
    assert serious(desk) == []


def test_a_notice_made_of_a_finding_is_one_printed_page_and_stands_in_the_line(office: Desk, as_phone: Phone):
    desk = _opened(office, as_phone)
    desk.get_by_role("link", name="出具责令改正通知书").click()
    expect(desk.get_by_role("button", name="出具通知书（1 项）")).to_be_visible()
    due = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    desk.get_by_label("统一整改期限").fill(due)
    desk.get_by_role("button", name="出具通知书（1 项）").click()
    sheet = desk.get_by_role("article")
    expect(sheet.get_by_role("heading", name="责令改正通知书")).to_be_visible()
    expect(sheet).to_contain_text(SHOP)
    number = sheet.locator(".number-line").inner_text()
    assert serious(desk) == []
    assert b"/Count 1\n" in desk.pdf(prefer_css_page_size=True)
    desk.get_by_role("link", name="回到整改").click()
    line = desk.get_by_role("region", name="整改经过")
    expect(line).to_contain_text(number)
    expect(line).to_contain_text(due)
    desk.goto(desk.url.split("#")[0] + "#/ledger/sites")
    desk.get_by_role("link", name=SHOP).click()
    desk.get_by_role("link", name="出具通知书").click()
    desk.get_by_role("link", name="返回").click()
    expect(desk.get_by_role("heading", name=SHOP)).to_be_visible()


def test_without_a_recheck_a_sign_off_wants_its_reason_and_can_be_opened_again(office: Desk, as_phone: Phone):
    desk = _opened(office, as_phone)
    desk.get_by_role("button", name="销号").click()
    desk.get_by_role("button", name="提交").click()
    expect(desk.get_by_role("alert")).to_contain_text("请写明原因")
    desk.get_by_label("未经复查销号的理由").fill("该店已停业")
    desk.get_by_role("button", name="提交").click()
    line = desk.get_by_role("region", name="整改经过")
    expect(line).to_contain_text("未经复查：该店已停业")
    desk.get_by_role("button", name="重新打开").click()
    desk.get_by_label("原因").fill("又开业了")
    desk.get_by_role("button", name="提交").click()
    expect(line).to_contain_text("又开业了")
    expect(desk.get_by_role("button", name="登记整改材料")).to_be_visible()
