"""Visits per second: batches of 25 visits with 25 answers, 8 connections, durable, roll-up included.

    python -m bench.push [--seconds 15] [--sites 12000]

Server and client share the machine. Bodies are made beforehand. Every acknowledged visit is counted, and at
the end the database is asked whether it holds them all.
"""

import argparse
import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import orjson
import sqlalchemy as sa
from flask import Flask
from rich.console import Console
from rich.table import Table
from uuid_utils import uuid7

from bench import county, servers
from inspect_api.db import reading
from inspect_api.models import Tally, Visit

PHONES, BATCH, ANSWERS = 8, 25, 25
OFFICERS = [{"name": "bench a", "certificate": "A"}, {"name": "bench b", "certificate": "B"}]


def bodies(phone: int, sites: int, checklists: dict[str, dict], batches: int) -> list[bytes]:
    """The pushes of one phone: it walks its own sites in order, again and again, a minute apart."""
    rng = random.Random(phone)
    own = range(phone * sites // PHONES, (phone + 1) * sites // PHONES)
    at = datetime(2020, 2, 1, 8, tzinfo=UTC)
    made, number = [], 0
    given = {kind: [county.answers(checklists[kind], rng, ANSWERS) for _ in range(20)] for kind in checklists}
    for _ in range(batches):
        operations = []
        for _ in range(BATCH):
            site = own[number % len(own)]
            kind = county.TYPES[site % len(county.TYPES)]
            number += 1
            at += timedelta(seconds=20)
            fields = {"site_id": county.site_id(site), "checklist": checklists[kind]["version"],
                      "document_type": "inspection", "status": "signed", "officers": OFFICERS,
                      "signature": {"kind": "signed"}, "at": at.isoformat(),
                      "answers": given[kind][number % 20]}
            operations.append({"n": number, "op": str(uuid7()), "t": "visit", "id": str(uuid7()),
                               "kind": "create", "base": None, "was": {}, "at": at.isoformat(),
                               "set": fields})
        made.append(orjson.dumps({"device_id": f"device-bench-{phone}", "schema": 1,
                                  "sent_at": "SENT_AT_PLACEHOLDER________", "ops": operations}))
    return made


def push_all(port: int, token: str, batches: list[bytes], until: float) -> tuple[int, list[float]]:
    """Push one after the other until the time is up: (acknowledged visits, seconds of each push)."""
    connection, done, took = servers.connect(port), 0, []
    for body in batches:
        started = time.perf_counter()
        if started >= until:
            break
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.0+00:00").encode()
        status, answer = servers.call(connection, "POST", "/api/v1/sync/push",
                                      body.replace(b"SENT_AT_PLACEHOLDER________", now, 1), token)
        took.append(time.perf_counter() - started)
        if status != 200 or answer.count(b'"status":"applied"') != BATCH:
            raise RuntimeError((status, answer[:1000]))
        done += BATCH
    else:
        raise RuntimeError("all bodies were sent before the time was up: make more")
    return done, took


def measure(kind: str, seconds: float, sites: int) -> list[str]:
    """One row of the table."""
    def fill(app: Flask) -> None:
        county.fill(app, sites, PHONES)

    with servers.database(kind) as settings, servers.prepared(settings, fill) as app:
        with servers.serving(settings) as port:
            tokens = [servers.log_in(port, f"bench-{phone}", county.PASSWORD) for phone in range(PHONES)]
            connection = servers.connect(port)
            path = f"/api/v1/checklists?region={county.COUNTY}&site_type="
            checklists = {kind: orjson.loads(servers.call(connection, "GET", path + kind, token=tokens[0])[1])
                          for kind in county.TYPES}
            made = [bodies(phone, sites, checklists, int(seconds * 30) + 20) for phone in range(PHONES)]
            size = sum(len(body) for body in made[0]) / len(made[0])
            begun = time.perf_counter()
            with ThreadPoolExecutor(PHONES) as pool:
                results = list(pool.map(lambda p: push_all(port, tokens[p], made[p], begun + seconds),
                                        range(PHONES)))
            passed = time.perf_counter() - begun
        acknowledged = sum(done for done, _ in results)
        took = sorted(t for _, each in results for t in each)
        with app.app_context(), reading() as connection:
            stored = connection.execute(sa.select(sa.func.count()).select_from(Visit)).scalar_one()
            tallied = connection.execute(
                sa.select(sa.func.sum(Tally.num)).where(Tally.basis == "received")).scalar_one()
    if stored != acknowledged:
        raise RuntimeError(f"{acknowledged} acknowledged, {stored} stored")
    return [kind, f"{acknowledged}", f"{passed:.1f}", f"{acknowledged / passed:.0f}",
            f"{1000 * took[len(took) // 2]:.0f}", f"{1000 * took[int(len(took) * 0.99)]:.0f}",
            f"{size / 1024:.0f}", str(tallied)]


def main() -> None:
    """Measure both databases and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--sites", type=int, default=12_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    options = parser.parse_args()
    title = f"Push: {PHONES} connections, batches of {BATCH} visits, {ANSWERS} answers each, durable"
    table = Table(title=title, title_justify="left")
    for name in ("database", "visits", "seconds", "visits/s", "median ms", "p99 ms", "KiB/push", "tallied"):
        table.add_column(name, justify="left" if name == "database" else "right")
    for kind in ("sqlite", "postgresql"):
        if options.only in (None, kind):
            table.add_row(*measure(kind, options.seconds, options.sites))
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
