"""Everything a batch needs to know, read in a constant number of statements, and what it wants written."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.engine import Connection

from checklists.state import Fact, State
from inspect_api.auth import Actor
from inspect_api.models import Contribution, Region, Site, Visit
from inspect_api.models.regions import in_force
from inspect_api.services.days import today
from inspect_api.services.places import boundaries
from inspect_api.services.programmes import Programmes, Published, hold_plans, programmes, published
from sync.operation import Operation

Row = dict[str, Any]


@dataclass(slots=True)
class Workspace:
    """One batch at work. Handlers read from it and put rows into it; nothing here touches the database."""

    actor: Actor
    device_id: str
    now: int
    offset: int
    programmes: Programmes
    published: dict[str, Published]
    sites: dict[str, Row]
    visits: dict[str, Row]
    states: dict[str, State]  # received basis, by site
    future_ms: int
    grids: set[str]  # the regions that new sites name and that exist
    grid_at: Callable[[float, float], str | None]
    new_sites: dict[str, Row] = field(default_factory=dict)
    new_visits: dict[str, Row] = field(default_factory=dict)
    changed_visits: dict[str, Row] = field(default_factory=dict)
    facts: dict[str, list[Fact]] = field(default_factory=dict)  # new signed visits, by site
    refold: set[str] = field(default_factory=set)  # sites to fold from their raw visits
    failed: set[str] = field(default_factory=set)  # ids whose operation was rejected in this batch

    def change(self, row: Row) -> None:
        """Have an existing visit written; one that is new in this batch is written anyway."""
        if row["id"] not in self.new_visits:
            self.changed_visits[row["id"]] = row

    def add_fact(self, site_id: str, fact: Fact, refold: bool = False) -> None:
        """A visit now counts; `refold` when another one ceases to."""
        self.facts.setdefault(site_id, []).append(fact)
        if refold:
            self.refold.add(site_id)


def _wanted(operations: list[Operation]) -> tuple[set[str], set[str], set[str]]:
    """Ids of sites and visits, and checklist versions, that the operations of a good form name."""
    sites, visits, versions = set(), set(), set()
    for operation in operations:
        if isinstance(operation.form, dict):
            (sites if operation.type == "site" else visits).add(operation.id)
            for name, into in (("site_id", sites), ("replaces", visits), ("checklist", versions)):
                if operation.form.get(name):
                    into.add(operation.form[name])
    return sites, visits, versions


def read(connection: Connection, actor: Actor, device_id: str, now: int, offset: int,
         operations: list[Operation]) -> Workspace:
    """Read and lock what the operations touch. A constant number of statements, whatever the size of the batch.

    Sites are locked in the order of their ids: two pushes that share sites wait, and never deadlock. Who changes a
    visit (a push, a review) holds the lock of its site.
    """
    hold_plans(connection)
    known = programmes(connection)
    site_ids, visit_ids, versions = _wanted(operations)
    named = list(connection.execute(sa.select(Visit.site_id, Visit.checklist).where(Visit.id.in_(sorted(visit_ids)))))
    site_ids |= {row.site_id for row in named}
    versions |= {row.checklist for row in named}
    lock = sa.select(Site.__table__).where(Site.id.in_(sorted(site_ids))).order_by(Site.id).with_for_update()
    sites = {row["id"]: dict(row) for row in connection.execute(lock).mappings()}
    # Only now, under the sites' locks, are the visits what they will be until the commit.
    visits = {row["id"]: dict(row) for row in connection.execute(
        sa.select(Visit.__table__).where(Visit.id.in_(sorted(visit_ids)))).mappings()}
    states = {row.site_id: row.state for row in connection.execute(
        sa.select(Contribution.site_id, Contribution.state).where(
            Contribution.site_id.in_(sorted(sites)), Contribution.basis == "received"))}
    found = [one.form for one in operations if one.type == "site" and isinstance(one.form, dict)]
    wanted = {form["grid"] for form in found if form.get("grid")}
    grids = set(connection.execute(sa.select(Region.code).where(
        Region.code.in_(sorted(wanted)), in_force(today()))).scalars()) if wanted else set()
    return Workspace(actor, device_id, now, offset, known, published(connection, versions), sites, visits, states,
                     current_app.config["CLOCK_FUTURE_HOURS"] * 3_600_000, grids,
                     _placing(connection, actor, found))


def _placing(connection: Connection, actor: Actor, found: list[Row]) -> Callable[[float, float], str | None]:
    """How to find the grid of a point; boundaries are read only when some new site names no grid."""
    if any(form.get("grid") is None for form in found):
        return boundaries(connection, actor.regions).grid_of
    return lambda lon, lat: None
