"""Write what a batch decided: one statement a table, then the numbers that follow from it."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.db import update_many
from inspect_api.models import Site, Visit
from inspect_api.services import rollup
from inspect_api.services.changes import Changed
from inspect_api.services.push.workspace import Workspace

_VISIT_CHANGES = ("status", "answers", "details", "verdict", "replaced_by", "rev")


def write(connection: Connection, work: Workspace) -> list[Changed]:
    """Insert and update rows, fold the touched sites, and return what belongs in the feed."""
    if work.new_sites:
        connection.execute(sa.insert(Site.__table__), list(work.new_sites.values()))
    if work.new_visits:
        connection.execute(sa.insert(Visit.__table__), list(work.new_visits.values()))
    if work.changed_visits:
        update_many(connection, Visit.__table__, _VISIT_CHANGES,
                    [row for _, row in sorted(work.changed_visits.items())])
    touched = set(work.facts) | set(work.new_sites) | work.refold
    rollup.apply_batch(connection, work.programmes, {site_id: work.sites[site_id] for site_id in touched},
                       work.states, work.facts, work.refold, set(work.new_sites))
    return [*(Changed(site["grid"], "site", site["id"]) for site in work.new_sites.values()),
            *(Changed(visit["grid"], "visit", visit["id"])
              for visit in (*work.new_visits.values(), *work.changed_visits.values()))]
