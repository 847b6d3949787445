"""Photos in a folder of this machine: the key is the path. A name appears only when its bytes are on the disk.

The bytes are not hashed again on the way in: whoever gives a file away has hashed it as it came, and a rename changes
no byte. `hash_of` compares later what the disk gives back.
"""

import errno
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from stat import S_ISREG

from media.backend import (
    CHUNK,
    Chunks,
    NotStored,
    StorageDown,
    StorageError,
    check_key,
    check_prefix,
)
from media.disk import as_storage_error, storage_errors, sync, write_at

_WHAT = "照片文件夹"
_ABSENT = (FileNotFoundError, NotADirectoryError, IsADirectoryError)
_TEMPORARY = ".tmp-"  # no part of a key begins with a dot
_NAME = re.compile(r"[a-z0-9._-]+", re.ASCII)  # other names are the filesystem's, such as lost+found


def _wrong(error: Exception) -> StorageError:
    return as_storage_error(error, _WHAT)


class FolderBackend:
    """A folder, `root`, which is made when it is missing; StorageDown when it cannot be."""

    name = "folder"

    def __init__(self, root: Path):
        self.root = Path(root)
        with storage_errors(_WHAT):
            self.root.mkdir(parents=True, exist_ok=True)

    def put(self, key: str, file: Path, sha256: str) -> None:
        """See Backend. A file on the same filesystem is moved, another one copied. `sha256` is taken on trust."""
        target = self.root / check_key(key)
        device = os.stat(file).st_dev
        with storage_errors(_WHAT):
            self._make(target.parent)
            if device != os.stat(target.parent).st_dev or not _moved(file, target):
                _copy(file, target)
                os.unlink(file)

    def _make(self, folder: Path) -> None:
        """Make the folders that are missing below the root, and their entries durable. A root that is gone stays so."""
        if folder == self.root or folder.is_dir():
            return
        self._make(folder.parent)
        with suppress(FileExistsError):
            folder.mkdir()
        sync(folder.parent)

    def read(self, key: str, start: int = 0, end: int | None = None) -> Chunks:
        """See Backend. An object that is replaced or deleted in the meantime is still read to its end."""
        try:
            file = open(self.root / check_key(key), "rb", buffering=0)  # noqa: SIM115 Chunks closes it
        except _ABSENT:
            self._look()
            raise NotStored(key) from None
        except OSError as error:
            raise _wrong(error) from error
        file.seek(start)
        return Chunks(file, None if end is None else max(0, end - start), _wrong)

    def size(self, key: str) -> int | None:
        """See Backend."""
        with storage_errors(_WHAT):
            try:
                found = os.stat(self.root / check_key(key))
            except _ABSENT:
                self._look()
                return None
        return found.st_size if S_ISREG(found.st_mode) else None

    def delete(self, key: str) -> None:
        """See Backend. The folders above stay."""
        with storage_errors(_WHAT):
            try:
                os.unlink(self.root / check_key(key))
            except _ABSENT:
                self._look()

    def _look(self) -> None:
        # A disk that is not mounted must not pass for one without photos.
        if not self.root.is_dir():
            raise StorageDown(f"照片文件夹 {self.root} 不见了，请检查磁盘是否已挂载")

    def keys(self, prefix: str = "") -> Iterator[tuple[str, int]]:
        """See Backend. One folder's entries are held at a time, for each level; what vanishes meanwhile is left out."""
        above = check_prefix(prefix).rpartition("/")[0]
        with storage_errors(_WHAT):
            self._look()
            for key, entry in _files(self.root / above, f"{above}/" if above else "", prefix):
                if not entry.name.startswith("."):
                    with suppress(FileNotFoundError):
                        yield key, entry.stat().st_size

    def sweep(self, older_than_s: float) -> int:
        """Remove the copies that a crash left half made and that are older than so many seconds. Returns how many."""
        removed = 0
        with storage_errors(_WHAT):
            for _, entry in _files(self.root, "", ""):
                with suppress(FileNotFoundError):
                    if entry.name.startswith(_TEMPORARY) and entry.stat().st_mtime <= time.time() - older_than_s:
                        os.unlink(entry.path)
                        removed += 1
        return removed


def _files(folder: Path | str, above: str, prefix: str) -> Iterator[tuple[str, os.DirEntry]]:
    """(key, entry) of the files below a folder whose keys begin with `prefix` (`above` is the folder's own), in order."""
    try:
        with os.scandir(folder) as entries:
            found = [(f"{above}{entry.name}" + ("/" if entry.is_dir() else ""), entry)
                     for entry in entries if _NAME.fullmatch(entry.name)]
    except (FileNotFoundError, NotADirectoryError):
        return
    for key, entry in sorted(found, key=lambda one: one[0]):
        if not key.endswith("/"):
            if key.startswith(prefix):
                yield key, entry
        elif not entry.name.startswith(".") and (key.startswith(prefix) or prefix.startswith(key)):
            yield from _files(entry.path, key, prefix)


def _moved(file: Path, target: Path) -> bool:
    """Rename a file into its place. False when only a copy can get there, as between two mounts of one filesystem."""
    sync(file)
    try:
        os.rename(file, target)
    except OSError as error:
        if error.errno == errno.EXDEV:
            return False
        raise
    sync(target.parent)
    return True


def _copy(file: Path, target: Path) -> None:
    temporary = target.with_name(f"{_TEMPORARY}{secrets.token_hex(8)}")
    try:
        with open(file, "rb", buffering=0) as source, open(temporary, "xb", buffering=0) as copy:
            end = 0
            while chunk := source.read(CHUNK):
                end = write_at(copy.fileno(), chunk, end)
            os.fsync(copy.fileno())
        os.rename(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync(target.parent)
