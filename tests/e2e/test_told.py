"""What 同步 tells of work that did not simply arrive: values that met others, what was refused, what an office keeps."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from playwright.sync_api import Locator, expect

from tests.e2e.phone import FieldPhone
from tests.support.browsing import PATIENCE
from tests.support.people import Person, Phone
from tests.support.serving import ROOT, Server
from tests.support.world import COUNTY, GRID_B1, TOWN_A, site_id


def _part(one: FieldPhone, title: str) -> Locator:
    """A section of 同步 by its heading."""
    return one.page.locator("section").filter(has=one.page.get_by_role("heading", name=title, exact=True))


def test_a_value_that_met_another_is_shown_with_both_until_the_office_has_chosen(field_app: Flask, phone: Callable[..., FieldPhone]):
    reviewer = Person(field_app, "reviewer")
    site = reviewer.get(f"/api/v1/sites/{site_id(5)}")
    one = phone()
    one.log_in()
    one.offline()
    one.telephone(site_id(5), "0356-2")
    answer = reviewer.ask("PATCH", f"/api/v1/sites/{site_id(5)}", json={"rev": site["rev"], "set": {"phone": "0356-1"}})
    assert answer.status_code == 200, answer.get_json()
    one.offline(False)
    one.sync()
    part = _part(one, "与别人的修改不一致")
    for words in ("某某饭店", "电话", "现有", "0356-1", "您填的", "0356-2", "等办公室选择"):
        expect(part.get_by_text(words).first).to_be_visible(timeout=PATIENCE)

    [told] = reviewer.get("/api/v1/sync/conflicts", region=TOWN_A)["conflicts"]
    reviewer.post(f"/api/v1/sync/conflicts/{told['id']}/resolve", {"choose": "theirs", "rev": told["rev"], "note": "电话核实"})
    one.sync()
    expect(part.get_by_text("办公室采用了您的 · 办公室：电话核实")).to_be_visible(timeout=PATIENCE)
    one.go(f"/sites/{site_id(5)}")
    expect(one.page.get_by_text("0356-2")).to_be_visible()


def test_what_was_refused_says_why_and_what_the_office_did_until_it_is_put_aside(field_app: Flask, phone: Callable[..., FieldPhone]):
    county = Phone(field_app, "county")
    one = phone()
    one.log_in()
    one.offline()
    name = next(row["name"] for row in one.stored("sites") if row["id"] == site_id(4))
    visit = one.begin_visit(site_id(4))
    one.finish()
    # Meanwhile the site turns out to lie in a grid of somebody else.
    county.push(county.operation("patch", "site", {"grid": GRID_B1}, site_id(4)))
    one.offline(False)
    one.sync()
    part = _part(one, "需要处理")
    # The site has left this phone: the visit still knows what it was called.
    for words in (f"检查 · {name}", "超出您的管辖区域", "内容已留存，等办公室处理"):
        expect(part.get_by_text(words).first).to_be_visible(timeout=PATIENCE)
    expect(one.page.get_by_role("tab", name="同步").get_by_text("!")).to_be_visible()

    assert site_id(4) not in {row["id"] for row in one.stored("sites")}
    [kept] = county.get("/api/v1/sync/quarantine", region=COUNTY)["operations"]
    assert kept["row_id"] == visit
    county.post(f"/api/v1/sync/quarantine/{kept['op']}/dismiss", {"reason": "该网格已另派人检查"})
    one.sync()
    expect(part.get_by_text("办公室已作废")).to_be_visible(timeout=PATIENCE)
    expect(part.get_by_text("该网格已另派人检查")).to_be_visible()
    part.get_by_role("button", name="知道了").click()
    expect(part).to_have_count(0)
    expect(one.page.get_by_role("tab", name="同步").get_by_text("!")).to_have_count(0)


def test_an_unfinished_visit_that_an_office_keeps_is_told_calmly_and_goes_on(
        field_app: Flask, server: Server, phone: Callable[..., FieldPhone], tmp_path: Path):
    one = phone(accept_downloads=True)
    one.log_in()
    visit = one.begin_visit(site_id(1))
    one.mark("kitchen.bright", "符合")
    one.go("/sync")
    with one.page.expect_download() as coming:
        one.page.get_by_role("button", name="导出未上传的内容").click()
        one.page.get_by_role("button", name="保存到手机").click()
    bundle = tmp_path / "bundle.zip"
    coming.value.save_as(bundle)
    one.page.get_by_role("button", name="关闭").click()
    done = subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", "sync", "load-bundle", str(bundle)], cwd=ROOT,
                          env=server.environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    one.sync()
    part = _part(one, "已交办公室处理")
    expect(part.get_by_text("1 次没做完的检查，办公室留有备份")).to_be_visible(timeout=PATIENCE)
    expect(part.locator(".bad")).to_have_count(0)
    expect(one.page.get_by_role("heading", name="需要处理")).to_have_count(0)
    expect(one.page.get_by_text("号操作")).to_have_count(0)

    assert one.begin_visit(site_id(1)) == visit
    one.finish()
    one.delivered()
    county = Person(field_app, "county")
    assert [row["id"] for row in county.get("/api/v1/visits", region=COUNTY)["visits"]] == [visit]
