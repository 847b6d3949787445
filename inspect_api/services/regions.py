"""Regions: the national codes, grids under villages, boundaries, and residents by year and base."""

import csv
from bisect import bisect_left
from collections.abc import Callable, Iterable
from importlib.resources import files
from itertools import accumulate
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.auth import Actor
from inspect_api.db import prefix_range, upsert
from inspect_api.models import Population, Region, Site
from inspect_api.problems import Problem
from inspect_api.services import audit, places
from inspect_api.services.changes import append
from sync.feed import Change
from sync.location import check_geometry

LEVELS = {2: "province", 4: "city", 6: "county", 9: "town", 12: "village", 14: "grid"}


def level_of(code: str) -> str:
    """The level of a code, by its length. Raises Problem invalid."""
    if len(code) not in LEVELS or not (code.isascii() and code.isdigit()):
        raise Problem("invalid", errors=[{"field": "code", "message": "区划代码应为 2、4、6、9、12 或 14 位数字"}])
    return LEVELS[len(code)]


def shipped() -> list[dict[str, Any]]:
    """The divisions that the five plans need, from the national statistical division codes."""
    lines = (files("inspect_api") / "data" / "regions.tsv").read_text("utf-8").splitlines()
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    return [{"code": row["code"], "name": row["name"], "level": LEVELS[len(row["code"])], "parent": row["parent"] or None,
             "boundary": None, "valid_from": None, "valid_to": None} for row in rows]


def load_shipped(connection: Connection) -> int:
    """Insert the shipped divisions that are missing; what an office edited stays. Returns how many were new."""
    known = set(connection.execute(sa.select(Region.code)).scalars())
    rows = sorted((row for row in shipped() if row["code"] not in known), key=lambda row: row["code"])
    for length in LEVELS:  # parents first
        if group := [row for row in rows if len(row["code"]) == length]:
            connection.execute(sa.insert(Region.__table__), group)
    append(connection, changes_of(row["code"] for row in rows))
    return len(rows)


def changes_of(codes: Iterable[str]) -> list[Change]:
    """What the feed is told of regions: each lies in its own bucket."""
    return [Change(code, "region", code) for code in codes]


def _shown(row: Any) -> dict[str, Any]:
    return {"code": row["code"], "name": row["name"], "level": row["level"], "parent": row["parent"],
            "boundary": row["boundary"], "valid_from": row["valid_from"] and row["valid_from"].isoformat(),
            "valid_to": row["valid_to"] and row["valid_to"].isoformat()}


def one(connection: Connection, code: str) -> dict[str, Any]:
    """A region with its boundary, its residents and the regions directly below."""
    row = connection.execute(sa.select(Region.__table__).where(Region.code == code)).mappings().first()
    if row is None:
        raise Problem("unknown-region", f"没有区划 {code}")
    people = connection.execute(sa.select(Population.__table__).where(Population.region == code)
                                .order_by(Population.year.desc(), Population.base)).mappings()
    below = connection.execute(sa.select(Region.code, Region.name, Region.level).where(Region.parent == code)
                               .order_by(Region.code)).mappings()
    children = [dict(child) for child in below]
    return _shown(row) | {
        "next_grid": next_grid(code, (child["code"] for child in children)),
        "residents": [{"year": p["year"], "base": p["base"], "residents": p["residents"], "source": p["source"]}
                      for p in people],
        "below": children}


def page(connection: Connection, query: dict[str, Any]) -> dict[str, Any]:
    """{regions, next}: regions under a prefix by code; asked for, with simplified boundaries and the number of open sites in each."""
    within, limit = query["within"], query["limit"]
    columns = [Region.boundary.is_not(None).label("bounded")] if query.get("counts") else []
    asked = sa.select(Region.code, Region.name, Region.level, Region.parent, *columns).where(
        prefix_range(Region.code, within), Region.code > query["after"], Region.valid_to.is_(None))
    if query.get("level"):
        asked = asked.where(Region.level == query["level"])
    rows = [dict(row) for row in connection.execute(asked.order_by(Region.code).limit(limit + 1)).mappings()]
    shown = rows[:limit]
    if query.get("boundary"):
        shapes = places.simplified(connection, [row["code"] for row in shown])
        shown = [row | {"boundary": shapes.get(row["code"])} for row in shown]
    if query.get("counts"):
        sites = _sites(connection, within)
        people = _residents(connection, [row["code"] for row in shown])
        shown = [row | {"bounded": bool(row["bounded"]), "sites": sites(row["code"]), "residents": people.get(row["code"])} for row in shown]
    return {"regions": shown, "next": shown[-1]["code"] if len(rows) > limit else None}


def _residents(connection: Connection, codes: list[str]) -> dict[str, dict[str, Any]]:
    """{code: {year, base, residents}}: the newest number of each, 常住 before 户籍 of the same year."""
    if not codes:
        return {}
    rows = connection.execute(sa.select(Population.region, Population.year, Population.base, Population.residents).where(
        Population.region.between(codes[0], codes[-1])).order_by(Population.year, Population.base))  # the last one stays; resident > registered
    return {row.region: {"year": row.year, "base": row.base, "residents": row.residents} for row in rows}


def _sites(connection: Connection, within: str) -> Callable[[str], int]:
    """How many open sites lie in a region under `within`: one statement for all of them."""
    rows = connection.execute(sa.select(Site.grid, sa.func.count().label("n")).where(prefix_range(Site.grid, within), Site.active)
                              .group_by(Site.grid).order_by(Site.grid)).all()
    grids, sums = [row.grid for row in rows], [0, *accumulate(row.n for row in rows)]
    return lambda code: sums[bisect_left(grids, code + "~")] - sums[bisect_left(grids, code)]


def next_grid(code: str, below: Iterable[str]) -> str | None:
    """The first free code of a grid in a village; None when it is no village, or all 99 are taken."""
    taken = set(below)
    return next((free for n in range(1, 100) if (free := f"{code}{n:02d}") not in taken), None) if len(code) == 12 else None


def _wrong(row: dict[str, Any], residents: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What is wrong with a region as it would become."""
    errors = [] if row["name"] else [{"field": "name", "message": "新建区划必填"}]
    if row["valid_from"] and row["valid_to"] and row["valid_to"] < row["valid_from"]:
        errors.append({"field": "valid_to", "message": "不应早于 valid_from"})
    if len({(entry["year"], entry["base"]) for entry in residents}) < len(residents):
        errors.append({"field": "residents", "message": "同一年份、同一口径只能填一次"})
    return errors


def put(connection: Connection, actor: Actor, code: str, given: dict[str, Any], now: int) -> dict[str, Any]:
    """Make or edit a region or a grid: name, boundary, validity, residents. Raises Problem invalid, bad-boundary."""
    level = level_of(code)
    parent = next((code[:length] for length in sorted(LEVELS, reverse=True) if length < len(code)), None)
    if parent and connection.execute(sa.select(Region.code).where(Region.code == parent)).first() is None:
        raise Problem("unknown-region", f"上级区划 {parent} 不存在，请先建立")
    if given.get("boundary") is not None and (problems := check_geometry(given["boundary"])):
        raise Problem("bad-boundary", errors=[{"field": "boundary", "message": message} for message in problems])
    before = connection.execute(sa.select(Region.__table__).where(Region.code == code).with_for_update(key_share=True)).mappings().first()
    if before and given.get("new"):
        raise Problem("conflict", f"已有区划 {code}：{before['name']}")
    row = dict(before) if before else {"code": code, "level": level, "parent": parent, "boundary": None,
                                       "valid_from": None, "valid_to": None, "name": ""}
    row |= {name: given[name] for name in ("name", "boundary", "valid_from", "valid_to") if name in given}
    if errors := _wrong(row, given.get("residents") or []):
        raise Problem("invalid", errors=errors)
    connection.execute(sa.insert(Region.__table__) if given.get("new") else upsert(Region.__table__, ("code",)), [row])
    if given.get("residents"):
        connection.execute(upsert(Population.__table__, ("region", "year", "base")),
                           [{"region": code, **entry} for entry in given["residents"]])
    places.bump(connection)
    told = [code]
    if before and before["name"] != row["name"]:  # what lies below shows the names above it
        told += connection.execute(sa.select(Region.code).where(prefix_range(Region.code, code), Region.code != code)).scalars()
    append(connection, changes_of(told))
    audit.append(connection, code[:6], now, actor.user_id, "region.put", code,
                 {name: given[name] for name in given if name not in ("boundary", "new")} | {"boundary": "boundary" in given})
    return one(connection, code)
