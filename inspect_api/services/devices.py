"""Phones as offices see them: when last heard from, what they still held, how wrong their clocks are. No more than that."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.db import prefix_range
from inspect_api.models import Device, Region, User
from inspect_api.problems import Problem
from inspect_api.schemas.fields import MOST_INTEGER
from inspect_api.services.days import iso

BROWSER = "办公端浏览器"  # what a desk calls itself when somebody logs in there: web/src/office/stores/session.ts

_DAY_MS = 86_400_000


def page(connection: Connection, query: dict[str, Any], now: int) -> dict[str, Any]:
    """{devices, next} of a region by id, or the longest silent first. `unsent` is as last told, `gaps` are numbers of operations that never
    arrived. Raises Problem invalid."""
    asked = sa.select(Device.__table__, User.login, User.name, Region.name.label("region_name")).join(
        User, User.id == Device.user_id).outerjoin(Region, Region.code == Device.region).where(prefix_range(Device.region, query["region"]))
    silent = query["sort"] == "silent"
    if query["after"]:
        asked = asked.where(sa.tuple_(Device.seen_at, Device.id) > sa.tuple_(*_place(query["after"])) if silent else Device.id > query["after"])
    if words := query.get("text"):
        asked = asked.where(sa.or_(*(column.icontains(words, autoescape=True) for column in (Device.id, Device.label, User.login, User.name))))
    if query.get("silent_days") is not None:
        asked = asked.where(Device.seen_at <= now - query["silent_days"] * _DAY_MS)
    if (unsent := query.get("unsent")) is not None:
        asked = asked.where(sa.func.coalesce(Device.unsent, 0) > 0 if unsent else sa.func.coalesce(Device.unsent, 0) == 0)
    if (revoked := query.get("revoked")) is not None:
        asked = asked.where(Device.revoked_at.is_not(None) if revoked else Device.revoked_at.is_(None))
    if kind := query.get("kind"):
        asked = asked.where(Device.label == BROWSER if kind == "browser" else Device.label != BROWSER)
    limit = query["limit"]
    rows = connection.execute(asked.order_by(*(Device.seen_at, Device.id) if silent else (Device.id,)).limit(limit + 1)).mappings().all()
    last = rows[limit - 1] if len(rows) > limit else None
    return {"devices": [_shown(row) for row in rows[:limit]],
            "next": last and (f"{last['seen_at']}.{last['id']}" if silent else last["id"])}


def _place(after: str) -> tuple[int, str]:
    at, _, id_ = after.partition(".")
    if not at.isdecimal() or int(at) > MOST_INTEGER:
        raise Problem("invalid", errors=[{"field": "after", "message": "不是本列表的下一页"}])
    return int(at), id_


def _shown(row: Any) -> dict[str, Any]:
    return {"id": row["id"], "label": row["label"], "kind": "browser" if row["label"] == BROWSER else "phone", "login": row["login"], "name": row["name"], "region": row["region"],
            "region_name": row["region_name"], "seen_at": iso(row["seen_at"]), "unsent": row["unsent"], "offset_ms": row["offset_ms"], "app": row["app"],
            "schema": row["schema"], "last_n": row["last_n"], "acked": row["acked"], "gaps": row["gaps"] or [],
            "revoked_at": iso(row["revoked_at"])}
