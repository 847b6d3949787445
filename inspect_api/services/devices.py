"""Phones as offices see them: when last heard from, what they still held, how wrong their clocks are. No more than that."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.db import prefix_range
from inspect_api.models import Device, User
from inspect_api.services.days import iso

_DAY_MS = 86_400_000


def page(connection: Connection, query: dict[str, Any], now: int) -> dict[str, Any]:
    """{devices, next} of a region by id. `unsent` is as last told, `gaps` are numbers of operations that never arrived."""
    asked = sa.select(Device.__table__, User.login, User.name).join(User, User.id == Device.user_id).where(
        prefix_range(Device.region, query["region"]), Device.id > query["after"])
    if words := query.get("text"):
        asked = asked.where(sa.or_(*(column.icontains(words, autoescape=True) for column in (Device.id, Device.label, User.login, User.name))))
    if query.get("silent_days") is not None:
        asked = asked.where(Device.seen_at <= now - query["silent_days"] * _DAY_MS)
    limit = query["limit"]
    rows = connection.execute(asked.order_by(Device.id).limit(limit + 1)).mappings().all()
    return {"devices": [_shown(row) for row in rows[:limit]], "next": rows[limit - 1]["id"] if len(rows) > limit else None}


def _shown(row: Any) -> dict[str, Any]:
    return {"id": row["id"], "label": row["label"], "login": row["login"], "name": row["name"], "region": row["region"],
            "seen_at": iso(row["seen_at"]), "unsent": row["unsent"], "offset_ms": row["offset_ms"], "app": row["app"],
            "schema": row["schema"], "last_n": row["last_n"], "acked": row["acked"], "gaps": row["gaps"] or [],
            "revoked_at": iso(row["revoked_at"])}
