"""A device that pushes without pause is told to wait: one phone gone mad must not hold the server from the others."""

import threading
from math import ceil

_KEPT = 10_000  # devices remembered; the bucket of one that is forgotten is full again


class Throttle:
    """Token buckets, one a device, of one process. `rate` is what a device may do in a minute, in one go or spread; 0: no limit."""

    def __init__(self, rate: int):
        self.rate = rate
        self._buckets: dict[str, tuple[float, int]] = {}  # device -> tokens, and when they were counted
        self._lock = threading.Lock()

    def wait(self, device: str, now_ms: int) -> int:
        """Take a token: 0, or the seconds after which there is one again."""
        if not self.rate:
            return 0
        with self._lock:
            tokens, counted = self._buckets.get(device, (float(self.rate), now_ms))
            tokens = min(self.rate, tokens + (now_ms - counted) * self.rate / 60_000)
            if tokens < 1:
                return max(1, ceil((1 - tokens) * 60 / self.rate))
            if len(self._buckets) >= _KEPT:
                self._buckets.clear()
            self._buckets[device] = (tokens - 1, now_ms)
            return 0
