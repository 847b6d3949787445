"""A phone whose storage is full: photos are refused with a reason, answers are kept or said not to be."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.phone import FieldPhone
from tests.support.world import site_id

# A browser's own limit cannot be lowered from outside (Chromium's override reaches neither the estimate nor the writes), so its
# answer to a write is given in its place. `room()` ends it.
FULL = """() => {
    const put = IDBObjectStore.prototype.put
    window.room = () => { IDBObjectStore.prototype.put = put }
    IDBObjectStore.prototype.put = function () { throw new DOMException('full', 'QuotaExceededError') }
}"""


def test_a_nearly_full_phone_takes_no_photo_and_keeps_the_answers(phone: Callable[..., FieldPhone]):
    one = phone()
    # What an old phone's browser tells; today's Chromium tells a quota that never comes near, whatever it is.
    one.context.add_init_script("navigator.storage.estimate = async () => ({usage: 96, quota: 100})")
    one.page.reload()
    one.log_in()
    visit = one.begin_visit(site_id(1))
    one.mark("kitchen.bright", "不符合")
    card = one.item("kitchen.bright")
    expect(card.get_by_text(re.compile("手机空间快满了"))).to_be_visible()
    expect(card.get_by_role("button", name="拍照")).to_be_disabled()
    one.go("/today")
    one.go(f"/visits/{visit}")
    expect(card.get_by_role("button", name="不符合", exact=True)).to_have_attribute("aria-pressed", "true")


def test_an_answer_that_cannot_be_stored_says_so_and_can_be_given_again(phone: Callable[..., FieldPhone]):
    one = phone()
    one.log_in()
    one.begin_visit(site_id(1))
    one.page.evaluate(FULL)
    card = one.item("kitchen.bright")
    button = card.get_by_role("button", name="符合", exact=True)
    button.click()
    expect(card.get_by_text("未保存", exact=True)).to_be_visible()
    expect(button).to_have_attribute("aria-pressed", "false")
    one.page.evaluate("() => window.room()")
    card.get_by_role("button", name="重试").click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(card.get_by_text("未保存")).to_have_count(0)
