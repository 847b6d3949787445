"""`flask reports due, stale`: reports whose deadline has passed, and those for which visits came late. Made for a nightly timer."""

from datetime import datetime

import click

from inspect_api.cli.console import OPERATOR, Group, out, table, tells_problems
from inspect_api.db import reading, transaction
from inspect_api.http import now_ms
from inspect_api.problems import Problem
from inspect_api.services import calendar, indicators, plans, regions, snapshots
from inspect_api.services.days import today
from inspect_api.services.programmes import programmes

group = Group("reports", help="Reports at the plans' deadlines.")
_REASON, _LATE = "到期自动生成", "迟到的检查送达后自动修订"
_PAGE = 200


@group.command("due")
@click.option("--region", default="", help="Make them of this region (default: of each plan's own).")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only deadlines from this day on.")
@click.option("--freeze", is_flag=True, help="Freeze each as of its deadline.")
@tells_problems
def due(region: str, since: datetime | None, freeze: bool) -> None:
    """Print the reports whose deadline has passed without one, for all plans in force; with --freeze make them."""
    day = today()
    with reading() as connection:
        if region:
            regions.one(connection, region)
        over = [plan for plan in programmes(connection).plans.values() if region.startswith(plan.region) or not region]
        wanted = [(deadline, region or deadline.plan.region) for plan in over
                  for deadline in calendar.deadlines([plan], since.date() if since else plan.period[0], day)
                  if deadline.due < day]
        held = {where: calendar.made(connection, where, over) for where in {where for _, where in wanted}}
    missing = [(deadline, where) for deadline, where in wanted if calendar.done(deadline, held[where]) is None]
    if not missing:
        click.echo("没有到期未生成的报表")
        return
    shown = table("期限", "计划", "报送", "区域", *(["结果"] if freeze else []))
    for deadline, where in missing:
        shown.add_row(deadline.due.isoformat(), deadline.plan.id, deadline.report.title, where, *([_freeze(deadline, where)] if freeze else []))
    out.print(shown)


def _freeze(deadline: calendar.Deadline, where: str) -> str:
    """Freeze one report in a transaction of its own; what came of it in words. One that fails leaves the others to be made."""
    try:
        with reading(steady=True) as connection:
            region = indicators.check_region(connection, deadline.plan, where)
            drawn = snapshots.draw(connection, deadline.plan, region, deadline.report.id, deadline.due, today())
        made = transaction(lambda connection: snapshots.freeze(connection, drawn, _REASON, OPERATOR, now_ms()))
    except Problem as problem:
        return problem.detail or problem.code
    return f"已生成 {made['id']}"


@group.command("stale")
@click.option("--region", default="", help="Only of this region and below.")
@click.option("--revise", is_flag=True, help="Compare each anew; keep a further revision when a number differs.")
@tells_problems
def stale_(region: str, revise: bool) -> None:
    """Print the reports that visits came for after they were frozen; with --revise revise them."""
    found, after = [], None
    while True:
        with reading() as connection:
            page = snapshots.page(connection, region, None, after, _PAGE)
        found += [one for one in page["reports"] if one["stale"]]
        after = page["next"]
        if after is None:
            break
    if not found:
        click.echo("没有需要修订的报表")
        return
    shown = table("报表", "计划", "截至", "版次", *(["结果"] if revise else []))
    for one in found:
        shown.add_row(one["title"], one["plan"], one["as_of"], str(one["revision"]), *([_revise(one["id"])] if revise else []))
    out.print(shown)


def _revise(id_: str) -> str:
    """Compare one report anew; what came of it in words. One that fails leaves the others to be revised."""
    try:
        with reading(steady=True) as connection:
            was = snapshots.find(connection, id_)
            plan = plans.find(connection, was["plan"])
            region = indicators.check_region(connection, plan, was["region"])
            drawn = snapshots.draw(connection, plan, region, was["report"], was["as_of"], today())
        made = transaction(lambda connection: snapshots.revise(connection, id_, was["revision"], drawn, _LATE, OPERATOR, now_ms()))
    except Problem as problem:
        return problem.detail or problem.code
    return f"第 {made['revision']} 版，{made['changed']} 处变化" if made["changed"] else "数字没有变化"
