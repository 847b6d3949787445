"""The least that a WSGI server can do with a photo: write its bytes, have them and their name on the disk, answer 204.

What `bench.uploads` holds our uploads against, on the same server, machine and run. No login, no hash, no look at the
picture. With SINK_DATABASE it also commits a row for each photo, as durably as we do: what is on a disk and in no table
is found by nobody.
"""

import os
import sqlite3
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg

FOLDER, DATABASE = os.environ["SINK_FOLDER"], os.environ.get("SINK_DATABASE", "")
_PIECE = 64 * 1024
_own = threading.local()


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Take one body."""
    if environ["REQUEST_METHOD"] == "POST":
        name = uuid.uuid4().hex
        _write(environ["wsgi.input"].read, os.path.join(FOLDER, name))
        if DATABASE:
            _row(name)
    start_response("204 No Content", [])
    return []


def _write(read: Callable[[int], bytes], target: str) -> None:
    file = os.open(f"{target}.part", os.O_CREAT | os.O_WRONLY)
    while piece := read(_PIECE):
        os.write(file, piece)
    os.fsync(file)
    os.close(file)
    os.rename(f"{target}.part", target)
    folder = os.open(FOLDER, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _row(name: str) -> None:
    if not hasattr(_own, "connection"):
        _own.connection = _connected()
    _own.connection.execute(f"INSERT INTO sunk VALUES ('{name}')")


def _connected() -> Any:
    """A connection of this thread's own, every statement a transaction."""
    if DATABASE.startswith("postgres"):
        made: Any = psycopg.connect(DATABASE, autocommit=True)
    else:
        made = sqlite3.connect(DATABASE, timeout=30, isolation_level=None)
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("PRAGMA synchronous=FULL")
    with suppress(psycopg.errors.UniqueViolation):  # another thread is making it
        made.execute("CREATE TABLE IF NOT EXISTS sunk (name TEXT PRIMARY KEY)")
    return made
