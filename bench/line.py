"""A bad line in front of a server: so many bytes a second each way, late, and cut again and again.

What counts is what goes onto the line: a byte is counted when it has taken its turn, whether it arrives or is on its way when the line is
cut. What a sender still holds, and the kernel's buffers on both sides, are no line. A connection takes a round trip to open, as TCP's does;
headers of TCP and IP are not counted.
"""

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self, TypeVar

_PIECE = 1448  # bytes that take a turn: what a packet carries
_BUFFER = 16 * 1024  # bytes that the kernel takes from a sender before their turn
_RESET = struct.pack("ii", 1, 0)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Weather:
    """How bad the line is: bits a second each way, seconds of a round trip, seconds from cut to cut, and without a line after each."""

    bits: int = 256_000
    round_trip: float = 0.6
    every: float = 30.0
    away: float = 2.0


@dataclass(slots=True)
class Passed:
    """Bytes that went onto the line, those of them that a cut lost, and what was opened and cut."""

    up: int = 0
    down: int = 0
    lost: int = 0
    connections: int = 0
    cuts: int = 0


class _Way:
    """One direction of the line: whoever sends takes turns with all the others."""

    def __init__(self, rate: float, delay: float):
        self.rate, self.delay, self._free = rate, delay, 0.0

    async def turn(self, size: int) -> float:
        """Wait until `size` bytes are on the line; when they arrive."""
        self._free = max(self._free, time.monotonic()) + size / self.rate
        free = self._free
        await asyncio.sleep(free - time.monotonic())
        return free + self.delay


class Line:
    """Listens on a port of its own and forwards to `upstream`; until `worsen()` it is a good line that is not counted."""

    def __init__(self, upstream: int):
        self.upstream, self.passed = upstream, Passed()
        self._weather: Weather | None = None
        self._open: set[_Connection] = set()
        self._ways: tuple[_Way, _Way] | None = None
        self._away = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    @property
    def url(self) -> str:
        """The address to ask instead of the server's."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)  # those that it accepts have it too
        listener.bind(("127.0.0.1", 0))
        self.port: int = listener.getsockname()[1]
        self._server = self._do(asyncio.start_server(self._accept, sock=listener, limit=_PIECE))
        return self

    def __exit__(self, *_: object) -> None:
        """Cut, and listen no more."""
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def worsen(self, weather: Weather) -> None:
        """From now on it is bad, and counted. Connections that were open before are cut."""
        self._do(self._worsen(weather))

    def _do(self, what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(30)

    async def _worsen(self, weather: Weather) -> None:
        self._cut()
        rate, delay = weather.bits / 8, weather.round_trip / 2
        self._weather, self._ways = weather, (_Way(rate, delay), _Way(rate, delay))
        self._cutting = asyncio.create_task(self._cuts(weather))

    async def _end(self) -> None:
        if self._weather:
            self._cutting.cancel()
        self._server.close()
        tasks = [task for connection in self._open for task in connection.tasks]
        self._cut()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _cuts(self, weather: Weather) -> None:
        while True:
            await asyncio.sleep(weather.every - weather.away)
            self._away = True
            self.passed.cuts += 1
            self._cut()
            await asyncio.sleep(weather.away)
            self._away = False

    def _cut(self) -> None:
        for connection in list(self._open):
            connection.reset()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = _Connection(self, writer)
        self._open.add(connection)
        connection.tasks.append(asyncio.create_task(self._serve(connection, reader)))

    async def _serve(self, connection: "_Connection", reader: asyncio.StreamReader) -> None:
        with suppress(OSError, asyncio.CancelledError):
            await connection.carry(reader)
        connection.reset()
        self._open.discard(connection)

    async def _carry(self, up: bool, reader: asyncio.StreamReader, arriving: "asyncio.Queue[tuple[float, bytes]]") -> None:
        """Put onto the line what one side says, until it has said all."""
        while piece := await reader.read(_PIECE):
            arrives = 0.0
            if self._ways:
                arrives = await self._ways[0 if up else 1].turn(len(piece))
                if up:
                    self.passed.up += len(piece)
                else:
                    self.passed.down += len(piece)
            arriving.put_nowait((arrives, piece))
        arriving.put_nowait((0.0, b""))


class _Connection:
    """One client and the server. A reset ends both sides at once, with all that was on its way."""

    def __init__(self, line: Line, client: asyncio.StreamWriter):
        self._line, self._writers = line, [client]
        self.tasks: list[asyncio.Task[None]] = []
        self._queues: list[asyncio.Queue[tuple[float, bytes]]] = []

    async def carry(self, client: asyncio.StreamReader) -> None:
        """Until both sides have said all, or it is cut. Raises OSError, CancelledError."""
        line = self._line
        if line._away:
            return
        if line._weather:
            line.passed.connections += 1
            await asyncio.sleep(line._weather.round_trip)
        server, to_server = await asyncio.open_connection("127.0.0.1", line.upstream, limit=_PIECE)
        self._writers.append(to_server)
        for up, reader, writer in ((True, client, to_server), (False, server, self._writers[0])):
            queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
            self._queues.append(queue)
            self.tasks.append(asyncio.create_task(line._carry(up, reader, queue)))
            self.tasks.append(asyncio.create_task(self._arrive(queue, writer)))
        await asyncio.gather(*self.tasks[1:])

    async def _arrive(self, queue: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter) -> None:
        while True:
            at, piece = await queue.get()
            if (wait := at - time.monotonic()) > 0:
                # still on its way: a cut in this moment loses it
                self._line.passed.lost += len(piece)
                await asyncio.sleep(wait)
                self._line.passed.lost -= len(piece)
            if not piece:
                return writer.write_eof()
            writer.write(piece)
            await writer.drain()

    def reset(self) -> None:
        """End it as a network does: nothing more arrives."""
        while self._queues:
            queue = self._queues.pop()
            while not queue.empty():
                self._line.passed.lost += len(queue.get_nowait()[1])
        for writer in self._writers:
            if (peer := writer.get_extra_info("socket")) and not writer.transport.is_closing():
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                writer.transport.abort()
        for task in self.tasks:
            task.cancel()
