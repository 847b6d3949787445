"""A shop found on the street."""

import re
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from playwright.sync_api import expect

from tests.e2e.phone import FieldPhone
from tests.media.pictures import encoded, scene
from tests.support.browsing import PATIENCE
from tests.support.people import Person
from tests.support.world import GRID_A1


def test_a_shop_found_without_a_network_arrives_with_its_place_its_photo_and_its_first_visit(
        field_app: Flask, phone: Callable[..., FieldPhone], tmp_path: Path):
    reviewer = Person(field_app, "reviewer")
    one = phone()
    one.log_in()
    one.offline()
    one.go("/sites/new")
    page = one.page
    page.get_by_label("名称").fill("街角包子铺")
    page.get_by_label("类型").select_option("small_shop")
    page.get_by_role("button", name="取当前位置").click()
    expect(page.get_by_text("12 米").first).to_be_visible(timeout=PATIENCE)
    front = tmp_path / "front.jpg"
    front.write_bytes(encoded("JPEG", scene(9, (2400, 1800))))
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="拍照").click()
    chosen.value.set_files(front)
    expect(page.locator("img")).to_have_count(1, timeout=PATIENCE)
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="开始检查").click()
    expect(page).to_have_url(re.compile("#/visits/[0-9a-f-]{36}$"))
    visit = page.url.rpartition("/")[2]
    one.finish()
    one.offline(False)
    one.delivered()

    seen = reviewer.get(f"/api/v1/visits/{visit}")
    site = reviewer.get(f"/api/v1/sites/{seen['site_id']}")
    assert (site["name"], site["type"], site["grid"]) == ("街角包子铺", "small_shop", GRID_A1)
    assert site["place"]["accuracy"] == 12
    # The visit has its receipt; the site's own photo goes up beside it.
    one.until(lambda: not reviewer.get(f"/api/v1/sites/{site['id']}")["photos_missing"])
    [photo] = site["photos"]
    assert reviewer.ask("GET", f"/api/v1/photos/{photo}?site={site['id']}").status_code == 200
    assert site["photos"][photo]["source"] == "camera"
