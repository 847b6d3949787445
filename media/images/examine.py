"""`python -m media.images.examine`: photos looked at in a process of their own.

numpy and scipy, and the bytes and pixels of large photos, stay out of the server's memory that way, and a library that
fails on a malicious file takes nobody with it. Paths come on stdin, one a line; a JSON list goes to stdout: of hashes, ""
for what cannot be decoded, or with `check` of what check() finds, as an object or as [code, detail].
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from media.backend import StorageDown
from media.images.bad import BadImage
from media.images.facts import Picture, check
from media.images.fingerprint import fingerprint

_PATIENCE_S = 10  # for each photo; none takes more than 5


def examine(paths: Sequence[Path]) -> list[str]:
    """The fingerprints of photos, computed in another process; "" for one that makes the process fail."""
    if not paths:
        return []
    try:
        return _asked(paths)
    except (subprocess.SubprocessError, ValueError):
        return examine(paths[:len(paths) // 2]) + examine(paths[len(paths) // 2:]) if len(paths) > 1 else [""]


def check_apart(path: Path) -> Picture:
    """check() in another process, for a file whose bytes are not to be held in this one. Raises BadImage; StorageDown when that fails."""
    try:
        [found] = _asked([path], "check")
    except (subprocess.SubprocessError, ValueError):
        raise StorageDown("检查照片的进程没有完成") from None
    if isinstance(found, list):
        raise BadImage(*found)
    return Picture(**found | {"gps": tuple(found["gps"]) if found["gps"] else None})


def _asked(paths: Sequence[Path], *how: str) -> list[Any]:
    done = subprocess.run([sys.executable, "-m", "media.images.examine", *how], input="\n".join(map(str, paths)), capture_output=True,
                          text=True, timeout=_PATIENCE_S * (len(paths) + 1), cwd=Path(__file__).parents[2], check=True)
    return json.loads(done.stdout)


def _fingerprint(path: Path) -> str:
    try:
        return fingerprint(path)
    except (BadImage, OSError):
        return ""


def _check(path: Path) -> dict[str, Any] | list[str]:
    try:
        return asdict(check(path))
    except BadImage as error:
        return [error.code, error.detail]


if __name__ == "__main__":
    if sys.argv[1:] != ["check"]:
        os.nice(10)  # whoever waits for an answer of the server comes first
    look = _check if sys.argv[1:] == ["check"] else _fingerprint
    json.dump([look(Path(line)) for line in sys.stdin.read().splitlines()], sys.stdout)
