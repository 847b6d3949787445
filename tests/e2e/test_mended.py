"""What a person mends on the phone: a number that was typed wrongly, a visit that was handed in wrongly, one that was refused."""

import gzip
from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Route, expect

from tests.e2e.conftest import plan_of_this_year, publish
from tests.e2e.phone import FieldPhone
from tests.support.people import Person, Phone
from tests.support.world import site_id


def _answers(one: FieldPhone) -> dict[str, object]:
    return {row["link_id"]: row["value"] for row in one.stored("answers") if "value" in row}


def test_what_a_field_shows_is_what_is_stored_or_it_says_so(field_app: Flask, phone: Callable[..., FieldPhone]):
    publish(field_app, plan_of_this_year("kitchen.bright", "canteen.sample-kept", "canteen.sample-weight", "common.health-certificates"))
    one = phone()
    one.log_in()
    one.begin_visit(site_id(1))
    one.mark("canteen.sample-kept", "符合")
    pair, number = one.item("common.health-certificates"), one.item("canteen.sample-weight").get_by_role("textbox").first
    have, of = pair.get_by_role("textbox").nth(0), pair.get_by_role("textbox").nth(1)
    have.fill("3")
    of.fill("5")
    number.fill("125")
    one.until(lambda: _answers(one) == {"common.health-certificates": [3, 5], "canteen.sample-weight": 125})

    have.fill("")
    expect(pair.get_by_text("两个数都填上整数才会存下来")).to_be_visible()
    number.fill("一百")
    expect(one.item("canteen.sample-weight").get_by_text("这里只能填数字，没有存下来")).to_be_visible()
    one.until(lambda: _answers(one) == {})
    expect(of).to_have_value("5")
    expect(number).to_have_value("一百")

    have.fill("4")
    number.fill("130")
    one.until(lambda: _answers(one) == {"common.health-certificates": [4, 5], "canteen.sample-weight": 130})
    expect(pair.get_by_text("两个数都填上整数才会存下来")).to_be_hidden()


def test_a_visit_that_was_handed_in_wrongly_is_told_better_until_it_is_approved(field_app: Flask, phone: Callable[..., FieldPhone]):
    reviewer = Person(field_app, "reviewer")
    one = phone()
    one.log_in()
    old = one.hand_in(site_id(1), "kitchen.bright", "不符合")
    expect(one.page.get_by_role("heading", name="全部回答")).to_be_visible()
    one.page.get_by_role("button", name="更正").click()
    expect(one.item("kitchen.bright").get_by_role("button", name="不符合", exact=True)).to_have_attribute("aria-pressed", "true")
    one.mark("kitchen.bright", "符合")
    one.finish()
    one.delivered()
    new = one.page.url.split("/")[-2]
    seen = reviewer.get(f"/api/v1/visits/{new}")
    assert seen["replaces"] == old and seen["answers"]["kitchen.bright"]["mark"] == "pass"
    reviewer.post(f"/api/v1/visits/{new}/review", {"decision": "approve"})
    one.sync()
    one.go(f"/visits/{new}/summary")
    expect(one.page.get_by_role("button", name="更正")).to_be_hidden()
    one.go(f"/visits/{old}/summary")
    expect(one.page.get_by_role("heading", name="全部回答")).to_be_visible()
    expect(one.page.get_by_role("button", name="更正")).to_be_hidden()


def test_refused_values_of_a_site_are_mended_in_its_form(field_app: Flask, phone: Callable[..., FieldPhone]):
    county = Phone(field_app, "county")
    wrong = "no code at all, and much too long for one"

    def only_the_wrong_one(route: Route) -> None:
        # A round that took the change before it was made wrong may still be on its way: that one is lost.
        sent = gzip.decompress(route.request.post_data_buffer or gzip.compress(b""))
        route.continue_() if wrong.encode() in sent else route.abort()

    one = phone()
    one.log_in()
    one.offline()
    one.context.route("**/api/v1/sync/push", only_the_wrong_one)
    one.telephone(site_id(5), "0356-2")
    # What the phone has to say is made wrong on its way, as a stricter server of tomorrow would find it.
    one.page.evaluate("""wrong => new Promise((done, failed) => {
        indexedDB.databases().then((all) => {
            const opening = indexedDB.open(all.find(({name}) => name.startsWith('field-') && name !== 'field-people').name)
            opening.onsuccess = () => {
                const store = opening.result.transaction('outbox', 'readwrite').objectStore('outbox')
                const got = store.get(1)
                got.onsuccess = () => {
                    got.result.operation.set.uscc = wrong
                    store.put(got.result)
                }
                store.transaction.oncomplete = () => { opening.result.close(); done() }
                got.onerror = failed
            }
        })
    })""", wrong)
    one.offline(False)
    one.sync()
    one.page.get_by_role("button", name="修改后重新提交").click()
    one.context.unroute("**/api/v1/sync/push")
    expect(one.page.get_by_label("电话")).to_have_value("0356-2")
    one.page.get_by_label("统一社会信用代码").fill("")
    one.page.get_by_role("button", name="保存", exact=True).click()
    one.page.get_by_role("button", name="立即同步").click()
    expect(one.page.get_by_text("全部已送达")).to_be_visible()
    assert county.get(f"/api/v1/sites/{site_id(5)}")["phone"] == "0356-2"
