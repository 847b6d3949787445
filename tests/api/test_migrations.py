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
from flask_migrate import downgrade, upgrade

from inspect_api.auth import Actor
from inspect_api.db import db, migrate, reading
from inspect_api.models import Finding, PhotoUse, Site
from inspect_api.services.pull import pull
from inspect_api.services.rectification.cases import finding_id
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


OLD_ROWS = (
    "INSERT INTO region (code, name, level) VALUES ('140525', '泽州县', 'county'), ('14052510020001', '一网格', 'grid')",
    "INSERT INTO app_user (id, login, name, role, regions, password, active, created_at) "
    "VALUES ('u', 'sup', '网格员', 'supervisor', '[\"14052510020001\"]', 'x', true, 0)",
    "INSERT INTO device (id, user_id, label, created_at, seen_at, last_n) VALUES ('d', 'u', '', 0, 0, 7)",
    "INSERT INTO site (id, grid, type, name, address, contact, phone, attributes, natural_key, active, rev, created_at, updated_at) "
    "VALUES ('s', '14052510020001', 'catering', '店', '', '', '', '{}', 'k', true, 1, 0, 0)",
    "INSERT INTO checklist (version, site_type, content, created_at) VALUES ('v', 'catering', '{\"title\": \"\", \"sections\": []}', 0)",
    "INSERT INTO checklist_in_force (region, site_type, version) VALUES ('140525', 'catering', 'v')",
    "INSERT INTO visit (id, site_id, grid, document_type, checklist, inspector_id, device_id, at, phone_at, offset_ms, received_at, status, "
    "review, verdict, answers, details, rev) VALUES ('w', 's', '14052510020001', 'patrol', 'v', 'u', 'd', 1, 1, 0, 1, 'signed', 'received', "
    "'conform', '{}', '{}', 1)",
    "INSERT INTO clock (org, seq) VALUES ('140525', 900)",
    "INSERT INTO change (org, bucket, type, id, seq, op) VALUES ('140525', '14052510020001', 'visit', 'w', 899, 'put')",
    "INSERT INTO quarantine (op, device_id, user_id, region, payload, problem, at) VALUES ('q', 'd', 'u', '140525', '{}', '{}', 0)",
    "INSERT INTO operation (op, device_id, n, digest, result, at) VALUES ('o', 'd', 7, 'x', '{}', 0)",
)


def test_a_database_of_the_release_before_comes_up_with_all_it_had_and_its_phones_can_pull(empty: Flask):
    with empty.app_context():
        upgrade(revision="0001")
        with db.engine.begin() as connection:
            for statement in OLD_ROWS:
                connection.execute(sa.text(statement))
        upgrade()
        with reading() as connection:
            page = pull(connection, Actor("u", "sup", "", "supervisor", ("14052510020001",), "d"), None, 100)
            assert connection.execute(sa.text("SELECT region FROM device")).scalar_one() == "14052510020001"
            kept = connection.execute(sa.text("SELECT state, blind FROM quarantine")).one()
    assert [(one["t"], one["id"], one["b"]) for one in page["changes"]] == [
        ("checklist", "catering", "140525/*"), ("region", "14052510020001", "14052510020001"), ("site", "s", "14052510020001"),
        ("visit", "w", "14052510020001")]
    assert kept.state == "open" and kept.blind
    assert page["changes"][-1]["row"]["receipt"]["visit"] == "w"


def test_the_sites_of_a_release_without_photos_of_sites_have_none_and_can_be_given_some(empty: Flask):
    with empty.app_context():
        upgrade(revision="0003")
        with db.engine.begin() as connection:
            for statement in OLD_ROWS[:4]:
                connection.execute(sa.text(statement))
            connection.execute(sa.text("INSERT INTO photo_use (type, row_id, sha256, org) VALUES ('visit', 'w', 'x', '140525')"))
        upgrade()
        with db.engine.begin() as connection:
            connection.execute(sa.insert(PhotoUse.__table__).values(type="site", row_id="s", sha256="x", org="140525", device_id="d"))
            assert connection.execute(sa.select(Site.photos, Site.rev)).one() == ({}, 1)
        downgrade(revision="0003")
        upgrade()
        with db.engine.connect() as connection:
            assert connection.execute(sa.select(PhotoUse.type, PhotoUse.row_id, PhotoUse.device_id)).all() == [("visit", "w", None)]


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


def test_the_findings_of_a_release_without_rectifications_know_their_case_and_what_they_repeat(empty: Flask):
    with empty.app_context():
        upgrade(revision="0005")
        with db.engine.begin() as connection:
            for statement in OLD_ROWS[:6]:
                connection.execute(sa.text(statement))
            for n, (visit, replaces) in enumerate((("a", None), ("b", "a"), ("c", None))):
                connection.execute(sa.text(
                    "INSERT INTO visit (id, site_id, grid, document_type, checklist, inspector_id, device_id, at, phone_at, offset_ms, received_at, "
                    "status, review, verdict, answers, details, replaces, rev) VALUES (:id, 's', '14052510020001', 'patrol', 'v', 'u', 'd', :n, 1, 0, 1, "
                    "'signed', 'received', 'conform', '{}', '{}', :replaces, 1)"), {"id": visit, "n": n, "replaces": replaces})
            for visit, closed in (("b", "2021-02-01"), ("c", None)):
                connection.execute(sa.text(
                    "INSERT INTO finding (id, site_id, visit_id, grid, link_id, key, action, opened_on, due_on, closed_on) VALUES "
                    "(:id, 's', :visit, '14052510020001', 'x.y', true, '', '2021-01-01', '2021-01-08', :closed)"),
                    {"id": finding_id(visit, "x.y"), "visit": visit, "closed": closed})
        upgrade()
        with db.engine.connect() as connection:
            found = connection.execute(sa.select(Finding.case_id, Finding.waits, Finding.stage, Finding.repeats, Finding.repeat_of)
                                       .order_by(Finding.visit_id)).all()
        downgrade(revision="0005")
    first = finding_id("a", "x.y")
    assert found == [(first, "sign", "to_sign", 0, None), (finding_id("c", "x.y"), "mend", "open", 1, first)]
