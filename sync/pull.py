"""One page of a pull: where a phone resumes, what is new in its scope, where it goes on. Pure: reads a sync.feed.Feed.

A cursor is opaque to phones: the epoch of the server, how far each area of the phone's scope is read, and, in the middle
of a round, the place in it. A round reads up to the clock as it stood when the round began (the goal), bucket by
bucket, so that a page costs what it holds and its cursor stays small however many grids the scope has.

docs/sync-protocol.md, "Pull".
"""

import base64
import binascii
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from sync.feed import GRID_DIGITS, PUT, Entry, Feed, belongs, covers, everyone, organisation, personal, shown


class Gone(Exception):
    """The phone must pull anew, and keeps its outbox. `code` is cursor-expired or epoch-changed."""

    def __init__(self, code: str, detail: str):
        super().__init__(detail)
        self.code, self.detail = code, detail


class CursorError(ValueError):
    """A cursor that this server never gave."""


class At(NamedTuple):
    """A place in a round over a scope: in which organisation, up to which goal, among the buckets that began at `start`,
    after which entry.
    """

    scope: str
    org: str
    goal: int
    start: int
    bucket: str
    seq: int


class Cursor(NamedTuple):
    """How far a phone has read: the server's epoch, the last sequence seen of each area, and the place in an unfinished round.

    Until a round over an organisation is finished, `seen` tells what the phone had seen before it.
    """

    epoch: str
    seen: dict[str, int]
    at: At | None = None

    def encode(self) -> str:
        """The opaque text."""
        parts: list[Any] = [self.epoch, self.seen]
        if self.at is not None:
            parts.append(list(self.at))
        return base64.urlsafe_b64encode(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).rstrip(b"=").decode()


def _is_seq(value: Any) -> bool:
    return type(value) is int and value >= 0


def decode(text: str) -> Cursor:
    """Read a cursor back. Raises CursorError."""
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, TypeError) as error:
        raise CursorError(str(error)) from None
    if not isinstance(parts, list) or len(parts) not in (2, 3):
        raise CursorError("not a cursor")
    epoch, seen, *place = parts
    if not isinstance(epoch, str) or not isinstance(seen, dict) or not all(_is_seq(v) for v in seen.values()):
        raise CursorError("not a cursor")
    at = None
    if place:
        if not isinstance(place[0], list) or [type(part) for part in place[0]] != [str, str, int, int, str, int]:
            raise CursorError("not a cursor")
        at = At(*place[0])
    return Cursor(epoch, seen, at)


@dataclass(slots=True)
class Page:
    """What a pull comes to. `unchanged`: nothing is new and the phone may keep its cursor."""

    entries: list[Entry]
    drop: list[str]
    cursor: str
    has_more: bool
    unchanged: bool = False


def areas_of(feed: Feed, regions: Iterable[str]) -> list[str]:
    """The areas of a scope given as region codes (a prefix each, "" for all), sorted: none inside another, and what everyone
    of their organisations sees. A region above the counties stands for each county below it that has a clock.
    """
    codes = {area for region in regions
             for area in ([region] if len(region) >= 6 else feed.organisations(region))}
    plain = [code for code in codes if not any(code != other and covers(other, code) for other in codes)]
    return sorted({*plain, *(everyone(organisation(code)) for code in plain)})


def pull(feed: Feed, text: str | None, regions: Iterable[str], owner: str | None, limit: int,
         types: Collection[str] | None = None) -> Page:
    """The next page for a phone of `owner` (None: of nobody, who sees everybody's) with this cursor and scope.

    Raises CursorError, or Gone: another epoch, a cursor ahead of a clock (a restored server), one below a floor, whose
    deletions can no longer be told, or one in the middle of a round over another scope.
    """
    epoch = feed.epoch()
    cursor = decode(text) if text else Cursor(epoch, {})
    if cursor.epoch != epoch:
        raise Gone("epoch-changed", "服务器数据已恢复或重建")
    areas = areas_of(feed, regions)
    orgs = sorted({organisation(area) for area in (*areas, *cursor.seen)})
    clocks = feed.clocks(orgs)
    if any(seq > clocks.get(organisation(area), 0) for area, seq in cursor.seen.items()):
        raise Gone("epoch-changed", "游标超前于服务器")
    if cursor.at and cursor.at.scope != _fingerprint(areas):
        raise Gone("cursor-expired", "拉取途中辖区已变化")
    round_ = _Round(feed, areas, cursor, owner, clocks, types)
    page = round_.page(limit)
    # After the page: tombstones that are collected while it is read are either on it or below a floor.
    floors = {bucket: seq for bucket, seq in feed.floors({*areas, *cursor.seen}).items() if belongs(bucket, owner)}
    round_.check_floors(floors)
    lost = [area for area in cursor.seen if not any(covers(own, area) for own in areas)]
    page.drop = sorted({shown(bucket) for area in lost
                        for bucket in (*_buckets(feed, area, owner), *(b for b in floors if covers(area, b)))
                        if not any(covers(own, bucket) for own in areas)})
    if text and not (page.entries or page.drop or page.has_more or cursor.at) and set(cursor.seen) == set(areas):
        page.cursor, page.unchanged = text, True
    return page


def _fingerprint(areas: list[str]) -> str:
    return hashlib.sha256("|".join(areas).encode()).hexdigest()[:16]


def _buckets(feed: Feed, area: str, owner: str | None) -> list[str]:
    if "/" in area:
        return [area]
    if len(area) >= GRID_DIGITS and owner is not None:
        return [area, personal(area, owner)]
    return feed.buckets(area, owner)


class _Round:
    """One reading of a whole scope, of which a page is a part."""

    def __init__(self, feed: Feed, areas: list[str], cursor: Cursor, owner: str | None, clocks: Mapping[str, int],
                 types: Collection[str] | None):
        self.feed, self.cursor, self.areas, self.types, self.clocks = feed, cursor, areas, types, clocks
        self.groups: dict[str, dict[int, list[str]]] = {}  # org -> where its buckets begin -> the buckets
        for area in areas:
            for bucket in _buckets(feed, area, owner):
                self.groups.setdefault(organisation(area), {}).setdefault(self._start(bucket), []).append(bucket)

    def _start(self, bucket: str) -> int:
        """How far a bucket was read, in whatever area the phone had it before. 0: never."""
        return max((seq for area, seq in self.cursor.seen.items() if covers(area, bucket)), default=0)

    def _goal(self, org: str) -> int:
        at = self.cursor.at
        return at.goal if at and at.org == org else self.clocks.get(org, 0)

    def check_floors(self, floors: Mapping[str, int]) -> None:
        """Raise Gone when tombstones that the phone has not seen are collected. What it never read needs none.

        A bucket of which nothing is left but its floor counts like any other: the phone may still hold what lay there.
        """
        for bucket, floor in floors.items():
            reached = self._reached(bucket)
            if reached is not None and floor > reached and any(covers(area, bucket) for area in self.areas):
                raise Gone("cursor-expired", "离线过久，删除记录已清理")

    def _reached(self, bucket: str) -> int | None:
        """Up to which sequence the phone knows of deletions in a bucket; None when it never read of it."""
        start, at = self._start(bucket), self.cursor.at
        if at and at.org == organisation(bucket):
            if (start, bucket) < (at.start, at.bucket):
                return at.goal
            if (start, bucket) == (at.start, at.bucket):
                return at.seq if start else at.goal
        return start or None

    def _parts(self) -> Iterator[tuple[str, int, list[str], int]]:
        """(org, where these buckets began, the buckets, after which sequence) in reading order, from where the round stands."""
        place = self.cursor.at
        for org in sorted(self.groups):
            at = place if place and place.org == org else None
            if place and org < place.org:
                continue
            for start, buckets in sorted(self.groups[org].items()):
                ordered = sorted(buckets) if start < self._goal(org) else []
                if at and start < at.start:
                    continue
                if at and start == at.start:
                    yield org, start, [at.bucket], at.seq
                    ordered = [bucket for bucket in ordered if bucket > at.bucket]
                if ordered:
                    yield org, start, ordered, start

    def page(self, limit: int) -> Page:
        """Read at most `limit` entries."""
        read: list[Entry] = []
        at = self.cursor.at
        for org, start, buckets, seq in self._parts():
            found = self.feed.after(org, buckets, seq, self._goal(org), limit + 1 - len(read), self.types)
            room = limit - len(read)
            if found[:room]:
                last = found[:room][-1]
                at = At(_fingerprint(self.areas), org, self._goal(org), start, last.bucket, last.seq)
            read += found[:room]
            if len(found) > room and at is not None:
                return Page(self._told(read), [], Cursor(self.cursor.epoch, self._seen(before=at.org), at).encode(), True)
        done = self._seen()
        behind = any(seq < self.clocks.get(organisation(area), 0) for area, seq in done.items())  # the round began long ago
        return Page(self._told(read), [], Cursor(self.cursor.epoch, done).encode(), behind)

    def _seen(self, before: str | None = None) -> dict[str, int]:
        """How far the phone has read when the round is done over every organisation, or over those before one."""
        def done(org: str) -> bool:
            return before is None or org < before

        at = self.cursor.at
        new = {}
        for area in self.areas:
            org = organisation(area)
            if done(org) and not (at and org < at.org):  # what was finished on an earlier page stands in the cursor
                new[area] = self._goal(org)
        kept = {area: seq for area, seq in self.cursor.seen.items()
                if any(covers(own, area) for own in self.areas) and (not done(organisation(area)) or at and organisation(area) < at.org)}
        return kept | new

    def _told(self, read: list[Entry]) -> list[Entry]:
        """Without tombstones of buckets that the phone reads for the first time."""
        return [entry for entry in read if entry.op == PUT or self._start(entry.bucket)]
