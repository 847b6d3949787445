"""`python -m inspect_api.demo.ready`: is there anything to prepare at all? Exit code 1 when there is.

A second start has nothing to do, and loading the framework to find that out would take longer than everything else.
This file therefore imports none of it. The stamp is in the database itself, so that a replaced or restored database
is never taken for a prepared one; on PostgreSQL `flask prepare` looks for itself.
"""

import hashlib
import os
import socket
import sqlite3
import sys
from pathlib import Path

STAMP = "ready"  # its value is the fingerprint of what was prepared
WELCOME = "welcome.txt"  # in DATA_DIR: what the last preparation printed
_ROOT = Path(__file__).resolve().parents[2]
_PARTS = ("checklists", "inspect_api/demo", "inspect_api/data", "inspect_api/migrations/versions", "inspect_api/cli",
          "inspect_api/services/plans.py", "sync")


def fingerprint() -> int:
    """A number that changes with every file that preparing reads or is made of; fits a signed 64-bit integer."""
    made = hashlib.sha256()
    for part in _PARTS:
        top = _ROOT / part
        for path in [top] if top.is_file() else sorted(p for p in top.rglob("*") if p.suffix in (".py", ".yaml", ".tsv")):
            made.update(path.relative_to(_ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return int(made.hexdigest()[:15], 16)


def refuse_busy(host: str, port: int) -> None:
    """Raises OSError when something listens on the port already, or nothing may."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def busy(host: str, port: int, error: OSError) -> str:
    """What to tell the one who wanted the port."""
    return f"{host}:{port} 不能使用（{error.strerror}）。先停下占用它的程序，或换一个端口：make run PORT={port + 1}"


def prepared(folder: Path) -> bool:
    """Whether the SQLite database of a folder was prepared by just these files."""
    file = folder / "inspect.sqlite3"
    if os.environ.get("DATABASE_URL") or not file.exists() or not (folder / WELCOME).exists():
        return False
    try:
        connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        try:
            row = connection.execute("SELECT value FROM stamp WHERE name = ?", (STAMP,)).fetchone()
        finally:
            connection.close()
    except sqlite3.Error:
        return False
    return row is not None and row[0] == fingerprint()


def main(host: str, port: int) -> int:
    """Print the welcome and return 0 when all is prepared, 1 when not, 2 when the port is taken."""
    try:
        refuse_busy(host, port)
    except OSError as error:
        print(busy(host, port, error), file=sys.stderr)
        return 2
    folder = Path(os.environ.get("DATA_DIR") or "instance")
    if not prepared(folder):
        return 1
    print((folder / WELCOME).read_text("utf-8").replace("{url}", f"http://{host}:{port}"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
