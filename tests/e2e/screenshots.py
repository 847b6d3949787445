"""`make screenshots`: every page of the app as a picture, to be looked at by a person. Writes to the folder given (screenshots/)."""

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.e2e.conftest import CHROMIUM, plan_of_this_year, publish
from tests.e2e.pages import walk
from tests.e2e.phone import FieldPhone
from tests.support.databases import Template
from tests.support.serving import Server
from tests.support.world import fill


def main(folder: Path) -> None:
    """Take them all."""
    folder.mkdir(parents=True, exist_ok=True)
    template = Template("sqlite", None, fill)
    try:
        with template.copy() as app, tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
            publish(app, plan_of_this_year())
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] if os.geteuid() == 0 else [])
            with Server(app) as server:
                one = FieldPhone(browser, server)
                for number, name in enumerate(walk(one, Path(scratch)), 1):
                    path = folder / f"field-{number:02d}-{name}.png"
                    one.page.screenshot(path=path)
                    print(path)
            browser.close()
    finally:
        template.drop()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"))
