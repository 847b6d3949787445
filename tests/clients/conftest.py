"""The third-party client needs Node and its packages: installed here if `make` has not, never left out."""

import shutil
import subprocess
from pathlib import Path

import pytest

CLIENT = Path(__file__).parent / "rxdb"
OLDEST_NODE = 20


def _said(*command: str) -> str:
    """What a command prints. Fails the test with what it complains of."""
    done = subprocess.run(command, cwd=CLIENT, capture_output=True, text=True, timeout=300)
    if done.returncode:
        pytest.fail(f"{' '.join(command)} in {CLIENT} ended with {done.returncode}: {done.stderr.strip()[-2000:]}",
                    pytrace=False)
    return done.stdout


@pytest.fixture(scope="session")
def rxdb() -> Path:
    """The folder of the RxDB client, with exactly the packages of its package-lock.json."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.fail(f"{program} is not installed: the client of the sync tests needs Node {OLDEST_NODE} or newer",
                        pytrace=False)
    version = _said("node", "--version").strip()
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST_NODE:
        pytest.fail(f"Node is {version}; the client of the sync tests needs {OLDEST_NODE} or newer", pytrace=False)
    ready, lock = CLIENT / "node_modules" / ".ready", CLIENT / "package-lock.json"
    if not ready.exists() or ready.stat().st_mtime < lock.stat().st_mtime:
        _said("npm", "ci", "--no-audit", "--no-fund")
        ready.touch()
    return CLIENT
