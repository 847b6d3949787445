"""A built web app that is small: the files that a build would leave."""

from pathlib import Path


def built(folder: Path | str, files: dict[str, str] | None = None) -> str:
    """Lay the phone app's files, {path: text}, below a folder; what APPS_DIR is then."""
    for name, text in (files or {"index.html": "built"}).items():
        path = Path(folder) / "apps" / "field" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return str(Path(folder) / "apps")
