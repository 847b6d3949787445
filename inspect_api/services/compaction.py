"""What the sync engine may let go of: old tombstones and results that phones have acknowledged. And its epoch.

Each step is a transaction of its own, so that pushes go on in between.
"""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.db import reading, transaction, upsert
from inspect_api.models import Change, Clock, Device, Floor, Operation
from inspect_api.services import audit, stamps
from inspect_api.services.pull.feed import EPOCH
from sync.feed import PUT

_CHUNK = 5_000
_KEPT = ("n", "op", "id", "status", "rev", "problem")  # of a result that was acknowledged


def tombstones(before: int, dry_run: bool = False) -> int:
    """Remove the tombstones older than `before` (ms UTC) of every organisation and raise the floors of their buckets.

    A cursor below a floor gets 410, so that no deletion is ever missed. Returns how many there were.
    """
    with reading() as connection:
        orgs = list(connection.execute(sa.select(Clock.org).order_by(Clock.org)).scalars())
    return sum(_of(org, before) if dry_run else transaction(lambda c, org=org: _collect(c, org, before)) for org in orgs)


def _old(org: str, before: int) -> sa.ColumnElement:
    return sa.and_(Change.org == org, Change.op != PUT, Change.at < before)


def _of(org: str, before: int) -> int:
    with reading() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(Change).where(_old(org, before))).scalar_one()


def _collect(connection: Connection, org: str, before: int) -> int:
    # The clock's row first: no writer of this county may turn a tombstone into a row between the two statements.
    connection.execute(sa.select(Clock.seq).where(Clock.org == org).with_for_update())
    floors = connection.execute(sa.select(Change.bucket, sa.func.max(Change.seq).label("seq"), sa.func.count().label("count"))
                                .where(_old(org, before)).group_by(Change.bucket)).all()
    if floors:
        connection.execute(upsert(Floor.__table__, ("org", "bucket")), [
            {"org": org, "bucket": row.bucket, "seq": row.seq} for row in floors])
        connection.execute(sa.delete(Change).where(_old(org, before)))
    return sum(row.count for row in floors)


def results(before: int, dry_run: bool = False, progress: Callable[[int, int], None] | None = None) -> int:
    """Shrink the stored results older than `before` that their phones acknowledged. Returns how many.

    An operation's number and the hash of its payload stay for ever: a repeat still has no second effect.
    """
    wanted = sa.and_(Operation.collected.is_(False), Operation.at < before, Operation.n > 0, Operation.n <= Device.acked)
    with reading() as connection:
        total = connection.execute(sa.select(sa.func.count()).select_from(Operation)
                                   .join(Device, Device.id == Operation.device_id).where(wanted)).scalar_one()
    done = 0
    while not dry_run and (count := transaction(lambda c: _shrink(c, wanted))):
        done += count
        if progress:
            progress(done, total)
    return total if dry_run else done


def _shrink(connection: Connection, wanted: sa.ColumnElement) -> int:
    rows = connection.execute(sa.select(Operation.op, Operation.result).join(Device, Device.id == Operation.device_id)
                              .where(wanted).order_by(Operation.op).limit(_CHUNK)).all()
    if rows:
        table = Operation.__table__
        connection.execute(
            sa.update(table).where(table.c.op == sa.bindparam("key")).values(
                result=sa.bindparam("shrunk", type_=table.c.result.type), collected=True),
            [{"key": row.op, "shrunk": {name: row.result[name] for name in _KEPT if name in row.result} | {"collected": True}} for row in rows])
    return len(rows)


def new_epoch(connection: Connection, now: int, by: str) -> None:
    """Give the feed another epoch: no cursor that was given before is good any more."""
    stamps.renew(connection, EPOCH)
    audit.append(connection, "", now, by, "sync.new-epoch", EPOCH, {})
