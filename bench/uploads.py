"""Photos per second, against the least that a server can do with them, and how much memory large ones take.

    python -m bench.uploads [--files 200] [--only sqlite]

200 photos of 300 KB each, 8 at a time, durable, by creation-with-upload: the bytes and their names on the disk, the
photo's row committed. The sink (bench/sink.py) stands beside it on the same server with the same number of workers and
threads, asked by the same client in turns: once as it is, once with a row committed for each photo. Then 32 photos of 20 MB come in at once, and the workers'
memory is read from /proc; and one photo is cut at 70 % and continued.
"""

import argparse
import base64
import hashlib
import io
import os
import random
import socket
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from PIL import Image
from rich.console import Console
from rich.table import Table

from bench import county, servers

AT_ONCE, LARGE, LARGE_BYTES = 8, 32, 20_000_000
THREADS = 16  # of each worker, as the server is run
LOGIN, SHARE, WORKER_MB = "bench-0", 0.6, 150


def photo(size: int, seed: int) -> bytes:
    """A JPEG of about so many bytes: noise, so that it is large for its pixels."""
    side = max(64, int((size * 0.92) ** 0.5))
    noise = Image.frombytes("L", (side, side), random.Random(seed).randbytes(side * side))
    made = io.BytesIO()
    noise.save(made, "JPEG", quality=80)
    return made.getvalue()


def photos(count: int, size: int) -> list[bytes]:
    """Different photos of so many bytes: one picture with a comment of its own each, filled up to the size."""
    base = photo(size, 1)[2:]
    made = []
    for number in range(count):
        comments = b""
        while (room := size - 2 - len(base) - len(comments)) > 4:
            body = f"{number:08d}".encode().ljust(min(room - 4, 60_000), b".")
            comments += b"\xff\xfe" + (len(body) + 2).to_bytes(2, "big") + body
        made.append(b"\xff\xd8" + comments + base)
    return made


def headers(data: bytes, token: str) -> dict[str, str]:
    """Of a creation with its photo."""
    name = base64.b64encode(hashlib.sha256(data).hexdigest().encode()).decode()
    return {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(data)), "Upload-Metadata": f"sha256 {name}",
            "Content-Type": "application/offset+octet-stream", "Authorization": f"Bearer {token}"}


def send(connection: HTTPConnection, path: str, data: bytes, told: dict[str, str], status: int) -> float:
    """One photo; the seconds that it took. Raises RuntimeError for another answer."""
    begun = time.perf_counter()
    connection.request("POST", path, data, told)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != status:
        raise RuntimeError((answer.status, body[:500]))
    return time.perf_counter() - begun


def rate(port: int, path: str, files: list[tuple[bytes, dict[str, str]]], status: int) -> tuple[float, list[float]]:
    """(files a second, seconds of each), AT_ONCE connections."""
    def lane(number: int) -> list[float]:
        connection = servers.connect(port)
        return [send(connection, path, data, told, status) for data, told in files[number::AT_ONCE]]

    begun = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        took = sorted(one for each in pool.map(lane, range(AT_ONCE)) for one in each)
    return len(files) / (time.perf_counter() - begun), took


def peak_mb(port: int) -> dict[int, float]:
    """{process: its highest resident memory so far in MB} of the workers that listen on a port."""
    found = {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and f"--port\0{port}\0".encode() in _read(process / "cmdline"):
            status = _read(process / "status").decode()
            if "VmHWM" in status:
                found[int(process.name)] = int(status.split("VmHWM:")[1].split()[0]) / 1024
    return found


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def measure(kind: str, count: int, rounds: int) -> tuple[list[Any], list[Any]]:
    """Rows of both tables for one database."""
    def fill(app: Flask) -> None:
        county.fill(app, 100, 1)

    with servers.database(kind) as settings, servers.prepared(settings, fill):
        folder = os.path.join(settings["DATA_DIR"], "sink")
        os.mkdir(folder)
        sunk = {"SINK_FOLDER": folder}
        row = sunk | {"SINK_DATABASE": settings["DATABASE_URL"] or os.path.join(settings["DATA_DIR"], "sink.sqlite3")}
        with (servers.serving(settings, threads=THREADS) as port, servers.serving(sunk, "bench.sink:app", THREADS) as sink,
              servers.serving(row, "bench.sink:app", THREADS) as sink_with_row):
            token = servers.log_in(port, LOGIN, county.PASSWORD)
            made = photos(count * (rounds + 1), 300_000)
            sets = [[(data, headers(data, token)) for data in made[n * count:(n + 1) * count]] for n in range(rounds + 1)]
            lanes = ((sink, "/", 204), (sink_with_row, "/", 204), (port, "/api/v1/files", 201))
            for lane in lanes:
                rate(lane[0], lane[1], sets[0], lane[2])  # all are warm
            found = [[rate(where, path, files, status) for where, path, status in lanes] for files in sets[1:]]
            least, with_row, ours = (statistics.median(one[lane][0] for one in found) for lane in range(3))
            took = sorted(one for each in found for one in each[2][1])
            speed = [kind, f"{least:.0f}", f"{with_row:.0f}", f"{ours:.0f}", f"{ours / least:.2f}", f"{ours / with_row:.2f}",
                     f"{1000 * statistics.median(took):.1f}", f"{1000 * took[int(len(took) * 0.99)]:.1f}"]
        with servers.serving(settings, threads=THREADS) as port:
            token = servers.log_in(port, LOGIN, county.PASSWORD)
            idle = max(peak_mb(port).values())
            large = [(data, headers(data, token)) for data in photos(LARGE, LARGE_BYTES)]
            begun = time.perf_counter()
            with ThreadPoolExecutor(LARGE) as pool:
                waited = sum(pool.map(lambda one: patiently(port, *one), large))
            passed = time.perf_counter() - begun
            again = [sent_again(port, token, size) for size in (300_000, LARGE_BYTES)]
            memory = [kind, f"{idle:.0f}", f"{max(peak_mb(port).values()):.0f}", f"{LARGE * LARGE_BYTES / passed / 1e6:.0f}", str(waited),
                      f"{again[0]} / {again[1]}"]
    return speed, memory


def sent_again(port: int, token: str, size: int) -> int:
    """Bytes that must be sent a second time after a PATCH that was cut at 70 % of a photo."""
    [data] = photos(1, size := size + 7)  # one that is not there yet
    told = headers(data, token)
    connection = servers.connect(port)
    connection.request("POST", "/api/v1/files", headers={name: value for name, value in told.items() if name != "Content-Type"})
    answer = connection.getresponse()
    path = urlsplit(answer.headers["Location"]).path
    answer.read()
    cut = size * 7 // 10
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items() if not name.startswith("Upload-"))
    with socket.create_connection(("127.0.0.1", port)) as broken:
        broken.sendall(f"PATCH {path} HTTP/1.1\r\nHost: bench\r\n{head}Upload-Offset: 0\r\nContent-Length: {size}\r\n\r\n".encode() + data[:cut])
    time.sleep(1)  # the server notices the end of the connection
    connection.request("HEAD", path, headers={"Tus-Resumable": "1.0.0", "Authorization": told["Authorization"]})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return cut - int(answer.headers["Upload-Offset"])


def patiently(port: int, data: bytes, told: dict[str, str]) -> int:
    """Send a photo as a phone does: again when the server says that it is busy. Returns how often it said so."""
    busy = 0
    while True:
        connection = servers.connect(port)
        try:
            send(connection, "/api/v1/files", data, told, 201)
            return busy
        except (RuntimeError, ConnectionError) as error:
            if isinstance(error, RuntimeError) and error.args[0][0] != 503:
                raise
            busy += 1
            time.sleep(0.5)
        finally:
            connection.close()


def main() -> None:
    """Measure both databases and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    options = parser.parse_args()
    speed = Table(title=f"Uploads: {options.files} photos of 300 KB, {AT_ONCE} at a time, durable; median of {options.rounds} rounds",
                  title_justify="left")
    memory = Table(title=f"{LARGE} photos of {LARGE_BYTES // 10**6} MB at once", title_justify="left")
    for table, names in ((speed, ("database", "sink, files/s", "sink with a row", "ours, files/s", f"share (target {SHARE})", "share of it with a row",
                                 "median ms", "p99 ms")),
                         (memory, ("database", "worker idle, MB", f"worker peak, MB (target {WORKER_MB})", "MB/s", "told to wait",
                                  "bytes again after a cut at 70 %"))):
        for name in names:
            table.add_column(name, justify="left" if name == "database" else "right")
    for kind in ("sqlite", "postgresql"):
        if options.only in (None, kind):
            one, other = measure(kind, options.files, options.rounds)
            speed.add_row(*one)
            memory.add_row(*other)
    screen = Console(width=130)
    screen.print(speed)
    screen.print(memory)


if __name__ == "__main__":
    main()
