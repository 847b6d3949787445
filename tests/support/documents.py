"""The documents as the tests read them: sections, tables, and what stands in back quotes."""

import re
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]


def read(path: str) -> str:
    """The text of a document."""
    return (ROOT / path).read_text("utf-8")


def section(document: str, heading: str) -> str:
    """The part of a document under a heading, up to the next one of the same or a higher level."""
    level = heading.split(" ")[0]
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(level)}}} |\Z)", document, re.M | re.S)
    assert found, f"no section {heading!r}"
    return found[1]


def rows(document: str) -> dict[str, str]:
    """{name: line} of table rows that begin with `name` in back quotes; of two, the first."""
    found: dict[str, str] = {}
    for line in document.splitlines():
        if begins := re.match(r"\| `([^`]+)`", line):
            found.setdefault(begins[1], line)
    return found


def named(document: str) -> set[str]:
    """Every name in back quotes in the first column of the tables."""
    cells = (re.match(r"\|((?:[^|`]|`[^`]*`)*)\|", line) for line in document.splitlines())
    return {name for cell in cells if cell for name in re.findall(r"`([^`]+)`", cell[1])}


def missing(names: Iterable[str], document: str) -> list[str]:
    """Those names that stand nowhere in back quotes."""
    return [name for name in names if not re.search(rf"`[^`\n]*(?<![\w-]){re.escape(name)}(?![\w-])[^`\n]*`", document)]


def anchors(document: str) -> set[str]:
    """What the headings of a document are called in links, as GitHub and most renderers make it of them."""
    heads = re.findall(r"^#{1,6} (.*)$", document, re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
