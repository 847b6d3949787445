"""`make screenshots`: every page of the app as a picture, to be looked at by a person. Writes to the folder given (screenshots/)."""

import sys
import tempfile
from pathlib import Path

from tests.e2e.chromium import chromium
from tests.e2e.conftest import plan_of_this_year, publish
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
        with template.copy() as app, tempfile.TemporaryDirectory() as scratch, chromium() as browser:
            publish(app, plan_of_this_year())
            with Server(app) as server:
                one = FieldPhone(browser, server)
                for number, name in enumerate(walk(one, Path(scratch)), 1):
                    path = folder / f"field-{number:02d}-{name}.png"
                    one.page.screenshot(path=path)
                    print(path)
    finally:
        template.drop()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"))
