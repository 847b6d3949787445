"""The storages that the tests of this folder try, and files to give away."""

import hashlib
import itertools
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from media.backend import Backend
from media.backends import BACKENDS
from media.backends.folder import FolderBackend
from media.backends.s3 import S3Backend
from tests.support.objects import ObjectServer

Give = Callable[..., tuple[Path, str]]
_names = itertools.count()


def arguments(server: ObjectServer, prefix: str = "", **others: str) -> dict[str, str]:
    """How to reach a server's bucket of photos."""
    return {"bucket": "photos", "endpoint": server.endpoint, "access_key": server.access_key,
            "secret_key": server.secret_key, "prefix": prefix, **others}


@pytest.fixture
def folder(tmp_path: Path) -> FolderBackend:
    """An empty folder."""
    return FolderBackend(tmp_path / "root")


@pytest.fixture
def s3(s3_server: ObjectServer) -> Iterator[S3Backend]:
    """A bucket under a prefix that nobody used, with pages of three keys."""
    made = S3Backend(**arguments(s3_server, f"{uuid.uuid4().hex}/"))
    made.page = 3
    made.ensure_bucket()
    with closing(made):
        yield made


@pytest.fixture(params=sorted(BACKENDS))
def backend(request: pytest.FixtureRequest) -> Backend:
    """Each kind of storage in turn, empty."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def give(tmp_path: Path) -> Give:
    """Makes a file to give away: (the file, its SHA-256)."""
    def given(content: bytes, place: Path = tmp_path) -> tuple[Path, str]:
        file = place / f"given-{next(_names)}"
        file.write_bytes(content)
        return file, hashlib.sha256(content).hexdigest()
    return given


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A folder on another filesystem than the tests' own, so that a file has to be copied."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as found:
        yield Path(found)


def keys_of(backend: Backend, prefix: str = "") -> list[str]:
    """The keys alone."""
    return [key for key, _ in backend.keys(prefix)]
