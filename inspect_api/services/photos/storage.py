"""Where the bytes of photos lie: the staging folder of this machine, and the backends by name."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, current_app

from inspect_api.problems import Problem
from media.backend import Backend, Damaged, NotStored, StorageError, StorageFull
from media.backends import BACKENDS
from media.staging import Staging

log = structlog.get_logger()
_EXTENSION = "photo storage"


def init_app(app: Flask) -> None:
    """Nothing is opened before it is needed: a command that touches no photo needs no bucket."""
    app.extensions[_EXTENSION] = {}


def _kept(name: str, make: Any) -> Any:
    kept = current_app.extensions[_EXTENSION]
    if name not in kept:
        kept[name] = make()
    return kept[name]


def staging() -> Staging:
    """Unfinished uploads: DATA_DIR/uploads, on this machine's disk whatever the backend is."""
    return _kept("staging", lambda: Staging(Path(current_app.config["DATA_DIR"]) / "uploads"))


def backend(name: str | None = None) -> Backend:
    """A backend by its name, by default the one that new photos go to. Raises StorageDown."""
    config = current_app.config
    name = name or config["MEDIA_BACKEND"]
    options: dict[str, Any] = {"root": Path(config["DATA_DIR"]) / "photos"} if name == "folder" else {
        option.removeprefix("S3_").lower(): config[option] for option in config if option.startswith("S3_")}
    return _kept(name, lambda: BACKENDS[name](**options))


def original(org: str, sha256: str) -> str:
    """The key of a photo as it was taken."""
    return f"photos/{org}/{sha256[:2]}/{sha256}"


def derived(org: str, sha256: str, name: str) -> str:
    """The key of a picture made from a photo."""
    return f"derived/{org}/{sha256[:2]}/{sha256}-{name}.jpg"


@contextmanager
def problems() -> Iterator[None]:
    """Tell an error of the storage: its own words to the log, a Problem to the client."""
    try:
        yield
    except StorageError as error:
        log.error("storage", error=str(error))
        raise _as_problem(error) from error


def _as_problem(error: StorageError) -> Problem:
    if isinstance(error, StorageFull):
        return Problem("storage-full", retry_after=600)
    if isinstance(error, NotStored):
        return Problem("not-found", "照片文件不在存储中，请联系维护人员：flask media verify")
    return Problem("storage-down", "存储内容校验不一致，请重试" if isinstance(error, Damaged) else "", retry_after=30)
