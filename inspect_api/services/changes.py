"""The one place where a change of a synced row enters the feed.

Writers say what they changed with `append`, whenever they like. It is written when the transaction is sealed
(services/sealing.py), under the organisation's clock, so that nobody can raise a clock early or raise it twice. And nobody
can forget it: a transaction that wrote to one of the SYNCED tables and said nothing of it is refused.
"""

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.db import pending, upsert
from inspect_api.models import Change as ChangeRow
from sync.feed import Change

# What a pull delivers, by the table that it comes from.
SYNCED = {"site": "site", "visit": "visit", "task": "task", "region": "region", "checklist_in_force": "checklist",
          "plan": "plan", "county_rules": "rules", "quarantine": "quarantine", "conflict": "conflict"}
_CHANGES, _TABLES, _AFTER = "changes", "tables", "after"


class Bypassed(RuntimeError):
    """A transaction changed synced rows and told the feed nothing of them. A defect of the program, never of the input."""


def append(connection: Connection, changed: Iterable[Change]) -> None:
    """Say that rows changed. Of several changes of one row in one bucket the last one stands."""
    kept: dict[tuple[str, str, str], Change] = pending(connection).setdefault(_CHANGES, {})
    kept.update(((one.bucket, one.type, one.id), one) for one in changed)


def when_sealed(connection: Connection, tell: Callable[[int], None]) -> None:
    """Have `tell(sequence)` called with the last sequence that the transaction gives, 0 when it gives none."""
    pending(connection).setdefault(_AFTER, []).append(tell)


def taken(connection: Connection) -> tuple[list[Change], list[Callable[[int], None]]]:
    """What was said so far, in a stable order, and who wants to know the sequence. Raises Bypassed."""
    said = pending(connection)
    changed: dict[tuple[str, str, str], Change] = said.pop(_CHANGES, {})
    silent = {SYNCED[table] for table in said.pop(_TABLES, ())} - {one.type for one in changed.values()}
    if silent:
        raise Bypassed(f"changed without the feed: {', '.join(sorted(silent))}")
    return [changed[key] for key in sorted(changed)], said.pop(_AFTER, [])


def write(connection: Connection, org: str, rows: list[Change], first: int, now: int) -> None:
    """Write an organisation's changes with the sequences that begin at `first`."""
    connection.execute(upsert(ChangeRow.__table__, ("org", "bucket", "type", "id")), [
        {"org": org, "bucket": row.bucket, "type": row.type, "id": row.id, "op": row.op, "seq": first + index, "at": now}
        for index, row in enumerate(rows)])


def watch(engine: sa.Engine) -> None:
    """Note which synced tables a transaction writes to."""
    @sa.event.listens_for(engine, "before_execute")
    def note(connection: Connection, statement: Any, *_: Any) -> None:
        if isinstance(statement, sa.Insert | sa.Update | sa.Delete) and statement.table.name in SYNCED:
            said = pending(connection)
            if said is not None:
                said.setdefault(_TABLES, set()).add(statement.table.name)
