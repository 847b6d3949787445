"""Phones that vanish without a word: the kernel asks after them, so that no request waits for their bytes for ever.

granian has no timeout for a body. A phone that loses its network in the middle of an upload sends nothing any more, not
even the end of the connection, and the thread that reads would wait for days. TCP keepalive ends such a connection after
two minutes; one that is only slow answers the probes and goes on.
"""

import os
import socket
import stat
from contextlib import suppress

_OPTIONS = ((socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60),
            (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 15), (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 4))
_done: list[int] = []


def listen_alive() -> int:
    """Have every TCP socket that this process listens on ask after its peers; connections inherit it. Once for each process.

    Returns how many there are. The server's own sockets are not to be had in another way (Linux).
    """
    if os.getpid() in _done:
        return 0
    _done[:] = [os.getpid()]
    return sum(_keep(int(name)) for name in os.listdir("/proc/self/fd"))


def _keep(descriptor: int) -> bool:
    with suppress(OSError):
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            return False
        copy = os.dup(descriptor)
        try:
            one = socket.socket(fileno=copy)
        except OSError:
            os.close(copy)
            return False
        with one:
            if one.family in (socket.AF_INET, socket.AF_INET6) and one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                for option in _OPTIONS:
                    one.setsockopt(*option)
                return True
    return False
