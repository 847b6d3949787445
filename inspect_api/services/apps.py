"""The web apps as files: what the build made, found by path, with what a browser is to know of each.

Nothing is compressed here: the build lays `index.js.br` and `index.js.gz` beside `index.js`, and a client that reads one gets it.
"""

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from werkzeug.security import safe_join

TYPES = {  # by ending; the system's own table differs from machine to machine
    ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
    ".txt": "text/plain; charset=utf-8", ".json": "application/json", ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm", ".woff2": "font/woff2", ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg",
    ".webp": "image/webp", ".ico": "image/x-icon"}
ENCODINGS = {"br": ".br", "gzip": ".gz"}  # the better one first
_HASHED = "assets/"  # the build names these by their content


@dataclass(frozen=True, slots=True)
class File:
    """A file of an app: its bytes as they are sent, its type, their encoding ("": none), its tag, whether it is `lasting`.

    A lasting one never changes under its name.
    """

    content: bytes
    type: str
    encoding: str
    tag: str
    lasting: bool


def built(folder: Path) -> bool:
    """Whether there is an app in a folder."""
    return (folder / "index.html").is_file()


def find(folder: Path, path: str, accepts: Callable[[str], bool]) -> File | None:
    """The file of an app at a path below its folder, "" being its page; None without one.

    `accepts` says of "br" and "gzip" whether the client reads it. No path leads out of the folder, none lists it.
    """
    where = safe_join(str(folder), path or "index.html")
    if where is None or path.endswith("/") or not os.path.isfile(where):
        return None
    encoding, content = "", None
    for name, ending in ENCODINGS.items():
        if accepts(name) and (packed := _bytes(Path(where + ending))) is not None:
            encoding, content = name, packed
            break
    if content is None and (content := _bytes(Path(where))) is None:
        return None
    return File(content, TYPES.get(Path(where).suffix.lower(), "application/octet-stream"), encoding,
                hashlib.sha256(content).hexdigest()[:32], path.startswith(_HASHED))


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (OSError, ValueError):  # not there, a folder, not ours to read, or no name that a file can have
        return None


def origin(template: str) -> str | None:
    """The host that map tiles come from, as a Content-Security-Policy names it; None when it is this server or there are none.

    What stands in braces in its name (`https://t{s}.tiles.example/…`) stands for several hosts: `https://*.tiles.example`.
    """
    found = re.match(r"(https?://)([^/]+)/", template)
    if found is None:
        return None
    first, dot, rest = found[2].partition(".")
    return found[1] + ("*" + dot + rest if "{" in first else found[2])
