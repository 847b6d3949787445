"""Looking at new photos in quiet moments: their perceptual hash is not needed to acknowledge them, and costs time."""

import threading
import time
from collections import deque

import structlog
from flask import Flask, current_app

from inspect_api.db import transaction
from inspect_api.services.photos import fingerprints

log = structlog.get_logger()
_EXTENSION = "photo examiner"
_QUIET_S = 0.5  # nothing has come in for so long
_MOST = 10_000  # photos that wait; what is beyond is looked at when somebody asks for it


class Examiner:
    """One thread of a process, started with its first photo, that ends when there is nothing to look at."""

    def __init__(self, app: Flask):
        self._app = app
        self._waiting: deque[tuple[str, str]] = deque(maxlen=_MOST)
        self._lock = threading.Lock()
        self._runs, self._newest = False, 0.0

    def add(self, org: str, sha256: str) -> None:
        """Look at a photo soon."""
        with self._lock:
            self._waiting.append((org, sha256))
            self._newest = time.monotonic()
            if not self._runs:
                self._runs = True
                threading.Thread(target=self._run, daemon=True, name="photo-examiner").start()

    def _run(self) -> None:
        while True:
            time.sleep(max(0.0, self._newest + _QUIET_S - time.monotonic()))
            with self._lock:
                if not self._waiting:
                    self._runs = False
                    return
                if time.monotonic() < self._newest + _QUIET_S:
                    continue
                batch = [self._waiting.popleft() for _ in range(min(20, len(self._waiting)))]
            self._look(batch)

    def _look(self, batch: list[tuple[str, str]]) -> None:
        try:
            with self._app.app_context():
                found = fingerprints.compute(dict.fromkeys(batch))
                transaction(lambda connection: fingerprints.write(connection, found))
        except Exception as error:
            log.warning("examiner", error=str(error))


def init_app(app: Flask) -> None:
    """One examiner a process, unless the settings say that photos are looked at on demand only."""
    app.extensions[_EXTENSION] = Examiner(app) if app.config["EXAMINE_PHOTOS"] else None


def soon(org: str, sha256: str) -> None:
    """Have a photo looked at when it is quiet."""
    examiner = current_app.extensions[_EXTENSION]
    if examiner is not None:
        examiner.add(org, sha256)
