"""The disk as photos use it: bytes that stay after a power cut, and errors that say whether it is full or away."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from media.backend import StorageDown, StorageError, StorageFull

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def as_storage_error(error: Exception, what: str) -> StorageError:
    """StorageFull or StorageDown for an error of the disk. `what` is the folder's name in Chinese."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return StorageFull(f"{what}所在的磁盘已满：{error}")
    return StorageDown(f"{what}不可用：{error}")


@contextmanager
def storage_errors(what: str) -> Iterator[None]:
    """Turn an OSError inside into a StorageError."""
    try:
        yield
    except OSError as error:
        raise as_storage_error(error, what) from error


def sync(path: Path) -> None:
    """Have a file's bytes, or a folder's entries, on the disk (fsync)."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_at(descriptor: int, data: bytes, offset: int) -> int:
    """Write all of `data` at an offset. Returns where it ends."""
    left = memoryview(data)
    while left:
        done = os.pwrite(descriptor, left, offset)
        offset += done
        left = left[done:]
    return offset
