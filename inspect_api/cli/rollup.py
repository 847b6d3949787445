"""`flask rollup rebuild`: all derived numbers from the raw visits. `flask rollup remember`: the numbers of a day, kept for trends."""

from datetime import datetime

import click

from inspect_api.cli.console import Group, bar, err, tells_problems
from inspect_api.db import reading, transaction
from inspect_api.services import regions, remembering, rollup, trend
from inspect_api.services.days import today
from inspect_api.services.programmes import hold_plans

group = Group("rollup", help="Derived numbers.")


@group.command("rebuild")
@click.option("--region", default="", help="Only under this region code.")
@click.option("--check", is_flag=True, help="Compare with what is stored; exit code 1 when they differ.")
@tells_problems
def rebuild(region: str, check: bool) -> None:
    """Compute states, findings and tallies anew from the raw visits. Must give the same numbers, always."""
    if region:
        with reading() as connection:
            regions.one(connection, region)
    with bar("重新汇总") as progress:
        def work(connection):
            hold_plans(connection, exclusive=True)  # no push between the snapshot and the rebuild
            before = rollup.snapshot(connection, region) if check else None
            done = rollup.rebuild(connection, region, progress)
            return done, before, rollup.snapshot(connection, region) if check else None
        done, before, after = transaction(work)
    if before != after:
        for part in before:
            for key in sorted(set(before[part]) | set(after[part]), key=str):
                if before[part].get(key) != after[part].get(key):
                    err.print(f"{part} {key}: {before[part].get(key)} -> {after[part].get(key)}", markup=False)
        raise SystemExit(1)
    click.echo(f"已重新汇总 {done} 个主体" + ("，与原有数字一致" if check else ""))


@group.command("remember")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Fold the days from this one to yesterday anew from the raw visits.")
@click.option("--step", type=click.Choice(trend.STEPS), default="month", show_default=True, help="Which of those days: each, Sundays, ends of months.")
@tells_problems
def remember(since: datetime | None, step: str) -> None:
    """Keep today's numbers of all plans in force, by town and county; the first time also the past of each plan, month by month."""
    with bar("汇总过去的日子") as progress:
        kept = remembering.remember(today(), since.date() if since else None, step, progress)
    click.echo(f"已留存 {today()} 的数字：{kept.today} 行" + (f"；补算 {kept.days} 天：{kept.past} 行" if kept.days else ""))
