"""What the commands share: the terminal, progress bars, and problems told in plain words."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click
from flask.cli import AppGroup
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from sqlalchemy.exc import DBAPIError, OperationalError

from inspect_api.db import is_unprepared
from inspect_api.problems import CATALOGUE, Problem

OPERATOR = "command-line"  # the actor in the audit log
out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)


class Group(AppGroup):
    """A group of commands that ends with plain words when the database is away or has no tables yet."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except DBAPIError as error:
            if is_unprepared(error):
                raise click.ClickException("数据库还没有建立：先运行 flask prepare（不要演示数据：flask prepare --no-demo）") from None
            if isinstance(error, OperationalError):
                raise click.ClickException(f"数据库不可用：{error.orig}".strip()) from None
            raise


@contextmanager
def bar(title: str, remaining: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A progress bar as a callable (done, total); with the time that is left if asked for."""
    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
                  *([TimeRemainingColumn()] if remaining else []),
                  console=err, transient=not sys.stderr.isatty()) as progress:
        task = progress.add_task(title, total=None)

        def update(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield update


def located(error: dict[str, Any]) -> str:
    """Where and why, of one entry of a problem's errors."""
    if "line" in error:
        return f"{error['file']}:{error['line']}: {error['key']}: {error['message']}（{error['remedy']}）"
    if "row" in error:
        return f"第 {error['row']} 行 {error['column']}：{error['message']}"
    return "：".join(str(error[key]) for key in ("field", "item", "message") if error.get(key))


_REMEDIES = {  # the catalogue's are for those who speak to the API
    "unknown-plan": "用 flask plans list 查看已载入的计划。",
    "broken-ledger": CATALOGUE["broken-ledger"].remedy,
    "ledger-rows": "改正上面各行后重新导入；重复导入不会产生重复主体。",
    "plan-mistakes": "改正上面各行后重试；flask plans check 可只检查不载入。",
}


def tells_problems(command: Callable) -> Callable:
    """A Problem ends the command with its text, its entries and exit code 1; never a stack trace."""

    @wraps(command)
    def told(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except Problem as problem:
            err.print(f"[bold red]{CATALOGUE[problem.code].title}[/] ({problem.code})", soft_wrap=True)
            if problem.detail:
                err.print(problem.detail, markup=False, soft_wrap=True)
            for error in problem.errors:
                err.print("  " + located(error), markup=False, soft_wrap=True)
            if remedy := _REMEDIES.get(problem.code):
                err.print(remedy, style="dim", soft_wrap=True)
            raise SystemExit(1) from None

    return told


def table(*columns: str, title: str | None = None) -> Table:
    """An empty table; a column that begins with `>` is aligned to the right."""
    made = Table(title=title, title_justify="left", header_style="bold", pad_edge=False)
    for column in columns:
        made.add_column(column.lstrip(">"), justify="right" if column.startswith(">") else "left", overflow="fold")
    return made
