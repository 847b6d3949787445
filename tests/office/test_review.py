"""审核台 as a clerk works in it: what arrives, what is looked at, what is decided, by mouse and by keyboard."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from inspect_api.models.visits import FLAGS
from media.evidence import EFFECTS
from tests.api.asking import result
from tests.api.reviewing import FAIL, clean
from tests.office.conftest import serious
from tests.support.people import Person, Phone
from tests.support.world import COUNTY, site_id
from tests.web.packages import WEB

Desk = Callable[..., Page]
FIRST, SECOND = "第一小学食堂", "第二小学食堂"


def test_a_visit_that_arrives_shows_itself_within_seconds_and_nobody_has_to_reload(office: Desk, as_phone: Phone):
    desk = office("reviewer")
    expect(desk.get_by_text("没有待审核的检查")).to_be_visible()
    clean(as_phone, 1)
    expect(desk.get_by_role("link", name=FIRST)).to_be_visible(timeout=8_000)


def test_a_visit_is_returned_with_a_reason_for_the_item_and_the_reason_reaches_the_phone(office: Desk, as_phone: Phone):
    visit = clean(as_phone, 1, FAIL)
    desk = office("reviewer")
    desk.get_by_role("link", name=FIRST).click()
    failed = desk.locator("li.failed")
    expect(failed).to_have_count(1)
    expect(failed).to_contain_text("大屏不亮")
    failed.get_by_role("button", name="依据").click()
    expect(failed.get_by_text("计划条款")).to_be_visible()
    failed.get_by_label("退回此项").check()
    panel = desk.get_by_role("region", name="审核")
    panel.get_by_role("button", name="退回（1 项）").click()
    expect(panel.get_by_role("alert")).to_contain_text("都要写原因")
    panel.get_by_label("退回原因").fill("请补拍大屏的照片")
    panel.get_by_role("button", name="退回（1 项）").click()
    expect(desk.get_by_role("heading", name="审核台")).to_be_visible()  # none is left
    row = next(change["row"] for change in as_phone.get("/api/v1/sync/pull", schema=2)["changes"] if change["id"] == visit)
    assert row["review"] == "returned" and row["review_note"]["items"] == {"kitchen.bright": "请补拍大屏的照片"}


def test_clean_visits_are_looked_at_and_approved_at_once_and_one_with_a_finding_is_not_among_them(office: Desk, as_phone: Phone):
    visits = [clean(as_phone, 1), clean(as_phone, 2)]
    clean(as_phone, 1, FAIL)
    desk = office("reviewer")
    expect(desk.locator("table.list tbody tr")).to_have_count(3)
    desk.get_by_label("选择本页全部没有问题的检查").check()
    desk.get_by_role("button", name="查看并批量通过（2）").click()
    desk.get_by_role("button", name="通过已看的 2 条").click()
    expect(desk.locator("table.list tbody tr")).to_have_count(1)
    expect(desk.locator("table.list tbody")).to_contain_text("重点项 1")
    assert {as_phone.get(f"/api/v1/visits/{one}")["review"] for one in visits} == {"approved"}


def test_the_keyboard_goes_through_the_queue_and_a_decision_leads_to_the_next_one(office: Desk, as_phone: Phone):
    for site in (1, 2, 4):
        clean(as_phone, site, {} if site == 4 else FAIL)
    desk = office("reviewer")
    expect(desk.locator("table.list tbody tr")).to_have_count(3)
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("k")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name=FIRST)).to_be_visible()
    desk.keyboard.press("j")
    expect(desk.get_by_role("heading", name=SECOND)).to_be_visible()
    desk.keyboard.press("k")
    expect(desk.get_by_role("heading", name=FIRST)).to_be_visible()
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="快捷键")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("dialog", name="快捷键")).to_be_hidden()
    desk.keyboard.press("a")
    expect(desk.get_by_role("button", name="确认通过")).to_be_visible()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name=SECOND)).to_be_visible()
    desk.keyboard.press("r")
    expect(desk.get_by_label("总的原因")).to_be_focused()
    desk.keyboard.press("Escape")
    expect(desk.get_by_label("总的原因")).to_be_hidden()
    desk.keyboard.press("Escape")
    expect(desk.locator("table.list tbody tr")).to_have_count(2)


def test_where_the_county_wants_two_the_first_one_is_told_so_and_another_one_approves_for_good(office: Desk, as_phone: Phone):
    visit = clean(as_phone, 1)
    county = office("county", "/settings")
    county.locator(".el-select").first.click()
    county.get_by_role("option", name="所有检查").click()
    county.get_by_role("button", name="保存规则").click()
    expect(county.get_by_text("规则已保存")).to_be_visible()
    reviewer = office("reviewer", f"/visits/{visit}")
    expect(reviewer.get_by_text("您通过后，还须另一人复审才生效")).to_be_visible()
    reviewer.get_by_role("button", name="通过（A）").click()
    reviewer.get_by_role("button", name="确认通过").click()
    expect(reviewer.get_by_role("heading", name="审核台")).to_be_visible()
    reviewer.goto(reviewer.url.split("#")[0] + f"#/visits/{visit}")
    expect(reviewer.get_by_text("您已初审通过，须由另一人复审。")).to_be_visible()
    expect(reviewer.get_by_role("button", name="通过（A）")).to_be_disabled()
    county.goto(county.url.split("#")[0] + f"#/visits/{visit}")
    county.get_by_role("button", name="通过（A）").click()
    county.get_by_role("button", name="确认通过").click()
    expect(county.get_by_role("heading", name="审核台")).to_be_visible()
    assert as_phone.get(f"/api/v1/visits/{visit}")["review"] == "approved"


def test_with_more_than_a_page_shown_a_bar_tells_of_arrivals_and_nothing_moves_under_the_hand(office: Desk, as_phone: Phone):
    for _ in range(51):
        clean(as_phone, 1)
    desk = office("reviewer")
    desk.get_by_role("button", name="加载更多").click()
    expect(desk.locator("table.list tbody tr")).to_have_count(51)
    clean(as_phone, 2)
    bar = desk.get_by_role("button", name="有 1 条新到")
    expect(bar).to_be_visible()
    expect(desk.locator("table.list tbody tr")).to_have_count(51)
    bar.click()
    expect(bar).to_be_hidden()


def test_filters_stand_in_the_address_and_are_kept_under_a_name(office: Desk, as_phone: Phone):
    clean(as_phone, 1)
    clean(as_phone, 2, FAIL)
    desk = office("reviewer")
    desk.get_by_label("主体名称").fill("第二")
    desk.keyboard.press("Enter")
    expect(desk.locator("table.list tbody tr")).to_have_count(1)
    desk.get_by_role("button", name="我的视图").click()
    desk.get_by_role("button", name="保存当前条件…").click()
    desk.get_by_role("dialog").get_by_role("textbox").fill("二小")
    desk.get_by_role("button", name="保存", exact=True).click()
    expect(desk.get_by_text("已保存")).to_be_visible()
    desk.reload()
    expect(desk.locator("table.list tbody tr")).to_have_count(1)
    desk.get_by_role("button", name="清除条件").click()
    expect(desk.locator("table.list tbody tr")).to_have_count(2)
    desk.get_by_role("button", name="我的视图").click()
    desk.get_by_role("button", name="二小", exact=True).click()
    expect(desk.locator("table.list tbody tr")).to_have_count(1)


def test_a_conflict_of_the_site_shows_both_values_in_words_and_is_settled_on_the_page_of_the_visit(office: Desk, as_phone: Phone):
    visit = clean(as_phone, 1)
    as_phone.schema = 2
    rev = as_phone.get(f"/api/v1/sites/{site_id(1)}")["rev"]
    for name in ("先改的食堂", "后改的食堂"):
        result(as_phone, as_phone.operation("patch", "site", {"name": name}, site_id(1), base=rev))
    desk = office("reviewer", f"/visits/{visit}")
    row = desk.get_by_role("article", name="先改的食堂 主体 · 名称")
    expect(row).to_contain_text("后改的食堂")
    expect(row).to_contain_text("先改的食堂")
    row.get_by_role("button", name="改用手机上的值").click()
    expect(desk.get_by_role("heading", name="后改的食堂")).to_be_visible()
    expect(row).to_be_hidden()


def test_nobody_decides_on_a_visit_of_their_own_and_the_page_says_so(office: Desk, office_app: Flask):
    visit = clean(Phone(office_app, "county"), 1)
    desk = office("county", f"/visits/{visit}")
    expect(desk.get_by_text("这是您本人的检查，须由他人审核。")).to_be_visible()
    expect(desk.get_by_role("button", name="通过（A）")).to_be_hidden()


def test_no_page_of_the_review_has_a_serious_finding(office: Desk, as_phone: Phone):
    clean(as_phone, 1, FAIL)
    clean(as_phone, 2)
    desk = office("reviewer", bypass_csp=True)
    expect(desk.locator("table.list tbody tr")).to_have_count(2)
    found = {"queue": serious(desk)}
    desk.get_by_label(f"选择 {SECOND}").check()
    desk.get_by_role("button", name="查看并批量通过（1）").click()
    expect(desk.get_by_role("button", name="通过已看的 1 条")).to_be_enabled()
    found["many"] = serious(desk)
    desk.get_by_role("button", name="取消", exact=True).click()
    desk.get_by_role("link", name=FIRST).click()
    desk.get_by_label("退回此项").check()
    expect(desk.get_by_label("退回原因")).to_be_visible()
    expect(desk.locator(".leaflet-container")).to_be_visible()
    found["visit"] = serious(desk)
    desk.goto(desk.url.split("#")[0] + "#/settings")
    expect(desk.get_by_text("目前使用默认值")).to_be_visible()
    found["settings"] = serious(desk)
    assert not any(found.values()), found


def test_the_desk_calls_flags_and_reasons_what_the_server_calls_them():
    texts = (WEB / "src" / "office" / "locales" / "review.ts").read_text("utf-8")
    assert not [title for code, title in FLAGS.items() if f"{code}: '{title}'" not in texts]
    assert not [title for code, title in EFFECTS.items() if f"{code}: '{title}'" not in texts]


def test_somebody_of_another_town_reads_neither_the_queue_nor_the_visit(office: Desk, as_phone: Phone, office_app: Flask):
    visit = clean(as_phone, 1)
    assert Person(office_app, "county").get("/api/v1/review/queue", region=COUNTY)["visits"]
    desk = office("other-reviewer")
    expect(desk.get_by_text("没有待审核的检查")).to_be_visible()
    desk.goto(desk.url.split("#")[0] + f"#/visits/{visit}")
    expect(desk.get_by_role("alert")).to_be_visible()
