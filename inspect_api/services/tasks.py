"""Tasks: made and withdrawn by offices, seen by the phones of their grid with the next pull."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from uuid_utils import uuid7

from inspect_api.auth import Actor
from inspect_api.db import prefix_range, row_by
from inspect_api.models import Region, Site, Task
from inspect_api.problems import Problem
from inspect_api.services import audit, history
from inspect_api.services.changes import append
from inspect_api.services.days import iso
from inspect_api.services.task_fields import document
from sync.feed import Change


def _shown(row: Any) -> dict[str, Any]:
    return document(row) | {"created_at": iso(row["created_at"]), "created_by": row["created_by"], "updated_at": iso(row["updated_at"])}


def page(connection: Connection, region: str, state: str | None, after: str, limit: int) -> dict[str, Any]:
    """{tasks, next} of a region by id, oldest first."""
    query = sa.select(Task.__table__).where(prefix_range(Task.grid, region), Task.id > after)
    if state:
        query = query.where(Task.state == state)
    rows = connection.execute(query.order_by(Task.id).limit(limit + 1)).mappings().all()
    return {"tasks": [_shown(row) for row in rows[:limit]], "next": rows[limit - 1]["id"] if len(rows) > limit else None}


def where(connection: Connection, given: dict[str, Any]) -> str:
    """The grid that a task is for: its site's, or the one given. Raises Problem invalid, unknown-site or unknown-region."""
    if bool(given.get("site_id")) == bool(given.get("grid")):
        raise Problem("invalid", errors=[{"field": "site_id", "message": "site_id 与 grid 应恰好填一个"}])
    if given.get("site_id"):
        grid = connection.execute(sa.select(Site.grid).where(Site.id == given["site_id"]).with_for_update()).scalar()
        if grid is None:
            raise Problem("unknown-site", f"主体 {given['site_id']}")
        return grid
    if connection.execute(sa.select(Region.code).where(Region.code == given["grid"])).first() is None:
        raise Problem("unknown-region", f"没有区划 {given['grid']}")
    return given["grid"]


def make(connection: Connection, actor: Actor, given: dict[str, Any], grid: str, now: int) -> dict[str, Any]:
    """A new task in a grid."""
    row = {"id": str(uuid7()), "grid": grid, "site_id": given.get("site_id"), "title": given["title"], "note": given["note"],
           "reason": given.get("reason"), "due_on": given.get("due_on"), "state": "open", "result": "", "rev": 1, "field_rev": None,
           "created_by": actor.user_id, "created_at": now, "updated_at": now}
    connection.execute(sa.insert(Task.__table__).values(**row))
    append(connection, [Change(grid, "task", row["id"])])
    audit.append(connection, grid[:6], now, actor.user_id, "task.add", row["id"], {"title": row["title"], "site": row["site_id"]})
    return _shown(row)


def find(connection: Connection, task_id: str, lock: bool = False) -> dict[str, Any]:
    """A task. Raises Problem not-found."""
    row = row_by(connection, Task.__table__.c.id, task_id, lock)
    if row is None:
        raise Problem("not-found", f"没有任务 {task_id}")
    return row


def withdraw(connection: Connection, actor: Actor, task_id: str, now: int) -> dict[str, Any]:
    """Take an open task back. Raises Problem not-found or state-changed."""
    row = find(connection, task_id, lock=True)
    if row["state"] != "open":
        raise Problem("state-changed", "该任务已完成或已撤回")
    rev = row["rev"] + 1
    after = row | {"state": "withdrawn", "rev": rev, "field_rev": {**(row["field_rev"] or {}), "state": rev}, "updated_at": now}
    connection.execute(sa.update(Task).where(Task.id == task_id).values(
        **{name: after[name] for name in ("state", "rev", "field_rev", "updated_at")}))
    history.keep(connection, [history.Entry("task", task_id, rev, {"state": ["open", "withdrawn"]}, now, actor.user_id, why="office")])
    append(connection, [Change(row["grid"], "task", task_id)])
    audit.append(connection, row["grid"][:6], now, actor.user_id, "task.withdraw", task_id, {})
    return _shown(after)
