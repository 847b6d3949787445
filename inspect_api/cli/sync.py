"""`flask sync …`: what the sync engine needs of an operator now and then."""

from pathlib import Path

import click

from inspect_api.cli import bundles
from inspect_api.cli.console import OPERATOR, Group, bar, tells_problems
from inspect_api.cli.media import tells_storage
from inspect_api.db import transaction
from inspect_api.http import now_ms
from inspect_api.services import compaction

group = Group("sync", help="Phones and the server.")


@group.command("compact")
@click.option("--days", default=120, show_default=True, type=click.IntRange(1, 3650),
              help="Keep what is younger: a phone that was away for longer pulls everything anew.")
@click.option("--dry-run", is_flag=True, help="Only count.")
@tells_problems
def compact(days: int, dry_run: bool) -> None:
    """Collect tombstones, and results that phones acknowledged long ago. What anybody captured stays."""
    before = now_ms() - days * 86_400_000
    verb = "可清理" if dry_run else "已清理"
    with bar("清理") as progress:
        tombstones = compaction.tombstones(before, dry_run)
        results = compaction.results(before, dry_run, progress)
    click.echo(f"{verb}：删除记录 {tombstones} 条，已确认的操作结果 {results} 条")


@group.command("new-epoch")
@tells_problems
def new_epoch() -> None:
    """After a backup was restored: every phone pulls anew, and pushes again what it still holds."""
    transaction(lambda c: compaction.new_epoch(c, now_ms(), OPERATOR))
    click.echo("已更换纪元：各手机下次同步时将重新拉取，未上传的内容不受影响")


@group.command("load-bundle")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "as_login", metavar="LOGIN",
              help="Whose phone it is, when the server does not know it: it logged in after the backup that was restored.")
@click.option("--dry-run", is_flag=True, help="Only count.")
@tells_storage
def load_bundle(file: Path, as_login: str | None, dry_run: bool) -> None:
    """Load what a phone exported to a file because it cannot reach the server. Loaded twice, it changes nothing more."""
    bundles.load(file, as_login, dry_run)
