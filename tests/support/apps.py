"""Web apps for the server to serve: a small one, with the files that a build would leave; a real build, and a newer one in its place."""

import re
import shutil
from pathlib import Path


def built(folder: Path | str, files: dict[str, str] | None = None, app: str = "field") -> str:
    """Lay an app's files, {path: text}, below a folder; what APPS_DIR is then."""
    for name, text in (files or {"index.html": "built"}).items():
        path = Path(folder) / "apps" / app / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return str(Path(folder) / "apps")


def copied(folder: Path | str, build: Path) -> str:
    """Lay a copy of what a build left below a folder; what APPS_DIR is then."""
    shutil.copytree(build, Path(folder) / "apps" / "field")
    return str(Path(folder) / "apps")


def renew(apps: str, name: str) -> None:
    """Put a newer build in the place of a copied one: its page says `data-build=name`, and its service worker names that page."""
    field = Path(apps) / "field"
    for file, old, new in (("index.html", "<html ", f'<html data-build="{name}" '),
                           ("sw.js", r'(\{url:"index\.html",revision:")\w+', rf"\g<1>{name}")):
        text, count = re.subn(old, new, (field / file).read_text("utf-8"), count=1)
        assert count == 1, f"{file} is not as a build leaves it"
        (field / file).write_text(text, "utf-8")
        for packed in field.glob(f"{file}.*"):  # of the older one
            packed.unlink()
