"""The sites of the county: the demo's kinds of sites and their names, dealt to the grids, and how often each is visited."""

from datetime import timedelta
from itertools import accumulate
from typing import Any

import orjson

from inspect_api.demo.mix import MIX
from inspect_api.demo.names import FANCIES
from inspect_api.demo.world import invent
from inspect_api.fill.ground import Ground
from inspect_api.fill.shape import COUNTY, Shape
from inspect_api.fill.writing import Bulk
from inspect_api.models import Site
from inspect_api.models.sites import sought

Row = dict[str, Any]
CLOSED, NEVER = 0.01, 0.06  # of the sites: gone, and not visited in the whole year


def premises(shape: Shape, made: Ground) -> list[Row]:
    """Rows of all sites, in the order of their grids, as the database has them but for JSON and days."""
    random = shape.random("sites")
    lots = random.choices(MIX, weights=[lot.count for lot in MIX], k=shape.sites)
    rows = []
    for n, lot in enumerate(lots):
        grid = made.grids[n * len(made.grids) // shape.sites]
        site = invent(shape.seed, random, COUNTY, n + 1, lot, random.choice(FANCIES), grid, made.regions)
        until = shape.until + timedelta(days=random.randrange(-60, 1_700))
        row = {name: getattr(site, name) for name in site.__slots__} | {
            "licence_until": until if site.licence_number else None, "phone": f"1{random.choice('3578')}{random.randrange(10**9):09d}", "photos": {},
            "active": random.random() >= CLOSED, "rev": 1, "field_rev": None, "created_by": None, "created_at": shape.begin,
            "updated_at": shape.begin}
        rows.append(row | {"search": sought(row)})
    return rows


def busy(shape: Shape, rows: list[Row], served: set[str]) -> list[float]:
    """For each site the sum of its share of visits and of those before it: some are visited weekly, some twice a year, some never.
    Those of a type without a checklist cannot be.
    """
    random = shape.random("busy")
    return list(accumulate(random.lognormvariate(0, 0.9) if random.random() >= NEVER and row["active"] and row["type"] in served else 0.0
                           for row in rows))


def write(bulk: Bulk, rows: list[Row]) -> None:
    """Into the database."""
    for row in rows:
        told = {name: orjson.dumps(row[name]).decode() for name in ("attributes", "photos", "place")}
        bulk.add_row(Site.__table__, row | told | {"licence_until": row["licence_until"] and row["licence_until"].isoformat()})
    bulk.flush()
