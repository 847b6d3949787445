"""Few at once: writing a workbook, or folding the numbers of a past day, takes a processor for seconds or longer."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from inspect_api.problems import Problem

PATIENCE_S = 10  # that a request waits for its turn before it is told to come again
_AT_ONCE = threading.BoundedSemaphore(2)  # of one process


@contextmanager
def turn() -> Iterator[None]:
    """Hold one of two turns. Raises Problem busy after PATIENCE_S."""
    if not _AT_ONCE.acquire(timeout=PATIENCE_S):
        raise Problem("busy", "正在生成的报表和导出文件过多，请稍后再试", retry_after=10)
    try:
        yield
    finally:
        _AT_ONCE.release()
