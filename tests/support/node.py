"""Node and the packages of what runs in it: installed here when `make` has not, and never left out."""

import shutil
import subprocess
from pathlib import Path

import pytest

OLDEST = 20
_SECONDS = 600  # for all the packages of the phone app over a slow line


def _said(folder: Path, *command: str) -> str:
    """What a command prints. Fails the test with what it complains of."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS)
    if done.returncode:
        pytest.fail(f"{' '.join(command)} in {folder} ended with {done.returncode}: {done.stderr.strip()[-2000:]}",
                    pytrace=False)
    return done.stdout


def with_packages(folder: Path) -> Path:
    """A folder with exactly the packages of its package-lock.json. Fails the test, and says why, without them."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.fail(f"{program} is not installed: {folder.name} needs Node {OLDEST} or newer", pytrace=False)
    version = _said(folder, "node", "--version").strip()
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST:
        pytest.fail(f"Node is {version}; {folder.name} needs {OLDEST} or newer", pytrace=False)
    ready, lock = folder / "node_modules" / ".ready", folder / "package-lock.json"
    if not ready.exists() or ready.stat().st_mtime < lock.stat().st_mtime:
        _said(folder, "npm", "ci", "--no-audit", "--no-fund")
        ready.touch()
    return folder
