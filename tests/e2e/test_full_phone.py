"""A phone whose storage is full: photos are refused with a reason, answers are kept or said not to be."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.phone import FieldPhone
from tests.support.world import site_id


def _tell_room(one: FieldPhone, used: int) -> None:
    """Have the browser tell a share of its room, as an old phone's does; today's Chromium tells a quota that never comes near."""
    one.context.add_init_script(f"navigator.storage.estimate = async () => ({{usage: {used}, quota: 100}})")
    one.page.reload()


def test_a_nearly_full_phone_takes_no_photo_and_keeps_the_answers(phone: Callable[..., FieldPhone]):
    one = phone()
    _tell_room(one, 96)
    one.log_in()
    visit = one.begin_visit(site_id(1))
    one.mark("kitchen.bright", "不符合")
    card = one.item("kitchen.bright")
    expect(card.get_by_text(re.compile("手机空间快满了"))).to_be_visible()
    expect(card.get_by_role("button", name="拍照")).to_be_disabled()
    one.go("/today")
    one.go(f"/visits/{visit}")
    expect(card.get_by_role("button", name="不符合", exact=True)).to_have_attribute("aria-pressed", "true")


def test_a_phone_that_fills_up_says_so_in_time_and_still_takes_photos(phone: Callable[..., FieldPhone], tmp_path: Path):
    one = phone()
    _tell_room(one, 84)
    one.log_in()
    one.begin_visit(site_id(1))
    one.mark("kitchen.bright", "不符合")
    expect(one.item("kitchen.bright").get_by_text("手机空间已用 84%，请尽快联网上传照片")).to_be_visible()
    one.photograph("kitchen.bright", 1, tmp_path)
    one.go("/sync")
    expect(one.page.get_by_role("alert").filter(has_text="空间快满了，请尽快联网上传照片")).to_be_visible()
    expect(one.page.get_by_text("84%", exact=True)).to_be_visible()


def test_an_answer_that_cannot_be_stored_says_so_and_can_be_given_again(phone: Callable[..., FieldPhone]):
    one = phone()
    one.log_in()
    one.begin_visit(site_id(1))
    one.full()
    card = one.item("kitchen.bright")
    button = card.get_by_role("button", name="符合", exact=True)
    button.click()
    expect(card.get_by_text("未保存", exact=True)).to_be_visible()
    expect(button).to_have_attribute("aria-pressed", "false")
    one.full(False)
    card.get_by_role("button", name="重试").click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(card.get_by_text("未保存")).to_have_count(0)
