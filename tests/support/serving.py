"""The real server in processes of its own, over the database of an app: to be asked over HTTP, killed and started again."""

import os
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

from flask import Flask

from tests.support.ports import free_port

ROOT = Path(__file__).parents[2]


class Server:
    """granian with two workers, or one where nothing depends on there being more. The port stays the same from one start to the next."""

    def __init__(self, app: Flask, workers: int = 2, **settings: object):
        self.workers = workers
        shared = {name: str(app.config[name]) for name in ("DATABASE_URL", "DATA_DIR", "ARGON2_TIME_COST", "ARGON2_MEMORY_KIB")}
        self.environment = os.environ | shared | {"LOG_LEVEL": "ERROR"} | {name: str(value) for name, value in settings.items()}
        self.port = free_port()
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        """The address to ask."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill(signal.SIGTERM)

    def start(self) -> None:
        """Start, and wait until it answers. Raises RuntimeError when it does not."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port), "--workers", str(self.workers),
             "--blocking-threads", "32", "--no-ws", "--log-level", "error", "--workers-kill-timeout", "3", "wsgi:app"],
            env=self.environment, cwd=ROOT, start_new_session=True)
        for _ in range(600):
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode} before it answered")
            connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.05)
            finally:
                connection.close()
        raise RuntimeError("the server does not answer within 30 seconds")

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End every process of it, by default at once and in the middle of whatever they do."""
        if self.process is None:
            return
        os.killpg(self.process.pid, how)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)
        self.process = None
