"""The one place where a change of a synced row enters the feed, with the clock of its organisation.

Called as the last thing before the commit: whoever holds the clock's row makes every other writer of the
county wait, so it is held only for the two statements here.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy.engine import Connection

from inspect_api.db import upsert
from inspect_api.models import Change, Clock


class Changed(NamedTuple):
    """A row that changed: its bucket (grid, or an organisation code for what all of it sees), type and id."""

    bucket: str
    type: str
    id: str
    op: str = "put"


def organisation(region: str) -> str:
    """The organisation of a region: its county. A county has its own clock and its own feed."""
    return region[:6]


def tick(connection: Connection, org: str, by: int) -> int:
    """Raise an organisation's clock by `by` and return its new value. The row stays locked until the commit."""
    raised = upsert(Clock.__table__, ("org",), {"seq": lambda new: Clock.__table__.c.seq + new.seq})
    return connection.execute(raised.values(org=org, seq=by).returning(Clock.__table__.c.seq)).scalar_one()


def append(connection: Connection, changed: Iterable[Changed]) -> int:
    """Write the changes to the feed. Returns the last sequence given (0 when nothing changed)."""
    by_org: dict[str, dict[tuple[str, str, str], Changed]] = defaultdict(dict)
    for one in changed:
        by_org[organisation(one.bucket)][(one.bucket, one.type, one.id)] = one
    top = 0
    for org in sorted(by_org):
        rows = [by_org[org][key] for key in sorted(by_org[org])]
        top = tick(connection, org, len(rows))
        connection.execute(upsert(Change.__table__, ("org", "bucket", "type", "id")), [
            {"org": org, "bucket": row.bucket, "type": row.type, "id": row.id, "op": row.op,
             "seq": top - len(rows) + 1 + index} for index, row in enumerate(rows)])
    return top
