"""The third-party clients: those in Node get their packages, installed here if `make` has not and never left out; servers to try them on."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import Template
from tests.support.serving import Server

CLIENTS = Path(__file__).parent
OLDEST_NODE = 20


def _said(folder: Path, *command: str) -> str:
    """What a command prints. Fails the test with what it complains of."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    if done.returncode:
        pytest.fail(f"{' '.join(command)} in {folder} ended with {done.returncode}: {done.stderr.strip()[-2000:]}",
                    pytrace=False)
    return done.stdout


def _with_packages(name: str) -> Path:
    """The folder of a client in Node, with exactly the packages of its package-lock.json."""
    folder = CLIENTS / name
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.fail(f"{program} is not installed: the clients of the tests need Node {OLDEST_NODE} or newer",
                        pytrace=False)
    version = _said(folder, "node", "--version").strip()
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST_NODE:
        pytest.fail(f"Node is {version}; the clients of the tests need {OLDEST_NODE} or newer", pytrace=False)
    ready, lock = folder / "node_modules" / ".ready", folder / "package-lock.json"
    if not ready.exists() or ready.stat().st_mtime < lock.stat().st_mtime:
        _said(folder, "npm", "ci", "--no-audit", "--no-fund")
        ready.touch()
    return folder


@pytest.fixture(scope="session")
def rxdb() -> Path:
    """The folder of the RxDB client, ready to run."""
    return _with_packages("rxdb")


@pytest.fixture(scope="session")
def tus_js() -> Path:
    """The folder of the tus-js-client, ready to run."""
    return _with_packages("tus")


@pytest.fixture(scope="package")
def one_server(sqlite_template: Template) -> Iterator[Server]:
    """A server on SQLite for many tests: each sends photos of its own."""
    with sqlite_template.copy() as app, Server(app) as server:
        yield server


@pytest.fixture(scope="package")
def other_server(postgres_template: Template) -> Iterator[Server]:
    """The same on PostgreSQL."""
    with postgres_template.copy() as app, Server(app) as server:
        yield server


@pytest.fixture(params=["one_server", "other_server"])
def server(request: pytest.FixtureRequest) -> Server:
    """The server on each database in turn."""
    return request.getfixturevalue(request.param)
