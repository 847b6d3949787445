"""The small county that the tests live in: 泽州县 with two towns, four grids, a few sites, and the real plans."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from checklists.plan import plan_files
from inspect_api.auth import hash_password
from inspect_api.db import transaction
from inspect_api.models import Population, Region, Site, User
from inspect_api.services import plans, regions, rollup
from inspect_api.services.changes import append
from sync.feed import Change

COUNTY = "140525"
TOWN_A, TOWN_B = "140525100", "140525101"
GRID_A1, GRID_A2, GRID_B1 = "14052510020001", "14052510020002", "14052510120101"
NOW = 1_630_000_000_000  # 2021-08-26: inside the plan of 泽州 2021

PEOPLE = {  # login: (role, regions)
    "supervisor": ("supervisor", [GRID_A1, GRID_A2]),
    "other-supervisor": ("supervisor", [GRID_B1]),
    "reviewer": ("reviewer", [TOWN_A]),
    "other-reviewer": ("reviewer", [TOWN_B]),
    "county": ("county", [COUNTY]),
    "admin": ("admin", []),
}
PASSWORD = "correct horse"


def site_id(number: int) -> str:
    """The id of the numbered site."""
    return f"00000000-0000-4000-8000-{number:012d}"


SITES: dict[int, dict[str, Any]] = {
    1: {"type": "school_canteen", "grid": GRID_A1, "name": "第一小学食堂", "attributes": {"stage": "primary"}},
    2: {"type": "school_canteen", "grid": GRID_A2, "name": "第二小学食堂", "attributes": {"stage": "primary"}},
    3: {"type": "school_canteen", "grid": GRID_B1, "name": "镇中学食堂", "attributes": {"stage": "junior"}},
    4: {"type": "cold_store", "grid": GRID_A1, "name": "某某冷库", "attributes": {"store_kind": "third_party"}},
    5: {"type": "catering", "grid": GRID_A1, "name": "某某饭店", "attributes": {"online": True},
        "licence_number": "JY21405250000011", "licence_until": date(2021, 10, 1)},
    6: {"type": "small_shop", "grid": GRID_B1, "name": "某某小卖部", "attributes": {}},
}


def _box(west: float, south: float) -> dict[str, Any]:
    east, north = west + 0.01, south + 0.01
    return {"type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]]}


GRIDS = {GRID_A1: ("140525100200", "一网格", _box(112.80, 35.50)), GRID_A2: ("140525100200", "二网格", _box(112.81, 35.50)),
         GRID_B1: ("140525101201", "三网格", _box(112.90, 35.60))}


def site_row(number: int, **given: Any) -> dict[str, Any]:
    """A whole row of the site table."""
    row = {"id": site_id(number), "address": "", "contact": "", "phone": "", "uscc": None, "licence_number": None,
           "licence_until": None, "registration_number": None, "risk_grade": None, "place": None, "lon": None, "lat": None,
           "natural_key": f"test:{number}", "active": True, "rev": 1, "field_rev": None, "created_by": None, "created_at": NOW,
           "updated_at": NOW}
    return row | given


def fill(app: Flask) -> None:
    """Migrate, load the shipped divisions and the real plans, and add people and sites."""
    with app.app_context():
        upgrade()
        transaction(regions.load_shipped)

        def people(connection: Any) -> None:
            known = set(connection.execute(sa.select(Region.code)).scalars())
            villages = {parent: f"村{parent}" for parent, _, _ in GRIDS.values() if parent not in known}
            rows = [{"code": code, "name": name, "level": "village", "parent": code[:9], "boundary": None}
                    for code, name in villages.items()]
            rows += [{"code": code, "name": name, "level": "grid", "parent": parent, "boundary": boundary}
                     for code, (parent, name, boundary) in GRIDS.items()]
            for row in rows:
                connection.execute(sa.insert(Region.__table__).values(**row))
            connection.execute(sa.insert(Population.__table__), [
                {"region": COUNTY, "year": 2020, "base": base, "residents": count, "source": "测试"}
                for base, count in (("resident", 430_000), ("registered", 480_000))])
            connection.execute(sa.insert(User.__table__), [
                {"id": f"user-{login}", "login": login, "name": login, "role": role, "regions": where,
                 "password": hash_password(PASSWORD), "active": True, "created_at": NOW}
                for login, (role, where) in PEOPLE.items()])
            connection.execute(sa.insert(Site.__table__), [site_row(number, **given) for number, given in SITES.items()])
            append(connection, regions.changes_of(row["code"] for row in rows))
            append(connection, [Change(given["grid"], "site", site_id(number)) for number, given in SITES.items()])

        transaction(people)
        sources = {path.name: path.read_text("utf-8") for path in plan_files()}
        transaction(lambda c: plans.load(c, sources, NOW, "tests"))
        transaction(rollup.rebuild)
