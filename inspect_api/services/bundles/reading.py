"""The file itself: a ZIP with `bundle.json` and photos, read entry by entry and never trusted before it is checked."""

import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from flask import current_app

from inspect_api.problems import Problem
from sync.operation import Push, PushError, TooOld, parse_instant, parse_push

FORMAT, VERSION = "field-bundle", 1
MANIFEST = "bundle.json"
_MOST = 100_000_000  # bytes of the manifest: years of one person's operations are a tenth of that
_PIECE = 256 * 1024
_PHOTO = re.compile(r"photos/([0-9a-f]{64})\.[a-z0-9]{1,8}")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)  # whatever a bad entry makes zipfile raise


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a file says: who exported it from which phone, when by the phone's clock (milliseconds UTC), and what is in it.

    `push` holds the operations as a push of the device would. `drafts` are unfinished visits as they came. `listed` are the
    photos (SHA-256 in hex) that it claims to bring, `entries` those that are in the ZIP.
    """

    path: Path
    login: str
    made_at: int
    push: Push
    drafts: list[Any]
    listed: list[str]
    entries: dict[str, zipfile.ZipInfo]
    archive: zipfile.ZipFile

    @property
    def device_id(self) -> str:
        """The phone."""
        return self.push.device_id


@contextmanager
def opened(path: Path) -> Iterator[Bundle]:
    """A bundle, open for as long as the context lasts. Raises Problem broken-bundle, client-too-old."""
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise _broken(_why_no_zip(path)) from None
    except OSError as error:
        raise _broken(f"无法读取文件：{error.strerror or error}") from None
    with archive:
        yield _read(path, archive)


def _why_no_zip(path: Path) -> str:
    with path.open("rb") as file:
        begins = file.read(4)
    if not begins:
        return "文件是空的：复制没有完成，请重新复制，或在手机上重新导出"
    if begins == b"PK\x03\x04":  # a ZIP keeps its table of contents at its end
        return "文件不完整，后面一段丢了：请重新复制，或在手机上重新导出"
    return "不是手机导出的文件（应为 .zip）"


def _broken(detail: str) -> Problem:
    return Problem("broken-bundle", detail)


def _read(path: Path, archive: zipfile.ZipFile) -> Bundle:
    told = _manifest(archive)
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise _broken(f"{MANIFEST} 不是手机导出的清单")
    if told.get("version") != VERSION:
        raise _broken(f"文件格式版本是 {told.get('version')}，本服务器支持 {VERSION}：请先升级服务器")
    login, drafts, photos = told.get("login"), told.get("drafts", []), told.get("photos", [])
    if not (isinstance(login, str) and isinstance(drafts, list) and isinstance(photos, list)):
        raise _broken(f"{MANIFEST} 里 login、drafts 或 photos 的格式不对")
    try:
        made_at = parse_instant(told.get("made_at"))
        push = parse_push(told | {"sent_at": told.get("made_at")}, str(told.get("device_id")), current_app.config["SYNC_OLDEST_SCHEMA"])
    except TooOld as error:
        raise Problem("client-too-old", str(error), oldest_schema=error.oldest) from None
    except (PushError, ValueError, OverflowError) as error:
        raise _broken(f"{MANIFEST}：{getattr(error, 'field', 'made_at')}：{error}") from None
    entries = {found[1]: info for info in archive.infolist() if (found := _PHOTO.fullmatch(info.filename))}
    listed = [one["sha256"] for one in photos if isinstance(one, dict) and isinstance(one.get("sha256"), str)]
    return Bundle(path, login, made_at, push, drafts, listed, entries, archive)


def _manifest(archive: zipfile.ZipFile) -> Any:
    try:
        info = archive.getinfo(MANIFEST)
        if info.file_size > _MOST:
            raise _broken(f"{MANIFEST} 超过 {_MOST} 字节")
        return orjson.loads(archive.read(info))
    except KeyError:
        raise _broken(f"文件里没有 {MANIFEST}：不是手机导出的文件") from None
    except orjson.JSONDecodeError:
        raise _broken(f"{MANIFEST} 无法读取：请重新复制，或在手机上重新导出") from None
    except _BROKEN as error:
        raise _broken(f"{MANIFEST} 已损坏（{error}）：请重新复制，或在手机上重新导出") from None


def damage(bundle: Bundle, sha256: str) -> str | None:
    """Why the photo of this name cannot be taken from the file; None when its bytes are those that its name says."""
    info = bundle.entries.get(sha256)
    if info is None:
        return "清单里有，文件里没有"
    digest = hashlib.sha256()
    try:
        with bundle.archive.open(info) as entry:
            while piece := entry.read(_PIECE):
                digest.update(piece)
    except _BROKEN as error:
        return f"已损坏（{error}）"
    return None if digest.hexdigest() == sha256 else "内容与文件名（SHA-256）不符"
