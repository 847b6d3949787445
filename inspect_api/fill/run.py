"""The whole county in one transaction: all of it is there, or nothing."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.engine import Connection

from checklists.state import difference
from inspect_api.fill import ground, offices, papers, premises
from inspect_api.fill.answering import Papers
from inspect_api.fill.records import Ledger
from inspect_api.fill.shape import COUNTY, Shape
from inspect_api.fill.year import Year
from inspect_api.models import Checklist, Contribution, Device, InForce, Site, User, Visit
from inspect_api.problems import Problem
from inspect_api.services import audit, plans, rollup
from inspect_api.services.programmes import hold_plans, programmes, published
from sync.feed import Change

ACTOR = "bench"


def fill(connection: Connection, shape: Shape, progress: Callable[[int, int], None]) -> dict[str, int]:
    """Make the county in a migrated database. Returns how many rows of each kind there are.

    `progress(done, total)` counts visits. Raises Problem conflict when the database belongs to somebody.
    """
    hold_plans(connection, exclusive=True)
    if any(connection.execute(sa.select(column).limit(1)).first() for column in (User.id, Site.id, Visit.id)):
        raise Problem("conflict", "数据库里已有用户或主体：测试用的县只能装进空的数据库（DATA_DIR 或 DATABASE_URL 换一个）")
    made = ground.ground(shape)
    ground.write(connection, shape, made)
    loaded = [plan for plan, _ in plans.load(connection, papers.plans_of(shape.year), shape.begin, ACTOR)]
    sites = premises.premises(shape, made)
    ledger = Ledger(connection)
    premises.write(ledger.bulk, sites)
    year = _year(connection, shape, made, sites, ledger)
    year.errands.plans = loaded
    year.run(progress)
    year.errands.end()
    _numbers(connection, year, ledger)
    _devices(connection, year)
    offices.write(connection, shape, made, loaded)
    ledger.end()
    counts = {"sites": len(sites), "visits": sum(year.rounds.sent.values()), "grids": len(made.grids)}
    audit.append(connection, COUNTY, shape.now, ACTOR, "bench.fill", COUNTY, counts)
    return counts


def _year(connection: Connection, shape: Shape, made: ground.Ground, sites: list[dict[str, Any]], ledger: Ledger) -> Year:
    kinds = {site["type"] for site in sites}
    served = connection.execute(sa.select(InForce.site_type, Checklist.version, Checklist.content)
                                .join(Checklist, Checklist.version == InForce.version)
                                .where(InForce.region == COUNTY, InForce.site_type.in_(sorted(kinds)))).all()
    judges = published(connection, {row.version for row in served})
    known = programmes(connection)
    of_kind = {kind: known.programme(COUNTY, kind) for kind in kinds}
    asked = Papers(shape, {row.site_type: row.content for row in served}, {row.site_type: judges[row.version] for row in served}, of_kind,
                   current_app.config["VERDICT_RULES"])
    shares = premises.busy(shape, sites, {row.site_type for row in served})
    return Year(shape, made, sites, shares, of_kind, asked, {row.site_type: row.version for row in served}, ledger)


def _numbers(connection: Connection, year: Year, ledger: Ledger) -> None:
    """States and tallies, and the sites in the feed: their states are news."""
    tallies = rollup.Tallies()
    for number, site in enumerate(year.sites):
        for basis, states in year.states.items():
            ledger.row(Contribution.__table__, rollup.contribution(site["id"], basis, site["grid"], states[number]), ("state",))
            tallies.add(basis, site["grid"], difference(None, states[number]))
        last = year.states["received"][number]["last"]
        ledger.changed(Change(site["grid"], "site", site["id"]), last[0] if last else year.shape.begin)
    ledger.bulk.flush()
    tallies.write(connection)


def _devices(connection: Connection, year: Year) -> None:
    rounds = year.rounds
    rows = [{"id": device, "user_id": owner.id, "label": "", "created_at": year.shape.begin, "seen_at": rounds.last[device],
             "offset_ms": rounds.offsets[device], "last_n": rounds.sent[device], "gaps": None, "acked": rounds.sent[device],
             "unsent": 3 if rounds.is_silent(owner.region, year.shape.now) else 0, "app": "1.0.0", "schema": 2, "region": owner.region,
             "revoked_at": None} for device, owner in sorted(rounds.owners.items())]
    if rows:
        connection.execute(sa.insert(Device.__table__), rows)
