"""The packages of the phone app, exactly those of its package-lock.json, installed when `make` has not."""

import subprocess
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "web"


def ready() -> Path:
    """The folder of the app with its packages. Fails the test, and says why, when they cannot be installed; nothing is left out."""
    lock, installed = WEB / "package-lock.json", WEB / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        try:
            done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=WEB, capture_output=True, text=True, timeout=600)
        except FileNotFoundError:
            pytest.fail("npm is not installed: the tests of the phone app need Node 20 or newer", pytrace=False)
        if done.returncode:
            pytest.fail(f"npm ci in {WEB} ended with {done.returncode}: {done.stderr.strip()[-2000:]}", pytrace=False)
        installed.touch()
    return WEB
