"""While somebody publishes for long, whoever asks by HTTP is told so within moments, holds nobody else up, and loses nothing."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from inspect_api import turn
from inspect_api.db import db, transaction
from inspect_api.models import Operation, Session, Visit
from inspect_api.services.programmes import hold_plans
from tests.api.asking import assert_equal_to_rebuild, count
from tests.api.sending import good
from tests.api.test_at_once import at_once, twin
from tests.support.databases import Template
from tests.support.people import Person, Phone
from tests.support.world import TOWN_A

SOON = 10  # seconds: far less than the plans are held for, far more than a request may wait


@contextmanager
def held(app: Flask) -> Iterator[None]:
    """The plans are held, as by who publishes them, until the end."""
    there, over = threading.Event(), threading.Event()

    def hold(connection: Any) -> None:
        hold_plans(connection, exclusive=True)
        hold_plans(connection, exclusive=True)  # as a rebuild inside of a publication does
        there.set()
        assert over.wait(60)

    def run() -> None:
        with app.app_context():
            transaction(hold)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert there.wait(10)
        yield
    finally:
        over.set()
        thread.join()


def _push(phone: Phone, operation: dict[str, Any]) -> Any:
    return phone.ask("POST", "/api/v1/sync/push", json={"device_id": phone.device, "schema": 1, "sent_at": phone.now(), "ops": [operation]})


def test_a_push_while_the_plans_are_held_is_told_when_to_come_again_and_then_applied_once(app: Flask, as_supervisor: Phone):
    operation = good(as_supervisor)
    with held(app):
        began = time.monotonic()
        answer = _push(as_supervisor, operation)
        assert time.monotonic() - began < SOON
        assert (answer.status_code, answer.get_json()["code"]) == (503, "busy") and "计划" in answer.get_json()["detail"]
        assert int(answer.headers["Retry-After"]) == answer.get_json()["retry_after"] > 0
        assert count(app, Visit) == count(app, Operation) == 0
    for replay in (False, True):
        [result] = _push(as_supervisor, operation).get_json()["results"]
        assert (result["status"], result["replay"]) == ("applied", replay)
    assert count(app, Visit) == count(app, Operation) == 1
    assert_equal_to_rebuild(app)


def test_a_push_that_comes_shortly_before_the_plans_are_free_waits_for_them(app: Flask, as_supervisor: Phone):
    operation, answers = good(as_supervisor), []
    with held(app):
        thread = threading.Thread(target=lambda: answers.append(_push(as_supervisor, operation)))
        thread.start()
        time.sleep(0.3)
    thread.join()
    assert [answer.status_code for answer in answers] == [200]


def test_phones_that_push_meanwhile_do_not_keep_others_from_reading(template: Template):
    with template.copy(WORK_AT_ONCE=1) as app:
        phones, clerk = [Phone(app, "supervisor", f"phone-{n}") for n in range(6)], Person(app, "reviewer")
        operations = [good(phone) for phone in phones]
        with held(app):
            began = time.monotonic()
            answers = at_once(*(lambda p=phone, o=one: _push(p, o) for phone, one in zip(phones, operations, strict=True)),
                              lambda: twin(clerk).ask("GET", "/api/v1/sites", query_string={"region": TOWN_A}))
            assert time.monotonic() - began < SOON, "one waits, and the others are told what it found"
        assert [answer.status_code for answer in answers] == [503] * len(phones) + [200]
        assert [_push(phone, one).status_code for phone, one in zip(phones, operations, strict=True)] == [200] * len(phones)


def test_offices_are_told_too_and_do_their_work_afterwards(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    operation = good(as_supervisor)
    assert _push(as_supervisor, operation).status_code == 200
    path = f"/api/v1/visits/{operation['id']}/review"
    with held(app):
        assert as_reviewer.post(path, {"decision": "approve"}, 503)["code"] == "busy"
    as_reviewer.post(path, {"decision": "approve"})
    assert_equal_to_rebuild(app)


def test_a_session_that_rested_reads_while_the_plans_are_held(app: Flask, as_reviewer: Person):
    with app.app_context():
        transaction(lambda c: c.execute(sa.update(Session.__table__).values(used_at=Session.used_at - 2 * 3_600_000)))
    with held(app):
        assert as_reviewer.get("/api/v1/sites", region=TOWN_A)["sites"]


def test_who_works_at_the_command_line_waits_as_long_as_it_takes(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(turn, "_MOST", 0.0)
    done = threading.Event()

    def work() -> None:
        with app.app_context():
            transaction(hold_plans)
        done.set()

    with held(app):
        thread = threading.Thread(target=work)
        thread.start()
        assert not done.wait(0.5)
    thread.join()
    assert done.is_set()


def test_only_the_wait_for_the_plans_is_bounded_and_what_the_database_was_set_to_comes_back(postgres_template: Template):
    with postgres_template.copy() as app, app.app_context():
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"ALTER DATABASE \"{db.engine.url.database}\" SET lock_timeout = '77s'")
        db.engine.dispose()
        with app.test_request_context(), db.engine.connect() as connection:
            hold_plans(connection)
            assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "77s"
