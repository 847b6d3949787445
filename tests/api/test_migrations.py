"""The schema comes up from empty on both databases, and is the one that the models describe."""

import os
import tempfile
from collections.abc import Iterator

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade

from inspect_api.db import db, migrate
from tests.support.databases import app_on, close


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The app on a database without a table."""
    with tempfile.TemporaryDirectory(prefix="inspect-empty-") as folder:
        url, server, name = "", None, f"empty_{os.getpid()}"
        if request.param == "postgres":
            server = request.getfixturevalue("postgres_server")
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{name}"')
            url = server.replace("/postgres?", f"/{name}?")
        app = app_on(url, folder)
        yield app
        close(app)
        if server:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_the_schema_comes_up_from_empty_and_is_that_of_the_models(empty: Flask):
    with empty.app_context():
        upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, db.metadata) == []


def test_coming_up_twice_changes_nothing(empty: Flask):
    with empty.app_context():
        upgrade()
        upgrade()
        tables = set(sa.inspect(db.engine).get_table_names())
    assert tables == set(db.metadata.tables) | {"alembic_version"}


def test_there_is_one_newest_migration_and_its_line_goes_back_to_the_first(one_app: Flask):
    with one_app.app_context():
        script = ScriptDirectory(migrate.directory, version_locations=[os.path.join(migrate.directory, "versions")])
        assert len(script.get_heads()) == 1
        [first] = script.get_bases()
        assert first in [revision.revision for revision in script.walk_revisions()]


def test_every_connection_to_sqlite_is_durable_and_strict(sqlite_template: object, one_app: Flask):
    with one_app.app_context(), db.engine.connect() as connection:
        told = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys")}
    assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_postgres_reads_what_is_committed_and_writes_it_to_disk(postgres_template: object, empty: Flask):
    with empty.app_context(), db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "read committed"
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
