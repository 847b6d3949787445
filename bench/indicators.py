"""Indicators of a county (43 indicators, 22 townships, 600 grids): the time must not depend on the visits.

    python -m bench.indicators [--visits 10000 1000000] [--only sqlite|postgresql]

The county is that of `flask bench fill`; the rebuild folds it once more; then the real server is asked over HTTP. The last column
tells the ratio to the first line of the same database.
"""

import argparse
import statistics
import time
from datetime import date

import orjson
import sqlalchemy as sa
from flask import Flask
from rich.console import Console
from rich.table import Table

from bench import county, servers
from inspect_api.db import reading, transaction
from inspect_api.demo.load import PASSWORD
from inspect_api.fill.papers import plan_id
from inspect_api.fill.shape import COUNTY, Shape
from inspect_api.models import Tally
from inspect_api.services import rollup

SITES, ASKED = 12_000, 60


def rebuild(app: Flask) -> float:
    """Fold all visits into the numbers; returns the seconds that it took."""
    with app.app_context():
        begun = time.perf_counter()
        transaction(rollup.rebuild)
        return time.perf_counter() - begun


def ask(port: int, token: str, plan: str) -> tuple[list[float], int, int]:
    """Seconds of each request; indicators and townships in the answer."""
    connection, took = servers.connect(port), []
    path = f"/api/v1/plans/{plan}/indicators?region={COUNTY}"
    for _ in range(ASKED):
        begun = time.perf_counter()
        status, body = servers.call(connection, "GET", path, token=token)
        took.append(time.perf_counter() - begun)
        if status != 200:
            raise RuntimeError(body[:500])
    table = orjson.loads(body)["indicators"]
    return took[10:], len(table), len(table[0]["windows"][0]["breakdown"])


def measure(kind: str, visits: int, first: float | None) -> tuple[list[str], float]:
    """One row of the table, and its median."""
    shape = Shape(SITES, visits, 600, 1, date.today())
    with servers.database(kind) as settings, servers.prepared(settings, lambda app: county.fill_year(app, shape)) as app:
        rebuilt = rebuild(app)
        with app.app_context(), reading() as connection:
            tallies = connection.execute(sa.select(sa.func.count()).select_from(Tally)).scalar_one()
        with servers.serving(settings) as port:
            token = servers.log_in(port, f"county-{COUNTY}", PASSWORD)
            took, indicators, towns = ask(port, token, plan_id("yuncheng-2020", shape.year))
    median = statistics.median(took)
    return [kind, f"{visits:,}", str(indicators), str(towns), f"{tallies:,}", f"{rebuilt:.1f}",
            f"{1000 * median:.1f}", f"{1000 * max(took):.1f}", f"{median / (first or median):.2f}"], median


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    options = parser.parse_args()
    table = Table(title="Indicators of a county over HTTP", title_justify="left")
    for name in ("database", "visits", "indicators", "towns", "tally rows", "rebuild s", "median ms",
                 "max ms", "ratio"):
        table.add_column(name, justify="left" if name == "database" else "right")
    for kind in ("sqlite", "postgresql"):
        if options.only in (None, kind):
            first: float | None = None
            for visits in options.visits:
                row, median = measure(kind, visits, first)
                first = first or median
                table.add_row(*row)
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
