"""Values of phones that were not taken, as offices look at them, and the choice between the two."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.auth import Actor
from inspect_api.db import prefix_range, row_by
from inspect_api.models import Conflict, Site, Task, User, Visit
from inspect_api.problems import Problem
from inspect_api.services import audit, unsettled
from inspect_api.services.changes import append
from inspect_api.services.days import iso
from inspect_api.services.push import check_forms, execute, raise_refusal
from inspect_api.services.push.workspace import Row, Source
from inspect_api.services.site_fields import document as site_document
from inspect_api.services.task_fields import document as task_document
from sync.feed import Change, personal
from sync.fields import flat, nest
from sync.operation import Operation

_TABLES = {"site": Site.__table__, "visit": Visit.__table__, "task": Task.__table__}
_SHOWN = ("id", "region", "type", "row_id", "field", "base", "kept", "theirs", "op", "device_id", "user_id", "state", "note",
          "settled_by")
_SETTLER = sa.alias(User.__table__, "settler")


def _fields(type_: str, row: Any) -> Row:
    """A row as the flat fields that merges speak of."""
    if type_ == "site":
        return flat(site_document(row))
    if type_ == "task":
        return flat(task_document(row))
    return flat({"status": row["status"], "answers": row["answers"], **row["details"]})


def page(connection: Connection, query: dict[str, Any]) -> dict[str, Any]:
    """{conflicts, next} of a region by id, or newest first: each with both values, what the row holds now, its revision, and whose it is.

    With `counted` how many there are beside it. Raises Problem invalid.
    """
    table = Conflict.__table__
    asked = sa.select(*(table.c[name] for name in _SHOWN), table.c.at, table.c.settled_at, User.name.label("user"),
                      _SETTLER.c.name.label("settler")).outerjoin(User, User.id == table.c.user_id).outerjoin(
        _SETTLER, _SETTLER.c.id == table.c.settled_by).where(
        prefix_range(table.c.region, query["region"]), table.c.state == query["state"])
    if query.get("row"):
        asked = asked.where(table.c.row_id == query["row"])
    rows, after = unsettled.paged(connection, asked, table.c.id, table.c.at, query)
    held: dict[tuple[str, str], Any] = {}
    for type_, of_type in _TABLES.items():
        ids = sorted({row["row_id"] for row in rows if row["type"] == type_})
        if ids:
            held |= {(type_, row["id"]): row for row in connection.execute(
                sa.select(of_type).where(of_type.c.id.in_(ids))).mappings()}
    shown = []
    for row in rows:
        now = held.get((row["type"], row["row_id"]))
        shown.append({**row, "at": iso(row["at"]), "settled_at": iso(row["settled_at"]), "rev": now and now["rev"],
                      "current": _fields(row["type"], now).get(row["field"]) if now else None,
                      "site_id": "", "site_name": "", "checklist": None})
    return {"conflicts": unsettled.described(connection, shown), "next": after} | (
        unsettled.counted(connection, asked) if query["counted"] else {})


def find(connection: Connection, conflict_id: str, lock: bool = False) -> Row:
    """A conflict. Raises Problem not-found."""
    row = row_by(connection, Conflict.__table__.c.id, conflict_id, lock)
    if row is None:
        raise Problem("not-found", f"没有冲突 {conflict_id}")
    return row


def resolve(connection: Connection, actor: Actor, conflict_id: str, given: dict[str, Any], now: int) -> dict[str, Any]:
    """Let the kept value stand, or put the phone's in its place; the latter is a change of the row like any other.

    Raises Problem not-found, state-changed (settled already, the row has another revision than `rev`, or its field is not what was
    kept any more), or what refuses the change: a visit signed since stays as it is.
    """
    conflict = find(connection, conflict_id, lock=True)
    if conflict["state"] != "open":
        raise Problem("state-changed", "该冲突已处理")
    outcome: dict[str, Any] = {}
    if given["choose"] == "theirs":
        outcome = _put(connection, actor, conflict, given.get("rev"), now)
    connection.execute(sa.update(Conflict).where(Conflict.id == conflict_id).values(
        state=given["choose"], settled_at=now, settled_by=actor.user_id, note=given["note"]))
    append(connection, [Change(personal(conflict["region"], conflict["user_id"]), "conflict", conflict_id)])
    audit.append(connection, conflict["region"][:6], now, actor.user_id, "conflict.resolve", conflict_id, {
        "row": conflict["row_id"], "field": conflict["field"], "choose": given["choose"], "kept": conflict["kept"],
        "theirs": conflict["theirs"], "note": given["note"]})
    return {"id": conflict_id, "state": given["choose"]} | outcome


def _put(connection: Connection, actor: Actor, conflict: Row, rev: int | None, now: int) -> dict[str, Any]:
    """The phone's value into the row, as an operation of the person who made it, done by the office."""
    role = connection.execute(sa.select(User.role).where(User.id == conflict["user_id"])).scalar() or "supervisor"
    acting = Actor(conflict["user_id"], "", "", role, actor.regions or ("",), "")
    operation = Operation(0, conflict["id"], conflict["type"], conflict["row_id"], "patch", rev, {},
                          nest({conflict["field"]: conflict["theirs"]}), now, "", None)
    if rev is None:  # no revision was seen: what was kept must still stand
        operation.was = nest({conflict["field"]: conflict["kept"]})
    check_forms([operation])
    [result] = execute(connection, Source(acting, "", now, 0, actor.user_id, "conflict"), [operation], log_conflicts=False)
    raise_refusal(result)
    if result["status"] == "conflict":
        raise Problem("state-changed", f"{conflict['field']} 已又被修改，请刷新后再选择")
    return {"rev": result["rev"]}
