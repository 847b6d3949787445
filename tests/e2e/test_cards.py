"""The cards of a visit: what they know already, what they take, and what they say of it."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from flask import Flask
from playwright.sync_api import expect

from tests.e2e.phone import FieldPhone
from tests.support.browsing import PATIENCE
from tests.support.people import Person, Phone
from tests.support.world import site_id

PUT = """async (row) => {
    const name = (await indexedDB.databases()).map(({name}) => name).find((name) => name.startsWith('field-') && name !== 'field-people')
    await new Promise((done, failed) => {
        const opening = indexedDB.open(name)
        opening.onerror = () => failed(opening.error)
        opening.onsuccess = () => {
            const put = opening.result.transaction('answers', 'readwrite').objectStore('answers').put(row)
            put.onsuccess = () => { opening.result.close(); done() }
            put.onerror = () => failed(put.error)
        }
    })
}"""
LICENCE, WORKERS, SELF_INSPECTION = "common.licence", "common.health-certificates", "common.self-inspection-date"


def _put_answer(one: FieldPhone, row: dict[str, object]) -> None:
    """An answer as it may have come by another way than the wheels."""
    one.page.evaluate(PUT, row)


def test_the_licence_question_tells_what_is_registered_and_an_expired_one_fails_aloud(
        field_app: Flask, phone: Callable[..., FieldPhone]):
    county = Phone(field_app, "county")
    registered = {"licence_number": "JY31405250001", "licence_until": "2024-09-20"}
    county.push(county.operation("patch", "site", registered, site_id(1)))
    one = phone()
    one.log_in()
    one.begin_visit(site_id(1))
    card = one.item(LICENCE)
    for told in ("登记证号 JY31405250001", "有效期至 2024-09-20 已过期"):
        expect(card.get_by_text(told)).to_be_visible()
    expect(card.get_by_text("已过期，按不符合处理")).to_have_count(0)
    card.get_by_role("button", name="照此填写").click()
    expect(card.get_by_label("证号")).to_have_value("JY31405250001")
    expect(card.get_by_text("已过期，按不符合处理")).to_be_visible()
    expect(card.get_by_text("整改要求")).to_be_visible()
    expect(card.get_by_role("button", name="照此填写")).to_have_count(0)
    [answer] = one.stored("answers")
    assert answer["value"] == {"held": True, "number": "JY31405250001", "until": "2024-09-20"}
    # The paper in hand is another one: what is registered is told again, and no tap writes over what was read from the paper.
    card.get_by_label("证号").fill("JY31405250002")
    card.get_by_label("证号").press("Tab")
    expect(card.get_by_text("登记证号 JY31405250001")).to_be_visible()
    expect(card.get_by_role("button", name="照此填写")).to_have_count(0)
    card.get_by_role("button", name="有效期至").click()
    wheels = one.page.get_by_role("dialog", name="选择日期")
    expect(wheels.get_by_role("button", name="今天")).to_have_count(0)
    wheels.get_by_role("button", name="取消").click()
    one.page.get_by_role("button", name="完成", exact=True).click()
    expect(one.page.get_by_text("持有 JY31405250002 有效期至 2024-09-20")).to_be_visible()


def test_a_day_of_a_record_cannot_lie_ahead(phone: Callable[..., FieldPhone]):
    one = phone()
    one.log_in()
    one.begin_visit(site_id(1))
    one.mark("common.self-inspection", "符合")
    today = one.page.evaluate("new Date().toLocaleDateString('sv')")
    one.item(SELF_INSPECTION).get_by_role("button", name="选择日期").first.click()
    wheels = one.page.get_by_role("dialog", name="选择日期")
    for part, unit in zip(today.split("-"), "年月日", strict=True):
        expect(wheels.get_by_text(f"{part}{unit}", exact=True)).to_be_visible()
    expect(wheels.get_by_text(f"{int(today[:4]) + 1}年")).to_have_count(0)
    wheels.get_by_role("button", name="今天").click()
    expect(one.item(SELF_INSPECTION).get_by_text(today)).to_be_visible()
    expect(one.item(SELF_INSPECTION).get_by_text("晚于检查当天")).to_have_count(0)
    # One that was given elsewhere, or earlier, is told.
    [row] = [row for row in one.stored("answers") if row["link_id"] == SELF_INSPECTION]
    _put_answer(one, row | {"value": str(date.fromisoformat(today) + timedelta(days=3))})
    one.page.reload()
    expect(one.item(SELF_INSPECTION).get_by_text("晚于检查当天，请核对")).to_be_visible()


def test_more_than_there_are_is_said_once_and_not_counted_as_done(phone: Callable[..., FieldPhone]):
    one = phone()
    one.log_in()
    one.begin_visit(site_id(1))
    card = one.item(WORKERS)
    have, of = card.get_by_label("持有效健康证人数"), card.get_by_label("接触直接入口食品的人数")
    have.fill("5")
    of.fill("6")
    of.press("Tab")
    expect(one.page.get_by_text("已查 1 /")).to_be_visible()
    have.fill("9")
    have.press("Tab")
    expect(one.page.get_by_text("已查 0 /")).to_be_visible()
    expect(card.get_by_role("alert")).to_have_count(1)
    expect(card.get_by_role("alert")).to_contain_text("不能多于")


def test_the_photos_of_a_visit_that_was_sent_back_are_seen_in_its_correction(
        field_app: Flask, phone: Callable[..., FieldPhone], tmp_path: Path):
    one = phone()
    one.log_in()
    old = one.begin_visit(site_id(1))
    one.mark("kitchen.bright", "不符合")
    one.photograph("kitchen.bright", 1, tmp_path)
    one.finish()
    one.delivered()
    returned = {"decision": "return", "items": {"kitchen.bright": "太暗，看不清"}}
    Person(field_app, "reviewer").post(f"/api/v1/visits/{old}/review", returned)
    other = phone()  # nothing of the photo lies on it
    other.log_in()
    assert other.begin_visit(site_id(1)) != old
    card = other.item("kitchen.bright")
    expect(card.get_by_text("退回 1/1 太暗，看不清")).to_be_visible()
    card.get_by_role("button", name="查看第 1 张照片").click()
    for seen in (card, other.page.get_by_role("dialog")):
        expect(seen.locator("img").first).to_be_visible(timeout=PATIENCE)
        expect(seen.get_by_role("img", name="照片暂时无法显示")).to_have_count(0)
