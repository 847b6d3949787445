"""One page of a pull as it crosses the wire: entries of the feed with the rows as they stand now."""

from typing import Any

from sqlalchemy.engine import Connection

from inspect_api.auth import Actor
from inspect_api.problems import Problem
from inspect_api.services.pull.feed import SqlFeed
from inspect_api.services.pull.rows import LOADERS, Rows
from sync import pull as core
from sync.feed import PUT, Entry, shown

REASONS = {"moved": "scope", "deleted": "deleted"}


def read(connection: Connection, actor: Actor, cursor: str | None, limit: int, types: tuple[str, ...] | None = None) -> core.Page:
    """The next page of the feed in an actor's scope. Raises Problem bad-cursor, cursor-expired or epoch-changed."""
    regions = actor.regions or (("",) if actor.role == "admin" else ())
    try:
        return core.pull(SqlFeed(connection), cursor, regions, actor.user_id, limit, types)
    except core.CursorError:
        raise Problem("bad-cursor") from None
    except core.Gone as gone:
        raise Problem(gone.code, gone.detail) from None


def load(connection: Connection, entries: list[Entry], whole: bool = False) -> Rows:
    """The rows that entries put, as they are now. One to three statements a type, whatever their number."""
    rows = Rows(connection, whole)
    for type_, loader in LOADERS.items():
        if keys := [entry for entry in entries if entry.type == type_ and entry.op == PUT]:
            loader(rows, keys)
    return rows


def pull(connection: Connection, actor: Actor, cursor: str | None, limit: int) -> dict[str, Any]:
    """The next page: {changes, drop, cursor, has_more} and `items`, the questions that checklists of this page share."""
    page = read(connection, actor, cursor, limit)
    rows = load(connection, page.entries)
    answer = {"changes": [change for entry in page.entries if (change := _change(entry, rows))], "drop": page.drop,
              "cursor": page.cursor, "has_more": page.has_more}
    return answer | ({"items": rows.items} if rows.items else {})


def _change(entry: Entry, rows: Rows) -> dict[str, Any] | None:
    """A change as the phone reads it. A row that is gone or elsewhere by now is left out: its own entry tells, later on."""
    told = {"b": shown(entry.bucket), "t": entry.type, "id": entry.id}
    if entry.op != PUT:
        return told | {"op": "remove", "reason": REASONS[entry.op]}
    row = rows.found.get((entry.bucket, entry.type, entry.id))
    if row is None:
        return None
    rev = {"rev": row["rev"]} if "rev" in row else {}
    return told | {"op": "put"} | rev | {"row": row}
