"""What waits outside the numbers, as an office settles it: put right and released, dismissed with a reason, chosen between."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Page, expect

from tests.api.asking import result
from tests.api.reviewing import PASS, ago
from tests.api.test_cli import run
from tests.office.conftest import serious
from tests.support.bundles import bundle
from tests.support.people import Person, Phone, instant, new_id
from tests.support.world import GRID_A1, TOWN_A, site_id

Desk = Callable[..., Page]
QUARANTINE, CONFLICTS = "/api/v1/sync/quarantine", "/api/v1/sync/conflicts"


def set_aside(phone: Phone) -> dict[str, dict[str, Any]]:
    """Four operations that are refused, oldest first: an answer, a time, a new site without a grid, and the visit that waits for it."""
    answer = phone.visit(2, ago(hours=3), {"kitchen.bright": {"mark": "pass", "value": 7, "note": "大屏常亮"}})
    time = phone.visit(1, "2099-05-01 09:30", PASS | {"canteen.safety-staff": {"mark": "fail", "note": "没有名单"}})
    site = phone.operation("create", "site", {"type": "small_shop", "name": "新开的面馆", "address": "南街 3 号"})
    waits = phone.visit(site["id"], ago(hours=1), {}, site_type="small_shop")
    for operation in (answer, time, site, waits):
        assert result(phone, operation)["status"] == "rejected"
    return {"answer": answer, "time": time, "site": site, "waits": waits}


def disagree(phone: Phone) -> None:
    """Two conflicts of the first site."""
    phone.schema = 2
    rev = phone.get(f"/api/v1/sites/{site_id(1)}")["rev"]
    for name, phone_number in (("先改的食堂", "0356-1111111"), ("后改的食堂", "0356-2222222")):
        result(phone, phone.operation("patch", "site", {"name": name, "phone": phone_number}, site_id(1), base=rev))


def unfinished(app: Flask, phone: Phone, folder: Path) -> None:
    """A visit that nobody signed, in the export of a phone that is revoked then."""
    fields = phone.visit(4, ago(days=1), {})["set"] | {"status": "draft", "note": "冷库还没看完"}
    draft = {"id": new_id(), "at": instant(ago(days=1)), "set": fields}
    run(app, "sync", "load-bundle", bundle(folder, phone, drafts=[draft]))


def pick_grid(desk: Page, person: Person) -> None:
    """Down the open cascader from the person's town to its first grid."""
    for code in (TOWN_A, GRID_A1[:12]):
        desk.get_by_role("menuitem", name=person.get(f"/api/v1/regions/{code}")["name"], exact=True).locator("visible=true").click()
    desk.get_by_role("menuitem", name="一网格").get_by_role("radio").locator("visible=true").click(force=True)


def test_what_was_set_aside_is_told_in_words_put_right_and_released_or_dismissed_and_the_next_one_has_the_hand(
        office: Desk, as_phone: Phone):
    made = set_aside(as_phone)
    desk = office("reviewer")
    desk.get_by_role("link", name="搁置的上报 4 · 两边不一致 0").click()
    cards = desk.get_by_role("article")
    expect(cards).to_have_count(4)
    expect(cards.nth(0)).to_contain_text("新开的面馆")  # newest first: the visit that waits for the new site, by the name that the phone gave
    expect(cards.nth(2)).to_contain_text("采集时间不合理")
    expect(cards.nth(2)).to_contain_text("食品安全总监")
    expect(cards.nth(3).get_by_role("listitem")).to_contain_text("判断题只选结果，不填内容")

    for _ in range(3):
        desk.keyboard.press("j")
    expect(cards.nth(2)).to_be_focused()
    desk.keyboard.press("r")
    dialog = desk.get_by_role("dialog", name="放行：新的检查 · 第一小学食堂")
    dialog.get_by_role("button", name="放行").click()
    expect(dialog.get_by_role("alert")).to_contain_text("采集时间不合理")
    then = ago(hours=2)
    dialog.get_by_label("检查时间").fill(then.replace(" ", "T"))
    dialog.get_by_role("button", name="放行").click()
    expect(cards).to_have_count(3)
    expect(cards.nth(2)).to_be_focused()
    at = as_phone.get(f"/api/v1/visits/{made['time']['id']}")["at"]
    assert datetime.fromisoformat(at) == datetime.fromisoformat(instant(then))

    desk.keyboard.press("d")
    dialog = desk.get_by_role("dialog", name="作废：新的检查 · 第二小学食堂")
    dialog.get_by_role("button", name="作废").click()
    expect(dialog.get_by_role("alert")).to_contain_text("请写明作废的原因")
    dialog.get_by_label("作废的原因").fill("已改正后重新上报")
    dialog.get_by_role("button", name="作废").click()
    expect(cards).to_have_count(2)
    expect(cards.nth(1)).to_be_focused()
    reviewer = Person(as_phone.app, "reviewer")
    [gone] = reviewer.get(QUARANTINE, region=TOWN_A, state="dismissed")["operations"]
    assert (gone["op"], gone["note"]) == (made["answer"]["op"], "已改正后重新上报")

    desk.keyboard.press("r")  # the new site, in whose going the visit goes along
    dialog = desk.get_by_role("dialog", name="放行：新增主体 · 新开的面馆")
    dialog.get_by_label("所属网格").click()
    pick_grid(desk, reviewer)
    dialog.get_by_role("button", name="放行").click()
    expect(desk.get_by_text("没有搁置的上报")).to_be_visible()
    assert as_phone.get(f"/api/v1/visits/{made['waits']['id']}")["site"] == "新开的面馆"


def test_values_that_conflict_are_chosen_between_and_an_unfinished_visit_of_a_revoked_phone_is_told_as_such(
        office: Desk, office_app: Flask, as_phone: Phone, tmp_path: Path):
    disagree(as_phone)
    unfinished(office_app, as_phone, tmp_path)
    Person(office_app, "county").post(f"/api/v1/devices/{as_phone.device}/revoke", {})
    desk = office("reviewer", "/review/unsettled?tab=conflicts", bypass_csp=True)
    name = desk.get_by_role("article", name="先改的食堂 主体 · 名称")
    expect(name).to_contain_text("后改的食堂")
    expect(name).to_contain_text("手机已停用")
    found = {"conflicts": serious(desk)}
    name.get_by_role("button", name="改用手机上的值").click()
    left = desk.get_by_role("article")
    expect(left).to_have_count(1)
    expect(left).to_be_focused()
    left.get_by_role("button", name="保留现值").click()
    expect(desk.get_by_text("没有不一致的改动")).to_be_visible()
    reviewer = Person(office_app, "reviewer")
    site = reviewer.get(f"/api/v1/sites/{site_id(1)}")
    assert (site["name"], site["phone"]) == ("后改的食堂", "0356-1111111")
    assert {one["settler"] for one in reviewer.get(CONFLICTS, region=TOWN_A, state="kept")["conflicts"]} == {"reviewer"}

    desk.get_by_role("link", name="搁置的上报").click()
    draft = desk.get_by_role("article", name="某某冷库 没做完的检查")
    expect(draft).to_contain_text("手机已经停用。放行后成为本人的草稿")
    expect(draft).to_contain_text("冷库还没看完")
    draft.get_by_text("原始内容").click()
    expect(draft.locator("pre")).to_contain_text('"status": "draft"')
    found["quarantine"] = serious(desk)
    draft.get_by_role("button", name="放行").click()
    expect(desk.get_by_role("dialog")).to_contain_text("放行后成为supervisor的草稿")
    found["release"] = serious(desk)
    assert not any(found.values()), found
