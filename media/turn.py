"""One writer at an upload: it writes piece by piece, and stops as soon as a newer one has come.

A writer has the turn while its token stands in the file that is locked for each look at it. See media/staging.py.
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from media.disk import storage_errors, write_at

PIECE = 64 * 1024  # bytes asked of a body at a time: of one that hangs no more than this is not on the disk
WHAT = "上传暂存文件夹"
Read = Callable[[int], bytes]


class WrongOffset(Exception):
    """Bytes that do not continue what is there; `offset` is where it ends."""

    def __init__(self, offset: int):
        super().__init__(f"offset {offset}")
        self.offset = offset


class Superseded(Exception):
    """Another request writes to this upload now, or has ended it."""


class TooMuch(Exception):
    """A body that goes beyond the upload's length. Nothing of it was kept."""


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a body: how many bytes the upload has now, how many the body had, and the hash if all of it is known."""

    offset: int
    body: int
    sha256: str | None


class Turn:
    """One writer at an upload. Made under the lock; raises WrongOffset when the bytes there do not end at `offset`."""

    def __init__(self, handle: int, part: int, offset: int | None):
        self._handle, self._part, self._token = handle, part, secrets.token_bytes(16)
        self.size = os.fstat(part).st_size
        if offset is not None and offset != self.size:
            raise WrongOffset(self.size)
        os.pwrite(handle, self._token, 0)

    @contextmanager
    def _own(self) -> Iterator[None]:
        """Hold the lock, and still the turn. Raises Superseded."""
        fcntl.flock(self._handle, fcntl.LOCK_EX)
        try:
            if not os.fstat(self._handle).st_nlink or os.pread(self._handle, 16, 0) != self._token:
                raise Superseded
            yield
        finally:
            fcntl.flock(self._handle, fcntl.LOCK_UN)

    def take(self, read: Read, length: int, at: int) -> Written:
        """Write what `read` gives, which begins at byte `at` of the file; what is there already is not written again."""
        begun, start, digest = self.size, at, hashlib.sha256() if at == 0 and self.size == 0 else None
        while piece := read(PIECE):
            if at + len(piece) > length:
                self._undo(begun)
                raise TooMuch
            fresh = piece[max(0, self.size - at):]
            at += len(piece)
            if fresh:
                self._write(fresh)
                if digest is not None:
                    digest.update(fresh)
        whole = digest is not None and self.size == length
        return Written(self.size, at - start, digest.hexdigest() if whole else None)

    def _write(self, piece: bytes) -> None:
        with self._own(), storage_errors(WHAT):
            self.size = write_at(self._part, piece, self.size)

    def _undo(self, size: int) -> None:
        with self._own():
            os.ftruncate(self._part, size)
