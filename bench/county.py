"""A county for measuring: 盐湖区 under the plan of 运城 (43 indicators) with 20 townships, 600 grids and as many sites as asked, and its visits."""

import random
import uuid
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.engine import Connection

from checklists.plan import plan_files
from inspect_api.auth import hash_password
from inspect_api.db import transaction
from inspect_api.models import Region, Site, User
from inspect_api.services import plans, regions

COUNTY = "140802"
TOWNS, GRIDS_PER_TOWN = 20, 30
PASSWORD = "bench-bench"
TYPES = ("school_canteen", "meal_supplier", "catering", "small_shop", "food_retail", "rural_shop", "market", "food_producer",
         "institution_canteen", "maternal_infant_shop")  # whose checklists have 25 items and more
NOW = 1_767_000_000_000


def grid_codes() -> list[str]:
    """600 grids, 30 in each of 20 townships."""
    return [f"{COUNTY}{900 + town:03d}{1 + grid:03d}01" for town in range(TOWNS) for grid in range(GRIDS_PER_TOWN)]


def site_id(number: int) -> str:
    """The id of a numbered site."""
    return str(uuid.UUID(int=(0x5 << 76) | (0x8 << 60) | number | (1 << 120)))


def fill(app: Flask, sites: int, phones: int) -> None:
    """Migrate, load plans, and make the county with its sites and one officer per phone."""
    with app.app_context():
        upgrade()
        transaction(regions.load_shipped)
        transaction(lambda c: _people_and_places(c, sites, phones))
        sources = {path.name: path.read_text("utf-8") for path in plan_files()}
        transaction(lambda c: plans.load(c, sources, NOW, "bench"))


def _people_and_places(connection: Connection, sites: int, phones: int) -> None:
    grids = grid_codes()
    for length, level in ((9, "town"), (12, "village"), (14, "grid")):
        codes = sorted({grid[:length] for grid in grids})
        connection.execute(sa.insert(Region.__table__), [
            {"code": code, "name": f"{level} {code[6:]}", "level": level, "boundary": None,
             "parent": code[:{9: 6, 12: 9, 14: 12}[length]]} for code in codes])
    password = hash_password(PASSWORD)
    connection.execute(sa.insert(User.__table__), [
        {"id": f"bench-{n}", "login": f"bench-{n}", "name": f"bench {n}", "role": "reviewer", "regions": [COUNTY],
         "password": password, "active": True, "created_at": NOW} for n in range(phones)]
        + [{"id": "bench-county", "login": "bench-county", "name": "county", "role": "county", "regions": [COUNTY],
            "password": password, "active": True, "created_at": NOW}])
    rows = [{"id": site_id(n), "grid": grids[n * len(grids) // sites], "type": TYPES[n % len(TYPES)], "name": f"site {n}",
             "address": "", "contact": "", "phone": "", "uscc": None, "licence_number": f"JY{n:014d}" if n % 7 else None,
             "licence_until": date(2020, 1, 1) + timedelta(days=n % 700), "registration_number": None, "risk_grade": None,
             "attributes": {}, "place": None, "lon": None, "lat": None, "natural_key": f"bench:{n}", "active": True,
             "rev": 1, "created_by": None, "created_at": NOW, "updated_at": NOW} for n in range(sites)]
    for start in range(0, len(rows), 5000):
        connection.execute(sa.insert(Site.__table__), rows[start:start + 5000])


def answers(checklist: dict[str, Any], rng: random.Random, count: int) -> dict[str, Any]:
    """`count` plausible answers to a checklist. Raises ValueError when it has fewer items."""
    given: dict[str, Any] = {}
    for item in (item for section in checklist["sections"] for item in section["items"]):
        if len(given) == count:
            break
        if item["kind"] == "mark":
            given[item["link_id"]] = {"mark": "fail" if rng.random() < 0.04 else "pass"}
        elif item["kind"] == "count_pair":
            of = rng.randint(1, 20)
            given[item["link_id"]] = {"value": [rng.randint(0, of), of]}
        elif item["kind"] == "choice":
            given[item["link_id"]] = {"value": rng.choice(item["options"])["value"]}
        elif item["kind"] == "certificate":
            given[item["link_id"]] = {"value": {"held": True, "number": "JY1", "until": "2026-01-01"}}
        else:
            given[item["link_id"]] = {"mark": "not_observed"}
    if len(given) < count:
        raise ValueError(f"the checklist of {checklist['site_type']} has only {len(given)} items")
    return given
