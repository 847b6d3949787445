"""Everything a batch needs to know, read in a constant number of statements, and what it wants written."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.engine import Connection

from checklists.state import Fact, State
from inspect_api.auth import Actor
from inspect_api.models import Contribution, History, Quarantine, Region, Site, Task, Visit
from inspect_api.models.regions import in_force
from inspect_api.models.tasks import OPEN
from inspect_api.services.days import today
from inspect_api.services.history import Entry
from inspect_api.services.places import boundaries
from inspect_api.services.programmes import Programmes, Published, hold_plans, programmes, published
from sync.merge import Patched
from sync.operation import Operation

Row = dict[str, Any]
_CONFLICTS = uuid.UUID("b8a4f5a2-5f0e-4b53-8f0b-6f0a7cf0c4de")


def conflict_id(op: str, field: str) -> str:
    """The id of the conflict of an operation on a field: the same whenever it is computed."""
    return str(uuid.uuid5(_CONFLICTS, op + field))


@dataclass(frozen=True, slots=True)
class Source:
    """Where operations come from: for whom they act, from which device, by whose hand and why they are done now."""

    actor: Actor
    device_id: str
    now: int
    offset: int
    by: str  # who did it, as history and audit name them
    why: str = "push"


@dataclass(slots=True)
class Workspace:
    """One batch at work. Handlers read from it and put rows into it; nothing here touches the database."""

    source: Source
    programmes: Programmes
    published: dict[str, Published]
    sites: dict[str, Row]
    visits: dict[str, Row]
    tasks: dict[str, Row]
    states: dict[str, State]  # received basis, by site
    future_ms: int
    grids: set[str]  # the regions that sites name and that exist
    grid_at: Callable[[float, float], str | None]
    failed: set[str]  # ids of rows whose creation is in quarantine, from before or from this batch
    buried: set[str]  # ids of drafts that were thrown away: no row may have them again
    new_sites: dict[str, Row] = field(default_factory=dict)
    old_sites: dict[str, Row] = field(default_factory=dict)  # edited sites as they were before the batch
    new_visits: dict[str, Row] = field(default_factory=dict)
    changed_visits: dict[str, Row] = field(default_factory=dict)
    deleted_visits: dict[str, Row] = field(default_factory=dict)
    renamed: set[str] = field(default_factory=set)  # drafts that name other photos than before
    changed_tasks: dict[str, Row] = field(default_factory=dict)
    history: list[Entry] = field(default_factory=list)
    conflicts: list[Row] = field(default_factory=list)
    facts: dict[str, list[Fact]] = field(default_factory=dict)  # new signed visits, by site
    refold: set[str] = field(default_factory=set)  # sites to fold from their raw visits

    @property
    def actor(self) -> Actor:
        """For whom the operations act."""
        return self.source.actor

    @property
    def now(self) -> int:
        """Milliseconds UTC of this batch."""
        return self.source.now

    def change(self, row: Row) -> None:
        """Have an existing visit written; one that is new in this batch is written anyway."""
        if row["id"] not in self.new_visits:
            self.changed_visits[row["id"]] = row

    def add_fact(self, site_id: str, fact: Fact, refold: bool = False) -> None:
        """A visit now counts; `refold` when another one ceases to."""
        self.facts.setdefault(site_id, []).append(fact)
        if refold:
            self.refold.add(site_id)

    def remember(self, type_: str, row_id: str, rev: int, changes: dict[str, list[Any]], operation: Operation,
                 why: str | None = None) -> None:
        """Keep what a change did to a row's fields."""
        self.history.append(Entry(type_, row_id, rev, changes, self.now, self.source.by, self.source.device_id, operation.op,
                                  why or self.source.why))

    def disagree(self, type_: str, row_id: str, region: str, operation: Operation, done: Patched) -> list[Row]:
        """Log the values that were not taken; as the phone is told of them."""
        told = []
        for one in done.merge.conflicts:
            told.append({"id": conflict_id(operation.op, one.field), "field": one.field, "base": operation.base,
                         "kept": one.kept, "theirs": one.theirs})
            self.conflicts.append({**told[-1], "region": region, "type": type_, "row_id": row_id, "op": operation.op,
                                   "device_id": self.source.device_id, "user_id": self.actor.user_id, "at": self.now,
                                   "state": "open", "note": ""})
        return told


def _wanted(operations: list[Operation]) -> dict[str, set[str]]:
    """Ids of sites, visits and tasks, and checklist versions, that the operations of a good form name."""
    found: dict[str, set[str]] = {"site": set(), "visit": set(), "task": set(), "checklist": set(), "grid": set()}
    for operation in operations:
        if isinstance(operation.form, dict):
            found[operation.type].add(operation.id)
            for name, into in (("site_id", "site"), ("replaces", "visit"), ("checklist", "checklist"), ("grid", "grid")):
                if operation.form.get(name):
                    found[into].add(operation.form[name])
    return found


def read(connection: Connection, source: Source, operations: list[Operation]) -> Workspace:
    """Read and lock what the operations touch. A constant number of statements, whatever the size of the batch.

    Sites are locked in the order of their ids: two pushes that share sites wait, and never deadlock. Who changes a
    visit (a push, a review) holds the lock of its site.
    """
    hold_plans(connection)
    known = programmes(connection)
    wanted = _wanted(operations)
    named = connection.execute(_NAMED, {"ids": sorted(wanted["visit"])}).all()
    site_ids = wanted["site"] | {row.site_id for row in named}
    versions = wanted["checklist"] | {row.checklist for row in named}
    sites = _rows(connection, Site.__table__, site_ids, lock=True)
    # Only now, under the sites' locks, are the visits what they will be until the commit.
    visits = _rows(connection, Visit.__table__, wanted["visit"])
    tasks = _tasks(connection, wanted["task"], _signing(operations, site_ids))
    states = {row.site_id: row.state for row in connection.execute(_STATES, {"ids": sorted(sites)})}
    absent = (wanted["visit"] - visits.keys()) | (site_ids - sites.keys())
    needed = absent - {one.id for one in operations if one.kind == "create"}
    failed = set(connection.execute(sa.select(Quarantine.row_id).where(
        Quarantine.row_id.in_(sorted(needed)), Quarantine.state == "open")).scalars()) if needed else set()
    buried = set(connection.execute(_BURIED, {"ids": sorted(wanted["visit"] - visits.keys())}).scalars())
    grids = set(connection.execute(sa.select(Region.code).where(
        Region.code.in_(sorted(wanted["grid"])), in_force(today()))).scalars()) if wanted["grid"] else set()
    found = [one.form for one in operations if (one.type, one.kind) == ("site", "create") and isinstance(one.form, dict)]
    return Workspace(source, known, published(connection, versions), sites, visits, tasks, states,
                     current_app.config["CLOCK_FUTURE_HOURS"] * 3_600_000, grids,
                     _placing(connection, source.actor, found), failed, buried)


def _signing(operations: list[Operation], site_ids: set[str]) -> set[str]:
    """The sites at which a visit may be signed by these operations: all of them, where a draft is, whose site is not in the operation."""
    found: set[str] = set()
    for one in operations:
        if one.type == "visit" and isinstance(one.form, dict) and one.form.get("status") == "signed":
            found |= {one.form["site_id"]} if one.kind == "create" else site_ids
    return found


def _tasks(connection: Connection, named: set[str], visited: set[str]) -> dict[str, Row]:
    """The tasks that operations name, and those that a visit may do, locked together in the order of their ids."""
    if not named and not visited:
        return {}
    return {row["id"]: dict(row) for row in connection.execute(_TASKS, {"ids": sorted(named), "sites": sorted(visited)}).mappings()}


# Made once: building a statement costs more than sending it.
_TASKS = (sa.select(Task.__table__).where(sa.or_(
    Task.id.in_(sa.bindparam("ids", expanding=True)),
    sa.and_(Task.site_id.in_(sa.bindparam("sites", expanding=True)), OPEN, Task.since.is_not(None)))).order_by(Task.id).with_for_update())
_NAMED = sa.select(Visit.site_id, Visit.checklist).where(Visit.id.in_(sa.bindparam("ids", expanding=True)))
_STATES = sa.select(Contribution.site_id, Contribution.state).where(
    Contribution.site_id.in_(sa.bindparam("ids", expanding=True)), Contribution.basis == "received")
_BURIED = sa.select(History.row_id).where(
    History.type == "visit", History.row_id.in_(sa.bindparam("ids", expanding=True)), History.why == "delete")


@cache
def _by_id(table: sa.Table, lock: bool) -> sa.Select:
    query = sa.select(table).where(table.c.id.in_(sa.bindparam("ids", expanding=True))).order_by(table.c.id)
    return query.with_for_update() if lock else query


def _rows(connection: Connection, table: sa.Table, ids: set[str], lock: bool = False) -> dict[str, Row]:
    return {row["id"]: dict(row) for row in connection.execute(_by_id(table, lock), {"ids": sorted(ids)}).mappings()}


def _placing(connection: Connection, actor: Actor, found: list[Row]) -> Callable[[float, float], str | None]:
    """How to find the grid of a point; boundaries are read only when some new site names no grid."""
    if any(form.get("grid") is None for form in found):
        return boundaries(connection, actor.regions).grid_of
    return lambda lon, lat: None
