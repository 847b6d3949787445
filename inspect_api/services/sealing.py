"""The last statements of every write transaction: the audit chain and the feed, under the clocks of their organisations.

The clocks are raised in the order of their codes, once each, with nothing after them but the commit: an earlier clock
costs three times as much, and one early and one late is a deadlock.
"""

import time
from collections import defaultdict
from functools import cache
from typing import Any

from sqlalchemy.engine import Connection

from inspect_api.db import compiled, upsert
from inspect_api.models import Clock
from inspect_api.services import audit, changes
from sync.feed import Change, organisation


def tick(connection: Connection, org: str, by: int) -> int:
    """Raise an organisation's clock by `by` and return its new value. The row stays locked until the commit."""
    return connection.execute(_raising(connection.dialect.name), {"org": org, "seq": by}).scalar_one()


@cache
def _raising(_dialect: str) -> Any:
    """Made once for each kind of database."""
    table = Clock.__table__
    return compiled(upsert(table, ("org",), {"seq": lambda new: table.c.seq + new.seq}).returning(table.c.seq))


def seal(connection: Connection) -> None:
    """Write what the transaction said to the feed and to the audit log. Raises changes.Bypassed."""
    changed, tell = changes.taken(connection)
    entries = audit.taken(connection)
    rows: dict[str, list[Change]] = defaultdict(list)
    for one in changed:
        rows[organisation(one.bucket)].append(one)
    now, top = time.time_ns() // 1_000_000, 0
    for org in sorted({*rows, *entries}):
        count = len(rows[org])
        last = tick(connection, org, count + len(entries.get(org, ())))
        first = last - count - len(entries.get(org, ())) + 1
        if count:
            changes.write(connection, org, rows[org], first, now)
            top = first + count - 1
        if org in entries:
            audit.write(connection, org, entries[org], first + count)
    for told in tell:
        told(top)
