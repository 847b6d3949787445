"""The lane of a phone's photos, beside that of its answers: tus 1.0.0, each photo in one request unless the network breaks."""

import base64
import hashlib
import socket
import time
from collections.abc import Iterable
from pathlib import Path

import httpx

from inspect_api.demo.phones import Person, WalkError

FILES = "/api/v1/files"
OFFSET = "application/offset+octet-stream"
CUT, DOUBLED = 9, 14  # every ninth photo of a phone breaks off in the middle, every fourteenth is sent twice
_TRIES = 20


class Lane:
    """Photos of one phone that are to be sent, oldest first. Their bytes lie in a folder, not in memory."""

    def __init__(self, person: Person, folder: Path):
        self.person, self.folder = person, folder
        self.waiting: list[str] = []
        self.held: set[str] = set()
        self.sent: set[str] = set()

    def keep(self, data: bytes) -> str:
        """Keep a new photo until it is sent; returns its name, the SHA-256."""
        name = hashlib.sha256(data).hexdigest()
        (self.folder / name).write_bytes(data)
        self.waiting.append(name)
        return name

    def hold(self, names: Iterable[str]) -> None:
        """These wait for Wi-Fi, longer than the walk lasts."""
        self.held.update(names)

    def send(self) -> None:
        """Send all that is not held. Raises WalkError for a refusal."""
        for name in [one for one in self.waiting if one not in self.held]:
            self._upload(name, (self.folder / name).read_bytes(), len(self.sent) + 1)
            (self.folder / name).unlink()
            self.waiting.remove(name)
            self.sent.add(name)

    def _upload(self, name: str, data: bytes, number: int) -> None:
        tally = self.person.tally
        if number % CUT == 0:
            self._break_off(name, data)
            kept = self._resume(name, data)
            tally.add(resumed=kept, cut=1 - kept)
        else:
            self._create(name, data, data)
        if number % DOUBLED == 0:
            if self._create(name, data, data).headers["Upload-Offset"] != str(len(data)):
                tally.add(effects=1)
            tally.add(photos_doubled=1)
        tally.add(photos=1, photo_bytes=len(data))
        with tally.lock:
            tally.stored.add(name)

    def _create(self, name: str, data: bytes, body: bytes) -> httpx.Response:
        """POST with all, some or none of the bytes."""
        headers = _told(name, data) | ({"Content-Type": OFFSET} if body else {})
        return self._ask("POST", FILES, headers, body, {201})

    def _resume(self, name: str, data: bytes) -> int:
        """Ask where the upload lies and how far it is, and send the rest; returns 1 when some of it had been kept, else 0."""
        path = httpx.URL(self._create(name, data, b"").headers["Location"]).path
        for _ in range(_TRIES):
            offset = int(self._ask("HEAD", path, {}, b"", {200}).headers["Upload-Offset"])
            if offset == len(data):
                return 1
            answer = self._ask("PATCH", path, {"Content-Type": OFFSET, "Upload-Offset": str(offset)}, data[offset:], {204, 409})
            if answer.status_code == 204:
                return int(offset > 0)
        raise WalkError(f"{self.person.login}: {path}: 断点续传总是对不上")

    def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes, expected: set[int]) -> httpx.Response:
        """A request of tus; asked again while the server says that it has too many. Raises WalkError for any other refusal."""
        for _ in range(_TRIES):
            answer = self.person.http.request(method, path, content=body, headers={"Tus-Resumable": "1.0.0", **headers})
            if answer.status_code != 503:
                break
            time.sleep(min(float(answer.headers.get("Retry-After", 1)), 2))
        if answer.status_code not in expected:
            raise WalkError(f"{self.person.login}: {method} {path}: {answer.status_code} {answer.text[:500]}", answer.status_code)
        return answer

    def _break_off(self, name: str, data: bytes) -> None:
        """The connection breaks after half of the bytes, and nobody hears the answer."""
        half = data[:len(data) // 2]
        url = self.person.http.base_url
        if url.scheme != "http":  # a raw socket does not speak TLS: a request that is whole, with half of the photo in it
            self._create(name, data, half)
            return
        told = {"Host": url.host, "Authorization": self.person.http.headers["Authorization"], "Tus-Resumable": "1.0.0",
                **_told(name, data), "Content-Type": OFFSET, "Content-Length": str(len(data))}
        head = f"POST {url.raw_path.decode().rstrip('/')}{FILES} HTTP/1.1\r\n" + "".join(f"{key}: {value}\r\n" for key, value in told.items())
        with socket.create_connection((url.host, url.port or 80), timeout=30) as broken:
            broken.sendall(head.encode() + b"\r\n" + half)


def _told(name: str, data: bytes) -> dict[str, str]:
    return {"Upload-Length": str(len(data)), "Upload-Metadata": f"sha256 {base64.b64encode(name.encode()).decode()}"}
