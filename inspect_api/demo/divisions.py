"""The divisions of the demo: real towns and villages, and grids laid over them as squares.

The squares tile a small area around the rough centre of each county. They are where the demo needs them, not where the
villages really lie.
"""

import csv
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any, NamedTuple

from inspect_api.demo.counties import COUNTIES, County
from inspect_api.demo.names import PARTS

LEVELS = {2: "province", 4: "city", 6: "county", 9: "town", 12: "village", 14: "grid"}
TOWNS, GRIDS = 8, 4  # at most so many towns a county, so many grids a town
ACROSS = 3  # towns side by side
WIDE, HIGH = 0.012, 0.010  # a grid in degrees, about a kilometre


class Region(NamedTuple):
    """A division or a grid. `boundary` is a GeoJSON polygon (WGS-84) for grids, else None."""

    code: str
    name: str
    level: str
    parent: str | None
    boundary: dict[str, Any] | None = None


def read_regions() -> list[dict[str, str]]:
    """The shipped divisions, rows of code, name, parent ("" at the top), level."""
    lines = (files("inspect_api") / "data" / "regions.tsv").read_text("utf-8").splitlines()
    return list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))


def _spread(rows: list[Region], most: int) -> list[Region]:
    """At most `most` of the rows, evenly from the whole list."""
    return [rows[i * len(rows) // most] for i in range(most)] if len(rows) > most else rows


def square(west: float, south: float) -> dict[str, Any]:
    """The GeoJSON square of one grid, counterclockwise from its south-west corner. Neighbours share exact corners."""
    west, south = round(west, 6), round(south, 6)
    east, north = round(west + WIDE, 6), round(south + HIGH, 6)
    return {"type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]]}


def _grids(town: Region, villages: list[Region], west: float, south: float) -> list[Region]:
    """Two by two grids of a town: dealt to its real villages (village code + 01, 02 …), or invented parts (town code 000 + 01 …)."""
    cells = [(f"{town.code}000{n:02d}", f"{town.name}{part}", town.code) for n, part in enumerate(PARTS, 1)]
    if villages:
        chosen = _spread(villages, GRIDS)
        turns = [(chosen[i % len(chosen)], i // len(chosen) + 1) for i in range(GRIDS)]
        cells = [(f"{v.code}{n:02d}", f"{short(v.name)}第{'一二三四'[n - 1]}网格", v.code) for v, n in turns]
    return [Region(code, name, "grid", parent, square(west + i % 2 * WIDE, south + i // 2 * HIGH))
            for i, (code, name, parent) in enumerate(cells)]


def short(village: str) -> str:
    """A village's name without the words for its committee."""
    for words in ("社区居民委员会", "社区居委会", "村民委员会", "居民委员会", "村委会", "居委会", "委员会"):
        village = village.removesuffix(words)
    return village


def divisions(rows: Iterable[Mapping[str, Any]]) -> list[Region]:
    """The chain of every demo county down to its grids, parents before children.

    `rows` are divisions with code, name, parent. Raises ValueError when a county is not among them.
    """
    known = {r["code"]: Region(r["code"], r["name"], LEVELS[len(r["code"])], r["parent"] or None) for r in rows}
    found: dict[str, Region] = {}
    for county in COUNTIES:
        if county.code not in known:
            raise ValueError(f"区划表缺少 {county.code}")
        for region in (*(known[county.code[:n]] for n in (2, 4, 6)), *_below(county, known)):
            found.setdefault(region.code, region)
    return sorted(found.values(), key=lambda region: (len(region.code), region.code))


def _below(county: County, known: Mapping[str, Region]) -> Iterable[Region]:
    inside = [r for r in known.values() if r.code.startswith(county.code)]
    villages: dict[str, list[Region]] = {}
    for region in inside:
        if region.level == "village" and "监狱" not in region.name:
            villages.setdefault(region.parent or "", []).append(region)
    towns = [r for r in inside if r.level == "town"]
    towns = _spread([t for t in towns if t.code in villages] or towns, TOWNS)
    west = county.lon - ACROSS * WIDE
    north = county.lat + (len(towns) + ACROSS - 1) // ACROSS * HIGH
    for n, town in enumerate(towns):
        grids = _grids(town, villages.get(town.code, []), west + n % ACROSS * 2 * WIDE, north - (n // ACROSS + 1) * 2 * HIGH)
        yield from (town, *dict.fromkeys(known[g.parent or ""] for g in grids if g.parent != town.code), *grids)
