"""Ports for the servers that tests start: from below the range that the kernel lends to clients.

A port that the kernel chooses is free for a moment only: until the server listens, or while a killed one is away, any client
of another test may get it as its own end of a connection. Nobody gets one of these who does not ask for it.
"""

import random
import socket

_RANGE = range(12_000, 32_000)  # Linux lends from 32768 on, others from 49152
_luck = random.SystemRandom()  # the shared one is seeded anew by property tests: two workers would draw the same


def free_ports(count: int) -> list[int]:
    """Different ports of the loopback interface on which nobody listens."""
    held: list[socket.socket] = []
    try:
        while len(held) < count:
            try:
                held.append(socket.create_server(("127.0.0.1", _luck.choice(_RANGE))))
            except OSError:
                continue  # taken
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


def free_port() -> int:
    """One port."""
    return free_ports(1)[0]
