"""`flask media …`: what lies where, whether it is whole, and how it gets elsewhere. The server runs meanwhile."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any

import click
from flask import current_app
from rich.filesize import decimal
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from inspect_api.cli.console import OPERATOR, Group, err, tells_problems
from inspect_api.db import transaction
from inspect_api.http import now_ms
from inspect_api.models import Photo
from inspect_api.services.photos import fingerprints, keeping, moving, sweeping, verifying
from inspect_api.services.photos.keeping import PHOTOS, Kept
from inspect_api.services.photos.verifying import DAMAGED, MISSING, SIZE
from media.backend import Damaged, StorageError
from media.backends import BACKENDS

group = Group("media", help="Photos, documents and unfinished uploads.")
_WRONG = {MISSING: "缺失", DAMAGED: "损坏", SIZE: "大小不符"}
_AT_ONCE = 20  # photos that are looked at before what was seen is written down


def tells_storage(command: Callable) -> Callable:
    """An error of the storage ends the command with its text and exit code 1; what was done by then stays done."""

    @wraps(command)
    def told(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except StorageError as error:
            err.print("[bold red]照片存储出错[/]", soft_wrap=True)
            err.print(str(error), markup=False, soft_wrap=True)
            err.print("已完成的部分不受影响，排除故障后重新运行即可。", style="dim", soft_wrap=True)
            raise SystemExit(1) from None

    return tells_problems(told)


@contextmanager
def _bar(title: str, total: int) -> Iterator[Callable[[int, int], None]]:
    """A progress bar as a callable (photos, bytes)."""
    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[size]}"), TimeElapsedColumn(),
                  console=err, transient=not err.is_terminal) as progress:
        task = progress.add_task(title, total=total, size="")
        yield lambda done, size: progress.update(task, completed=done, size=decimal(size))


def _name(kept: Kept) -> str:
    return f"{'' if kept.shelf is PHOTOS else '文件 '}{kept.org}/{kept.sha256}（{kept.backend}）"


def _many(counts: Counter[str]) -> str:
    """`照片 5 张，文件 2 份`."""
    return f"照片 {counts['photo']} 张" + (f"，文件 {counts['document']} 份" if counts["document"] else "")


@group.command("sweep")
@click.option("--dry-run", is_flag=True, help="Only count.")
@click.option("--hours", default=24, show_default=True, type=click.IntRange(1, 10_000),
              help="Files that a crash left go when nobody touched them for so long.")
@tells_storage
def sweep(dry_run: bool, hours: int) -> None:
    """Remove expired uploads and what a crash left of others. An upload that goes on is never touched."""
    swept = sweeping.sweep(now_ms(), hours, dry_run)
    click.echo(f"{'可清理' if dry_run else '已清理'}：过期未完成的上传 {swept.unfinished} 个，已结束上传的记录 {swept.ended} 条，"
               f"残留文件 {swept.strays} 个，照片文件夹中的半份副本 {swept.copies} 个，共 {decimal(swept.bytes)}")


@group.command("verify")
@click.option("--org", default="", help="Only what this county (6 digits) has.")
@click.option("--limit", type=click.IntRange(1), help="Only so many, photos first; orphans are not looked for then.")
@tells_storage
def verify(org: str, limit: int | None) -> None:
    """Read and hash every stored photo and document. Exit code 1 when one is missing or damaged. Removes nothing."""
    total = verifying.total(org)
    with _bar("核对照片和文件", min(total, limit or total)) as progress:
        report = verifying.verify(org, limit, progress)
    for wrong, kept in report.bad:
        click.echo(f"{_WRONG[wrong]}：{_name(kept)}")
    many = report.wrong.total()
    if many > len(report.bad):
        click.echo(f"……另有 {many - len(report.bad)} 个未列出")
    if report.visits:
        click.echo(f"涉及的检查（最多列 {verifying.TOLD} 个）：{' '.join(report.visits)}")
    if report.papers:
        click.echo(f"涉及的文件（最多列 {verifying.TOLD} 个）：{'、'.join(report.papers)}")
    for noun, title, unit in (("photo", "照片", "张"), ("document", "文件", "份")):
        bad = {wrong: report.wrong[noun, wrong] for wrong in _WRONG}
        click.echo(f"已核对{title} {report.read[noun]} {unit}，{decimal(report.bytes[noun])}：" + (
            "，".join(f"{_WRONG[wrong]} {number} {unit}" for wrong, number in bad.items()) if any(bad.values()) else "全部完好"))
    if limit is None:
        click.echo(f"没有登记的文件 {report.orphans[0]} 个，{decimal(report.orphans[1])}（刚收到、尚未登记的也在内）；"
                   f"已登记在别处的副本 {report.copies[0]} 个，{decimal(report.copies[1])}")
    if many:
        raise SystemExit(1)


@group.command("move")
@click.option("--to", required=True, type=click.Choice(sorted(BACKENDS)), help="Where photos and documents are to lie.")
@click.option("--keep", is_flag=True, help="Leave the sources; a later run without it removes them.")
@click.option("--limit", type=click.IntRange(1), help="Move so many, at most.")
@click.option("--grace", default=5, show_default=True, type=click.IntRange(0, 3600),
              help="Seconds that a source stays for those who are about to read it.")
@tells_storage
def move(to: str, keep: bool, limit: int | None, grace: int) -> None:
    """Copy photos and documents to another storage, check each copy, then remove its source. Can be ended and run again at any point."""
    if to not in keeping.places():
        raise click.ClickException("还没有设置 S3_BUCKET，见 flask settings")
    total = moving.waiting(to)
    with _bar("迁移照片和文件", min(total, limit or total)) as progress:
        try:
            moved = moving.move(moving.Run(to, keep, limit, grace, now_ms(), OPERATOR), progress)
        except moving.AlreadyMoving:
            raise click.ClickException("另一个 flask media move 正在运行，请等它结束") from None
    for kept in moved.told:
        click.echo(f"未迁移或未删除：{_name(kept)}")
    click.echo(f"已迁移到 {to}：{_many(moved.done)}，{decimal(moved.bytes)}；清理以前留下的源文件 {moved.cleared} 个"
               + ("；本次源文件保留" if keep and moved.done else ""))
    if current_app.config["MEDIA_BACKEND"] != to:
        click.echo(f"注意：MEDIA_BACKEND 仍是 {current_app.config['MEDIA_BACKEND']}，新照片、新文件还会存到那里")
    if moved.skipped or moved.doubtful:
        click.echo(f"源文件缺失或损坏、留在原处的{_many(moved.skipped)}；新副本不完好、因此保留源文件的{_many(moved.doubtful)}："
                   "用 flask media verify 查看", err=True)
        raise SystemExit(1)


@group.command("examine")
@tells_storage
def examine() -> None:
    """Look at stored photos that nobody looked at yet, so that near-duplicates are known."""
    dark = Photo.fingerprint.is_(None)
    done = size = seen = 0
    with _bar("分析照片", keeping.count(PHOTOS, dark)[0]) as progress:
        for page in keeping.pages(PHOTOS, dark, most=_AT_ONCE):
            found = _look(page)
            transaction(partial(fingerprints.write, found=found))
            done, size, seen = done + len(page), size + sum(photo.size for photo in page), seen + len(found)
            progress(done, size)
    click.echo(f"已分析照片 {seen} 张" + (f"；无法读取 {done - seen} 张：用 flask media verify 查看" if done > seen else ""))


def _look(photos: list[Kept]) -> dict[fingerprints.Key, str]:
    """The hashes of photos. One that the storage gives back damaged is left out, and holds up no other."""
    try:
        return fingerprints.compute({(photo.org, photo.sha256): photo.backend for photo in photos})
    except Damaged:
        return {} if len(photos) == 1 else {key: value for photo in photos for key, value in _look([photo]).items()}
