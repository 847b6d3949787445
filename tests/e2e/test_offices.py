"""What offices do while a phone is away: a visit comes back, a checklist is published, a phone is revoked, a file is loaded."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from playwright.sync_api import expect

from tests.e2e.conftest import plan_of_this_year, publish
from tests.e2e.phone import FieldPhone
from tests.support.browsing import PATIENCE
from tests.support.people import Person
from tests.support.serving import ROOT, Server
from tests.support.world import COUNTY, TOWN_A, site_id


def test_a_returned_visit_opens_at_the_item_with_the_reason_and_its_correction_counts(field_app: Flask, phone: Callable[..., FieldPhone]):
    reviewer = Person(field_app, "reviewer")
    one = phone()
    one.log_in()
    old = one.hand_in(site_id(1), "kitchen.bright", "符合")
    reviewer.post(f"/api/v1/visits/{old}/review", {"decision": "return", "items": {"kitchen.bright": "照片里看不到后厨"}})

    one.sync()
    one.go("/today")
    expect(one.page.get_by_text("退回").first).to_be_visible(timeout=PATIENCE)
    new = one.begin_visit(site_id(1))
    assert new != old
    expect(one.item("kitchen.bright").get_by_text("照片里看不到后厨")).to_be_visible()
    expect(one.item("kitchen.bright")).to_be_in_viewport()
    one.mark("kitchen.bright", "不符合")
    one.finish()
    one.delivered()
    seen = reviewer.get(f"/api/v1/visits/{new}")
    assert seen["replaces"] == old and seen["answers"]["kitchen.bright"]["mark"] == "fail"
    assert reviewer.get(f"/api/v1/visits/{old}")["replaced_by"] == new


def test_what_was_sent_back_is_gone_through_one_after_the_other(field_app: Flask, phone: Callable[..., FieldPhone]):
    publish(field_app, plan_of_this_year("kitchen.bright", "kitchen.internet"))
    reviewer = Person(field_app, "reviewer")
    one = phone()
    one.log_in()
    old = one.begin_visit(site_id(1))
    for item in ("kitchen.bright", "kitchen.internet"):
        one.mark(item, "符合")
    one.finish()
    one.delivered()
    items = dict.fromkeys(("kitchen.bright", "kitchen.internet"), "看不清")
    reviewer.post(f"/api/v1/visits/{old}/review", {"decision": "return", "items": items})
    one.sync()
    one.go("/today")
    expect(one.page.get_by_text("退回").first).to_be_visible()
    one.begin_visit(site_id(1))
    first, second = (one.item(item) for item in items)
    expect(first).to_be_focused()
    one.page.get_by_role("button", name="下一项").click()
    expect(second).to_be_focused()  # before all that nobody has answered yet
    for item in (first, second):
        expect(item).not_to_contain_text("上次")  # that was this visit itself


def test_a_checklist_published_while_a_draft_is_open_is_the_persons_choice(field_app: Flask, phone: Callable[..., FieldPhone]):
    one = phone()
    one.log_in()
    visit = one.begin_visit(site_id(1))
    one.mark("kitchen.bright", "符合")
    before = one.stored("captures")[0]["checklist"]
    publish(field_app, plan_of_this_year("kitchen.bright", "kitchen.internet"))
    one.sync()
    one.go(f"/visits/{visit}")
    expect(one.page.get_by_text("检查表有新版本")).to_be_visible(timeout=PATIENCE)
    assert one.stored("captures")[0]["checklist"] == before
    one.page.get_by_role("button", name="换成新检查表").click()
    expect(one.page.get_by_text("检查表有新版本")).to_have_count(0)
    assert one.stored("captures")[0]["checklist"] != before
    expect(one.item("kitchen.bright").get_by_role("button", name="符合", exact=True)).to_have_attribute("aria-pressed", "true")
    one.finish()
    one.delivered()


def test_a_revoked_phone_gives_up_what_it_has_and_then_forgets_everything(field_app: Flask, phone: Callable[..., FieldPhone]):
    county = Person(field_app, "county")
    one = phone()
    one.log_in()
    one.offline()
    visit = one.begin_visit(site_id(1))
    one.mark("kitchen.bright", "符合")
    one.finish()
    county.post(f"/api/v1/devices/{one.device()['device_id']}/revoke", {})
    one.offline(False)
    expect(one.page.get_by_text("这部手机已被停用")).to_be_visible(timeout=60_000)
    assert one.page.evaluate("async () => (await indexedDB.databases()).map(({name}) => name)") in ([], ["field-people"])
    kept = county.get("/api/v1/sync/quarantine", region=COUNTY)
    assert [row["row_id"] for row in kept["operations"]] == [visit]


def test_a_phone_without_any_network_hands_in_a_file_and_later_everything_once(
        field_app: Flask, server: Server, phone: Callable[..., FieldPhone], tmp_path: Path):
    one = phone(accept_downloads=True)
    one.log_in()
    one.offline()
    visit = one.begin_visit(site_id(1))
    one.mark("kitchen.bright", "符合")
    one.photograph("kitchen.bright", 1, tmp_path)
    one.finish()
    one.go("/sync")
    with one.page.expect_download() as coming:
        one.page.get_by_role("button", name=re.compile("导出未上传的内容")).click()
        one.page.get_by_role("button", name="保存到手机").click()
    bundle = tmp_path / "bundle.zip"
    coming.value.save_as(bundle)
    for _ in range(2):
        done = subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", "sync", "load-bundle", str(bundle)], cwd=ROOT,
                              env=server.environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
    reviewer = Person(field_app, "reviewer")
    seen = reviewer.get(f"/api/v1/visits/{visit}")
    assert seen["status"] == "signed" and seen["complete"]

    one.offline(False)
    one.go(f"/visits/{visit}/summary")
    one.delivered()
    assert [row["id"] for row in reviewer.get("/api/v1/visits", region=TOWN_A)["visits"]] == [visit]
