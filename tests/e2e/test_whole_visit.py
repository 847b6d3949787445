"""A whole visit without a network, and what the county has of it afterwards."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from playwright.sync_api import expect

from tests.e2e.phone import FieldPhone
from tests.support.people import Person
from tests.support.world import COUNTY, site_id

AHEAD = timedelta(days=3)


def bright(county: Person) -> tuple[float, float]:
    """Numerator and denominator of this year's indicator of bright kitchens."""
    found = county.get("/api/v1/plans/this-year/indicators", region=COUNTY)["indicators"][0]
    window = next(window for window in found["windows"] if window["key"] == found["current"])
    return window["num"], window["den"]


def test_a_visit_in_a_cellar_arrives_once_with_its_photos_and_moves_the_indicator(
        field_app: Flask, phone: Callable[..., FieldPhone], tmp_path: Path):
    county = Person(field_app, "county")
    before = bright(county)
    one = phone()
    one.log_in()
    one.offline()
    visit = one.begin_visit(site_id(1))
    one.mark("kitchen.bright", "符合")
    one.photograph("kitchen.bright", 1, tmp_path)
    one.photograph("kitchen.bright", 2, tmp_path)
    one.finish()
    expect(one.page.get_by_text("已保存，待上传")).to_be_visible()
    assert len(one.stored("outbox")) == 1
    one.offline(False)
    one.delivered()

    seen = county.get(f"/api/v1/visits/{visit}")
    assert seen["status"] == "signed" and seen["complete"] and seen["answers"]["kitchen.bright"]["mark"] == "pass"
    pictures = county.get(f"/api/v1/visits/{visit}/photos")
    assert len(pictures["photos"]) == 2 and pictures["missing"] == []
    assert all(picture["capture"]["source"] == "camera" and picture["capture"]["place"]["crs"] == "WGS84" for picture in pictures["photos"])
    assert {place["which"] for place in pictures["places"]} == {"start", "end"}
    assert [row["id"] for row in county.get("/api/v1/visits", region=COUNTY)["visits"]] == [visit]
    assert bright(county) == (before[0] + 1, before[1])


def test_a_phone_three_days_ahead_hands_in_a_visit_of_today(field_app: Flask, phone: Callable[..., FieldPhone]):
    county = Person(field_app, "county")
    one = phone()
    one.page.clock.install(time=datetime.now(UTC) + AHEAD)
    one.page.reload()
    one.log_in()
    visit = one.hand_in(site_id(1), "kitchen.bright", "符合")
    seen = county.get(f"/api/v1/visits/{visit}")
    at, told = (datetime.fromisoformat(seen[key]) for key in ("at", "phone_at"))
    assert abs(told - at - AHEAD) < timedelta(minutes=2)
    assert abs(at - datetime.now(UTC)) < timedelta(minutes=5)
