"""`flask demo`: virtual phones walk the demo counties over real HTTP; `flask demo load` and `flask demo accounts`."""

from contextlib import contextmanager
from pathlib import Path

import click
import httpx
import sqlalchemy as sa
from click.core import ParameterSource
from flask import current_app
from flask.cli import with_appcontext
from rich.console import Console, RenderableType
from rich.text import Text

from checklists.plan import plan_files
from inspect_api.cli import welcome
from inspect_api.cli.console import Group, bar, err, out, table, tells_problems
from inspect_api.cli.prepare import migrated, prepare
from inspect_api.db import reading, transaction
from inspect_api.demo import picture
from inspect_api.demo.load import PASSWORD, load, loaded
from inspect_api.demo.phones import WalkError
from inspect_api.demo.serve import answers, serving
from inspect_api.demo.tables import WIDTH, plan_table
from inspect_api.demo.this_year import this_year
from inspect_api.demo.walk import Walk, Walked
from inspect_api.demo.world import world
from inspect_api.http import now_ms
from inspect_api.models import Visit
from inspect_api.services import remembering
from inspect_api.services.days import day_of, today
from inspect_api.services.programmes import programmes

URL = "http://127.0.0.1:8000"


@contextmanager
def _server(url: str, chosen: bool):
    """The running server's address; without one, that of a server of our own on the prepared database.

    A server that was asked for by name must answer.
    """
    if answers(url):
        yield url
        return
    if chosen:
        raise click.ClickException(f"{url} 没有服务器应答，或尚未载入计划")
    err.print(f"{url} 没有服务器应答（make run 可启动一个）；本次走访自行启动一个，用完即停。", soft_wrap=True)
    for line in prepare(demo=True):
        err.print(line)
    settings = {"DATABASE_URL": current_app.config["DATABASE_URL"], "DATA_DIR": str(Path(current_app.config["DATA_DIR"]).absolute())}
    with serving(settings) as own:
        yield own


@click.group("demo", cls=Group, invoke_without_command=True)
@click.option("--url", default=URL, show_default=True, help="The server to walk on. When none answers, one is started for the walk.")
@click.option("--county", "counties", multiple=True, help="Only this demo county, e.g. 140525; may be repeated.")
@click.option("--towns", type=click.IntRange(1), help="Only so many townships of each county.")
@click.option("--phones", type=click.IntRange(1, 32), default=4, show_default=True, help="Phones at the same time.")
@click.option("--seed", type=int, default=2022, show_default=True, help="Of the first walk; later walks differ by themselves.")
@click.option("--all-windows", is_flag=True, help="A row for every year, quarter and month, not only for the latest.")
@click.option("--plan", "plans", multiple=True, help="Print only this plan's table; may be repeated.")
@click.option("--svg", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Also draw the tables into this SVG file.")
@with_appcontext
@click.pass_context
@tells_problems
def group(context: click.Context, url: str, counties: tuple[str, ...], towns: int | None, phones: int, seed: int,
          all_windows: bool, plans: tuple[str, ...], svg: Path | None) -> None:
    """Walk the demo counties with virtual phones over HTTP, and print every plan's indicators before and after."""
    if context.invoked_subcommand:
        return
    made = world()
    if unknown := set(plans) - {Path(name).stem for name in (*plan_files(), this_year(today())[0])}:
        raise click.BadParameter(f"没有计划 {'、'.join(sorted(unknown))}", param_hint="--plan")
    if unknown := set(counties) - set(made.counties):
        raise click.BadParameter(f"演示只有 {'、'.join(made.counties)}，没有 {'、'.join(sorted(unknown))}", param_hint="--county")
    try:
        with _server(url.rstrip("/"), context.get_parameter_source("url") is not ParameterSource.DEFAULT) as server:
            walked = Walk(server, PASSWORD, made.users, counties or made.counties, day_of(now_ms()), seed=seed, towns=towns,
                          phones=phones, bar=bar).run()
    except (WalkError, httpx.HTTPError, OSError) as error:
        err.print(f"[bold red]走访中断[/] {type(error).__name__}", soft_wrap=True)
        err.print(str(error), markup=False, soft_wrap=True)
        err.print("如果是登录失败：这个服务器上没有演示数据，请用同一数据库运行 flask demo load。", style="dim", soft_wrap=True)
        raise SystemExit(1) from None
    _remember(walked)
    shown = report(walked, plans, all_windows)
    screen = Console(width=WIDTH, highlight=False)
    for one in shown:
        screen.print(one)
    if svg:
        picture.draw(shown, svg, WIDTH)
        click.echo(f"图已存为 {svg}")
    if walked.missing or walked.damaged or walked.tally.effects or walked.tally.owed:
        raise SystemExit(1)


def _remember(walked: Walked) -> None:
    """Fold the months that the walk went through, so that the plans have trends; not where the walk was on another database than ours."""
    if not migrated() or not walked.tally.acknowledged:
        return
    with reading() as connection:
        ours = connection.execute(sa.select(Visit.id).where(Visit.id == min(walked.tally.acknowledged))).first()
        plans = programmes(connection).plans.values()
    if ours:
        with bar("补算走势") as progress:
            remembering.remember(today(), min(plan.period[0] for plan in plans), "month", progress)


@group.command("load")
@tells_problems
def load_() -> None:
    """Load the demo world only: grids, residents, people, sites. Loading again changes nothing."""
    with bar("载入演示数据") as progress:
        counts = transaction(lambda c: load(c, now_ms(), progress))
    click.echo("演示数据：新增区划和网格 {regions}、人口数 {populations}、账户 {users}、主体 {sites}（主体和人员均为虚构，区划为真实名称）"
               .format(**counts))


@group.command("accounts")
@click.option("--url", default=URL, show_default=True, help="Address to print the pages of.")
@click.option("--all", "everyone", is_flag=True, help="Every account, not two of each kind.")
@click.pass_context
def accounts(context: click.Context, url: str, everyone: bool) -> None:
    """Print the addresses of the server and the demo accounts."""
    if context.get_parameter_source("url") is ParameterSource.DEFAULT:
        url = context.parent.params["url"]  # flask demo --url URL accounts
    with reading() as connection:
        if loaded(connection) is None:
            raise click.ClickException("这个数据库里没有演示数据，也就没有演示账户。要试用：make run，或者 flask demo load")
    out.print(welcome.accounts(everyone))
    out.print(welcome.ADDRESSES.format(url=url.rstrip("/")))


def report(walked: Walked, plans: tuple[str, ...], all_windows: bool) -> list[RenderableType]:
    """The tables of the plans (all of them when none is named) and the summary."""
    done = walked.tally
    rows = table("走访", ">次数", title="本次走访（主体、人员、数字均为虚构）")
    for words, count in (
            ("检查（已被服务器确认）", done.visits), ("街头新发现的主体（按 GCJ-02 坐标落入网格）", done.sites),
            ("推送批次", done.pushes), ("其中重复推送", done.doubled), ("重复送达的操作：原样答复，没有再次生效", done.replays),
            ("手机拉取的行（主体、检查表、区划、审核情况……）", done.pulled), ("拿到回执、手机可以放心清理的检查", done.receipts),
            ("仍在等待照片的检查（照片还在手机上）", done.waiting),
            ("上传的照片（张 / MB）", f"{done.photos} / {done.photo_bytes / 1e6:.1f}"),
            ("其中重复上传", done.photos_doubled), ("其中断点续传", done.resumed), ("断线重试", done.cut), ("迟到的检查（早于服务器已有的检查）", done.late), ("有误、留存在待处理区的操作", done.quarantined),
            ("审核通过", done.approved), ("退回", done.returned), ("退回后更正", done.amended), ("驳回", done.rejected),
            ("整改办理（销号、督办、通知书……）", done.rectified),
            ("单位填报", done.reports), ("县（区）导入台账、补登证照的主体", done.updated)):
        rows.add_row(words, str(count))
    words = Text(f"用时 {walked.seconds:.0f} 秒。")
    if done.effects:
        words.append(f"有 {done.effects} 个重复的操作再次生效：这是程序缺陷。", "bold red")
    if walked.missing:
        words.append(f"有 {len(walked.missing)} 次已确认的检查找不到：这是程序缺陷。{sorted(walked.missing)[:5]}", "bold red")
    else:
        words.append(f"已确认的 {len(done.acknowledged)} 次检查逐一核对，全部在服务器上。")
    if walked.damaged:
        words.append(f"抽查 {len(walked.sample)} 张已确认的照片，有 {len(walked.damaged)} 张取不回原样：这是程序缺陷。{sorted(walked.damaged)[:5]}",
                     "bold red")
    else:
        words.append(f"抽查 {len(walked.sample)} 张已确认的照片，逐字节一致。")
    if done.owed:
        words.append(f"有 {done.owed} 次检查的照片已全部上传，却没有拿到回执：这是程序缺陷。", "bold red")
    return [*(plan_table(before, walked.after[plan], all_windows) for plan, before in walked.before.items()
              if not plans or plan in plans), rows, words]
