"""What was wrong is looked at again: the visit that proves it mended, with both photos side by side."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from playwright.sync_api import expect

from tests.e2e.phone import FieldPhone
from tests.support.browsing import PATIENCE
from tests.support.people import Person
from tests.support.world import site_id

COMPARED = "整改前后对比"
SHAPE = "image => image.naturalWidth && (image.naturalWidth > image.naturalHeight ? 'wide' : 'high')"


def _found(one: FieldPhone, reviewer: Person, folder: Path) -> str:
    """A visit that found something wrong, with a note and a photo, handed in and approved."""
    visit = one.begin_visit(site_id(1))
    one.mark("kitchen.bright", "不符合")
    one.item("kitchen.bright").get_by_label("备注").fill("帘子拉着")
    one.photograph("kitchen.bright", 1, folder, (2400, 1800))
    one.finish()
    one.delivered()
    reviewer.post(f"/api/v1/visits/{visit}/review", {"decision": "approve"})
    return visit


def test_a_finding_is_rechecked_with_its_old_photo_beside_the_new_one_and_closed(
        field_app: Flask, phone: Callable[..., FieldPhone], tmp_path: Path):
    reviewer = Person(field_app, "reviewer")
    one = phone()
    one.log_in()
    old = _found(one, reviewer, tmp_path)
    one.sync()
    one.go("/today")
    expect(one.page.get_by_text("复查：是否做到“明厨亮灶”？")).to_be_visible(timeout=PATIENCE)

    new = one.begin_visit(site_id(1))
    card = one.item("kitchen.bright")
    expect(card.get_by_text("待复查 1/1")).to_be_visible()
    # What was seen then is there before anything is answered, and so is the camera.
    both = card.get_by_role("group", name=COMPARED)
    expect(card.get_by_text("上次备注：帘子拉着")).to_be_visible()
    expect(both.get_by_role("img", name="上次")).to_be_visible(timeout=PATIENCE)
    expect(both.get_by_role("img", name="这次")).to_have_count(0)
    expect(card.get_by_role("button", name="拍照")).to_be_visible()
    one.mark("kitchen.bright", "符合")
    one.photograph("kitchen.bright", 2, tmp_path, (1800, 2400))
    shapes = {"上次": "wide", "这次": "high"}
    for name, shape in shapes.items():
        expect(both.get_by_role("img", name=name)).to_be_visible(timeout=PATIENCE)
        assert both.get_by_role("img", name=name).evaluate(f"async image => {{ await image.decode(); return ({SHAPE})(image) }}") == shape
    one.finish()
    one.delivered()

    [finding] = reviewer.get(f"/api/v1/visits/{old}")["findings"]
    assert finding["item"] == "kitchen.bright" and finding["closed_by"] == new
    one.sync()
    one.go(f"/sites/{site_id(1)}")
    expect(one.page.get_by_text("目前没有待办")).to_be_visible(timeout=PATIENCE)


def test_the_old_photo_of_another_phone_comes_from_the_server_and_is_not_missed_without_a_network(
        field_app: Flask, phone: Callable[..., FieldPhone], tmp_path: Path):
    first = phone()
    first.log_in()
    _found(first, Person(field_app, "reviewer"), tmp_path)

    other = phone()
    other.log_in()
    other.go(f"/sites/{site_id(1)}")
    expect(other.page.get_by_role("button", name="开始检查")).to_be_visible()
    other.offline()
    other.begin_visit(site_id(1))
    assert other.stored("blobs") == []
    card = other.item("kitchen.bright")
    expect(card.get_by_text("待复查")).to_be_visible()
    other.mark("kitchen.bright", "符合")
    other.photograph("kitchen.bright", 2, tmp_path, (1800, 2400))
    expect(card.get_by_role("group", name=COMPARED)).to_have_count(0)
    expect(card.get_by_role("img", name="照片暂时无法显示")).to_have_count(0)

    other.offline(False)
    before = card.get_by_role("group", name=COMPARED).get_by_role("img", name="上次")
    expect(before).to_be_visible(timeout=PATIENCE)
    assert before.evaluate(f"async image => {{ await image.decode(); return ({SHAPE})(image) }}") == "wide"
