"""What tests of both web apps share: Chromium, one for each process, and the apps as a build leaves them."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, expect, sync_playwright

from tests.support.serving import ROOT
from tests.web.packages import ready

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PATIENCE = 20_000  # milliseconds; the sync pauses between attempts on purpose, and a busy machine may need it
# Without it every wait that names no time of its own gives up after 5 s.
expect.set_options(timeout=PATIENCE)
_CONFIGS = {"field": "vite.config.ts", "office": "vite.office.config.ts"}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or the one that CHROMIUM names, driven by Playwright. Raises playwright's Error when it does not start."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield browser
        browser.close()


@contextmanager
def chromium_or_fail() -> Iterator[Browser]:
    """The same for a test: without a browser it fails, and says why."""
    with ExitStack() as open_:
        try:
            started = open_.enter_context(chromium())
        except Error as error:
            pytest.fail(f"Chromium does not start from {CHROMIUM} (set CHROMIUM to another path): {error}", pytrace=False)
        yield started


def built_app(name: str) -> Path:
    """The folder of an app, `field` or `office`, as a build leaves it in APPS_DIR, else where make puts it; built here when nothing has.

    Fails the test, and says why, when it does not build.
    """
    folder = Path(os.environ.get("APPS_DIR") or ROOT / "inspect_api" / "static") / name
    if not (folder / "index.html").exists():
        done = subprocess.run(["npx", "vite", "build", "--config", _CONFIGS[name], "--outDir", str(folder.absolute()), "--emptyOutDir"],
                              cwd=ready(), capture_output=True, text=True, timeout=300)
        if done.returncode:
            pytest.fail(f"the app {name} does not build: {done.stdout[-2000:]}{done.stderr[-2000:]}", pytrace=False)
    return folder
