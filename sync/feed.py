"""The change feed as a port: what it holds, what its buckets are called, and what a pull asks of whoever keeps it.

The feed grows with rows and not with writes: a row has one entry in each bucket it ever lay in, and the entry moves
to the newest sequence. Sequences are in the order of commits: the clock of an organisation is raised last.

A bucket is what a phone may or may not see as a whole:

    14052510020001          what lies in a grid (or in the smallest region known): sites, tasks, the region itself
    14052510020001/USER     what lies there and is one person's own: the visits they made
    140525/*                what everyone of an organisation sees: checklists, plans, rules
"""

from collections.abc import Collection
from typing import NamedTuple, Protocol

PUT, MOVED, DELETED = "put", "moved", "deleted"
OPS = (PUT, MOVED, DELETED)
GRID_DIGITS = 14  # nothing lies below a grid


class Change(NamedTuple):
    """What a writer says: this row, in this bucket, is new or changed (put), lies elsewhere now (moved), or is gone."""

    bucket: str
    type: str
    id: str
    op: str = PUT


class Entry(NamedTuple):
    """What the feed holds: a change with its sequence."""

    bucket: str
    type: str
    id: str
    seq: int
    op: str


def organisation(region: str) -> str:
    """The organisation of a region or a bucket: its county, six digits. Each has its own clock and its own feed."""
    return region.partition("/")[0][:6]


def personal(grid: str, owner: str) -> str:
    """The bucket of what is one person's own in a grid."""
    return f"{grid}/{owner}"


def everyone(org: str) -> str:
    """The bucket of what everyone of an organisation sees."""
    return f"{org}/*"


def shown(bucket: str) -> str:
    """A bucket as a phone knows it: it need not tell its own rows from shared ones of the same grid."""
    place, slash, owner = bucket.partition("/")
    return bucket if owner == "*" else place


def covers(area: str, bucket: str) -> bool:
    """Whether a bucket lies in an area: a region code within one organisation, or the bucket of everyone."""
    if "/" in area:
        return area == bucket
    return organisation(area) == organisation(bucket) and bucket.startswith(area) and not bucket.endswith("/*")


def belongs(bucket: str, owner: str | None) -> bool:
    """Whether a bucket is shared, or `owner`'s own (None: anybody's)."""
    return owner is None or "/" not in bucket or bucket.endswith(("/*", f"/{owner}"))


class Feed(Protocol):
    """A feed that can be read. Every answer but `clocks` is of sequences at or below a clock that was read before."""

    def epoch(self) -> str:
        """The name of this run of the clocks; another one after a backup was restored."""

    def clocks(self, orgs: Collection[str]) -> dict[str, int]:
        """{organisation: its clock}; one that never changed anything is left out."""

    def organisations(self, prefix: str) -> list[str]:
        """The organisations that have a clock and whose code begins with `prefix`, sorted."""

    def buckets(self, area: str, owner: str | None) -> list[str]:
        """The buckets in an area that hold or held something, sorted: shared ones and those of `owner` (None: everybody's)."""

    def floors(self, areas: Collection[str]) -> dict[str, int]:
        """{bucket: the sequence up to which its tombstones are collected} of the buckets in these areas."""

    def after(self, org: str, buckets: list[str], seq: int, upto: int, limit: int, types: Collection[str] | None) -> list[Entry]:
        """At most `limit` entries of these buckets with seq < entry.seq <= upto, by bucket and sequence; of some types only, or all."""
