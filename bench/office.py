"""Twenty clerks at a county's office while phones push: queue, visits, indicators, down to the sites, ledger; then the report of the year.

    python -m bench.office [--sites 20000 --visits 1000000 --grids 600] [--database URL] [--seconds 60] [--pause 1]

The county is that of `flask bench fill`, on PostgreSQL, filled anew or found at --database (which then gets some more visits and a
report). Granian serves it as `make run` does. Four clerks are of the county, sixteen of towns; each walks from page to page with a pause
as of a quick reader. Timed is each request that the pages make, as the client sees it.
"""

import argparse
import random
import statistics
import time
from collections import defaultdict
from datetime import date

import orjson
import sqlalchemy as sa
from flask import Flask
from rich.console import Console
from rich.table import Table

from bench import clerks, county, servers
from inspect_api.db import reading
from inspect_api.demo.load import PASSWORD
from inspect_api.fill.papers import plan_id
from inspect_api.fill.shape import COUNTY, Shape
from inspect_api.models import User, Visit

CLERKS, OF_COUNTY, THREADS = 20, 4, 32
PHONES, BATCH, EVERY = 4, 3, 2.0  # phones, visits of a push, seconds between two
TARGETS = {"median": 0.050, "p99": 0.150, "export": 30.0, "memory": 300_000_000}


def measure(port: int, logins: list[tuple[str, str]], grids: dict[str, str], seconds: float,
            pause: float) -> tuple[clerks.Took, list[clerks.Phone]]:
    """Let all walk; the times of the clerks, and the phones. `logins`: (login, region) of each clerk; `grids`: {login of a phone: grid}."""
    staff = [clerks.Clerk(port, login, PASSWORD, region, n) for n, (login, region) in enumerate(logins)]
    phones = [clerks.Phone(port, login, PASSWORD, grid, n) for n, (login, grid) in enumerate(grids.items())]
    for clerk in staff:  # plans and checklists are in the memory of both workers
        clerk.review()
        clerk.visit()
        clerk.board()
        clerk.drill()
        clerk.took.clear()
    until = time.perf_counter() + seconds
    clerks.at_once([*(lambda clerk=clerk: clerk.walk(until, pause) for clerk in staff),
                    *(lambda phone=phone: phone.work(until, EVERY, BATCH) for phone in phones)])
    took: clerks.Took = defaultdict(list)
    for clerk in staff:
        where = "county" if len(clerk.region) == len(COUNTY) else "town"
        for (noun, request), times in clerk.took.items():
            took[(noun, f"{request} ({where})")] += times
    return took, phones


def report(port: int, plan: str) -> tuple[float, float, int]:
    """(seconds to freeze the year's report, seconds to export it, bytes of the workbook)."""
    connection, token = servers.connect(port), servers.log_in(port, f"county-{COUNTY}", PASSWORD)
    begun = time.perf_counter()
    status, body = servers.call(connection, "POST", "/api/v1/reports", orjson.dumps(
        {"plan": plan, "region": COUNTY, "as_of": date.today().isoformat(), "note": ""}), token)
    if status == 409:  # frozen by an earlier measurement on this database
        made = orjson.loads(body)["report_id"]
    elif status == 201:
        made = orjson.loads(body)["id"]
    else:
        raise RuntimeError(body[:500])
    frozen = time.perf_counter() - begun
    begun = time.perf_counter()
    status, book = servers.call(connection, "GET", f"/api/v1/reports/{made}.xlsx", token=token)
    if status != 200:
        raise RuntimeError(book[:500])
    return frozen, time.perf_counter() - begun, len(book)


def shown(took: clerks.Took) -> Table:
    """A line for each noun, and under it one for each of its requests."""
    table = Table(title=f"{CLERKS} clerks, milliseconds", title_justify="left")
    for name in ("noun", "requests", "median", "p99", "worst"):
        table.add_column(name, justify="left" if name == "noun" else "right")
    nouns: dict[str, list[float]] = defaultdict(list)
    for (noun, _), times in took.items():
        nouns[noun] += times
    for noun, times in nouns.items():
        table.add_row(f"[bold]{noun}[/]", *_row(times), style="bold")
        for (of, request), each in sorted(took.items()):
            if of == noun:
                table.add_row(f"  {request}", *_row(each))
    return table


def _row(times: list[float]) -> list[str]:
    ordered = sorted(times)
    middle, late = statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return [str(len(ordered)), *(f"[red]{1000 * value:.0f}[/]" if value > most else f"{1000 * value:.0f}"
                                 for value, most in ((middle, TARGETS["median"]), (late, TARGETS["p99"]))), f"{1000 * ordered[-1]:.0f}"]


def main() -> None:
    """Fill or find the county, measure, and print the tables."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--sites", type=int, default=20_000)
    asked.add_argument("--visits", type=int, default=1_000_000)
    asked.add_argument("--grids", type=int, default=600)
    asked.add_argument("--database", default="", help="a county that `flask bench fill` made, on PostgreSQL")
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument("--pause", type=float, default=1.0, help="seconds between two pages of a clerk")
    given = asked.parse_args()
    with servers.database("sqlite" if given.database else "postgresql") as settings:
        if given.database:
            settings["DATABASE_URL"] = given.database
        with servers.prepared(settings, lambda app: None) as app:
            if not given.database:
                print(f"filled in {county.fill_year(app, Shape(given.sites, given.visits, given.grids, 2026, date.today())):.0f} s")
            _all(app, settings, given)


def _all(app: Flask, settings: dict[str, str], given: argparse.Namespace) -> None:
    with app.app_context(), reading() as connection:
        known = connection.execute(sa.select(User.login, User.role, User.regions).order_by(User.login)).all()
        held = connection.execute(sa.select(sa.func.count()).select_from(Visit)).scalar_one()
    towns = [row for row in known if row.role == "reviewer" and row.login.endswith("-1")]
    staff = [(f"county-{COUNTY}", COUNTY)] * OF_COUNTY + [(row.login, row.regions[0]) for row in (towns * CLERKS)[:CLERKS - OF_COUNTY]]
    supervisors = random.Random(1).sample([row for row in known if row.role == "supervisor"], PHONES)
    with servers.running(settings, threads=THREADS) as server:
        took, phones = measure(server.port, staff, {row.login: row.regions[0] for row in supervisors}, given.seconds, given.pause)
        before = max(server.peaks())
        frozen, exported, size = report(server.port, plan_id("yuncheng-2020", Shape(1, 1, 1, 1, date.today()).year))
        after = max(server.peaks())
    console = Console(width=110)
    console.print(shown(took))
    pushed = sorted(time for phone in phones for time in phone.took)
    _, middle, late, _ = _row(pushed)
    console.print(f"{held:,} visits before; {sum(phone.pushed for phone in phones)} more pushed meanwhile, {middle} ms at the median, "
                  f"{late} at p99")
    console.print(f"report: frozen in {frozen:.1f} s, exported in {exported:.1f} s (target {TARGETS['export']:.0f}), {size:,} bytes; "
                  f"memory of a worker {before / 1e6:.0f} MB before, {after / 1e6:.0f} MB at its peak (target {TARGETS['memory'] / 1e6:.0f})")


if __name__ == "__main__":
    main()
