"""Counties for measuring: 盐湖区 under the plan of 运城 (43 indicators).

`fill_year` is the one of `flask bench fill`, with a year of everything. `fill` is for what measures pushes and pulls: the grids and people of
that one, but only sites whose checklists have 25 items and more, and as many visits as asked; and one grid more, that of a measured phone: 100
believable sites.
"""

import random
import string
import time
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from rich.progress import track
from sqlalchemy.engine import Connection
from stdnum.cn import uscc

from checklists.plan import plan_files
from inspect_api.auth import hash_password
from inspect_api.db import db, reading, transaction
from inspect_api.demo import answers as demo_answers
from inspect_api.demo.world import world
from inspect_api.fill import ground, run
from inspect_api.fill.shape import COUNTY, Shape, new_id
from inspect_api.models import Region, Site, User, Visit
from inspect_api.services import plans, regions
from inspect_api.services.changes import append
from sync.feed import Change, personal
from sync.ledger import natural_key
from sync.location import to_wgs84

GRIDS = 600
OWN_GRID = f"{COUNTY}20120099"  # in a village, beside its others
OWN_SITES = 100
PASSWORD = "bench-bench"
TYPES = (  # whose checklists have 25 items and more
    "school_canteen", "meal_supplier", "catering", "small_shop", "food_retail", "rural_shop", "market",
    "food_producer", "institution_canteen", "maternal_infant_shop")
NOW = 1_767_000_000_000
_SHAPE = Shape(0, 0, GRIDS, 1, date(2021, 1, 1))
CHUNK = 5_000


Answered = Callable[[dict[str, Any], random.Random, int], dict[str, Any]]


class Place(NamedTuple):
    """Where visits are made, and by whom."""

    site_id: str
    grid: str
    type: str
    inspector: str


def grid_codes() -> list[str]:
    """The grids of the county, but for that of the measured phone."""
    return [grid.code for grid in ground.ground(_SHAPE).grids]


def site_id(number: int) -> str:
    """The id of a numbered site."""
    return str(uuid.UUID(int=(0x5 << 76) | (0x8 << 60) | number | (1 << 120)))


def fill_year(app: Flask, shape: Shape) -> float:
    """Migrate, and make the county of `flask bench fill`; the seconds that the latter took."""
    with app.app_context():
        upgrade()
        begun = time.perf_counter()
        transaction(lambda connection: run.fill(connection, shape, lambda done, total: None), attempts=1)
        took = time.perf_counter() - begun
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").execute(sa.text("VACUUM ANALYZE"))
    return took


def fill(app: Flask, sites: int, phones: int) -> None:
    """Migrate, load plans, and make the county with its sites and one officer per phone."""
    with app.app_context():
        upgrade()
        transaction(lambda c: ground.write(c, _SHAPE, ground.ground(_SHAPE)))
        transaction(lambda c: _people_and_places(c, sites, phones))
        sources = {path.name: path.read_text("utf-8") for path in plan_files()}
        transaction(lambda c: plans.load(c, sources, NOW, "bench"))


def _people_and_places(connection: Connection, sites: int, phones: int) -> None:
    grids = grid_codes()
    users = {f"bench-{n}": ("reviewer", COUNTY) for n in range(phones)} | {"bench-county": ("county", COUNTY)}
    _add_users(connection, users)
    for start in range(0, sites, CHUNK):
        rows = [_site_row(
            site_id(n), grids[n * len(grids) // sites], type=TYPES[n % len(TYPES)], name=f"site {n}",
            licence_number=f"JY{n:014d}" if n % 7 else None,
            licence_until=date(2020, 1, 1) + timedelta(days=n % 700), natural_key=f"bench:{n}")
            for n in range(start, min(start + CHUNK, sites))]
        _add_sites(connection, rows)


def _add_users(connection: Connection, people: dict[str, tuple[str, str]]) -> None:
    password = hash_password(PASSWORD)
    connection.execute(sa.insert(User.__table__), [
        {"id": login, "login": login, "name": login, "role": role, "regions": [region], "password": password,
         "active": True, "created_at": NOW} for login, (role, region) in people.items()])


def _site_row(id_: str, grid: str, **given: Any) -> dict[str, Any]:
    row = {"address": "", "contact": "", "phone": "", "uscc": None, "licence_number": None,
           "licence_until": None, "registration_number": None, "risk_grade": None, "attributes": {},
           "place": None, "lon": None, "lat": None, "active": True, "rev": 1, "field_rev": None,
           "created_by": None, "created_at": NOW, "updated_at": NOW}
    return {"id": id_, "grid": grid} | row | given


def _add_sites(connection: Connection, rows: list[dict[str, Any]]) -> None:
    connection.execute(sa.insert(Site.__table__), rows)
    append(connection, [Change(row["grid"], "site", row["id"]) for row in rows])


def fill_own_grid(app: Flask, *supervisors: str) -> list[Place]:
    """Add the grid of a measured phone, with sites and supervisors; the sites as the first one's places."""
    made = believable_sites(OWN_GRID)
    grid = {"code": OWN_GRID, "name": "金井第九十九网格", "level": "grid", "parent": OWN_GRID[:12],
            "boundary": {"type": "Polygon", "coordinates": [_ring(random.Random(1))]}}

    def add(connection: Connection) -> None:
        connection.execute(sa.insert(Region.__table__), [grid])
        append(connection, regions.changes_of([OWN_GRID]))
        _add_users(connection, dict.fromkeys(supervisors, ("supervisor", OWN_GRID)))
        _add_sites(connection, made)

    with app.app_context():
        transaction(add)
    return [Place(row["id"], OWN_GRID, row["type"], supervisors[0]) for row in made]


def _ring(rng: random.Random) -> list[list[float]]:
    """A boundary as one is drawn: 40 corners, of six digits each."""
    lon, lat, corners = 111.0, 35.0, []
    for n in range(40):
        east, north = [(0, 1), (1, 0), (0, -1), (-1, 0)][n // 10]
        lon += 0.0012 * east + rng.uniform(-2e-4, 2e-4)
        lat += 0.0012 * north + rng.uniform(-2e-4, 2e-4)
        corners.append([round(lon, 6), round(lat, 6)])
    return [*corners, corners[0]]


def believable_sites(grid: str) -> list[dict[str, Any]]:
    """100 rows of sites as a ledger brings them: the demo's names, addresses and attributes of this county.

    What the demo counts up is drawn at random here, as it is in life and as it does not compress: ids, credit
    codes, numbers of licences and telephones, positions.
    """
    rng = random.Random(7)
    rows = []
    for site in [site for site in world().sites if site.grid.startswith(COUNTY)][:OWN_SITES]:
        number = f"{COUNTY}{rng.randrange(10**7):07d}"
        lon, lat = round(111 + rng.uniform(0, 0.012), 6), round(35 + rng.uniform(0, 0.012), 6)
        place = {**site.place, "lon": lon, "lat": lat}
        x, y = to_wgs84(lon, lat, place["crs"])
        fields = {"type": site.type, "name": site.name, "address": site.address.replace("示例路", _street(rng)),
                  "contact": site.contact, "phone": f"1{rng.choice('3578')}{rng.randrange(10**9):09d}",
                  "uscc": site.uscc and _credit_code(rng, site.uscc),
                  "licence_number": site.licence_number and site.licence_number[:3] + number,
                  "licence_until": site.licence_until, "registration_number": site.registration_number,
                  "risk_grade": site.risk_grade, "attributes": site.attributes}
        rows.append(_site_row(str(uuid.UUID(int=rng.getrandbits(128), version=5)), grid, **fields,
                              place=place, lon=x, lat=y, natural_key=natural_key(fields)))
    return rows


def _street(rng: random.Random) -> str:
    return rng.choice(("河东街", "解放北路", "工农东街", "禹都大道", "红旗西街", "学苑路", "盐湖大道", "中银南路"))


def _credit_code(rng: random.Random, like: str) -> str:
    stem = like[:8] + "MA" + "".join(rng.choices(string.digits + "ABCDEFGHJKLMNPQRTUWXY", k=7))
    return stem + uscc.calc_check_digit(stem)


def places(sites: int, inspector: str = "bench-0") -> list[Place]:
    """The sites that `fill` made."""
    grids = grid_codes()
    return [Place(site_id(n), grids[n * len(grids) // sites], TYPES[n % len(TYPES)], inspector)
            for n in range(sites)]


def add_visits(app: Flask, visits: int, where: list[Place], answered: Answered) -> None:
    """Write visits in bulk as a push does, each with its entry in the feed; the numbers stay as they are.

    They go round the places and through the year 2020, with 25 answers each.
    """
    with app.app_context():
        with reading() as connection:
            checklists = {kind: plans.checklist(connection, COUNTY, kind) for kind in TYPES}
        rng = random.Random(1)
        given = {kind: [answered(checklists[kind], rng, 25) for _ in range(20)] for kind in TYPES}
        begin = int(datetime(2020, 1, 2, tzinfo=UTC).timestamp() * 1000)
        step = 360 * 86_400_000 // max(visits, 1)

        def row(n: int) -> dict[str, Any]:
            place, at = where[n % len(where)], begin + n * step
            return {"id": new_id(rng, at), "site_id": place.site_id, "grid": place.grid,
                    "document_type": "inspection", "checklist": checklists[place.type]["version"],
                    "inspector_id": place.inspector,
                    "device_id": "bench", "at": at, "phone_at": at, "offset_ms": 0, "received_at": at,
                    "status": "signed", "review": "received", "verdict": "conform",
                    "answers": given[place.type][n // len(where) % 20], "details": {}, "rev": 1,
                    "field_rev": None}

        for start in track(range(0, visits, CHUNK), f"{visits} visits", transient=True):
            rows = [row(n) for n in range(start, min(start + CHUNK, visits))]
            transaction(lambda connection, rows=rows: _insert_visits(connection, rows))


def _insert_visits(connection: Connection, rows: list[dict[str, Any]]) -> None:
    connection.execute(sa.insert(Visit.__table__), rows)
    append(connection, [Change(personal(row["grid"], row["inspector_id"]), "visit", row["id"])
                        for row in rows])


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


def believable_answers(checklist: dict[str, Any], rng: random.Random, count: int) -> dict[str, Any]:
    """The demo's first `count` answers: three in a hundred find something, with a note and a photo's name.

    Raises ValueError when there are fewer.
    """
    given = dict(list(demo_answers.answers(checklist, rng, date(2020, 12, 1), 0.97).items())[:count])
    if len(given) < count:
        raise ValueError(f"the checklist of {checklist['site_type']} has only {len(given)} items")
    return given
