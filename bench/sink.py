"""The least that a WSGI server can do with a photo: write its bytes, have them and their name on the disk, answer 204.

What `bench.uploads` holds our uploads against, on the same server, machine and run. No login, no hash, no look at the
picture, no database.
"""

import os
import uuid
from collections.abc import Callable
from typing import Any

FOLDER = os.environ["SINK_FOLDER"]
_PIECE = 64 * 1024


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Take one body."""
    if environ["REQUEST_METHOD"] == "POST":
        target = os.path.join(FOLDER, uuid.uuid4().hex)
        file = os.open(f"{target}.part", os.O_CREAT | os.O_WRONLY)
        while piece := environ["wsgi.input"].read(_PIECE):
            os.write(file, piece)
        os.fsync(file)
        os.close(file)
        os.rename(f"{target}.part", target)
        folder = os.open(FOLDER, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    start_response("204 No Content", [])
    return []
