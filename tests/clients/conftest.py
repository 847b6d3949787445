"""The third-party clients: those in Node get their packages, installed here if `make` has not and never left out; servers to try them on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import Template
from tests.support.node import with_packages
from tests.support.serving import Server

CLIENTS = Path(__file__).parent

@pytest.fixture(scope="session")
def rxdb() -> Path:
    """The folder of the RxDB client, ready to run."""
    return with_packages(CLIENTS / "rxdb")


@pytest.fixture(scope="session")
def tus_js() -> Path:
    """The folder of the tus-js-client, ready to run."""
    return with_packages(CLIENTS / "tus")


@pytest.fixture(scope="package")
def one_server(sqlite_template: Template) -> Iterator[Server]:
    """A server on SQLite for many tests: each sends photos of its own."""
    with sqlite_template.copy() as app, Server(app) as server:
        yield server


@pytest.fixture(scope="package")
def other_server(postgres_template: Template) -> Iterator[Server]:
    """The same on PostgreSQL."""
    with postgres_template.copy() as app, Server(app) as server:
        yield server


@pytest.fixture(params=["one_server", "other_server"])
def server(request: pytest.FixtureRequest) -> Server:
    """The server on each database in turn."""
    return request.getfixturevalue(request.param)
