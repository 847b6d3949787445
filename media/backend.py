"""What a place for photos has to do. Uploads and evidence know this port only, never a folder or a bucket."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol

CHUNK = 128 * 1024  # bytes held in memory of an object of any size
_KEY = re.compile(r"[a-z0-9_-][a-z0-9._-]{0,199}(/[a-z0-9_-][a-z0-9._-]{0,199})*", re.ASCII)
_LONGEST = 900  # bytes; S3 ends at 1024 and the bucket's own prefix comes before


class StorageError(Exception):
    """Something is wrong with the storage of photos. The message is Chinese and for whoever runs the server."""


class StorageDown(StorageError):
    """The storage cannot be reached or answered what it should not: try again later."""


class StorageFull(StorageError):
    """There is no room: trying again helps once somebody has made some."""


class Damaged(StorageError):
    """What arrived is not what was sent."""

    def __init__(self, key: str):
        super().__init__(f"存储中的 {key} 与发送的内容不一致")
        self.key = key


class NotStored(StorageError):
    """There is no object under `key`."""

    def __init__(self, key: str):
        super().__init__(f"存储中没有 {key}")
        self.key = key


class Backend(Protocol):
    """A store of whole objects under keys (`check_key`). Safe to share between threads.

    Everything may raise StorageDown, and ValueError for what is not a key. An object is never seen in parts.
    """

    name: str

    def put(self, key: str, file: Path, sha256: str) -> None:
        """Store the bytes of a file, whose SHA-256 (hex) the caller has computed; replaces what is there at once.

        When it returns, the object is whole and durable and the file is gone: it was given away. After an error the
        file is still there for another try. Raises StorageFull, Damaged.
        """

    def read(self, key: str, start: int = 0, end: int | None = None) -> "Chunks":
        """The bytes `start` (from 0) up to `end` (exclusive; None: all), in chunks of at most CHUNK.

        What is beyond the object is left out. NotStored is raised by the call itself, before anything is sent to
        anybody; what goes wrong on the way, by the iterator. `close()` it to stop early.
        """

    def size(self, key: str) -> int | None:
        """The length in bytes, or None when there is no such object."""

    def delete(self, key: str) -> None:
        """Remove an object. No error when there is none."""

    def keys(self, prefix: str = "") -> Iterator[tuple[str, int]]:
        """(key, length in bytes) of every object whose key begins with `prefix`, in order of keys.

        The order is by bytes; some S3 services put `-` and `.` after `/`, which by bytes come before it.
        """


def check_key(key: str) -> str:
    """The key itself. ValueError unless it is 1 to 900 bytes: parts of `[a-z0-9._-]` (1 to 200) with slashes between.

    No part begins with a dot: that covers `.` and `..`, and such names are a folder's own.
    """
    if len(key) > _LONGEST or not _KEY.fullmatch(key):
        raise ValueError(f"not a key: {key[:200]!r}")
    return key


def check_prefix(prefix: str) -> str:
    """The prefix itself. ValueError unless some key begins with it."""
    if prefix:
        check_key(prefix + "x")
    return prefix


def hash_of(backend: Backend, key: str) -> str:
    """SHA-256 (hex) of the bytes that the storage gives back. Raises NotStored, StorageDown."""
    digest = hashlib.sha256()
    with closing(backend.read(key)) as chunks:
        for chunk in chunks:
            digest.update(chunk)
    return digest.hexdigest()


class Source(Protocol):
    """What Chunks reads from: an open file, the body of an answer."""

    def read(self, amount: int, /) -> bytes:
        """At most `amount` bytes; none at the end."""

    def close(self) -> None:
        """Let go of it."""


class Chunks(Iterator[bytes]):
    """An open object, at most `length` bytes of it. A generator that is closed unstarted would leave it open.

    `wrong` makes a StorageError of what the source raises. The source is closed at the end, on an error, by `close`
    and when nobody holds the iterator any more.
    """

    def __init__(self, source: Source, length: int | None, wrong: Callable[[Exception], StorageError]):
        self._source, self._left, self._wrong = source, length, wrong

    def __next__(self) -> bytes:
        try:
            chunk = self._source.read(CHUNK if self._left is None else min(CHUNK, self._left)) if self._left != 0 else b""
        except Exception as error:
            self.close()
            raise self._wrong(error) from error
        if not chunk:
            self.close()
            raise StopIteration
        if self._left is not None:
            self._left -= len(chunk)
        return chunk

    def close(self) -> None:
        """Let go of the file or the connection; what was not read stays unread."""
        self._left = 0
        self._source.close()

    __del__ = close
