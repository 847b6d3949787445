"""What several of these tests ask: one window of an indicator, the quarantine, the derived numbers, SQL counts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask

from inspect_api.db import db, pending, reading, transaction
from inspect_api.models import Quarantine
from inspect_api.services import plans, rollup
from tests.support.people import Person, Phone
from tests.support.world import COUNTY, NOW


def window(person: Person, indicator: str, key: str | None = None, plan: str = "zezhou-2021", **query: Any) -> dict[str, Any]:
    """One window of an indicator; without a key the one it has, or the last."""
    table = person.get(f"/api/v1/plans/{plan}/indicators", **query)
    [found] = [i for i in table["indicators"] if i["id"] == indicator]
    return next(w for w in found["windows"] if w["key"] == key) if key else found["windows"][-1]


def pair(person: Person, indicator: str, key: str | None = None, **query: Any) -> tuple[Any, Any]:
    """(numerator, denominator) of one window."""
    found = window(person, indicator, key, **query)
    return found["num"], found["den"]


def result(phone: Phone, operation: Any, **options: Any) -> dict[str, Any]:
    """The result of a push of one operation."""
    [one] = phone.push(operation, **options)["results"]
    return one


def code(outcome: dict[str, Any]) -> str:
    """The status of a result, or the code of the problem that rejected it."""
    return outcome["problem"]["code"] if outcome["status"] == "rejected" else outcome["status"]


def pushed(phone: Phone, operation: dict[str, Any]) -> str:
    """Push one operation that must be applied; returns the id of its row."""
    outcome = result(phone, operation)
    assert outcome["status"] == "applied", outcome
    return operation["id"]


def kept(app: Flask) -> list[dict[str, Any]]:
    """Everything in quarantine, as the database has it."""
    with app.app_context(), reading() as connection:
        return [dict(row) for row in connection.execute(sa.select(Quarantine.__table__).order_by(Quarantine.at)).mappings()]


def kept_payloads(app: Flask) -> list[Any]:
    """The payloads in quarantine."""
    return [row["payload"] for row in kept(app)]


def count(app: Flask, table: Any, *where: Any) -> int:
    """How many rows a table has."""
    with app.app_context(), reading() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table).where(*where)).scalar_one()


def numbers(app: Flask) -> dict[str, dict]:
    """Every tally, state and finding of the county."""
    with app.app_context(), reading() as connection:
        return rollup.snapshot(connection, COUNTY)


def assert_equal_to_rebuild(app: Flask) -> None:
    """The derived numbers are those that the raw visits give."""
    before = numbers(app)
    with app.app_context():
        transaction(lambda c: rollup.rebuild(c, COUNTY))
    after = numbers(app)
    for part in after:
        assert before[part] == after[part], part


def load_plan(app: Flask, text: str, name: str = "extra.yaml") -> None:
    """Load a plan from its YAML."""
    with app.app_context():
        transaction(lambda c: plans.load(c, {name: text}, NOW, "tests"))


def write(app: Flask, work: Any) -> Any:
    """Run `work(connection)` in a transaction of its own, behind the feed's back where it says nothing to it."""
    def unwatched(connection: Any) -> Any:
        done = work(connection)
        if (pending(connection) or {}).pop("tables", None):
            app.extensions["behind the feed"] = True
        return done

    with app.app_context():
        return transaction(unwatched)


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The SQL statements that are sent meanwhile; one with many rows of parameters is one."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
