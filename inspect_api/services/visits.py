"""Visits as offices read them: lists by region with keyset pages, and one whole with its findings."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.db import prefix_range
from inspect_api.models import Finding, Site, User, Visit
from inspect_api.problems import Problem
from inspect_api.services.days import iso
from inspect_api.services.photos.naming import stored_of
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


def one(connection: Connection, visit_id: str) -> dict[str, Any]:
    """A visit whole: answers, details, review note, findings. Raises Problem not-found."""
    row = connection.execute(_select(Visit.__table__).where(Visit.id == visit_id)).mappings().first()
    if row is None:
        raise Problem("not-found", f"没有检查 {visit_id}")
    findings = connection.execute(sa.select(Finding.__table__).where(Finding.visit_id == visit_id)
                                  .order_by(Finding.link_id)).mappings()
    gone = missing(row, stored_of(connection, "visit", [visit_id])[visit_id])
    return _shown(row) | {
        "complete": row["status"] == "signed" and not gone, "photos_missing": gone, "answers": row["answers"], "details": row["details"], "review_note": row["review_note"],
        "reviewed_at": iso(row["reviewed_at"]),
        "findings": [{"id": f["id"], "item": f["link_id"], "key": f["key"], "opened_on": f["opened_on"].isoformat(),
                      "due_on": f["due_on"].isoformat(), "closed_by": f["closed_by"],
                      "closed_on": f["closed_on"] and f["closed_on"].isoformat()} for f in findings]}
