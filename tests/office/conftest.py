"""The desk as a build leaves it, a real server over the small county, and people who sit at it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.browsing import built_app
from tests.support.databases import Template
from tests.support.people import Phone
from tests.support.serving import Server
from tests.support.world import PASSWORD
from tests.web.packages import WEB

#: A dialog that is still fading in has no contrast yet.
SETTLED = """async () => { await Promise.allSettled(document.getAnimations()
    .filter((one) => one.effect.getTiming().iterations !== Infinity).map((one) => one.finished)) }"""
AXE = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of the desk as a build leaves it."""
    return built_app("office")


@pytest.fixture
def office_app(sqlite_template: Template) -> Iterator[Flask]:
    """A county of its own for the test."""
    with sqlite_template.copy() as app:
        yield app


@pytest.fixture
def as_phone(office_app: Flask) -> Phone:
    """The grid supervisor of two grids of town A, with a phone."""
    return Phone(office_app, "supervisor")


@pytest.fixture
def server(office_app: Flask, built: Path) -> Iterator[Server]:
    """The real server over it."""
    with Server(office_app, workers=1) as running:
        yield running


@pytest.fixture
def office(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Desks of this test: `office("reviewer")` is a page with that person logged in, at `path`. What goes wrong in one fails the test."""
    made: list[BrowserContext] = []
    wrong: list[str] = []

    def desk(login: str, path: str = "/", **options: object) -> Page:
        made.append(browser.new_context(**{"viewport": {"width": 1366, "height": 768}, "locale": "zh-CN"} | options))
        page = made[-1].new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(f"{server.url}/office/#{path}")
        page.get_by_label("用户名").fill(login)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("navigation", name="办公端")).to_be_visible()
        return page

    yield desk
    for context in made:
        context.close()
    assert not wrong, wrong


def serious(page: Page) -> list[str]:
    """What axe-core finds serious or worse on a page; its context has `bypass_csp=True`, for the checker."""
    page.evaluate(SETTLED)
    page.evaluate((WEB / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8"))
    return [f"{one['id']}: {one['help']} {[node['html'][:160] for node in one['nodes'][:3]]}" for one in page.evaluate(AXE)
            if one["impact"] in {"serious", "critical"}]
