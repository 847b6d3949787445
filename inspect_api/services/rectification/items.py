"""Items as the checklists asked them to which visits are pinned. Checklists never change, so what was read once is kept."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.engine import Connection

from inspect_api.models import Checklist

Items = dict[str, dict[str, Any]]
_KEPT = 300


def of(connection: Connection, versions: Iterable[str]) -> dict[str, Items]:
    """{version: {link_id: item}} of published checklists. One statement, and none when all are in memory."""
    kept: dict[str, Items] = current_app.extensions.get("items of checklists", {})
    wanted = set(versions)
    if missing := sorted(wanted - kept.keys()):
        rows = connection.execute(sa.select(Checklist.version, Checklist.content).where(Checklist.version.in_(missing)))
        read = {row.version: {item["link_id"]: item for section in row.content["sections"] for item in section["items"]} for row in rows}
        kept = (kept if len(kept) < _KEPT else {version: kept[version] for version in wanted & kept.keys()}) | read
        current_app.extensions["items of checklists"] = kept
    return {version: kept.get(version, {}) for version in wanted}
