"""The database handle, the one transaction, and the commit-ordered clock.

SQLite and PostgreSQL take one code path. On SQLite a writer first takes a file lock shared by all processes
of the server and then `BEGIN IMMEDIATE`: SQLite's own waiting polls with sleeps, a file lock wakes the next
writer at once. On PostgreSQL transactions are READ COMMITTED and rows are locked in sorted order.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any, TypeVar

import orjson
import sqlalchemy as sa
from flask import Flask, current_app
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeDecorator

from inspect_api.config import SettingError
from inspect_api.turn import Patience, SqliteTurn

NAMES = {"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
         "ck": "ck_%(table_name)s_%(constraint_name)s", "pk": "pk_%(table_name)s",
         "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s"}

db = SQLAlchemy(metadata=sa.MetaData(naming_convention=NAMES))
migrate = Migrate(db=db, directory=os.path.join(os.path.dirname(__file__), "migrations"))

T = TypeVar("T")


class Json(TypeDecorator):
    """A JSON document kept as text on both databases: we never query inside, and orjson is quick."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        """Text for the database; None stays NULL."""
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: str | None, dialect: Any) -> Any:
        """The document."""
        return None if value is None else orjson.loads(value)


class AnyJson(Json):
    """A JSON document that may itself be null: None is stored as the text `null`, never as NULL."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str:
        """Text for the database."""
        return orjson.dumps(value).decode()


def is_unprepared(error: BaseException) -> bool:
    """Whether a database error says that the tables have not been made."""
    return "no such table" in str(error) or getattr(getattr(error, "orig", None), "sqlstate", None) == "42P01"


def database_url(settings: dict[str, Any]) -> str:
    """The SQLAlchemy URL: DATABASE_URL with psycopg 3 named, or the SQLite file of DATA_DIR."""
    url = settings["DATABASE_URL"]
    if not url:
        return "sqlite:///" + os.path.join(os.path.abspath(settings["DATA_DIR"]), "inspect.sqlite3")
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None  # we say BEGIN ourselves
    cursor = dbapi_connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000",
                   "cache_size=-65536", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _prepare_postgres(dbapi_connection: Any, _record: Any) -> None:
    """Plan each reading statement for its own values. A plan for any values, which PostgreSQL takes from the sixth time on, knows neither how
    many sites lie in a region nor how few rows are asked for, and costs offices' pages several times as much.
    """
    dbapi_connection.autocommit = True  # a rollback would take it back
    dbapi_connection.execute("SET plan_cache_mode = force_custom_plan")
    dbapi_connection.autocommit = False


def init_app(app: Flask, last: Callable[[Connection], None], watch: Callable[[sa.Engine], None]) -> None:
    """Bind the app to its database, and make each connection durable and strict.

    `last(connection)` is what every write transaction does before its commit; `watch(engine)` may listen to statements.
    """
    url = app.config["SQLALCHEMY_DATABASE_URI"] = database_url(app.config)
    patience = app.extensions["patience"] = Patience()
    sqlite = url.startswith("sqlite")
    if sqlite:
        folder = os.path.dirname(sa.engine.make_url(url).database or "") or "."
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            raise SettingError(f"DATA_DIR={app.config['DATA_DIR']!r}: {folder}: {error.strerror}") from error
        app.extensions["sqlite_turn"] = SqliteTurn(sa.engine.make_url(url).database + ".turn", patience)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_size": app.config["DB_POOL_SIZE"], "max_overflow": 8, "pool_pre_ping": not sqlite,
        **({"connect_args": {"check_same_thread": False}} if sqlite
           else {"isolation_level": "READ COMMITTED", "connect_args": {"prepare_threshold": 1}})}
    app.extensions["before_commit"] = last
    db.init_app(app)
    migrate.init_app(app)
    with app.app_context():
        watch(db.engine)
        sa.event.listen(db.engine, "connect", _prepare_sqlite if sqlite else _prepare_postgres)


_RETRY = {"40001", "40P01", "23505"}  # serialization failure, deadlock, two writers inserted the same key


def _is_retryable(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state in _RETRY or error.connection_invalidated or "UNIQUE constraint failed" in str(error.orig)


@contextmanager
def reading(steady: bool = False) -> Iterator[Connection]:
    """A connection for reads: one snapshot on SQLite, each statement its own on PostgreSQL (READ COMMITTED), unless it is to be `steady`."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        elif steady:
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        else:  # each statement sees what is committed anyway: BEGIN and ROLLBACK would be two trips for nothing
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        try:
            yield connection
        finally:
            connection.rollback()


def pending(connection: Connection) -> dict[str, Any] | None:
    """What the open write transaction keeps for its last statements; None outside of one."""
    return connection.info.get("pending")


@contextmanager
def _writing() -> Iterator[Connection]:
    turn = current_app.extensions.get("sqlite_turn")
    with turn() if turn else nullcontext() as mine, db.engine.connect() as connection:
        # Writers look rows up by their keys, many times the same way: they keep their plans.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if turn else "SET LOCAL plan_cache_mode = auto")
        connection.info["pending"], connection.info["turn"] = {}, mine
        try:
            yield connection
            current_app.extensions["before_commit"](connection)
            connection.commit()
        except BaseException:
            connection.rollback()
            raise
        finally:
            connection.info.pop("pending", None)
            connection.info.pop("turn", None)


def go_long(connection: Connection) -> None:
    """Say that the open write transaction takes long: SQLite's other writers are then told so, and do not queue behind it."""
    if turn := connection.info.get("turn"):
        turn.go_long()


def transaction(work: Callable[[Connection], T], attempts: int = 4) -> T:
    """Run `work(connection)` in the one write transaction, seal it and commit it: the only commit in the project.

    A deadlock, a serialization failure or two writers inserting the same key at once runs `work` anew, so
    `work` must have no effect outside the connection. The last failure is raised as it is.
    Raises Problem busy where a request waited in vain for somebody who writes for long (SQLite).
    """
    for attempt in range(1, attempts + 1):
        try:
            with _writing() as connection:
                return work(connection)
        except DBAPIError as error:
            if attempt == attempts or not _is_retryable(error):
                raise
            time.sleep(0.005 * attempt)
    raise AssertionError("unreachable")


def upsert(table: sa.Table, keys: tuple[str, ...], changed: dict[str, Callable[[Any], Any]] | None = None) -> Any:
    """`INSERT … ON CONFLICT (keys) DO UPDATE`, the same on both databases.

    `changed` maps a column to a function of the excluded row; without it every other column is overwritten.
    """
    if changed is None:
        return _overwriting(db.engine.dialect.name, table, keys)
    statement = _inserting(db.engine.dialect.name, table)
    return statement.on_conflict_do_update(
        index_elements=list(keys), set_={name: make(statement.excluded) for name, make in changed.items()})


def compiled(statement: Any, *columns: str) -> sa.TextClause:
    """An INSERT … ON CONFLICT with values for `columns` (default: all), as text that is compiled once.

    SQLAlchemy compiles such statements anew at every execution, which costs half a millisecond. Keep what this returns.
    """
    table = statement.table
    names = columns or tuple(column.name for column in table.columns)
    made = statement.values({name: sa.bindparam(name, type_=table.c[name].type) for name in names})
    dialect = _DIALECTS[db.engine.dialect.name].dialect(paramstyle="named")
    return sa.text(str(made.compile(dialect=dialect))).bindparams(*(sa.bindparam(name, type_=table.c[name].type) for name in names))


_DIALECTS = {"postgresql": postgresql, "sqlite": sqlite}


def _inserting(dialect: str, table: sa.Table) -> Any:
    return _DIALECTS[dialect].insert(table)


@cache
def _overwriting(dialect: str, table: sa.Table, keys: tuple[str, ...]) -> Any:
    """Made once: building a statement costs more than sending it."""
    statement = _inserting(dialect, table)
    return compiled(statement.on_conflict_do_update(
        index_elements=list(keys), set_={c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}))


@cache
def _ignoring(dialect: str, table: sa.Table, columns: tuple[str, ...]) -> Any:
    return compiled(_inserting(dialect, table).on_conflict_do_nothing(), *columns)


def insert_missing(connection: Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """`INSERT … ON CONFLICT DO NOTHING` of rows that all have the same columns. Waits for another transaction's row of the same key."""
    if rows:
        connection.execute(_ignoring(connection.dialect.name, table, tuple(rows[0])), rows)


def row_by(connection: Connection, key: sa.Column, value: str, lock: bool = False) -> dict[str, Any] | None:
    """The whole row of a table whose `key` column has this value, locked for update if asked; None without one."""
    query = sa.select(key.table).where(key == value)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    return dict(row) if row else None


def prefix_range(column: Any, prefix: str) -> Any:
    """`column` begins with `prefix`, as a range that an index serves. Codes are digits only.

    '1405' covers '1405' <= code < '1406'; the empty prefix covers everything.
    """
    if not prefix:
        return sa.true()
    above = str(int(prefix) + 1).zfill(len(prefix))
    if len(above) > len(prefix):
        return column >= prefix
    return sa.and_(column >= prefix, column < above)


def update_many(connection: Connection, table: sa.Table, names: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    """Set the columns `names` of each row by its `id`, in one statement whatever their number."""
    statement = sa.update(table).where(table.c.id == sa.bindparam("key_")).values(
        {name: sa.bindparam(f"new_{name}", type_=table.c[name].type) for name in names})
    connection.execute(statement, [{"key_": row["id"]} | {f"new_{name}": row[name] for name in names} for row in rows])
