"""Visits as offices read them: lists by region and by site with keyset pages, and one whole with its findings."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from inspect_api.db import prefix_range
from inspect_api.models import Finding, Site, User, Visit
from inspect_api.problems import Problem
from inspect_api.services import flags, region_names
from inspect_api.services.days import iso
from inspect_api.services.photos.naming import stored_of
from inspect_api.services.waiting import first_approval
from sync.receipt import missing


def _shown(row: Any) -> dict[str, Any]:
    return {"id": row["id"], "site_id": row["site_id"], "site": row["site"], "grid": row["grid"],
            "document_type": row["document_type"], "checklist": row["checklist"], "inspector": row["inspector"],
            "at": iso(row["at"]), "phone_at": iso(row["phone_at"]), "offset_ms": row["offset_ms"],
            "received_at": iso(row["received_at"]), "status": row["status"], "review": row["review"],
            "verdict": row["verdict"], "replaces": row["replaces"], "replaced_by": row["replaced_by"], "rev": row["rev"]}


_HEAVY = {"answers", "details", "review_note"}
_LIGHT = [column for column in Visit.__table__.columns if column.name not in _HEAVY]


def _select(*columns: Any) -> Any:
    return (sa.select(*columns, Site.name.label("site"), User.name.label("inspector"))
            .join(Site, Site.id == Visit.site_id).join(User, User.id == Visit.inspector_id))


def page(connection: Connection, region: str, review: str | None, after: str | None, limit: int) -> dict[str, Any]:
    """{visits, next}: newest first by id (UUIDv7), `after` is the last id of the page before."""
    query = _select(*_LIGHT).where(prefix_range(Visit.grid, region))
    if review:
        query = query.where(Visit.review == review)
    if after:
        query = query.where(Visit.id < after)
    rows = connection.execute(query.order_by(Visit.id.desc()).limit(limit + 1)).mappings().all()
    return {"visits": [_shown(row) for row in rows[:limit]], "next": rows[limit - 1]["id"] if len(rows) > limit else None}


def grid_of(connection: Connection, visit_id: str) -> str:
    """Where a visit lies. Raises Problem not-found."""
    grid = connection.execute(sa.select(Visit.grid).where(Visit.id == visit_id)).scalar()
    if grid is None:
        raise Problem("not-found", f"没有编号为“{visit_id}”的检查")
    return grid


_reviewer, _first = aliased(User), aliased(User)
_WHOLE = (_select(Visit.__table__, Site.type, Site.address, Site.lon, Site.lat, Site.place.label("site_place"), Site.active,
                  _reviewer.name.label("reviewer"), _first.name.label("first"))
          .outerjoin(_reviewer, _reviewer.id == Visit.reviewed_by).outerjoin(_first, _first.id == Visit.approved_first_by))


def one(connection: Connection, visit_id: str) -> dict[str, Any]:
    """A visit whole: answers, details, review, findings, flags, and what its site, its people and its regions are called.

    Four statements. Raises Problem not-found.
    """
    row = connection.execute(_WHOLE.where(Visit.id == visit_id)).mappings().first()
    if row is None:
        raise Problem("not-found", f"没有编号为“{visit_id}”的检查")
    findings = connection.execute(sa.select(Finding.__table__).where(Finding.visit_id == visit_id)
                                  .order_by(Finding.link_id)).mappings()
    gone = missing(row, stored_of(connection, "visit", [visit_id])[visit_id])
    return _shown(row) | region_names.shown(region_names.of(connection, [row["grid"]]), row["grid"]) | {
        "site_type": row["type"], "site_address": row["address"], "site_active": row["active"],
        "site_place": row["lon"] is not None and {"lon": row["lon"], "lat": row["lat"],
                                                  "accuracy": (row["site_place"] or {}).get("accuracy")} or None,
        "inspector_id": row["inspector_id"], "device_id": row["device_id"],
        "queue": row["queue"], "queued_at": iso(row["queued_at"]) if row["queue"] else None, "flags": flags.shown(row["flags"]),
        "failed": {"key": row["failed_key"], "general": row["failed_general"]}, "late": row["late"], "first_approval": first_approval(row),
        "complete": row["status"] == "signed" and not gone, "photos_missing": gone, "answers": row["answers"], "details": row["details"],
        "review_note": row["review_note"], "reviewed_at": iso(row["reviewed_at"]), "reviewed_by": row["reviewed_by"], "reviewer": row["reviewer"],
        "findings": [{"id": f["id"], "item": f["link_id"], "key": f["key"], "opened_on": f["opened_on"].isoformat(),
                      "due_on": f["due_on"].isoformat(), "closed_by": f["closed_by"],
                      "closed_on": f["closed_on"] and f["closed_on"].isoformat()} for f in findings]}


def of_site(connection: Connection, site_id: str, after: str | None, limit: int) -> dict[str, Any]:
    """{visits, next}: the signed visits of a site, newest first by their corrected time; `after` is the `next` of the page before."""
    query = (sa.select(Visit.id, Visit.at, Visit.document_type, Visit.verdict, Visit.review, Visit.queue, Visit.replaced_by, Visit.failed_key,
                       Visit.failed_general, Visit.inspector_id, User.name)
             .join(User, User.id == Visit.inspector_id).where(Visit.site_id == site_id, Visit.status == "signed"))
    if after:
        at, _, last = after.partition(".")
        query = query.where(sa.tuple_(Visit.at, Visit.id) < sa.tuple_(sa.literal(int(at), sa.BigInteger), sa.literal(last)))
    rows = connection.execute(query.order_by(Visit.at.desc(), Visit.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    return {"visits": [{"id": row.id, "at": iso(row.at), "document_type": row.document_type, "verdict": row.verdict, "review": row.review,
                        "queue": row.queue, "replaced_by": row.replaced_by, "findings": {"key": row.failed_key, "general": row.failed_general},
                        "inspector": {"id": row.inspector_id, "name": row.name}} for row in shown],
            "next": f"{shown[-1].at}.{shown[-1].id}" if len(rows) > limit else None}
