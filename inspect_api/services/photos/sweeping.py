"""What uploads leave behind: those that nobody continued, the records of those that ended, files of a crash.

The server runs meanwhile, and a phone may begin an expired upload again at this very moment: whatever is removed is
looked at once more under the lock of its upload (media/staging.py), which every writer of it takes.
"""

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from inspect_api.services.photos.storage import backend, staging
from media.disk import storage_errors
from media.staging import Upload

_HOUR_S = 3600.0  # nothing is removed of an upload that somebody touched, or that expired, within it: a body may be on its way
_FILE = re.compile(r"([0-9a-f]{32})\.(json|part|turn|[a-z]+-[0-9a-f]+)\Z")
_COPY = ".tmp-*"  # of the folder backend
_WHAT = "上传暂存文件夹"


@dataclass(slots=True)
class Swept:
    """How much was removed, or would be: unfinished uploads, records of ended ones, files of a crash in the staging folder,
    half-made copies in the folder of photos; and the bytes of all of them."""

    unfinished: int = 0
    ended: int = 0
    strays: int = 0
    copies: int = 0
    bytes: int = 0


def sweep(now: int, hours: float, dry_run: bool) -> Swept:
    """Remove uploads that expired an hour before `now` (ms UTC), and files of no upload that nobody touched for so many hours.

    Raises StorageError.
    """
    swept, before = Swept(), time.time() - hours * 3600
    with storage_errors(_WHAT):
        for id_, names in _files():
            _upload(swept, id_, names, now, dry_run)
            for name in _strays(id_, names, before):
                _stray(swept, id_, name, before, dry_run)
    _copies(swept, hours, dry_run)
    return swept


def _files() -> Iterator[tuple[str, list[str]]]:
    """Every upload with the rest of the names of its files. What else somebody put there is not ours."""
    with os.scandir(staging().folder) as entries:
        found = sorted(match.groups() for entry in entries if (match := _FILE.match(entry.name)))
    for id_, group in groupby(found, key=lambda one: one[0]):
        yield id_, [name for _, name in group]


def _upload(swept: Swept, id_: str, names: list[str], now: int, dry_run: bool) -> None:
    upload, touched = staging().find(id_), time.time() - _HOUR_S
    if upload is None or not _is_over(upload, now) or not all(_is_old(_path(id_, name), touched) for name in names):
        return
    size = _size(staging().part(id_))
    if dry_run or _forget(id_, now, touched):
        swept.bytes += size
        if upload.done is None and upload.refused is None:
            swept.unfinished += 1
        else:
            swept.ended += 1


def _strays(id_: str, names: list[str], before: float) -> list[str]:
    """The files of an upload that are left over: all of them when it has no record, else those that a process put aside."""
    old = [name for name in names if _is_old(_path(id_, name), before)]
    if len(old) == len(names) and staging().find(id_) is None:
        return old
    return [name for name in old if "-" in name]


def _is_over(upload: Upload, now: int) -> bool:
    return upload.expires < now - _HOUR_S * 1000


def _path(id_: str, name: str) -> Path:
    return staging().folder / f"{id_}.{name}"


def _forget(id_: str, now: int, touched: float) -> bool:
    """Remove an upload that is over. False when somebody has begun it again."""
    with staging().alone(id_):
        upload = staging().find(id_)
        part = staging().part(id_)
        if upload is None or not _is_over(upload, now) or part.exists() and not _is_old(part, touched):
            return False
        staging().forget(id_)
        return True


def _stray(swept: Swept, id_: str, name: str, before: float, dry_run: bool) -> None:
    size = _size(path := _path(id_, name))
    if path.exists() and (dry_run or _drop(id_, name, before)):
        swept.strays += 1
        swept.bytes += size


def _drop(id_: str, name: str, before: float) -> bool:
    """Remove a file that is left over. False when it is needed after all."""
    path = _path(id_, name)
    was_there = _path(id_, "turn").exists()
    with staging().alone(id_):
        needed = "-" not in name and staging().find(id_) is not None
        if not needed and _is_old(path, before):
            path.unlink()
        gone = not path.exists()
        if not was_there:
            _path(id_, "turn").unlink(missing_ok=True)  # the lock itself: whoever waits for it finds out (Staging.alone)
        return gone


def _is_old(path: Path, before: float) -> bool:
    try:
        return path.stat().st_mtime < before
    except FileNotFoundError:
        return False


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _copies(swept: Swept, hours: float, dry_run: bool) -> None:
    folder = backend("folder")
    old = [path for path in folder.root.rglob(_COPY) if _is_old(path, time.time() - hours * 3600)]
    swept.bytes += sum(_size(path) for path in old)
    swept.copies += len(old) if dry_run else folder.sweep(hours * 3600)
