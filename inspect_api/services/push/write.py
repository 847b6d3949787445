"""Write what a batch decided: a constant number of statements a table, then the numbers that follow from it."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.db import update_many
from inspect_api.models import Conflict, Site, Task, Visit
from inspect_api.services import flags, history, rollup, rules
from inspect_api.services.changes import append
from inspect_api.services.push import photos
from inspect_api.services.push.workspace import Workspace
from inspect_api.services.sites import Edit, write_edits
from sync.feed import DELETED, Change, personal

_VISIT_CHANGES = ("status", "signed_at", "answers", "details", "verdict", "replaced_by", "rev", "field_rev", "queue", "queued_at", "flags",
                  "flagged", "late", "failed_key", "failed_general")
_TASK_CHANGES = ("state", "result", "visit_id", "rev", "field_rev", "updated_at")


def write(connection: Connection, work: Workspace) -> None:
    """Insert and update rows, keep history and conflicts, fold the touched sites, and tell the feed."""
    _flag(connection, work)
    if work.new_sites:
        connection.execute(sa.insert(Site.__table__), list(work.new_sites.values()))
    if work.new_visits:
        for row in work.new_visits.values():  # a site may have moved later in the batch
            row["grid"] = work.sites[row["site_id"]]["grid"]
        connection.execute(sa.insert(Visit.__table__), list(work.new_visits.values()))
    if work.changed_visits:
        update_many(connection, Visit.__table__, _VISIT_CHANGES,
                    [row for _, row in sorted(work.changed_visits.items())])
    if work.deleted_visits:
        connection.execute(sa.delete(Visit.__table__).where(Visit.id.in_(sorted(work.deleted_visits))))
    photos.name_visits(connection, work)
    photos.name_sites(connection, work)
    if work.changed_tasks:
        update_many(connection, Task.__table__, _TASK_CHANGES, [row for _, row in sorted(work.changed_tasks.items())])
    write_edits(connection, [Edit(before, work.sites[site_id], {}) for site_id, before in sorted(work.old_sites.items())])
    history.keep(connection, work.history)
    if work.conflicts:
        connection.execute(sa.insert(Conflict.__table__), work.conflicts)
        append(connection, [Change(personal(row["region"], row["user_id"]), "conflict", row["id"]) for row in work.conflicts])
    _fold(connection, work)


def _flag(connection: Connection, work: Workspace) -> None:
    """Note on the visits that arrive signed what a reviewer should know of them."""
    arrived = [work.visits[fact.id] for facts in work.facts.values() for fact in facts]
    known = rules.many(connection, (work.sites[row["site_id"]]["grid"][:6] for row in arrived))
    for row in arrived:
        site = work.sites[row["site_id"]]
        flags.mark(row, site, known[site["grid"][:6]], work.now)


def _fold(connection: Connection, work: Workspace) -> None:
    """Bring the numbers of every touched site up to date; edited sites are folded anew on both bases."""
    touched = (set(work.facts) | set(work.new_sites) | work.refold) - set(work.old_sites)
    tallies = rollup.Tallies()
    rollup.apply_batch(connection, work.programmes, {site_id: work.sites[site_id] for site_id in touched},
                       work.states, work.facts, work.refold - set(work.old_sites), set(work.new_sites), tallies)
    if work.old_sites:
        rollup.refold(connection, work.old_sites, tallies)
    tallies.write(connection)
    append(connection, [
        *(Change(work.sites[site_id]["grid"], "site", site_id) for site_id in touched),
        *(Change(personal(_grid(work, row), row["inspector_id"]), "visit", row["id"])
          for row in (*work.new_visits.values(), *work.changed_visits.values())),
        *(Change(personal(row["grid"], row["inspector_id"]), "visit", row["id"], DELETED) for row in work.deleted_visits.values()),
        *(Change(row["grid"], "task", row["id"]) for row in work.changed_tasks.values())])


def _grid(work: Workspace, visit: dict) -> str:
    """Where a visit lies now: its site may have moved in the same batch."""
    return work.sites[visit["site_id"]]["grid"] if visit["site_id"] in work.old_sites else visit["grid"]
