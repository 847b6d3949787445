"""`flask plans …`: check, load, list, show, coverage, withdraw."""

from pathlib import Path

import click
import orjson

from checklists.bank import load_bank
from checklists.coverage import coverage
from checklists.measures import MEASURES, REPORT_KINDS
from checklists.plan import check_plan, plan_files
from inspect_api.cli.console import OPERATOR, Group, bar, err, out, table, tells_problems
from inspect_api.db import reading, transaction
from inspect_api.http import now_ms
from inspect_api.problems import Problem
from inspect_api.services import plans
from inspect_api.services.programmes import programmes

group = Group("plans", help="Government plans: check, load, list, show, coverage, withdraw.")

WAYS = {  # a clause may be served in more than one way
    "有现场检查项": lambda row: bool(row["items"]),
    "有指标": lambda row: bool(row["indicators"]),
    "仅由单位填报": lambda row: row["served_by"] == "report",
    "（无）": lambda row: row["served_by"] == "nothing",
}
SERVED = {"items": "现场检查项", "indicators": "指标", "report": "仅由单位填报", "nothing": "（无）"}

KINDS = {"field": "现场检查", "target": "目标", "report": "报送", "organizational": "工作要求"}  # of clauses, short for a table


@group.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Name file, line, key and remedy of every mistake in plan FILES. Exit code 1 when there is one."""
    wrong = 0
    for path in files:
        plan, mistakes = check_plan(path, load_bank(), str(path))
        for mistake in mistakes:
            click.echo(str(mistake))
        wrong += len(mistakes)
        if plan:
            click.echo(f"{path}: 无误，{len(plan.clauses)} 条，{len(plan.indicators)} 个指标")
    if wrong:
        raise SystemExit(1)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise Problem("plan-mistakes", f"{path}：不是 UTF-8 文字，请另存为 UTF-8") from None


@group.command("load")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@tells_problems
def load(files: tuple[Path, ...]) -> None:
    """Load plan FILES (default: the five that come with the project), publish checklists, bring numbers up to date."""
    sources = {str(path): _text(path) for path in files or plan_files()}
    with bar("汇总指标") as progress:
        loaded = transaction(lambda c: plans.load(c, sources, now_ms(), OPERATOR, progress))
    for plan, changed in loaded:
        click.echo(f"{plan.id}: {'已载入' if changed else '没有变化'}（{len(plan.clauses)} 条，{len(plan.indicators)} 个指标）")


@group.command("list")
def list_() -> None:
    """List the plans in force."""
    rows = table("计划编码", "标题、文号", "区域", "期间", ">条款", ">指标", title="现行计划")
    rows.columns[0].no_wrap = True  # it is copied into other commands
    with reading() as connection:
        for plan in programmes(connection).plans.values():
            rows.add_row(plan.id, "\n".join(filter(None, (plan.title, plan.doc_number))), plan.region,
                         "\n".join(str(day) for day in plan.period), str(len(plan.clauses)), str(len(plan.indicators)))
    out.print(rows)


def _find(plan_id: str):
    with reading() as connection:
        return plans.find(connection, plan_id)


@group.command("show")
@click.argument("plan_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
@tells_problems
def show(plan_id: str, as_json: bool) -> None:
    """Show a loaded plan: its clauses, indicators and reporting deadlines."""
    plan = _find(plan_id)
    summary = plan.summary()
    if as_json:
        click.echo(orjson.dumps(summary, option=orjson.OPT_INDENT_2).decode())
        return
    out.print(f"[bold]{plan.title}[/]\n{plan.doc_number or '—'}  {plan.issuer}  区域 {plan.region}  "
              f"{plan.period[0]} 至 {plan.period[1]}")
    rows = table("条", "类别", "原文", "检查项")
    for clause in summary["clauses"]:
        rows.add_row(clause["article"], KINDS[clause["kind"]], clause["quote"], " ".join(clause["items"]))
    out.print(rows)
    rows = table("指标", "条", "度量", "目标", "层级", title="指标")
    for indicator in summary["indicators"]:
        target = indicator["target"]
        rows.add_row(indicator["title"], indicator["article"], MEASURES[indicator["measure"]].title,
                     f"{target['op']} {target['value']:g} {target['unit']}" + ("（推定）" if target["inferred"] else ""),
                     indicator["level"] or "")
    out.print(rows)
    if not summary["reports"]:
        return
    rows = table("报送", "频次", "期限", "条", title="报送期限")
    for report in summary["reports"]:
        rows.add_row(report.get("title") or "", REPORT_KINDS[report["kind"]], str(report["due"]), report["article"])
    out.print(rows)


@group.command("coverage")
@click.argument("plan_id", metavar="ID")
@click.option("--all", "everything", is_flag=True, help="Every clause, not only the totals and the gaps.")
@tells_problems
def show_coverage(plan_id: str, everything: bool) -> None:
    """Which clauses are served by items and indicators, which only by an office's report, which by nothing."""
    plan = _find(plan_id)
    rows = coverage(plan, load_bank())
    counts = table("条款类别", ">合计", *(f">{title}" for title in WAYS), title=f"{plan.title}：条款由什么支撑")
    for kind, title in KINDS.items():
        of_kind = [row for row in rows if row["kind"] == kind]
        counts.add_row(title, str(len(of_kind)), *(str(sum(way(row) for row in of_kind)) for way in WAYS.values()))
    out.print(counts)
    gaps = [row for row in rows if (row["kind"] == "target" and not row["indicators"])
            or (row["kind"] == "field" and not row["items"])]
    listed = rows if everything else gaps
    if listed:
        detail = table("条", "类别", "支撑", "原文", "检查项、指标、填报")
        for row in listed:
            detail.add_row(row["article"], KINDS[row["kind"]], SERVED[row["served_by"]], row["quote"],
                           " ".join([*row["items"], *row["indicators"], *row["reports"]]))
        out.print(detail)
    if gaps:
        err.print(f"[red]{len(gaps)} 个条款没有着落[/]")
        raise SystemExit(1)
    out.print("没有缺指标的目标条款，也没有缺检查项的现场检查条款。")


@group.command("withdraw")
@click.argument("plan_id", metavar="ID")
@tells_problems
def withdraw(plan_id: str) -> None:
    """Take a plan out of force: its checklists and numbers go, its text and all visits stay."""
    transaction(lambda c: plans.withdraw(c, plan_id, now_ms(), OPERATOR))
    click.echo(f"{plan_id}: 已停用")
