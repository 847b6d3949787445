"""A server of dictionaries around the pure core of sync/: no SQL, no HTTP. The model that the real one is held to."""

from bisect import insort
from collections.abc import Collection
from typing import Any

from sync import pull as core
from sync.feed import DELETED, MOVED, PUT, Change, Entry, belongs, covers, organisation, personal, shown
from sync.fields import flat
from sync.merge import patch
from sync.operation import parse_operation
from sync.push import Stored, sort_out

Row = dict[str, Any]


class DictFeed:
    """The feed port on a dictionary."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str, str], Entry] = {}
        self.clock: dict[str, int] = {}
        self.floor: dict[str, int] = {}
        self.name = "1"

    def append(self, changed: list[Change]) -> None:
        """Give each change the next sequence of its organisation; of several changes of one row the last one stands."""
        last = {(one.bucket, one.type, one.id): one for one in changed}
        for _, one in sorted(last.items()):
            org = organisation(one.bucket)
            self.clock[org] = self.clock.get(org, 0) + 1
            self.entries[(one.bucket, one.type, one.id)] = Entry(one.bucket, one.type, one.id, self.clock[org], one.op)

    def compact(self) -> None:
        """Collect every tombstone."""
        for key, entry in list(self.entries.items()):
            if entry.op != PUT:
                self.floor[entry.bucket] = max(self.floor.get(entry.bucket, 0), entry.seq)
                del self.entries[key]

    def epoch(self) -> str:
        return self.name

    def clocks(self, orgs: Collection[str]) -> dict[str, int]:
        return {org: seq for org, seq in self.clock.items() if org in orgs}

    def organisations(self, prefix: str) -> list[str]:
        return sorted(org for org in self.clock if org.startswith(prefix))

    def buckets(self, area: str, owner: str | None) -> list[str]:
        found: list[str] = []
        for bucket in {entry.bucket for entry in self.entries.values()}:
            if covers(area, bucket) and belongs(bucket, owner):
                insort(found, bucket)
        return found

    def floors(self, areas: Collection[str]) -> dict[str, int]:
        return {bucket: seq for bucket, seq in self.floor.items() if any(covers(area, bucket) for area in areas)}

    def after(self, org: str, buckets: list[str], seq: int, upto: int, limit: int, types: Collection[str] | None) -> list[Entry]:
        return sorted((e for e in self.entries.values() if organisation(e.bucket) == org and e.bucket in buckets
                       and seq < e.seq <= upto and (types is None or e.type in types)), key=lambda e: (e.bucket, e.seq))[:limit]


class Refused(Exception):
    """The model rejects an operation."""


class DictServer:
    """Sites that are shared and drafts that are personal, with scope by grid."""

    def __init__(self) -> None:
        self.feed = DictFeed()
        self.rows: dict[tuple[str, str], Row] = {}  # content, with rev, field_rev, grid and owner beside it
        self.stored: dict[str, Stored] = {}
        self.history: list[tuple[str, str, Any]] = []  # (row id, field, value)
        self.quarantine: dict[str, Row] = {}
        self.conflicts: list[tuple[str, str, Any]] = []
        self.scope: dict[str, list[str]] = {}

    def push(self, user: str, device: str, operations: list[Row]) -> list[Row]:
        """A result for each operation, in order."""
        parsed = [parse_operation(one, device) for one in operations]
        batch = sort_out(parsed, self.stored.values(), device, user)
        assert not batch.reused
        changed: list[Change] = []
        for position, one in batch.fresh:
            result: Row = {"n": one.n, "op": one.op, "id": one.id, "status": "applied", "replay": False}
            try:
                result |= self._do(user, one, changed)
            except Refused as why:
                self.quarantine[one.op] = one.raw
                result |= {"status": "rejected", "problem": {"code": str(why)}}
            self.stored[one.op] = Stored(one.op, user, device, one.n, one.digest, result)
            batch.results[position] = result
        self.feed.append(changed)
        for position, first in batch.twins.items():
            batch.results[position] = {**batch.results[first], "replay": True}
        return [batch.results[i] for i in range(len(parsed))]

    def _do(self, user: str, one: Any, changed: list[Change]) -> Row:
        key = (one.type, one.id)
        row = self.rows.get(key)
        if one.kind == "create":
            if row is not None:
                raise Refused("already-exists")
            grid = one.set["grid"] if one.type == "site" else self._site(one.set["site_id"])["grid"]
            self._may(user, grid)
            content = one.set | ({"grid": grid} if one.type == "site" else {})
            self.rows[key] = {"content": content, "rev": 1, "field_rev": {}, "grid": grid, "owner": user if one.type == "visit" else None}
            changed.append(self.change(key))
            return {"rev": 1}
        if row is None:
            raise Refused("unknown")
        self._may(user, row["grid"])
        if row["owner"] not in (None, user):
            raise Refused("forbidden")
        if one.kind == "delete":
            self.history += [(one.id, name, value) for name, value in flat(row["content"]).items()]
            changed.append(self.change(key)._replace(op=DELETED))
            del self.rows[key]
            return {"rev": row["rev"] + 1}
        return self._patch(key, one.base, one.was, one.set, changed)

    def _patch(self, key: tuple[str, str], base: int | None, was: Row, wanted: Row, changed: list[Change]) -> Row:
        row = self.rows[key]
        done = patch(row["content"], row["rev"], row["field_rev"], base, was, wanted)
        self.conflicts += [(key[1], one.field, one.theirs) for one in done.merge.conflicts]
        self.history += [(key[1], name, before) for name, (before, _) in done.changes.items()]
        differs = bool(done.merge.conflicts) or base != row["rev"]
        row |= {"content": done.document, "rev": done.rev, "field_rev": done.field_rev}
        if done.changes:
            changed.append(self.change(key))
        return {"status": done.merge.status, "rev": done.rev} | ({"row": dict(done.document)} if differs else {})

    def _site(self, site_id: str) -> Row:
        site = self.rows.get(("site", site_id))
        if site is None:
            raise Refused("unknown-site")
        return site

    def _may(self, user: str, grid: str) -> None:
        if not any(grid.startswith(area) for area in self.scope[user]):
            raise Refused("out-of-scope")

    def change(self, key: tuple[str, str]) -> Change:
        """What the feed is told of a row."""
        row = self.rows[key]
        return Change(personal(row["grid"], row["owner"]) if row["owner"] else row["grid"], *key)

    def edit(self, site_id: str, fields: Row) -> None:
        """An office changes a site."""
        row, changed = self.rows[("site", site_id)], []
        self._patch(("site", site_id), row["rev"], {}, fields, changed)
        self.feed.append(changed)

    def move(self, site_id: str, grid: str) -> None:
        """An office moves a site to another grid; its visits go along."""
        moving = [key for key, row in self.rows.items() if key == ("site", site_id) or row["content"].get("site_id") == site_id]
        before = [self.change(key) for key in moving]
        if self.rows[("site", site_id)]["grid"] == grid:
            return
        changed: list[Change] = []
        row = self.rows[("site", site_id)]
        self._patch(("site", site_id), row["rev"], {}, {"grid": grid}, changed)
        for key in moving:
            self.rows[key]["grid"] = grid
        after = [self.change(key) for key in moving]
        self.feed.append([one._replace(op=MOVED) for one in before] + after)

    def pull(self, user: str, cursor: str | None, limit: int) -> Row:
        """A page, with rows. Raises sync.pull.Gone."""
        page = core.pull(self.feed, cursor, self.scope[user], user, limit)
        changes = []
        for entry in page.entries:
            told = {"b": shown(entry.bucket), "t": entry.type, "id": entry.id, "op": "put" if entry.op == PUT else "remove"}
            row = self.rows.get((entry.type, entry.id))
            if entry.op != PUT:
                changes.append(told)
            elif row is not None and self.change((entry.type, entry.id)).bucket == entry.bucket:
                changes.append(told | {"row": {"id": entry.id, **row["content"], "rev": row["rev"]}})
        return {"changes": changes, "drop": page.drop, "cursor": page.cursor, "has_more": page.has_more}
