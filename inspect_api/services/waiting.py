"""The page of visits that wait, as review offices ask it again and again: filtered, sorted, with what is to be known of each."""

import hashlib
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from inspect_api.db import prefix_range
from inspect_api.models import Clock, Photo, PhotoUse, Site, User, Visit
from inspect_api.models.visits import IN_QUEUE, QUEUES
from inspect_api.services import flags, region_names, rules
from inspect_api.services.days import iso
from inspect_api.services.queue import RETURNED

Row = dict[str, Any]
_TOLD_ANEW_MS = 600_000  # days of waiting go by without anything being written


def tag(connection: Connection, query: Row, now: int) -> str:
    """A name of what `page` would answer: another one after any change in the counties that the region lies in or holds.

    One statement. It is taken before the page is read, so that a change between the two is told with the next question.
    """
    clocks = connection.execute(sa.select(Clock.org, Clock.seq).where(prefix_range(Clock.org, query["region"][:6])).order_by(Clock.org))
    told = [[tuple(row) for row in clocks], query, now // _TOLD_ANEW_MS]
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


class _Due:
    """When a visit of a county becomes overdue: in SQL and for a row."""

    def __init__(self, connection: Connection, region: str, now: int):
        self.now, self.own = now, rules.within(connection, region)

    def _before(self, given: rules.Rules) -> int:
        return self.now - given.review_days * rules.DAY_MS

    def _literal(self, given: rules.Rules) -> Any:
        return sa.literal(self._before(given), sa.BigInteger)

    def clause(self) -> Any:
        """Whether a visit waits for the office for too long."""
        before = self._literal(rules.DEFAULTS)
        if self.own:
            before = sa.case({org: self._literal(given) for org, given in self.own.items()},
                             value=sa.func.substr(Visit.grid, 1, 6), else_=before)
        return sa.and_(Visit.queue != RETURNED, Visit.queued_at < before)

    def holds(self, row: Any) -> bool:
        """The same of a row."""
        return row["queue"] != RETURNED and row["queued_at"] < self._before(self.own.get(row["grid"][:6], rules.DEFAULTS))


_first = aliased(User)
_ROWS = (sa.select(
    Visit.id, Visit.rev, Visit.queue, Visit.queued_at, Visit.grid, Visit.at, Visit.received_at, Visit.signed_at, Visit.document_type,
    Visit.verdict, Visit.failed_key, Visit.failed_general, Visit.flags, Visit.replaces, Visit.inspector_id, Visit.approved_first_by,
    Visit.approved_first_at, Visit.site_id, Site.name.label("site"), Site.type, Site.address, User.name.label("inspector"),
    _first.name.label("first"))
    .join(Site, Site.id == Visit.site_id).join(User, User.id == Visit.inspector_id)
    .outerjoin(_first, _first.id == Visit.approved_first_by).where(IN_QUEUE))


def page(connection: Connection, query: Row, now: int) -> Row:
    """{visits, next, counts} of a region. Five statements, whatever the number of rows.

    `counts` are of the whole region, whatever is filtered; overdue and flagged ones only of those that wait for the office.
    """
    due, limit = _Due(connection, query["region"], now), query["limit"]
    where = prefix_range(Visit.grid, query["region"])
    asked = _filtered(_ROWS.where(where), query, due)
    key = sa.tuple_(Visit.queued_at, Visit.id)
    newest = query["sort"] == "newest"
    if query.get("after"):
        at, _, last = query["after"].partition(".")
        beyond = sa.tuple_(sa.literal(int(at), sa.BigInteger), sa.literal(last))
        asked = asked.where(key < beyond if newest else key > beyond)
    order = (Visit.queued_at.desc(), Visit.id.desc()) if newest else (Visit.queued_at, Visit.id)
    rows = connection.execute(asked.order_by(*order).limit(limit + 1)).mappings().all()
    shown = rows[:limit]
    called = region_names.of(connection, (row["grid"] for row in shown))
    photos = photos_of(connection, [row["id"] for row in shown])
    return {"visits": [_shown(row, due, called, photos, now) for row in shown],
            "next": f"{shown[-1]['queued_at']}.{shown[-1]['id']}" if len(rows) > limit else None,
            "counts": _counts(connection, where, due)}


def _filtered(asked: Any, query: Row, due: _Due) -> Any:
    asked = asked.where(Visit.queue.in_(query["queue"]))
    for column, name in ((Visit.document_type, "document_type"), (Visit.verdict, "verdict"), (Visit.inspector_id, "inspector"),
                         (Site.type, "site_type")):
        if query.get(name):
            asked = asked.where(column == query[name])
    if query.get("flagged") is not None:
        asked = asked.where(Visit.flagged == query["flagged"])
    if query.get("flag"):
        asked = asked.where(Visit.flagged, sa.type_coerce(Visit.flags, sa.Text).contains(f'"{query["flag"]}"'))  # the first by the index
    if query.get("overdue") is not None:
        asked = asked.where(due.clause() if query["overdue"] else sa.not_(due.clause()))
    if query.get("text"):
        asked = asked.where(Site.name.contains(query["text"], autoescape=True))
    return asked


def _counts(connection: Connection, where: Any, due: _Due) -> dict[str, int]:
    def count(clause: Any) -> Any:
        return sa.func.coalesce(sa.func.sum(sa.case((clause, 1), else_=0)), 0)

    row = connection.execute(sa.select(
        *(count(Visit.queue == one).label(one) for one in QUEUES), count(due.clause()).label("overdue"),
        count(sa.and_(Visit.flagged, Visit.queue != RETURNED)).label("flagged")).where(where, IN_QUEUE)).mappings().one()
    return {name: int(count) for name, count in row.items()}


def photos_of(connection: Connection, ids: list[str]) -> dict[str, tuple[int, int]]:
    """{visit: (photos that it names, those that are not stored)}; a visit that names none is not in it. One statement."""
    rows = connection.execute(
        sa.select(PhotoUse.row_id, sa.func.count(), sa.func.count(Photo.stored_at))
        .join(Photo, sa.and_(Photo.org == PhotoUse.org, Photo.sha256 == PhotoUse.sha256))
        .where(PhotoUse.type == "visit", PhotoUse.row_id.in_(ids)).group_by(PhotoUse.row_id)) if ids else ()
    return {row_id: (named, named - there) for row_id, named, there in rows}


def first_approval(row: Any) -> Row | None:
    """{by, name, at} of a visit that one has approved where two must; None otherwise."""
    if row["approved_first_by"] is None:
        return None
    return {"by": row["approved_first_by"], "name": row["first"], "at": iso(row["approved_first_at"])}


def _shown(row: Any, due: _Due, called: dict[str, str], photos: dict[str, tuple[int, int]], now: int) -> Row:
    named, missing = photos.get(row["id"], (0, 0))
    return {"id": row["id"], "rev": row["rev"], "queue": row["queue"],
            "site": {"id": row["site_id"], "name": row["site"], "type": row["type"], "address": row["address"]},
            **region_names.shown(called, row["grid"]),
            "inspector": {"id": row["inspector_id"], "name": row["inspector"]}, "at": iso(row["at"]),
            "received_at": iso(row["signed_at"] or row["received_at"]), "queued_at": iso(row["queued_at"]),
            "waiting_days": max(now - row["queued_at"], 0) // rules.DAY_MS, "overdue": due.holds(row),
            "document_type": row["document_type"], "verdict": row["verdict"],
            "findings": {"key": row["failed_key"], "general": row["failed_general"]}, "flags": flags.shown(row["flags"]),
            "photos": {"named": named, "missing": missing}, "replaces": row["replaces"], "first_approval": first_approval(row)}
