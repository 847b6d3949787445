"""A PostgreSQL of these tests' own, that waits for the disk at every commit, and the shared sites of the day's work."""

from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask

from tests.chaos import work
from tests.support.databases import postgres, templates
from tests.support.world import fill


def _fill(app: Flask) -> None:
    fill(app)
    work.share_sites(app)


@pytest.fixture(scope="package")
def postgres_server() -> Iterator[str]:
    """Not the session's server, which does not wait for the disk."""
    with postgres(durable=True) as address:
        with psycopg.connect(address) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
        yield address


sqlite_template, postgres_template = templates("package", _fill, durable=True)


@pytest.fixture
def seed() -> int:
    """The seed of a test: CHAOS_SEED, or one of its own; printed, so that a failure tells it."""
    return work.seed()
