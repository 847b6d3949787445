"""A bad network: a proxy that delays, cuts, swallows, half-closes and doubles, as its luck will have it.

It serves one request a connection (clients say `Connection: close`), so that it knows where a request ends and can
break it where it likes: in the middle of its body, after the server has done the work, or on the answer's way back.
"""

import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable

Address = tuple[str, int]
_PATIENCE = 30.0  # seconds after which a silent peer is given up


def whole_request(client: socket.socket) -> tuple[bytes, int]:
    """(a request, where its body begins). Raises ConnectionError when the client ends before it is whole."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(client)
    body = data.index(b"\r\n\r\n") + 4
    length = 0
    for line in data[:body].split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(data) < body + length:
        data += _more(client)
    return data, body


def _more(peer: socket.socket) -> bytes:
    found = peer.recv(65536)
    if not found:
        raise ConnectionError("ended early")
    return found


def _until_end(peer: socket.socket) -> bytes:
    """What the server answers until it closes."""
    found = b""
    try:
        while more := peer.recv(65536):
            found += more
    except OSError:
        pass  # reset, or silent for too long: what came so far is what came
    return found


class Proxy:
    """Listens on a port of its own and forwards to `upstream`. `rate`: the share of requests that meet a fault."""

    def __init__(self, upstream: int, luck: random.Random, rate: float = 0.6, faults: tuple[str, ...] = ()):
        self.upstream: Address = ("127.0.0.1", upstream)
        self.luck, self.rate, self.counts = luck, rate, Counter()
        self.behaviours: dict[str, Callable[[socket.socket, bytes, int], None]] = {
            "slow": self.slow, "cut request": self.cut_request, "cut answer": self.cut_answer,
            "swallowed": self.swallowed, "half closed": self.half_closed, "half a body": self.half_a_body,
            "twice": self.twice, "late twin": self.late_twin}
        self.faults = faults or tuple(self.behaviours)
        self.threads: list[threading.Thread] = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self.listener.getsockname()[1]

    def __enter__(self) -> "Proxy":
        self.accepting = threading.Thread(target=self._accept)
        self.accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening, and wait until everything that is on its way has arrived."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.accepting.join()
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is on its way any more, late twins too."""
        while self.threads:
            self.threads.pop().join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return  # no longer listening
            self._start(lambda client=client: self._serve(client))

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work)
        thread.start()
        self.threads.append(thread)

    def _serve(self, client: socket.socket) -> None:
        with client:
            client.settimeout(_PATIENCE)
            try:
                data, body = whole_request(client)
                fault = self.luck.choice(self.faults) if self.luck.random() < self.rate else "none"
                self.counts[fault] += 1
                self.behaviours.get(fault, self.plain)(client, data, body)
            except OSError:
                pass  # one of the two went away: that is what a bad network is

    def _connected(self) -> socket.socket:
        server = socket.create_connection(self.upstream, timeout=_PATIENCE)
        server.settimeout(_PATIENCE)
        return server

    def _exchange(self, data: bytes) -> bytes:
        with self._connected() as server:
            server.sendall(data)
            return _until_end(server)

    def _middle(self, first: int, end: int) -> int:
        """A place strictly inside of first..end, when there is one."""
        return self.luck.randint(min(first + 1, end - 1), end - 1)

    # what happens to a request

    def plain(self, client: socket.socket, data: bytes, body: int) -> None:
        """Nothing."""
        client.sendall(self._exchange(data))

    def slow(self, client: socket.socket, data: bytes, body: int) -> None:
        """Request and answer come in pieces, with pauses."""
        cut = self._middle(0, len(data))
        with self._connected() as server:
            for piece in (data[:cut], data[cut:]):
                time.sleep(self.luck.uniform(0.01, 0.1))
                server.sendall(piece)
            answer = _until_end(server)
        cut = self._middle(0, max(len(answer), 2))
        for piece in (answer[:cut], answer[cut:]):
            time.sleep(self.luck.uniform(0.01, 0.1))
            client.sendall(piece)

    def cut_request(self, client: socket.socket, data: bytes, body: int) -> None:
        """The connection breaks in the middle of the body (of the head, where there is no body)."""
        with self._connected() as server:
            server.sendall(data[:self._middle(body if body < len(data) else 0, len(data))])
            time.sleep(self.luck.uniform(0, 0.05))

    def cut_answer(self, client: socket.socket, data: bytes, body: int) -> None:
        """The server has done it, and the connection breaks in the middle of its answer."""
        answer = self._exchange(data)
        client.sendall(answer[:self._middle(0, max(len(answer), 2))])

    def swallowed(self, client: socket.socket, data: bytes, body: int) -> None:
        """The server has done it, and nobody hears of it."""
        self._exchange(data)

    def half_closed(self, client: socket.socket, data: bytes, body: int) -> None:
        """The whole request arrives, and its sender says that it will send no more while it waits for the answer."""
        with self._connected() as server:
            server.sendall(data)
            server.shutdown(socket.SHUT_WR)
            client.sendall(_until_end(server))

    def half_a_body(self, client: socket.socket, data: bytes, body: int) -> None:
        """Half the body arrives and then the sender ends; whatever the server says to that is passed on."""
        with self._connected() as server:
            server.sendall(data[:self._middle(body if body < len(data) else 0, len(data))])
            server.shutdown(socket.SHUT_WR)
            client.sendall(_until_end(server))

    def twice(self, client: socket.socket, data: bytes, body: int) -> None:
        """The same bytes arrive on two connections at once; one of the two answers is heard."""
        answers: list[bytes] = []
        copies = [threading.Thread(target=lambda: answers.append(self._exchange(data))) for _ in range(2)]
        for copy in copies:
            copy.start()
        for copy in copies:
            copy.join()
        client.sendall(self.luck.choice(answers))

    def late_twin(self, client: socket.socket, data: bytes, body: int) -> None:
        """The request is answered, and arrives once more when its sender has long gone on."""
        self.plain(client, data, body)
        pause = self.luck.uniform(0.05, 0.6)

        def copy() -> None:
            time.sleep(pause)
            self._exchange(data)

        self._start(copy)
