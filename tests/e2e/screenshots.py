"""`make screenshots`: every page of the app as a picture, to be looked at by a person. Writes to the folder given (screenshots/)."""

import sys
import tempfile
from itertools import count
from pathlib import Path

from tests.e2e.conftest import plan_of_this_year, publish
from tests.e2e.pages import WALKS
from tests.e2e.phone import FieldPhone
from tests.support.browsing import chromium
from tests.support.databases import Template
from tests.support.serving import Server
from tests.support.world import fill


def main(folder: Path) -> None:
    """Take them all."""
    folder.mkdir(parents=True, exist_ok=True)
    template, numbers = Template("sqlite", None, fill), count(1)
    try:
        for walk in WALKS:
            with template.copy() as app, tempfile.TemporaryDirectory() as scratch, chromium() as browser:
                publish(app, plan_of_this_year())
                with Server(app) as server:
                    one = FieldPhone(browser, server, reduced_motion="reduce")
                    for name in walk(one, app, Path(scratch)):
                        path = folder / f"field-{next(numbers):02d}-{name}.png"
                        one.page.screenshot(path=path, animations="disabled", style=".van-toast { visibility: hidden }")
                        print(path)
    finally:
        template.drop()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"))
