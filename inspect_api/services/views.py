"""What a person asks a page of the office again and again, kept under a name. Nobody else sees it, and it decides nothing: no audit."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from uuid_utils import uuid7

from inspect_api.auth import Actor
from inspect_api.models import SavedView, User
from inspect_api.problems import Problem
from inspect_api.services.days import iso

MOST = 50  # of a person


def _shown(row: Any) -> dict[str, Any]:
    return {"id": row["id"], "page": row["page"], "name": row["name"], "query": row["query"], "created_at": iso(row["created_at"])}


def own(connection: Connection, actor: Actor, page: str | None) -> dict[str, Any]:
    """{views} of a person, oldest first, of one page or of all. There are never more than MOST."""
    query = sa.select(SavedView.__table__).where(SavedView.user_id == actor.user_id)
    if page:
        query = query.where(SavedView.page == page)
    return {"views": [_shown(row) for row in connection.execute(query.order_by(SavedView.id)).mappings()]}


def make(connection: Connection, actor: Actor, given: dict[str, Any], now: int) -> dict[str, Any]:
    """Keep a view. Raises Problem conflict: the name is taken on that page, or there are too many."""
    connection.execute(sa.select(User.id).where(User.id == actor.user_id).with_for_update())
    kept = connection.execute(sa.select(SavedView.page, SavedView.name).where(SavedView.user_id == actor.user_id)).tuples().all()
    if (given["page"], given["name"]) in kept:
        raise Problem("conflict", f"已有名为“{given['name']}”的视图")
    if len(kept) >= MOST:
        raise Problem("conflict", f"最多保存 {MOST} 个视图，请先删除不用的")
    row = {"id": str(uuid7()), "user_id": actor.user_id, **given, "created_at": now}
    connection.execute(sa.insert(SavedView.__table__).values(**row))
    return _shown(row)


def remove(connection: Connection, actor: Actor, view_id: str) -> dict[str, Any]:
    """Forget a view of one's own. Raises Problem not-found."""
    gone = connection.execute(sa.delete(SavedView).where(SavedView.id == view_id, SavedView.user_id == actor.user_id)).rowcount
    if not gone:
        raise Problem("not-found", f"没有视图 {view_id}")
    return {"id": view_id, "deleted": True}
