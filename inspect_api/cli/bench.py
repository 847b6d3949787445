"""`flask bench fill`: a county of any size, invented, for measuring and for trying out."""

from datetime import datetime

import click
from flask import current_app

from inspect_api.cli.console import Group, bar, tells_problems
from inspect_api.cli.prepare import migrate_up
from inspect_api.db import transaction
from inspect_api.fill.run import fill
from inspect_api.fill.shape import Shape
from inspect_api.services.days import today

group = Group("bench", help="Data for measuring.")


@group.command("fill")
@click.option("--sites", type=click.IntRange(1), default=20_000, show_default=True, help="How many sites.")
@click.option("--visits", type=click.IntRange(0), default=1_000_000, show_default=True, help="How many visits, over a year.")
@click.option("--grids", type=click.IntRange(1, 30_000), default=600, show_default=True, help="How many grids, in 22 towns.")
@click.option("--seed", type=int, default=2026, show_default=True, help="Another seed is another county.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The day before which the year ends (default: today).")
@tells_problems
def fill_(sites: int, visits: int, grids: int, seed: int, until: datetime | None) -> None:
    """Fill an empty database with a county and a year of its work. All of it is invented; the accounts share the demo's password."""
    migrate_up()
    shape = Shape(sites, visits, grids, seed, until.date() if until else today(), current_app.config["TIMEZONE_HOURS"])
    with bar("填充", remaining=True) as progress:
        counts = transaction(lambda c: fill(c, shape, progress), attempts=1)
    click.echo("主体 {sites}、网格 {grids}、检查 {visits}（均为虚构）".format(**counts))
