"""Plans, programmes and judges as a server process keeps them in memory.

Plans change seldom; a stamp in the database says when they did, and every write reads it under the plans'
lock. Checklists are immutable, so a validator once compiled is good for ever.
"""

from typing import NamedTuple

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from checklists.answers import Validator
from checklists.plan import Plan
from checklists.state import Programme
from inspect_api.db import go_long
from inspect_api.models import Checklist
from inspect_api.models import Plan as PlanRow
from inspect_api.services import stamps

STAMP = "plans"  # renewed whenever a plan is loaded or withdrawn
_PLANS_LOCK = 0x706C616E  # PostgreSQL advisory lock: shared by pushes, exclusive for who changes plans
_KEPT = 500


# One trip: the time limit holds for this lock only, and what was set before comes back.
_HOLD = {exclusive: sa.text(f"SELECT set_config('lock_timeout', :wait, true), pg_advisory_xact_lock{kind}({_PLANS_LOCK}), "
                            "set_config('lock_timeout', NULL, true)") for exclusive, kind in ((True, ""), (False, "_shared"))}
_IN_VAIN = "55P03"  # lock_not_available


def hold_plans(connection: Connection, exclusive: bool = False) -> None:
    """Keep plans as they are until the commit (or, exclusive, keep everybody else from writing by them).

    On SQLite the write transaction itself does that. A request does not wait for long: raises Problem busy.
    """
    if connection.dialect.name != "postgresql":
        if exclusive:
            go_long(connection)
        return
    patience = current_app.extensions["patience"]
    seconds = patience.seconds()
    try:
        connection.execute(_HOLD[exclusive], {"wait": "0" if seconds is None else f"{max(1, int(seconds * 1000))}ms"})
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _IN_VAIN:
            raise
        raise patience.lost() from None


def bump(connection: Connection) -> None:
    """Say that the plans changed."""
    stamps.renew(connection, STAMP)


class Programmes:
    """The plans in force at one stamp, and what follows from them for each county and site type."""

    def __init__(self, plans: list[Plan]):
        self.plans = {plan.id: plan for plan in plans}
        self._programmes: dict[tuple[str, str], Programme] = {}

    def over(self, region: str) -> list[Plan]:
        """The plans that a region answers to: its own and those of the divisions above it."""
        return [plan for plan in self.plans.values() if region.startswith(plan.region)]

    def programme(self, grid: str, site_type: str) -> Programme:
        """The programme of a site: by its county (the first six digits) and its type."""
        key = (grid[:6], site_type)
        found = self._programmes.get(key)
        if found is None:
            found = self._programmes[key] = Programme(self.over(key[0]), site_type)
        return found


def programmes(connection: Connection) -> Programmes:
    """The Programmes of now; read anew only when the stamp has moved."""
    stamp = stamps.read(connection, STAMP)
    kept = current_app.extensions.get("programmes")
    if kept is None or kept[0] != stamp:
        rows = connection.execute(sa.select(PlanRow.content).where(PlanRow.in_force).order_by(PlanRow.id))
        kept = (stamp, Programmes([Plan.from_dict(row.content) for row in rows]))
        current_app.extensions["programmes"] = kept
    return kept[1]


class Published(NamedTuple):
    """A published checklist, ready to judge answers by."""

    site_type: str
    validator: Validator


def published(connection: Connection, versions: set[str]) -> dict[str, Published]:
    """{version: Published} for the versions that exist. One statement, and none when all are in memory."""
    kept: dict[str, Published] = current_app.extensions.get("published", {})
    found = {version: kept[version] for version in versions if version in kept}
    missing = sorted(versions - found.keys())
    if missing:
        rows = connection.execute(sa.select(Checklist.version, Checklist.content).where(Checklist.version.in_(missing)))
        found |= {row.version: Published(row.content["site_type"], Validator(row.content)) for row in rows}
        # A new dictionary each time: other threads go on with the one they hold.
        current_app.extensions["published"] = (kept if len(kept) < _KEPT else {}) | found
    return found
