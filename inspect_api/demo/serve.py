"""A server of our own for the length of a walk, on a free port and on the same database, when none is running."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from inspect_api.demo.phones import WalkError

ROOT = Path(__file__).resolve().parents[2]


def answers(url: str) -> bool:
    """Whether a server of this project answers at the address and has plans loaded."""
    try:
        ready = httpx.get(f"{url}/readyz", timeout=5, trust_env=False)
        return ready.status_code == 200 and ready.json().get("status") == "ready"
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(settings: dict[str, str], workers: int = 2) -> Iterator[str]:
    """granian with these settings in its environment; yields its address. Raises WalkError when it does not come up."""
    url = f"http://127.0.0.1:{(port := _free_port())}"
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
         "--workers", str(workers), "--blocking-threads", "2", "--no-ws", "--log-level", "error", "wsgi:app"],
        cwd=ROOT, env={**os.environ, **settings, "LOG_LEVEL": "ERROR"})
    try:
        until = time.monotonic() + 30
        while not answers(url):
            if process.poll() is not None or time.monotonic() > until:
                raise WalkError("服务器没有启动起来：请先运行 make run，看它报什么错")
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(20)
