"""What the tests of uploads over real connections share: large photos, somebody who sends them, and raw requests that can stop anywhere."""

import json
import socket
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from media.turn import PIECE as PIECE  # what the server may lose of a body that is cut
from tests.media.pictures import picture, scene
from tests.support.uploads import FILES, OFFSET, metadata, sha
from tests.support.world import PASSWORD

CHUNK = 64 * 1024


@cache
def large(seed: int, kind: str = "jpeg") -> bytes:
    """A real photo of 2 MB (JPEG) or 1.3 MB (PNG), nearly all of it noise; another seed is another scene."""
    size, options = ((2400, 1800), {"quality": 91}) if kind == "jpeg" else ((1000, 800), {})
    with TemporaryDirectory() as folder:
        return picture(Path(folder) / f"photo.{kind}", kind, image=scene(seed, size, grain=255), **options).read_bytes()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: status, headers and body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """The code of a problem."""
        return json.loads(self.body)["code"]

    @property
    def offset(self) -> int:
        """How far the upload is."""
        return int(self.headers["upload-offset"])


@dataclass(slots=True)
class Sender:
    """Somebody logged in at a server's port, who speaks tus by hand. `patience`: seconds before a silent server is given up."""

    port: int
    login: str = "supervisor"
    device: str = "by hand"
    patience: float = 60
    token: str = field(init=False)

    def __post_init__(self) -> None:
        told = {"login": self.login, "password": PASSWORD, "device_id": self.device}
        answer = self.ask("POST", "/api/v1/sessions", json.dumps(told).encode(), Content_Type="application/json", Authorization="")
        assert answer.status == 201, answer
        self.token = json.loads(answer.body)["token"]

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        told = {"Tus-Resumable": "1.0.0", **{name.replace("_", "-"): value for name, value in more.items()}}
        return told if "Authorization" in told else {"Authorization": f"Bearer {self.token}", **told}

    def ask(self, method: str, path: str = FILES, body: bytes = b"", port: int | None = None, **headers: str) -> Answer:
        """A whole request on a connection of its own. Header names are given with `_` for `-`. Raises OSError, HTTPException."""
        connection = HTTPConnection("127.0.0.1", port or self.port, timeout=self.patience)
        try:
            connection.request(method, path, body or None, self._headers(headers))
            return _heard(connection.getresponse())
        finally:
            connection.close()

    def create(self, data: bytes, port: int | None = None, claim: str | None = None) -> str:
        """POST that must succeed; the path of the upload."""
        answer = self.ask("POST", port=port, Upload_Length=str(len(data)), Upload_Metadata=metadata(sha256=claim or sha(data)))
        assert answer.status == 201, answer
        return answer.headers["location"]

    def patch(self, path: str, offset: int, body: bytes, port: int | None = None) -> Answer:
        """PATCH."""
        return self.ask("PATCH", path, body, port, Content_Type=OFFSET, Upload_Offset=str(offset))

    def offset(self, path: str) -> int:
        """What HEAD says is there."""
        answer = self.ask("HEAD", path)
        assert answer.status == 200, answer
        return answer.offset

    def begin(self, path: str, offset: int, length: int, some: bytes) -> "Hanging":
        """A PATCH of `length` bytes of which only some are sent."""
        lines = [f"PATCH {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {length}"]
        lines += [f"{name}: {value}" for name, value in self._headers({"Content-Type": OFFSET, "Upload-Offset": str(offset)}).items()]
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=self.patience)
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + some)
        return Hanging(connection)

    def photo(self, sha256: str) -> bytes | None:
        """The photo as it is stored; None when it is not."""
        answer = self.ask("GET", f"/api/v1/photos/{sha256}")
        assert answer.status in (200, 404), answer
        return answer.body if answer.status == 200 else None


class Hanging:
    """A request that is on its way; to be used with `with`."""

    def __init__(self, connection: socket.socket):
        self.connection = connection

    def __enter__(self) -> "Hanging":
        return self

    def __exit__(self, *_: Any) -> None:
        self.connection.close()

    def end(self, rest: bytes) -> Answer | None:
        """Send the rest; the answer, or None when the server has closed the connection."""
        try:
            self.connection.sendall(rest)
            response = HTTPResponse(self.connection)
            response.begin()
            return _heard(response)
        except OSError:
            return None


def _heard(response: HTTPResponse) -> Answer:
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
