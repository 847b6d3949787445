"""Writers that hold their transactions open for random times, and readers that pull all the while.

A writer says what it changed to the feed and then lingers, both before its sequences are given and between that and its
commit. `missed` compares what a reader has with the tables: it is the judge of test_interleavings.py.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from inspect_api import db
from inspect_api.auth import Actor
from inspect_api.models import Clock, Site, Visit
from inspect_api.services import pull
from inspect_api.services.changes import append
from sync.feed import MOVED, Change
from tests.chaos.held import alone
from tests.chaos.work import GRIDS, SHARED
from tests.support.people import Person, Phone
from tests.support.world import COUNTY, GRID_A1, site_id, site_row

Key = tuple[str, str, str]  # bucket, type, id
COUNTY_OFFICE = Actor("user-county", "county", "county", "county", (COUNTY,), "reader")


@dataclass
class Reader:
    """Pulls page after page; `seen` is what it has, {key: revision}. `page(cursor, limit)` asks for one."""

    page: Callable[[str | None, int], dict]
    luck: random.Random
    seen: dict[Key, int | None] = field(default_factory=dict)
    cursor: str | None = None
    pages: int = 0
    rounds: int = 0
    rows: int = 0

    def read(self, limit: int) -> bool:
        """Take one page in; whether there is more."""
        page = self.page(self.cursor, limit)
        for change in page["changes"]:
            key = (change["b"], change["t"], change["id"])
            if change["op"] == "put":
                self.seen[key] = change.get("rev")
            else:
                self.seen.pop(key, None)
        self.pages, self.rows, self.cursor = self.pages + 1, self.rows + len(page["changes"]), page["cursor"]
        return page["has_more"]

    def catch_up(self) -> None:
        """Read to the end, in pages of a size that the luck chooses."""
        while self.read(self.luck.randint(1, 20)):
            pass
        self.rounds += 1

    def poll(self, done: threading.Event) -> None:
        """Read small pages until the writers are done, and then to the end."""
        while not done.wait(self.luck.uniform(0, 0.004)):
            self.catch_up()
        self.catch_up()  # a round ends where the clock was when it began
        self.catch_up()


def directly(app: Flask) -> Callable[[str | None, int], dict]:
    """Pages for the county office, from the service itself."""
    def page(cursor: str | None, limit: int) -> dict:
        with app.app_context(), db.reading() as connection:
            return pull.pull(connection, COUNTY_OFFICE, cursor, limit)
    return page


def over_http(person: Person) -> Callable[[str | None, int], dict]:
    """Pages for a person, through the app."""
    return lambda cursor, limit: person.get("/api/v1/sync/pull", limit=limit, **({"cursor": cursor} if cursor else {}))


def missed(app: Flask, reader: Reader, regions: tuple[str, ...], user: str) -> list[tuple[Key, int | None, int | None]]:
    """(key, revision seen, revision held) of every row on which a reader of these regions is not up to date."""
    with app.app_context(), db.reading() as connection:
        held: dict[Key, int | None] = {(row.grid, "site", row.id): row.rev for row in connection.execute(
            sa.select(Site.grid, Site.id, Site.rev))}
        held |= {(row.grid, "visit", row.id): row.rev for row in connection.execute(
            sa.select(Visit.grid, Visit.id, Visit.rev).where(Visit.inspector_id == user))}
    held = {key: rev for key, rev in held.items() if key[0].startswith(regions)}
    seen = {key: rev for key, rev in reader.seen.items() if key[1] in ("site", "visit")}
    return [(key, seen.get(key), held.get(key)) for key in sorted(held.keys() | seen.keys())
            if seen.get(key) != held.get(key)]


def clock(app: Flask) -> int:
    """How far the county's clock is."""
    with app.app_context(), db.reading() as connection:
        return connection.execute(sa.select(Clock.seq).where(Clock.org == COUNTY)).scalar_one()


def linger(app: Flask, luck: random.Random, longest: float) -> None:
    """Have every transaction of the app held open before its sequences are given, and again before its commit."""
    seal = app.extensions["before_commit"]

    def held(connection: Connection) -> None:
        time.sleep(luck.uniform(0, longest))
        seal(connection)
        time.sleep(luck.uniform(0, longest / 2))

    app.extensions["before_commit"] = held


class Writer:
    """Writes sites in transactions of its own: new ones, and revisions and moves of shared ones and of its own."""

    def __init__(self, app: Flask, number: int, luck: random.Random):
        self.app, self.luck = app, luck
        self.next = 1000 * (number + 1)  # its sites' numbers
        self.own: list[int] = []

    def write(self) -> None:
        """One transaction of about six changes."""
        new = [site_row(number, type="small_shop", grid=self.luck.choice(GRIDS), name=f"新{number}", attributes={})
               for number in range(self.next, self.next + 4)]
        shared = sorted(self.luck.sample(list(SHARED), 2))
        moved = [site_id(number) for number in self.luck.sample(self.own, min(1, len(self.own)))]

        def work(connection: Connection) -> None:
            locked = sa.select(Site.id, Site.grid).where(Site.id.in_([*shared, *moved])).order_by(Site.id)
            for row in connection.execute(locked.with_for_update()).all():
                grid = next(grid for grid in GRIDS if grid != row.grid) if row.id in moved else row.grid
                connection.execute(sa.update(Site).where(Site.id == row.id).values(grid=grid, rev=Site.rev + 1))
                append(connection, [Change(grid, "site", row.id)])
                if grid != row.grid:
                    append(connection, [Change(row.grid, "site", row.id, MOVED)])
            connection.execute(sa.insert(Site), new)
            append(connection, [Change(row["grid"], "site", row["id"]) for row in new])

        with self.app.app_context():
            db.transaction(work)
        self.own += range(self.next, self.next + 4)
        self.next += 4


class Pusher:
    """A phone that pushes visits and sites through the app, on the same shared sites."""

    def __init__(self, app: Flask, number: int, luck: random.Random):
        self.phone, self.luck = Phone(app, "supervisor", device=f"pusher-{number}"), luck
        self.version = self.phone.checklist("school_canteen")
        self.canteens = [id_ for id_, type_ in SHARED.items() if type_ == "school_canteen"]

    def write(self) -> None:
        """One push: two visits, a site found, and a patch."""
        visits = [self.phone.visit(self.luck.choice(self.canteens), f"2021-0{self.luck.randint(1, 9)}-10 09:00",
                                   {"kitchen.bright": {"mark": "pass"}}, checklist=self.version) for _ in range(2)]
        name = f"{self.phone.device} {self.phone.n}"
        found = self.phone.operation("create", "site", {"type": "catering", "name": name, "grid": GRID_A1})
        patch = self.phone.operation("patch", "site", {"contact": name}, self.luck.choice(self.canteens))
        results = self.phone.push(*visits, found, patch)["results"]
        assert {result["status"] for result in results} == {"applied"}, results


def run(writers: list, rounds: int, readers: list[Reader]) -> None:
    """Let writers write so many rounds while the readers poll; raises what broke any of them."""
    done = threading.Event()

    def rounds_of(writer: Writer | Pusher) -> None:
        for _ in range(rounds):
            writer.write()

    with ThreadPoolExecutor(len(writers) + len(readers)) as pool:
        reading: list[Future] = [pool.submit(reader.poll, done) for reader in readers]
        writing: list[Future] = [pool.submit(rounds_of, writer) for writer in writers]
        try:
            for one in writing:
                one.result(300)
        finally:
            done.set()
        for one in reading:
            one.result(300)


def deadlocks(app: Flask) -> int:
    """How many PostgreSQL counted in this database; backends tell when they end. SQLite has one writer at a time."""
    alone(app, connected=False)
    with app.app_context(), db.reading() as connection:
        if connection.dialect.name == "sqlite":
            return 0
        counted = sa.text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return connection.execute(counted).scalar_one()


def retries(monkeypatch: pytest.MonkeyPatch) -> Counter:
    """Count the transactions that were refused by the database, by SQL state or message, from now on."""
    counted: Counter = Counter()
    judge = db._is_retryable

    def note(error: DBAPIError) -> bool:
        counted[getattr(error.orig, "sqlstate", None) or str(error.orig)] += 1
        return judge(error)

    monkeypatch.setattr(db, "_is_retryable", note)
    return counted
