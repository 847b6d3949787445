"""Uploads as the tests speak of them: a person's requests in tus 1.0.0, and real photos to send."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.media.pictures import picture
from tests.support.people import Person

FILES = "/api/v1/files"
OFFSET = "application/offset+octet-stream"


@cache
def jpeg(seed: int = 1, size: tuple[int, int] = (320, 240)) -> bytes:
    """A real photo; another seed is another scene."""
    with TemporaryDirectory() as folder:
        return picture(Path(folder) / "photo.jpg", seed=seed, size=size).read_bytes()


def sha(data: bytes) -> str:
    """The name of a photo."""
    return hashlib.sha256(data).hexdigest()


def metadata(**told: str) -> str:
    """An Upload-Metadata header."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())


class Uploader:
    """Somebody's uploads, request by request."""

    def __init__(self, person: Person):
        self.person = person

    def ask(self, method: str, path: str = FILES, data: bytes = b"", **headers: str) -> Any:
        """A request of tus. Header names are given with `_` for `-`; one that is None is left out."""
        told = {"Tus-Resumable": "1.0.0"} | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.person.ask(method, path, data=data, headers={name: value for name, value in told.items() if value is not None})

    def create(self, data: bytes, body: bytes | None = None, sha256: str | None = "", **headers: str) -> Any:
        """POST for a photo; `body` comes along, `sha256` is what is claimed (None: nothing)."""
        told = {} if sha256 is None else {"sha256": sha256 or sha(data)}
        given = {"Upload_Length": str(len(data))} | ({"Upload_Metadata": metadata(**told)} if told else {})
        if body is not None:
            given["Content_Type"] = OFFSET
        return self.ask("POST", data=body or b"", **(given | headers))

    def start(self, data: bytes, body: bytes | None = None, **more: Any) -> str:
        """POST that must succeed; the path of the upload."""
        answer = self.create(data, body, **more)
        assert answer.status_code == 201, answer.get_json()
        return answer.headers["Location"]

    def patch(self, path: str, offset: int, body: bytes, **headers: str) -> Any:
        """PATCH."""
        return self.ask("PATCH", path, body, **({"Content_Type": OFFSET, "Upload_Offset": str(offset)} | headers))

    def offset(self, path: str) -> int:
        """What HEAD says is there."""
        answer = self.ask("HEAD", path)
        assert answer.status_code == 200, answer.status_code
        return int(answer.headers["Upload-Offset"])

    def send(self, data: bytes) -> str:
        """Upload a photo whole; its SHA-256."""
        answer = self.create(data, data)
        assert answer.status_code == 201 and answer.headers["Upload-Offset"] == str(len(data)), answer.get_json()
        return sha(data)
