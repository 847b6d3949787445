"""`flask bench fill`: an invented county is as consistent as one that phones and offices filled."""

import itertools
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from inspect_api.auth import Actor
from inspect_api.db import reading
from inspect_api.fill.shape import COUNTY
from inspect_api.models import Audit, Change, Clock, Contribution, Finding, Site, Task, User, Visit
from inspect_api.services.pull import pull
from inspect_api.services.queue import SINCE, WAITS
from tests.api.test_cli import run
from tests.support.databases import Template, app_on, close

SMALL = ("--sites", "60", "--visits", "400", "--grids", "31", "--until", "2026-11-25")
KINDS = ("sqlite", "postgres")
NUMBERS = itertools.count()


@contextmanager
def empty(kind: str, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The app on a database without a table."""
    with tempfile.TemporaryDirectory(prefix="inspect-fill-") as folder:
        url, server, name = "", None, f"fill_{os.getpid()}_{next(NUMBERS)}"
        if kind == "postgres":
            server = request.getfixturevalue("postgres_server")
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{name}"')
            url = server.replace("/postgres?", f"/{name}?")
        app = app_on(url, folder)
        try:
            yield app
        finally:
            close(app)
            if server:
                with psycopg.connect(server, autocommit=True) as connection:
                    connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def counties(request: pytest.FixtureRequest) -> Iterator[dict[str, Flask]]:
    """The same small county on each database."""
    with ExitStack() as open_:
        made = {kind: open_.enter_context(empty(kind, request)) for kind in KINDS}
        for app in made.values():
            assert "主体 60、网格 31" in run(app, "bench", "fill", *SMALL)
        yield made


@pytest.fixture(params=KINDS)
def filled(request: pytest.FixtureRequest, counties: dict[str, Flask]) -> Flask:
    """That county, once on each database."""
    return counties[request.param]


def rows(app: Flask, *columns: Any) -> list[tuple[Any, ...]]:
    """Rows of a table, in the order of its first two columns."""
    with app.app_context(), reading() as connection:
        return [tuple(row) for row in connection.execute(sa.select(*columns).order_by(*columns[:2]))]


def test_its_numbers_are_those_of_a_rebuild_and_its_audit_is_an_unbroken_chain(filled: Flask):
    assert "与原有数字一致" in run(filled, "rollup", "rebuild", "--check")
    assert "链条完整" in run(filled, "audit", "verify")


def test_its_queue_is_what_the_reviews_say(filled: Flask):
    waits = rows(filled, Visit.id, Visit.queue, WAITS, Visit.queued_at, SINCE)
    assert len(waits) >= 400 and all(queue == said for _, queue, said, _, _ in waits)
    assert all(at == since for _, queue, _, at, since in waits if queue)
    assert {"", "new"} <= {queue for _, queue, *_ in waits}
    amended = {id_: replaced for id_, replaced in rows(filled, Visit.id, Visit.replaced_by) if replaced}
    assert amended and amended.items() <= {(old, new) for new, old in rows(filled, Visit.id, Visit.replaces)}


def test_every_decision_stands_in_the_audit(filled: Flask):
    decided = {(id_, f"visit.{'approve' if review == 'approved' else 'return' if review == 'returned' else 'reject'}")
               for id_, review in rows(filled, Visit.id, Visit.review) if review != "received"}
    assert decided and decided <= {(subject, action) for subject, action in rows(filled, Audit.subject, Audit.action)}
    times = [at for _, at in rows(filled, Audit.seq, Audit.at) if at]
    assert times[:-5] == sorted(times[:-5]), "in the order of their time, but for what was done to make the county"


def test_nobody_decides_on_a_visit_of_their_own(filled: Flask):
    for _, by, first, second in rows(filled, Visit.id, Visit.inspector_id, Visit.approved_first_by, Visit.reviewed_by):
        assert by not in (first, second) and (first is None or first != second)


def test_a_task_is_done_by_a_visit_of_its_site_that_came_after_it_was_asked_for(filled: Flask):
    visits = {id_: (site, at) for id_, site, at in rows(filled, Visit.id, Visit.site_id, Visit.at)}
    tasks = rows(filled, Task.id, Task.state, Task.site_id, Task.since, Task.visit_id)
    assert {state for _, state, *_ in tasks} == {"open", "done"}
    for _, state, site, since, visit in tasks:
        assert (visit is None) == (state == "open") and (visit is None or visits[visit][0] == site and visits[visit][1] >= since)


def test_findings_are_open_mended_and_signed_off(filled: Flask):
    assert {"mend", ""} <= {waits for _, waits in rows(filled, Finding.id, Finding.waits)}


def test_a_phone_pulls_what_lies_in_its_grid(filled: Flask):
    made = rows(filled, Visit.id, Visit.grid, Visit.inspector_id)
    grid, _ = Counter(grid for _, grid, _ in made).most_common(1)[0]
    [user] = [id_ for id_, login in rows(filled, User.id, User.login) if login == f"sup-{grid}"]
    with filled.app_context(), reading() as connection:
        page = pull(connection, Actor(user, f"sup-{grid}", "", "supervisor", (grid,), "d"), None, 1000)
    pulled = {kind: {one["id"] for one in page["changes"] if one["t"] == kind} for kind in ("visit", "site")}
    own = {id_ for id_, where, by in made if where == grid and by == user}
    assert own and pulled["visit"] == own
    assert pulled["site"] == {id_ for id_, where in rows(filled, Site.id, Site.grid) if where == grid}


def test_the_feed_of_the_county_gives_no_number_twice_and_its_clock_stands_at_the_last(filled: Flask):
    given = [seq for table in (Change, Audit) for org, seq in rows(filled, table.org, table.seq) if org == COUNTY]
    assert len(given) == len(set(given)) and dict(rows(filled, Clock.org, Clock.seq))[COUNTY] == max(given)


def test_the_same_seed_and_day_make_the_same_county_on_both_databases_and_another_seed_another(
        counties: dict[str, Flask], request: pytest.FixtureRequest):
    def all_of(app: Flask) -> list[list[tuple[Any, ...]]]:
        return [*(rows(app, *table.__table__.columns) for table in (Visit, Site, Finding, Task)),
                rows(app, Contribution.site_id, Contribution.basis, Contribution.state)]

    one, other = (all_of(app) for app in counties.values())
    assert one == other
    with empty("sqlite", request) as app:
        run(app, "bench", "fill", *SMALL, "--seed", "2")
        assert all(mine != theirs for mine, theirs in zip(one, all_of(app), strict=True))


def test_a_database_that_holds_people_is_refused(template: Template):
    with template.copy() as app:
        before = rows(app, User.id, User.login)
        assert "数据库里已有用户或主体" in run(app, "bench", "fill", *SMALL, exit_code=1)
        assert rows(app, User.id, User.login) == before
