"""Perceptual hashes of stored photos: computed once, kept in the photo's row."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.models import Photo
from inspect_api.services.photos.storage import backend, original
from media import images
from media.backend import NotStored

Key = tuple[str, str]


@contextmanager
def on_disk(org: str, sha256: str, where: str | None = None) -> Iterator[Path]:
    """A photo as a file, for as long as the context lasts. Raises StorageError."""
    with tempfile.NamedTemporaryFile(prefix="photo-") as file, closing(backend(where).read(original(org, sha256))) as pieces:
        for piece in pieces:
            file.write(piece)
        file.flush()
        yield Path(file.name)


def compute(keys: Mapping[Key, str | None]) -> dict[Key, str]:
    """{(organisation, sha256): hash} of photos, given with the names of their backends (None: the one that new photos go to).

    One that cannot be decoded has ""; one whose bytes are not there is left out. Raises StorageError.
    """
    with ExitStack() as files:
        paths: dict[Key, Path] = {}
        for (org, sha256), where in keys.items():
            with suppress(NotStored):
                paths[org, sha256] = files.enter_context(on_disk(org, sha256, where))
        return dict(zip(paths, images.examine(list(paths.values())), strict=True))


def write(connection: Connection, found: dict[Key, str]) -> None:
    """Keep hashes."""
    if found:
        table = Photo.__table__
        connection.execute(
            sa.update(table).where(table.c.org == sa.bindparam("o"), table.c.sha256 == sa.bindparam("s")).values(fingerprint=sa.bindparam("f")),
            [{"o": org, "s": sha256, "f": value} for (org, sha256), value in sorted(found.items())])
