"""Tasks: made and withdrawn by offices, seen by the phones of their grid with the next pull."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from uuid_utils import uuid7

from inspect_api.auth import Actor
from inspect_api.db import prefix_range, row_by, update_many
from inspect_api.models import Campaign, Region, Site, Task, User
from inspect_api.models.tasks import for_indicator
from inspect_api.problems import Problem
from inspect_api.services import audit, history, region_names
from inspect_api.services.changes import append
from inspect_api.services.days import iso
from inspect_api.services.task_fields import document
from sync.feed import Change

Row = dict[str, Any]


def _shown(row: Any) -> Row:
    return document(row) | {"created_at": iso(row["created_at"]), "created_by": row["created_by"], "updated_at": iso(row["updated_at"]),
                            "campaign_id": row["campaign_id"], "visit_id": row["visit_id"]}


def is_overdue(today: date) -> Any:
    """The condition of a task that is open past its day."""
    return sa.and_(Task.state == "open", Task.due_on < today)


def in_care_of(connection: Connection, person: str) -> Any:
    """The condition of a task that lies where a person works; of nobody's when there is no such person."""
    regions = connection.execute(sa.select(User.regions).where(User.id == person)).scalar() or []
    return sa.or_(sa.false(), *(prefix_range(Task.grid, region) for region in regions))


def page(connection: Connection, query: Row, today: date) -> Row:
    """{tasks, next} of a region, with the names of site, grid, campaign and who made it.

    By id, oldest first; or by due day, those without one last. Four statements at most.
    """
    wanted = [prefix_range(Task.grid, query["region"])]
    if query.get("person"):
        wanted.append(in_care_of(connection, query["person"]))
    for column, name in ((Task.state, "state"), (Task.campaign_id, "campaign"), (Task.site_id, "site")):
        if query.get(name):
            wanted.append(column == query[name])
    if query.get("grid"):
        wanted.append(prefix_range(Task.grid, query["grid"]))
    if query.get("overdue"):
        wanted.append(is_overdue(today))
    by_due = query["sort"] == "due"
    rows = (_by_due if by_due else _by_id)(connection, wanted, query.get("after") or "", query["limit"] + 1)
    names = region_names.of(connection, (row["grid"] for row in rows)) if rows else {}
    shown = [_shown(row) | region_names.shown(names, row["grid"]) | {"overdue": row["state"] == "open" and row["due_on"] is not None and row["due_on"] < today}
             | {name: row[name] for name in ("site_name", "site_type", "campaign_title", "created_by_name")} for row in rows[:query["limit"]]]
    return {"tasks": shown, "next": _place(rows[query["limit"] - 1], by_due) if len(rows) > query["limit"] else None}


_NAMED = (sa.select(Task.__table__, Site.name.label("site_name"), Site.type.label("site_type"), User.name.label("created_by_name"),
                    Campaign.title.label("campaign_title"))
          .outerjoin(Site, Site.id == Task.site_id).outerjoin(User, User.id == Task.created_by).outerjoin(Campaign, Campaign.id == Task.campaign_id))


def _place(row: Any, by_due: bool) -> str:
    return f"{row['due_on'].isoformat() if row['due_on'] else '-'}.{row['id']}" if by_due else row["id"]


def _by_id(connection: Connection, wanted: list[Any], after: str, limit: int) -> Sequence[Any]:
    return connection.execute(_NAMED.where(*wanted, Task.id > after.rpartition(".")[2]).order_by(Task.id).limit(limit)).mappings().all()


def _by_due(connection: Connection, wanted: list[Any], after: str, limit: int) -> Sequence[Any]:
    """First those with a day, then the others: each a walk along the index, on both databases."""
    day, _, id_ = after.rpartition(".")
    rows: list[Any] = []
    if day != "-":
        try:
            begins = [sa.tuple_(Task.due_on, Task.id) > sa.tuple_(sa.literal(date.fromisoformat(day), sa.Date), sa.literal(id_))] if day else []
        except ValueError:
            raise Problem("invalid", errors=[{"field": "after", "message": "应为上一页的 next"}]) from None
        rows += connection.execute(_NAMED.where(*wanted, Task.due_on.is_not(None), *begins).order_by(Task.due_on, Task.id).limit(limit)).mappings()
        id_ = ""
    if len(rows) < limit:
        rows += connection.execute(_NAMED.where(*wanted, Task.due_on.is_(None), Task.id > id_).order_by(Task.id)
                                   .limit(limit - len(rows))).mappings()
    return rows


def where(connection: Connection, given: Row) -> str:
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


def row(actor: Actor, grid: str, title: str, now: int, **more: Any) -> Row:
    """A new open task, as the table has it."""
    return {"id": str(uuid7()), "grid": grid, "site_id": None, "campaign_id": None, "title": title, "note": "", "reason": None, "purpose": "",
            "since": None, "due_on": None, "state": "open", "result": "", "visit_id": None, "rev": 1, "field_rev": None,
            "created_by": actor.user_id, "created_at": now, "updated_at": now} | more


def make(connection: Connection, actor: Actor, given: Row, grid: str, now: int) -> Row:
    """A new task in a grid. One for a site that names the indicator it serves is done by the site's next visit. The same `id` sent again
    makes no second one. Raises Problem conflict when the id is another task's.
    """
    reason, own = given.get("reason"), {"id": given["id"]} if given.get("id") else {}
    if own and (there := row_by(connection, Task.__table__.c.id, given["id"])) is not None:
        same = (there["site_id"], there["title"], there["note"], there["due_on"]) == (given.get("site_id"), given["title"], given["note"], given.get("due_on"))
        if not same or not given.get("site_id") and there["grid"] != grid:
            raise Problem("conflict", f"编号 {given['id']} 已用于另一条任务")
        return _shown(there)
    made = row(actor, grid, given["title"], now, **own, site_id=given.get("site_id"), note=given["note"], reason=reason, due_on=given.get("due_on"),
               purpose=for_indicator(reason["plan"], reason["indicator"]) if reason else "",
               since=now if reason and given.get("site_id") else None)
    connection.execute(sa.insert(Task.__table__).values(**made))
    append(connection, [Change(grid, "task", made["id"])])
    audit.append(connection, grid[:6], now, actor.user_id, "task.add", made["id"], {"title": made["title"], "site": made["site_id"]})
    return _shown(made)


def find(connection: Connection, task_id: str, lock: bool = False) -> Row:
    """A task. Raises Problem not-found."""
    found = row_by(connection, Task.__table__.c.id, task_id, lock)
    if found is None:
        raise Problem("not-found", f"没有任务 {task_id}")
    return found


def withdraw(connection: Connection, actor: Actor, task_id: str, now: int) -> Row:
    """Take an open task back. Raises Problem not-found or state-changed."""
    found = find(connection, task_id, lock=True)
    if found["state"] != "open":
        raise Problem("state-changed", "该任务已完成或已撤回")
    [after] = take_back(connection, actor, [found], now)
    audit.append(connection, found["grid"][:6], now, actor.user_id, "task.withdraw", task_id, {})
    return _shown(after)


def take_back(connection: Connection, actor: Actor, rows: Sequence[Row], now: int) -> list[Row]:
    """Withdraw open tasks, whose rows the caller has locked: in the table, in their history and in the feed."""
    after = [one | {"state": "withdrawn", "rev": one["rev"] + 1, "field_rev": {**(one["field_rev"] or {}), "state": one["rev"] + 1}, "updated_at": now}
             for one in rows]
    if after:
        update_many(connection, Task.__table__, ("state", "rev", "field_rev", "updated_at"), after)
        history.keep(connection, [history.Entry("task", one["id"], one["rev"], {"state": ["open", "withdrawn"]}, now, actor.user_id, why="office")
                                  for one in after])
        append(connection, [Change(one["grid"], "task", one["id"]) for one in after])
    return after
