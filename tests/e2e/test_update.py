"""A newer build of the app: never in a visit, taken at a tap, and nothing of the work is lost."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.e2e.phone import FieldPhone
from tests.support.apps import copied, renew
from tests.support.browsing import PATIENCE
from tests.support.serving import Server
from tests.support.world import site_id


@pytest.fixture
def apps(built: Path, tmp_path: Path) -> str:
    """A copy of the built app, which a newer one may replace."""
    return copied(tmp_path, built)


@pytest.fixture
def server(field_app: Flask, apps: str) -> Iterator[Server]:
    """The real server with that copy."""
    with Server(field_app, workers=1, APPS_DIR=apps) as running:
        yield running


def _publish_build(page: Page, apps: str) -> None:
    """A newer build is on the server; the person comes back to the app, which fetches it."""
    page.wait_for_function("() => navigator.serviceWorker.controller")
    renew(apps, "newer")
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")


def test_a_newer_version_is_offered_only_outside_a_visit_and_taking_it_keeps_the_draft(apps: str, phone: Callable[..., FieldPhone]):
    one = phone()
    one.log_in()
    visit = one.begin_visit(site_id(1))
    one.mark("kitchen.bright", "不符合")
    _publish_build(one.page, apps)
    one.go("/today")
    bar = one.page.get_by_role("status").filter(has_text="有新版本")
    expect(bar).to_be_visible()
    one.go(f"/visits/{visit}")
    expect(one.item("kitchen.bright")).to_be_visible()
    expect(bar).to_have_count(0)
    one.go("/today")
    bar.get_by_role("button", name="更新").click()
    expect(one.page.locator("html[data-build=newer]")).to_be_attached(timeout=PATIENCE)
    expect(one.page.get_by_role("link", name="第一小学食堂").filter(has_text="继续检查")).to_be_visible()
    expect(bar).to_have_count(0)
    assert one.begin_visit(site_id(1)) == visit
    expect(one.item("kitchen.bright").get_by_role("button", name="不符合", exact=True)).to_have_attribute("aria-pressed", "true")


def test_a_tab_in_a_visit_goes_on_when_another_takes_the_newer_version_and_follows_afterwards(apps: str, phone: Callable[..., FieldPhone]):
    one = phone()
    one.log_in()
    one.begin_visit(site_id(1))
    visiting, other = one.page, one.open()
    _publish_build(other, apps)
    other.get_by_role("button", name="更新").click()
    expect(other.locator("html[data-build=newer]")).to_be_attached(timeout=PATIENCE)
    visiting.bring_to_front()
    one.mark("kitchen.bright", "不符合")
    expect(visiting.locator("html[data-build]")).to_have_count(0)
    one.go("/today")
    expect(visiting.locator("html[data-build=newer]")).to_be_attached(timeout=PATIENCE)
    # The router listens to the address only once its first page is there.
    expect(visiting.get_by_role("link", name="第一小学食堂").filter(has_text="继续检查")).to_be_visible()
    one.begin_visit(site_id(1))
    expect(one.item("kitchen.bright").get_by_role("button", name="不符合", exact=True)).to_have_attribute("aria-pressed", "true")
