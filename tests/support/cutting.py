"""A network that breaks where a test says: a proxy that passes raw bytes on, and cuts, loses or delays by a script.

Clients that keep a connection open and send large bodies go through it unchanged; it only looks where a request begins
and how long its body is, so that a fault can be given a place. What passed is counted, connection by connection.
"""

import re
import select
import socket
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

_PIECE = 16 * 1024  # bytes passed on at a time
_PATIENCE = 30.0  # seconds after which a silent peer is given up
_GLANCE = 0.02  # seconds between looks whether the other direction broke
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to the next upload request of a method that nothing has happened to yet.

    `body` is how much of its body passes: a share (float), or bytes (int), counted from the end when negative; None: all.
    `answer` is how many bytes of its answer pass before the connection breaks; None: all. `reset` breaks at once, and what
    the server had not read by then is lost; else the server hears the end of what was sent, and has done what it does
    about it before the client knows. `waits`: it does not break there, but the rest waits until the server has answered.
    `pause` is seconds before the request passes. `skip` lets that many pass first.
    """

    method: str
    body: float | int | None = None
    answer: int | None = None
    reset: bool = False
    waits: bool = False
    pause: float = 0
    skip: int = 0

    def place(self, length: int) -> int:
        """How many bytes of a body of this length pass."""
        if self.body is None:
            return length
        if isinstance(self.body, float):
            return int(length * self.body)
        return max(0, min(length, self.body if self.body >= 0 else length + self.body))


def cut(method: str, at: float | int, **more: int | bool) -> Fault:
    """The connection breaks in the middle of the body: at a share of it, or after so many bytes (negative: before its end)."""
    return Fault(method, body=at, **more)


def lost_answer(method: str, after: int = 0, **more: int) -> Fault:
    """The server does it all, and its answer is lost after so many bytes of it."""
    return Fault(method, answer=after, **more)


def held(method: str, at: float | int, **more: int) -> Fault:
    """The rest of the body does not come before the server has answered."""
    return Fault(method, body=at, waits=True, **more)


def late(method: str, seconds: float, **more: int) -> Fault:
    """The request comes late."""
    return Fault(method, pause=seconds, **more)


@dataclass(slots=True)
class Request:
    """A request that passed: its method, its address, the length of its body and how much of that passed."""

    method: str
    path: str
    length: int
    passed: int = 0


@dataclass(slots=True)
class Wire:
    """A connection: bytes that passed to the server (`up`) and to the client (`down`), and its requests."""

    up: int = 0
    down: int = 0
    requests: list[Request] = field(default_factory=list)


class Cutting:
    """Listens on a port of its own and forwards to `upstream`. `faults` come in their order; after them nothing breaks.

    Only requests whose address begins with `about` meet faults and are counted by `bodies`.
    """

    def __init__(self, upstream: int, *faults: Fault, about: str = "/api/v1/files"):
        self.upstream, self.faults, self.about = upstream, list(faults), about
        self.wires: list[Wire] = []
        self._skipped, self._lock = 0, threading.Lock()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        """The address to ask instead of the server's."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Cutting":
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening, and wait until everybody has gone."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join()
        for thread in self._threads:
            thread.join()

    def requests(self, *methods: str) -> list[Request]:
        """The requests about uploads, of these methods if any are named, one connection after the other."""
        return [request for wire in self.wires for request in wire.requests
                if request.path.startswith(self.about) and (not methods or request.method in methods)]

    def bodies(self) -> int:
        """Bytes of files that passed to the server."""
        return sum(request.passed for request in self.requests())

    def fault(self, request: Request) -> Fault | None:
        """The fault that this request meets; the next in the script is another one then."""
        with self._lock:
            if not self.faults or self.faults[0].method != request.method or not request.path.startswith(self.about):
                return None
            self._skipped += 1
            if self._skipped <= self.faults[0].skip:
                return None
            self._skipped = 0
            return self.faults.pop(0)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # no longer listening
            try:
                server = socket.create_connection(("127.0.0.1", self.upstream), timeout=_PATIENCE)
            except OSError:
                client.close()  # the server is being started again
                continue
            self.wires.append(Wire())
            self._threads.append(threading.Thread(target=_Connection(self, client, server, self.wires[-1]).serve))
            self._threads[-1].start()


class _Connection:
    """One client and the server: this thread carries what goes up, another what comes down."""

    def __init__(self, proxy: Cutting, client: socket.socket, server: socket.socket, wire: Wire):
        self._proxy, self._client, self._server, self._wire = proxy, client, server, wire
        self._held = b""
        self._may_pass: int | None = None  # bytes of the answer, before it breaks
        self._answered, self._broken = threading.Event(), threading.Event()
        self._unheard = False  # the server may finish, and nobody listens

    def serve(self) -> None:
        """Carry until one of the two goes or the script breaks the connection."""
        for peer in (self._client, self._server):
            peer.settimeout(_PATIENCE)
        down = threading.Thread(target=self._down)
        down.start()
        try:
            while self._request():
                pass
        except OSError:
            pass  # one of the two went away
        if not self._broken.is_set():
            with suppress(OSError):  # the server went first
                self._server.shutdown(socket.SHUT_WR)
        down.join(_PATIENCE)
        self._broken.set()
        down.join()
        for peer in (self._client, self._server):
            peer.close()

    def _more(self) -> bytes:
        found = self._client.recv(_PIECE)
        self._held += found
        return found

    def _send(self, data: bytes) -> None:
        self._server.sendall(data)
        self._wire.up += len(data)

    def _request(self) -> bool:
        """Carry one request. Returns False when none follows."""
        while b"\r\n\r\n" not in self._held:
            if not self._more():
                return False
        head, _, self._held = self._held.partition(b"\r\n\r\n")
        method, path, _ = head.split(b" ", 2)
        length = _LENGTH.search(head)
        request = Request(method.decode(), path.decode(), int(length[1]) if length else 0)
        self._wire.requests.append(request)
        fault = self._proxy.fault(request) or Fault(request.method)
        time.sleep(fault.pause)
        self._may_pass = fault.answer
        self._answered.clear()
        self._send(head + b"\r\n\r\n")
        self._body(request, fault.place(request.length))
        if fault.waits:
            self._answered.wait(_PATIENCE)
            self._body(request, request.length)
        elif fault.body is not None:
            self._break(fault.reset)
            return False
        return request.passed == request.length

    def _body(self, request: Request, end: int) -> None:
        while request.passed < end and (self._held or self._more()):
            piece, self._held = self._held[:end - request.passed], self._held[end - request.passed:]
            request.passed += len(piece)
            self._send(piece)

    def _break(self, reset: bool) -> None:
        self._unheard = True
        if reset:
            self._broken.set()
            self._server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _down(self) -> None:
        """Carry what the server says until it, or the script, ends it."""
        try:
            while not self._broken.is_set():
                if not select.select([self._server], [], [], _GLANCE)[0]:
                    continue
                said = self._server.recv(_PIECE)
                if not said:
                    break
                if self._unheard:
                    continue
                passes = said if self._may_pass is None else said[:self._may_pass]
                self._client.sendall(passes)
                self._wire.down += len(passes)
                self._answered.set()
                if self._may_pass is not None:
                    break
        except OSError:
            pass  # one of the two went away
        self._answered.set()
        if not self._unheard:
            self._hang_up()

    def _hang_up(self) -> None:
        """Nothing comes any more: the client hears of it, and what it still sends is not read."""
        try:
            self._client.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it went first
