"""What became of a person's own operations that were not simply taken: set aside, or in disagreement with somebody else's."""

import time
from typing import Any

import sqlalchemy as sa

from inspect_api.models import Conflict, Quarantine
from inspect_api.services.days import iso
from sync.feed import Entry, personal

Row = dict[str, Any]
KEPT_MS = 90 * 86_400_000  # what was settled longer ago is no news to a phone


def _recent(column: Any) -> Any:
    return sa.or_(column.is_(None), column > time.time_ns() // 1_000_000 - KEPT_MS)


def quarantine(rows: Any, entries: list[Entry]) -> None:
    """One's own operations in quarantine: why, and what the office did with them. The phone knows what was in them."""
    table = Quarantine.__table__
    for row in rows.connection.execute(sa.select(table).where(
            table.c.op.in_(sorted({entry.id for entry in entries})), _recent(table.c.settled_at))).mappings():
        payload = row["payload"] if isinstance(row["payload"], dict) else {}
        rows.put(personal(row["region"], row["user_id"]), "quarantine", row["op"], {
            "op": payload.get("op", row["op"]), "n": payload.get("n"), "row_id": row["row_id"], "problem": row["problem"],
            "state": row["state"], "note": row["note"], "at": iso(row["at"]), "settled_at": iso(row["settled_at"])})


def conflicts(rows: Any, entries: list[Entry]) -> None:
    """One's own values that were not taken: both, and which one the office let stand."""
    table = Conflict.__table__
    for row in rows.connection.execute(sa.select(table).where(
            table.c.id.in_(sorted({entry.id for entry in entries})), _recent(table.c.settled_at))).mappings():
        rows.put(personal(row["region"], row["user_id"]), "conflict", row["id"], {
            **{name: row[name] for name in ("id", "type", "row_id", "field", "base", "kept", "theirs", "op", "state", "note")},
            "at": iso(row["at"]), "settled_at": iso(row["settled_at"])})
