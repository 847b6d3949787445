"""Pulls of one phone over the real server, in a small county and a large one: a pull must cost what changed.

    python -m bench.pull [--rows 10000 1000000] [--rounds 300] [--firsts 60] [--only sqlite|postgresql]

A county has `rows` entries in its feed: a site to 16, visits of 25 answers for the rest, all real rows, and
folded into numbers and findings. One grid is the phone's: 100 believable sites, with as many visits as in any
other, by its owner. Both counties are served at once and asked in turn, so that a busy machine is unfair to
neither.

    first         no cursor, limit 1000: 100 sites, all checklists, the plan, the region, for a colleague
                  without visits
    changed       before each pull the phone pushes 6 patches of sites and 2 visits of 2 other sites: 10 rows;
                  only the pull is timed, from the request to the last byte of the answer
    unchanged     a poll with If-None-Match, answered 304
    with floors   the same when each bucket of the county has a floor, as after years of collected tombstones

Every answer is checked to hold what it should. p10 tells what a pull costs where other work on the machine
slows the median down. Bytes are those of the answer's body as it crosses the wire.
"""

import argparse
import gzip
import random
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa
from flask import Flask
from rich.console import Console
from rich.table import Table

from bench import county, servers
from bench.indicators import rebuild
from inspect_api.db import db, reading, transaction
from inspect_api.models import Change, Floor

OWNER, COLLEAGUE = "bench-owner", "bench-colleague"
PATCHES, VISITS, CHANGED = 6, 2, 10
ROWS_A_SITE = 16
WARM = 20  # requests that are not counted
FIELDS = ("contact", "phone", "address")


class Timed(NamedTuple):
    """One request: milliseconds, bytes of the body on the wire, and what it said."""

    ms: float
    size: int
    answer: servers.Answer


class Phone:
    """A phone as the protocol wants it: it numbers its operations, and edits what it has read."""

    def __init__(self, port: int, login: str):
        self.connection, self.login = servers.connect(port), login
        self.token = servers.log_in(port, login, county.PASSWORD)
        self.n, self.cursor, self.sites = 0, "", {}
        self.rng = random.Random(login)
        self.at = datetime(2020, 12, 28, 8, tzinfo=UTC)

    def get(self, path: str, **headers: str) -> Timed:
        """A timed request."""
        begun = time.perf_counter()
        answer = servers.ask(self.connection, "GET", path, token=self.token,
                             headers={"Accept-Encoding": "gzip"} | headers)
        return Timed(1000 * (time.perf_counter() - begun), len(answer.body), answer)

    def pull(self, limit: int = 500) -> tuple[Timed, dict[str, Any]]:
        """The next page; its sites and its cursor are kept."""
        cursor = f"&cursor={self.cursor}" if self.cursor else ""
        timed = self.get(f"/api/v1/sync/pull?limit={limit}{cursor}")
        page = read(timed.answer)
        self.sites |= {change["id"]: change["row"] for change in page["changes"] if change["t"] == "site"}
        self.cursor = page["cursor"]
        return timed, page

    def pull_all(self) -> int:
        """Pages until nothing is new: how many changes."""
        changes, more = 0, True
        while more:
            _, page = self.pull(1000)
            changes, more = changes + len(page["changes"]), page["has_more"]
        return changes

    def push(self, operations: list[dict[str, Any]]) -> None:
        """Send a batch, of which everything must be applied."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        for one in operations:
            self.n += 1
            one |= {"n": self.n, "op": county.new_id(self.rng, time.time_ns() // 1_000_000), "at": now}
        body = {"device_id": f"device-{self.login}", "schema": 2, "acked": self.n - len(operations),
                "sent_at": now, "ops": operations}
        answer = servers.ask(self.connection, "POST", "/api/v1/sync/push", orjson.dumps(body), self.token)
        if answer.status != 200 or answer.body.count(b'"status":"applied"') != len(operations):
            raise RuntimeError((answer.status, answer.body[:1000]))

    def patch(self, site: str, field: str, value: str) -> dict[str, Any]:
        """A change of one field of a site that was read."""
        row = self.sites[site]
        return {"t": "site", "id": site, "kind": "patch", "base": row["rev"], "was": {field: row[field]},
                "set": {field: value}}

    def visit(self, site: str, checklist: dict[str, Any]) -> dict[str, Any]:
        """A signed patrol of a site, a minute after the last one."""
        self.at += timedelta(minutes=1)
        fields = {"site_id": site, "checklist": checklist["version"], "document_type": "patrol",
                  "status": "signed", "at": self.at.isoformat(),
                  "answers": county.believable_answers(checklist, self.rng, 25)}
        id_ = county.new_id(self.rng, int(self.at.timestamp() * 1000))
        return {"t": "visit", "id": id_, "kind": "create", "base": None, "was": {}, "set": fields}


def read(answer: servers.Answer) -> dict[str, Any]:
    """The document of an answer. Raises RuntimeError for a refusal."""
    body = gzip.decompress(answer.body) if answer.headers.get("Content-Encoding") == "gzip" else answer.body
    if answer.status != 200:
        raise RuntimeError((answer.status, body[:1000]))
    return orjson.loads(body)


class County:
    """A county that is served, its phone, and what was measured there: {what: [Timed]}."""

    def __init__(self, rows: int, port: int):
        self.rows, self.port, self.open = rows, port, 0
        self.measured: dict[str, list[Timed]] = {}
        self.taken: list[Timed] = []
        self.phone, self.colleague = Phone(port, OWNER), Phone(port, COLLEAGUE)
        self.phone.pull_all()
        self.visited = sorted(id_ for id_, row in self.phone.sites.items() if row["type"] in county.TYPES)
        self.patched = sorted(self.phone.sites)
        path = f"/api/v1/checklists?region={county.COUNTY}&site_type="
        self.checklists = {kind: read(self.phone.get(path + kind).answer) for kind in county.TYPES}

    def change(self, number: int) -> None:
        """Change ten rows of the grid: six sites that are patched, two visits, and the two sites of these."""
        phone = self.phone
        visited = [self.visited[(number * VISITS + k) % len(self.visited)] for k in range(VISITS)]
        others = [id_ for id_ in self.patched if id_ not in visited]
        patched = [others[(number * PATCHES + k) % len(others)] for k in range(PATCHES)]
        field = FIELDS[number % len(FIELDS)]
        phone.push([*(phone.patch(site, field, phone.sites[site][field][:20] + str(number))
                      for site in patched),
                    *(phone.visit(site, self.checklists[phone.sites[site]["type"]]) for site in visited)])

    def incremental(self, number: int) -> None:
        """Ten rows change, and the phone pulls them."""
        self.change(number)
        timed, page = self.phone.pull()
        if len(page["changes"]) != CHANGED or page["has_more"]:
            raise RuntimeError(f"{len(page['changes'])} changes")
        self.taken.append(timed)

    def unchanged(self, _: int) -> None:
        """The phone polls, and has it all."""
        path = f"/api/v1/sync/pull?limit=500&cursor={self.phone.cursor}"
        tag = self.phone.get(path).answer.headers["ETag"]
        timed = self.phone.get(path, **{"If-None-Match": tag})
        if timed.answer.status != 304:
            raise RuntimeError((timed.answer.status, timed.answer.body[:1000]))
        self.taken.append(timed)

    def first(self, _: int) -> None:
        """A colleague's phone pulls for the first time."""
        self.colleague.cursor = ""
        timed, page = self.colleague.pull(limit=1000)
        kinds = [change["t"] for change in page["changes"]]
        whole = {"checklist", "plan", "region"} <= {*kinds} and kinds.count("site") == county.OWN_SITES
        if page["has_more"] or not whole:
            raise RuntimeError({kind: kinds.count(kind) for kind in kinds})
        self.open = sum(len(change["row"]["findings"]) for change in page["changes"] if change["t"] == "site")
        self.taken.append(timed)

    def reconnect(self) -> None:
        """Connections that were idle are closed by the server."""
        for phone in (self.phone, self.colleague):
            phone.connection = servers.connect(self.port)


def fill(app: Flask, rows: int) -> None:
    """A county with `rows` entries in its feed, or more when its divisions and sites alone are as many."""
    sites = max(county.GRIDS, rows // ROWS_A_SITE)
    county.fill(app, sites, 1)
    own = county.fill_own_grid(app, OWNER, COLLEAGUE)
    with app.app_context(), reading() as connection:
        left = rows - _entries(connection)
    where = county.places(sites) + [place for place in own if place.type in county.TYPES]
    county.add_visits(app, max(left, 0), where, county.believable_answers)
    rebuild(app)
    with app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":  # what autovacuum would do in the middle of it
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")
        else:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def collect(app: Flask) -> None:
    """Give each bucket a floor, below every cursor."""
    floors = sa.select(Change.org, Change.bucket, sa.literal(1)).where(Change.org == county.COUNTY).distinct()
    with app.app_context():
        transaction(lambda c: c.execute(sa.insert(Floor).from_select(["org", "bucket", "seq"], floors)))


def _entries(connection: Any) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(Change).where(
        Change.org == county.COUNTY)).scalar_one()


@contextmanager
def filled(kind: str, rows: int) -> Iterator[tuple[Flask, dict[str, str]]]:
    """A database with a county of that size, and its settings."""
    with servers.database(kind) as settings, servers.prepared(settings, lambda app: fill(app, rows)) as app:
        yield app, settings


def in_turn(counties: list[County], what: str, times: int, title: str = "") -> None:
    """Measure each county once, then each again, as often as asked; the first ones of all are forgotten."""
    for one in counties:
        one.reconnect()
        one.measured[title or what] = one.taken = []
    for number in range(WARM + times):
        for one in counties:
            getattr(one, what)(number)
    for one in counties:
        del one.taken[:WARM]


TARGETS = {"first": ("first pull, {open} findings", "< 100 ms, < 60 KB"),
           "incremental": ("10 changed rows", "median < 5 ms, ratio < 1.2"),
           "unchanged": ("unchanged, 304", ""),
           "incremental floors": ("10 changed rows, with floors", "median < 5 ms, ratio < 1.2"),
           "unchanged floors": ("unchanged, 304, with floors", "")}


def lines(kind: str, counties: list[County]) -> Iterator[list[str]]:
    """The lines of the table for one database."""
    for what, (title, target) in TARGETS.items():
        first = None
        for one in counties:
            took = sorted(timed.ms for timed in one.measured[what])
            median = statistics.median(took)
            size = statistics.median(timed.size for timed in one.measured[what])
            first = first or median
            yield [kind, title.format(open=one.open), f"{one.rows:,}", f"{median:.2f}",
                   f"{took[len(took) // 10]:.2f}", f"{took[int(len(took) * 0.99)]:.2f}",
                   f"{size:,.0f}", f"{median / first:.2f}", target]


def measure(kind: str, sizes: list[int], rounds: int, firsts: int) -> list[list[str]]:
    """The lines of one database."""
    with ExitStack() as stack:
        databases = [stack.enter_context(filled(kind, rows)) for rows in sizes]
        counties = []
        for app, settings in databases:
            with app.app_context(), reading() as connection:
                entries = _entries(connection)
            counties.append(County(entries, stack.enter_context(servers.serving(settings))))
        in_turn(counties, "first", firsts)
        in_turn(counties, "incremental", rounds)
        in_turn(counties, "unchanged", rounds)
        for app, _ in databases:
            collect(app)
        in_turn(counties, "incremental", rounds, "incremental floors")
        in_turn(counties, "unchanged", rounds, "unchanged floors")
        return list(lines(kind, counties))


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--firsts", type=int, default=60)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    options = parser.parse_args()
    table = Table(title="Pull over HTTP: one phone, one grid of 100 sites", title_justify="left")
    for name in ("database", "pull", "rows in the feed", "median ms", "p10 ms", "p99 ms", "bytes", "ratio",
                 "target"):
        table.add_column(name, justify="left" if name in ("database", "pull", "target") else "right")
    for kind in ("sqlite", "postgresql"):
        if options.only in (None, kind):
            for line in measure(kind, options.rows, options.rounds, options.firsts):
                table.add_row(*line)
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
