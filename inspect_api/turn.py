"""How long a writer waits for another one: the queue of SQLite's writers, and the patience of requests.

A process works on few requests at once (WORK_AT_ONCE). While plans are published, which takes minutes in a large county, requests
that waited for its end would keep all others out, those too that only read. So a request waits for a moment and is told `busy`; whoever
asks at the command line waits.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import has_request_context

from inspect_api.problems import Problem

_MOST = 2.0  # seconds: as long as a plan whose wording alone changed is published, with room
_IN_VAIN = 5.0  # seconds in which no request waits again, after one did so in vain
_LATER = 10  # seconds after which who was told `busy` asks again
_LOOK = 0.02  # seconds between two looks whether a long writer of SQLite has ended


class Patience:
    """What a process knows of waiting for who writes for long. One that just waited in vain spares the next ones the same."""

    def __init__(self) -> None:
        self._until = 0.0

    def seconds(self) -> float | None:
        """How long to wait now; None: as long as it takes."""
        if not has_request_context():
            return None
        return 0.0 if time.monotonic() < self._until else _MOST

    def lost(self) -> Problem:
        """The problem to raise when that time is over."""
        self._until = time.monotonic() + _IN_VAIN
        return Problem("busy", "正在发布计划或重新汇总指标，请稍后重试", retry_after=_LATER)


class Turn:
    """A writer's turn with an SQLite file."""

    def __init__(self, handle: int, long: str):
        self._handle, self._long, self._is_long = handle, long, False

    def go_long(self) -> None:
        """Keep the others from writing, but let them come as far as to see that it will take long."""
        if not self._is_long:
            queue, self._handle, self._is_long = self._handle, _locked(self._long), True
            os.close(queue)

    def end(self) -> None:
        """Let the next one go."""
        os.close(self._handle)


class SqliteTurn:
    """The queue of writers of one SQLite file, across threads and processes (flock wakes in turn)."""

    def __init__(self, path: str, patience: Patience):
        self.path, self.long, self.patience = path, path + ".long", patience

    @contextmanager
    def __call__(self) -> Iterator[Turn]:
        """Wait for the turn, as long as there is patience with a long writer. Raises Problem busy."""
        turn = Turn(self._gained(), self.long)
        try:
            yield turn
        finally:
            turn.end()

    def _gained(self) -> int:
        began, seconds = time.monotonic(), self.patience.seconds()
        while True:
            handle = _locked(self.path)
            if self._is_free():
                return handle
            os.close(handle)
            if seconds is not None and time.monotonic() - began >= seconds:
                raise self.patience.lost()
            time.sleep(_LOOK)

    def _is_free(self) -> bool:
        """Whether nobody writes for long. Asked by who has the turn, so that nobody begins to meanwhile."""
        try:
            os.close(_locked(self.long, fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True


def _locked(path: str, how: int = 0) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | how)
    except BaseException:
        os.close(handle)
        raise
    return handle
