"""The feed on SQL: sync.feed.Feed as a pull reads it. See sync/feed.py for what a bucket is."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.db import prefix_range
from inspect_api.models import Change, Clock, Floor, Stamp
from sync.feed import Entry, belongs, covers, organisation

EPOCH = "epoch"  # a stamp; another value after a backup was restored
_CHANGE = Change.__table__


class SqlFeed:
    """Reads the feed through one connection."""

    def __init__(self, connection: Connection):
        self.connection = connection

    def epoch(self) -> str:
        """The epoch, as text."""
        return str(self.connection.execute(sa.select(Stamp.value).where(Stamp.name == EPOCH)).scalar() or 0)

    def clocks(self, orgs: Collection[str]) -> dict[str, int]:
        """{organisation: its clock}."""
        rows = self.connection.execute(sa.select(Clock.org, Clock.seq).where(Clock.org.in_(list(orgs))))
        return {row.org: row.seq for row in rows}

    def organisations(self, prefix: str) -> list[str]:
        """The organisations with a clock under a prefix."""
        return list(self.connection.execute(
            sa.select(Clock.org).where(prefix_range(Clock.org, prefix), Clock.org != "").order_by(Clock.org)).scalars())

    def buckets(self, area: str, owner: str | None) -> list[str]:
        """The buckets in an area, found by leaping through the index from one to the next."""
        org, end = area[:6], str(int(area) + 1).zfill(len(area))

        def least(*where: sa.ColumnElement) -> sa.Select:
            return sa.select(sa.func.min(_CHANGE.c.bucket).label("bucket")).where(
                _CHANGE.c.org == org, _CHANGE.c.bucket < end, *where)

        found = least(_CHANGE.c.bucket >= area).cte("found", recursive=True)
        found = found.union_all(sa.select(least(_CHANGE.c.bucket > found.c.bucket).scalar_subquery())
                                .where(found.c.bucket.is_not(None)))
        rows = self.connection.execute(sa.select(found.c.bucket).where(found.c.bucket.is_not(None))).scalars()
        return [bucket for bucket in rows if not bucket.endswith("/*") and belongs(bucket, owner)]

    def floors(self, areas: Collection[str]) -> dict[str, int]:
        """{bucket: sequence up to which its tombstones are collected} in some areas."""
        if not areas:
            return {}
        rows = self.connection.execute(sa.select(Floor.bucket, Floor.seq).where(sa.or_(*(
            sa.and_(Floor.org == organisation(area), Floor.bucket == area if "/" in area else prefix_range(Floor.bucket, area))
            for area in sorted(areas)))))
        return {row.bucket: row.seq for row in rows if any(covers(area, row.bucket) for area in areas)}

    def after(self, org: str, buckets: list[str], seq: int, upto: int, limit: int, types: Collection[str] | None) -> list[Entry]:
        """Entries of some buckets in a range of sequences, by bucket and sequence."""
        query = sa.select(_CHANGE.c.bucket, _CHANGE.c.type, _CHANGE.c.id, _CHANGE.c.seq, _CHANGE.c.op).where(
            _CHANGE.c.org == org, _CHANGE.c.bucket.in_(buckets), _CHANGE.c.seq > seq, _CHANGE.c.seq <= upto)
        if types is not None:
            query = query.where(_CHANGE.c.type.in_(list(types)))
        rows = self.connection.execute(query.order_by(_CHANGE.c.bucket, _CHANGE.c.seq).limit(limit))
        return [Entry(*row) for row in rows]
