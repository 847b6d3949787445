"""`flask sync load-bundle`: what a phone exported to a file, taken in as if the phone had sent it."""

from pathlib import Path

import click
from flask import current_app

from inspect_api.cli.console import OPERATOR, bar
from inspect_api.http import now_ms
from inspect_api.services.bundles import drafts, operations, photos
from inspect_api.services.bundles.operations import Loading, Outcome
from inspect_api.services.bundles.owner import owner_of
from inspect_api.services.bundles.reading import Bundle, opened
from inspect_api.services.days import local_text

_TOLD = 20  # entries that are named, of each kind
_WORDS = {"applied": "已接受", "noop": "与现有内容相同", "merged": "部分接受，其余待处理", "conflict": "与别人的修改冲突，待处理"}
_ASIDE = {"device-revoked": "手机已停用", "op-reused": "编号与以前的内容重复"}


def load(path: Path, as_login: str | None, dry_run: bool) -> None:
    """Load a bundle and tell what became of it. Ends with exit code 1 when something is in the file only.

    Raises Problem when nothing of the file can be loaded, StorageError when the storage of photos is away.
    """
    with opened(path) as bundle:
        owner = owner_of(bundle, as_login, now_ms(), OPERATOR, dry_run)
        click.echo(_heading(bundle, owner.actor.name))
        loading = Loading(bundle, owner, OPERATOR, now_ms, current_app.config["PUSH_MAX_OPERATIONS"])
        left = _look(loading) if dry_run else _take(loading)
    if left:
        click.echo(f"有 {left} 项只在这个文件里，原因见上：请保留文件，处理后再载入一次，已载入的不会重复", err=True)
        raise SystemExit(1)


def _heading(bundle: Bundle, name: str) -> str:
    app = f"，应用版本 {bundle.push.app}" if bundle.push.app else ""
    return f"手机 {bundle.device_id}，用户 {bundle.login}（{name}），手机时间 {local_text(bundle.made_at)} 导出{app}"


def _look(loading: Loading) -> int:
    """Only count; how many photos cannot be loaded."""
    total, known = len(loading.bundle.push.operations), operations.known(loading)
    click.echo(f"操作 {total} 项：可载入 {total - known} 项，以前已收到 {known} 项")
    if loading.bundle.drafts:
        click.echo(f"未完成的检查 {len(loading.bundle.drafts)} 项")
    return _photos(loading, dry_run=True)


def _take(loading: Loading) -> int:
    with bar("载入操作") as progress:
        done = operations.take(loading, progress)
    _tell(done, len(loading.bundle.push.operations))
    if loading.bundle.drafts:
        kept, before = drafts.set_aside(loading)
        over = len(loading.bundle.drafts) - kept - before
        click.echo(f"未完成的检查 {len(loading.bundle.drafts)} 项：新放入待处理区 {kept} 项"
                   + (f"，以前已放入 {before} 项" if before else "") + (f"，后来已签字上传 {over} 项" if over else ""))
    left = _photos(loading)
    if awaited := photos.awaited(loading):
        click.echo(f"这些内容用到的照片还缺 {awaited} 张，等手机上传")
    return left + len(done.failed)


def _tell(done: Outcome, total: int) -> None:
    parts = [f"{_WORDS[status]} {count} 项" for status, count in done.statuses.items() if status in _WORDS]
    parts += [f"以前已收到 {done.known} 项"] if done.known else []
    parts += [f"其中未被接受 {len(done.rejected)} 项"] if done.rejected else []
    parts += [f"因{_ASIDE[done.code]}放入待处理区 {done.aside} 项"] if done.aside else []
    parts += [f"未能载入 {len(done.failed)} 项"] if done.failed else []
    click.echo(f"操作 {total} 项" + ("：" + "，".join(parts) if parts else ""))
    for n, problem in done.rejected[:_TOLD]:
        click.echo(f"  第 {n} 号在待处理区：{problem['title']}" + (f"（{problem['detail']}）" if problem["detail"] != problem["title"] else ""))
    _more(len(done.rejected))
    for n in done.failed[:_TOLD]:
        click.echo(f"  第 {n} 号未能载入：服务器内部错误，详见日志")
    _more(len(done.failed))


def _photos(loading: Loading, dry_run: bool = False) -> int:
    with bar("核对照片" if dry_run else "载入照片") as progress:
        done = photos.take(loading, progress, dry_run)
    if total := done.stored + done.known + len(done.left):
        click.echo(f"照片 {total} 张：{'可存入' if dry_run else '新存入'} {done.stored} 张，服务器已有 {done.known} 张"
                   + (f"，未能存入 {len(done.left)} 张" if done.left else ""))
    for name, why in done.left[:_TOLD]:
        click.echo(f"  {name}：{why}")
    _more(len(done.left))
    return len(done.left)


def _more(count: int) -> None:
    if count > _TOLD:
        click.echo(f"  ……另有 {count - _TOLD} 项未列出")
