"""A task as it crosses the wire."""

from typing import Any

FIELDS = ("id", "grid", "site_id", "title", "note", "reason", "due_on", "state", "result", "rev")


def document(row: Any) -> dict[str, Any]:
    """The fields of a task."""
    return {**{name: row[name] for name in FIELDS}, "due_on": row["due_on"] and row["due_on"].isoformat()}
