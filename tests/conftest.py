"""Fixtures: `app` runs each test on SQLite and on PostgreSQL, on a fresh copy of the small county."""

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser

from tests.support.browsing import chromium_or_fail
from tests.support.databases import Template, postgres, templates
from tests.support.objects import ObjectServer, objects
from tests.support.people import Person, Phone
from tests.support.sharing import Sharing, turn
from tests.support.world import fill

# No test is timed: a slow machine is not a failure. The same cases in every run: a build fails for what changed, not by
# chance. HYPOTHESIS=search looks for new ones.
settings.register_profile("same", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS", "same"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put first what takes long. A browser on a busy machine gets a second chance; that it needed one is in the last line of the run."""
    items.sort(key=turn)
    for item in items:
        if item.nodeid.startswith(("tests/e2e/", "tests/office/")):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_xdist_make_scheduler(config: pytest.Config) -> Sharing:
    """Have processes, if there are several, share the tests as we say."""
    return Sharing(config)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """One PostgreSQL server for the whole session (of each process)."""
    with postgres() as address:
        yield address


@pytest.fixture(scope="session")
def s3_server() -> Iterator[ObjectServer]:
    """One S3 server for the whole session (of each process): tests may stop it."""
    with objects() as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole session (of each process)."""
    with chromium_or_fail() as started:
        yield started


sqlite_template, postgres_template = templates("session", fill)


@pytest.fixture(params=["sqlite", "postgres"])
def template(request: pytest.FixtureRequest) -> Template:
    """The template of each database in turn."""
    return request.getfixturevalue(f"{request.param}_template")


@pytest.fixture
def app(template: Template) -> Iterator[Flask]:
    """The app on a fresh copy, once on each database."""
    with template.copy() as made:
        yield made


@pytest.fixture
def one_app(sqlite_template: Template) -> Iterator[Flask]:
    """The app on SQLite only: for what does not touch storage."""
    with sqlite_template.copy() as made:
        yield made


@pytest.fixture
def as_supervisor(app: Flask) -> Phone:
    """The grid supervisor of two grids of town A, with a phone."""
    return Phone(app, "supervisor")


@pytest.fixture
def as_reviewer(app: Flask) -> Person:
    """The reviewer of town A."""
    return Person(app, "reviewer")


@pytest.fixture
def as_county(app: Flask) -> Person:
    """The county office."""
    return Person(app, "county")
