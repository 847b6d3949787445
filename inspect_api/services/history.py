"""What changed in a row, field by field: every value that anybody gave is in the row, here, or in the conflict log."""

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.models import History, User
from inspect_api.services.days import iso

WHYS = ("push", "office", "ledger", "conflict", "release", "delete")


class Entry(NamedTuple):
    """One change: {field: [before, after]} that made revision `rev`, by whom, through what."""

    type: str
    row_id: str
    rev: int
    changes: dict[str, list[Any]]
    at: int
    by: str
    device_id: str = ""
    op: str = ""
    why: str = "push"


def keep(connection: Connection, entries: list[Entry]) -> None:
    """Store what was changed. One statement."""
    if entries:
        connection.execute(sa.insert(History.__table__), [entry._asdict() for entry in entries])


def of(connection: Connection, type_: str, row_id: str) -> dict[str, Any]:
    """{history}: the changes of a row, newest first, with the name of who made each."""
    table = History.__table__
    rows = connection.execute(
        sa.select(table.c.rev, table.c.changes, table.c.at, table.c.by, User.name.label("name"), table.c.device_id, table.c.op,
                  table.c.why)
        .outerjoin(User, User.id == table.c.by).where(table.c.type == type_, table.c.row_id == row_id)
        .order_by(table.c.rev.desc()).limit(200)).mappings()
    return {"history": [{**row, "at": iso(row["at"])} for row in rows]}
