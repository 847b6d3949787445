"""The phone app as a build leaves it, a server with a plan of this year, and phones that share nothing."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser

from inspect_api.db import transaction
from inspect_api.services import plans
from tests.e2e.phone import FieldPhone
from tests.support.browsing import built_app
from tests.support.databases import Template
from tests.support.serving import Server
from tests.support.world import NOW


def plan_of_this_year(*items: str) -> str:
    """A plan whose period is this year: school canteens and what they are asked. An indicator counts bright kitchens."""
    year = date.today().year
    return f"""
id: this-year
title: 泽州县{year}年食品安全重点工作（测试）
issuer: 测试
region: "140525"
period: {{from: {year}-01-01, to: {year}-12-31}}
clauses:
  - id: c001
    article: （一）
    quote: 学校食堂“明厨亮灶”覆盖率达到65%以上。
    kind: target
    site_types: [school_canteen]
    items: [{", ".join(items or ("kitchen.bright",))}]
indicators:
  - id: bright
    clause: c001
    title: 学校食堂“明厨亮灶”覆盖率
    measure: marked
    filter: {{site_types: [school_canteen]}}
    item: kitchen.bright
    window: {{kind: period}}
    target: {{op: ">=", value: 65, unit: "%"}}
"""


def publish(app: Flask, text: str) -> None:
    """Load a plan file as an office does; the checklists follow."""
    with app.app_context():
        transaction(lambda connection: plans.load(connection, {"this-year.yaml": text}, NOW, "tests"))


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of the app as a build leaves it."""
    return built_app("field")


@pytest.fixture
def field_app(sqlite_template: Template) -> Iterator[Flask]:
    """A county of its own for the test, with a plan of this year."""
    with sqlite_template.copy() as app:
        publish(app, plan_of_this_year())
        yield app


@pytest.fixture
def server(field_app: Flask, built: Path) -> Iterator[Server]:
    """The real server over it."""
    with Server(field_app, workers=1) as running:
        yield running


@pytest.fixture
def phone(browser: Browser, server: Server) -> Iterator[Callable[..., FieldPhone]]:
    """Phones of this test, each with a storage of its own."""
    made: list[FieldPhone] = []

    def new(**options: object) -> FieldPhone:
        made.append(FieldPhone(browser, server, **options))
        return made[-1]

    yield new
    for one in made:
        one.context.close()
