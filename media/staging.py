"""Where the bytes of unfinished uploads lie: a folder that all processes of a server share.

An upload `id` is up to four files. `id.json` says whose it is and how long; `id.part` holds the bytes, and its size is
the offset; `id.turn` says who writes; `id.chunk-…` holds a body whose checksum is not verified yet.

The newest writer wins: it puts a token of its own into `id.turn`, and whoever finds another token there before a
write stops. The file is locked only for that look and one write, never while a body is on its way, so that a body
that hangs holds up nobody. Whoever changes a record, finishes an upload or forgets it holds the same lock meanwhile.
"""

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from media.disk import storage_errors, sync
from media.turn import PIECE, WHAT, Read, Superseded, TooMuch, Turn, Written
from media.tus import ALGORITHMS, Checksum

_ID = re.compile(r"[0-9a-f]{32}\Z")


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload: its id, whose it is, where it belongs, its length in bytes, what its client said of it (the header as it
    came), and the SHA-256 (hex) that was told.

    `created` and `expires` are milliseconds UTC. `done` is the photo that came of it, `refused` the problem that ended it.
    """

    id: str
    device_id: str
    user_id: str
    region: str
    length: int
    metadata: str
    sha256: str | None
    created: int
    expires: int
    done: str | None = None
    refused: dict[str, Any] | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has become a photo, or never will."""
        return self.done is not None or self.refused is not None


class Ended(Exception):
    """The upload had ended before this body came; `upload` says how."""

    def __init__(self, upload: "Upload"):
        super().__init__(upload.done or "refused")
        self.upload = upload


class WrongChecksum(Exception):
    """A body that is not what its checksum says. Nothing of it was kept."""


def new_id(*parts: str) -> str:
    """The id of an upload: the same for the same parts, or one of its own without any."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32] if parts else secrets.token_hex(16)


class Staging:
    """Unfinished uploads in a folder. An error of the disk is StorageFull or StorageDown."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def _path(self, id_: str, suffix: str) -> Path:
        return self.folder / f"{id_}.{suffix}"

    def part(self, id_: str) -> Path:
        """The file that holds the bytes of an upload."""
        return self._path(id_, "part")

    def find(self, id_: str) -> Upload | None:
        """An upload by its id; None when there is none."""
        if not _ID.match(id_):
            return None
        try:
            return Upload(**orjson.loads(self._path(id_, "json").read_bytes()))
        except (FileNotFoundError, ValueError, TypeError):  # not there, or torn by a power cut
            return None

    def keep(self, upload: Upload) -> Upload:
        """Keep what is known of an upload, unless it has ended meanwhile. Returns what is kept."""
        with self.alone(upload.id):
            found = self.find(upload.id)
            if found is not None and found.is_over:
                return found
            self.save(upload)
            return upload

    def save(self, upload: Upload) -> None:
        """Keep what is known of an upload, whole or not at all; within `alone`. Durable after the next `flush` of it."""
        new = self._path(upload.id, f"json-{secrets.token_hex(4)}")
        with storage_errors(WHAT):
            new.write_bytes(orjson.dumps(upload))
            new.rename(self._path(upload.id, "json"))

    def offset(self, id_: str) -> int:
        """How many bytes are there, durably: they are written through before this answers."""
        try:
            handle = os.open(self.part(id_), os.O_RDONLY)
        except FileNotFoundError:
            return 0
        try:
            size = os.fstat(handle).st_size
            if size:
                os.fsync(handle)
            return size
        finally:
            os.close(handle)

    def flush(self, id_: str) -> int:
        """Make an upload and all its bytes durable, its files' names too. Returns the offset."""
        with storage_errors(WHAT):
            sync(self._path(id_, "json"))
            sync(self.folder)
            return self.offset(id_)

    def write(self, upload: Upload, offset: int | None, read: Read, checksum: Checksum | None = None) -> "Written":
        """Add a body to an upload, from `offset` on; None: a body of the whole file, of which what is there already is skipped.

        `read(n)` gives up to n bytes, b"" at the end, however that came about. Raises WrongOffset, Ended, Superseded (another
        request came later), TooMuch, WrongChecksum, StorageError. What was written before an error of the disk stays.
        """
        if checksum is not None:
            return self._verified(upload, offset, read, checksum)
        with self._turn(upload.id, offset) as turn:
            return turn.take(read, upload.length, 0 if offset is None else turn.size)

    @contextmanager
    def _turn(self, id_: str, offset: int | None) -> Iterator["Turn"]:
        """The turn of a writer: taken under the lock, held until another one takes it."""
        with ExitStack() as files:
            with self.alone(id_, files) as handle:
                found = self.find(id_)
                if found is not None and found.is_over:
                    raise Ended(found)
                if found is None and offset is not None:
                    raise Superseded
                with storage_errors(WHAT):
                    part = os.open(self.part(id_), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                files.callback(os.close, part)
                turn = Turn(handle, part, offset)
            yield turn

    def _verified(self, upload: Upload, offset: int | None, read: Read, checksum: Checksum) -> "Written":
        """A body with a checksum lies aside until it is verified: not one byte of it counts before."""
        aside = self._path(upload.id, f"chunk-{secrets.token_hex(4)}")
        digest, size = ALGORITHMS[checksum.algorithm](), 0
        try:
            with aside.open("wb+") as file:
                while piece := read(PIECE):
                    size += len(piece)
                    if (offset or 0) + size > upload.length:
                        raise TooMuch
                    digest.update(piece)
                    with storage_errors(WHAT):
                        file.write(piece)
                if digest.digest() != checksum.digest:
                    raise WrongChecksum
                with storage_errors(WHAT):
                    file.seek(0)
                return self.write(upload, offset, file.read)
        finally:
            aside.unlink(missing_ok=True)

    @contextmanager
    def alone(self, id_: str, files: ExitStack | None = None) -> Iterator[int]:
        """Hold the lock of an upload: nobody else writes a piece of it, changes its record or ends it meanwhile.

        Yields the locked file, which stays open (unlocked) as long as `files`, if given.
        """
        while True:
            with storage_errors(WHAT):
                handle = os.open(self._path(id_, "turn"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(handle, fcntl.LOCK_EX)
            if os.fstat(handle).st_nlink:
                break
            os.close(handle)  # who held it before has ended the upload: this file is nobody's any more
        if files is not None:
            files.callback(os.close, handle)
        try:
            yield handle
        finally:
            if files is None:
                os.close(handle)
            else:
                fcntl.flock(handle, fcntl.LOCK_UN)

    def give(self, id_: str) -> Path:
        """A second name of the bytes of an upload, to be moved away; the upload keeps them until `forget`."""
        given = self._path(id_, f"give-{secrets.token_hex(4)}")
        os.link(self.part(id_), given)
        return given

    def forget(self, id_: str, upload: bool = True) -> None:
        """Remove the bytes of an upload, and what is known of it too unless `upload` is False; within `alone`."""
        turn = self._path(id_, "turn")
        for path in self.folder.glob(f"{id_}.*") if upload else [self.part(id_)]:
            if path != turn:
                path.unlink(missing_ok=True)
        turn.unlink(missing_ok=True)  # the last: from here on others may hold a lock of their own

    def room(self) -> int:
        """Bytes that are free on the folder's disk for who runs the server."""
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_frsize


def digest_of(path: Path) -> str:
    """The SHA-256 (hex) of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

