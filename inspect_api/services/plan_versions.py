"""Every text that a plan ever had, and what changed between two of them."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from checklists.bank import load_bank
from checklists.plan import Plan
from inspect_api.models import Plan as PlanRow
from inspect_api.models import PlanVersion, User
from inspect_api.problems import Problem
from inspect_api.services.days import iso

Row = dict[str, Any]
_HEAVY = {"source", "content"}
_LIGHT = [column for column in PlanVersion.__table__.columns if column.name not in _HEAVY]
_MOST = (1 << 31) - 1  # that the column of `n` holds
_PARTS = ("clauses", "indicators", "reports", "seasons")
_HEAD = ("title", "doc_number", "issuer", "region", "issued", "period", "notes")


def text_digest(source: str) -> str:
    """What names a text: its SHA-256."""
    return hashlib.sha256(source.encode()).hexdigest()


def keep(connection: Connection, plan: Plan, source: str, now: int, by: str, note: str = "") -> None:
    """Keep a text that was just loaded, unless it is the newest one already. The caller holds the plans."""
    newest = connection.execute(sa.select(PlanVersion.n, PlanVersion.digest).where(PlanVersion.plan_id == plan.id)
                                .order_by(PlanVersion.n.desc()).limit(1)).first()
    digest = text_digest(source)
    if newest is None or newest.digest != digest:
        connection.execute(sa.insert(PlanVersion.__table__).values(
            plan_id=plan.id, n=(newest.n if newest else 0) + 1, title=plan.title, region=plan.region, digest=digest, source=source,
            content=plan.to_dict(), made_by=by, made_at=now, note=note))


def newest(connection: Connection) -> dict[str, int]:
    """{plan id: n of its newest version}, of all plans."""
    return {row.plan_id: row.n for row in connection.execute(
        sa.select(PlanVersion.plan_id, sa.func.max(PlanVersion.n).label("n")).group_by(PlanVersion.plan_id))}


def _shown(row: Any) -> Row:
    return {"plan": row["plan_id"], **{name: row[name] for name in ("n", "title", "region", "digest", "note", "made_by", "name")},
            "made_at": iso(row["made_at"])}


def listed(connection: Connection, plan_id: str) -> Row:
    """{plan, in_force, versions}: newest first, with the names of who made them. Raises Problem unknown-plan."""
    row = connection.execute(sa.select(PlanRow.in_force).where(PlanRow.id == plan_id)).first()
    if row is None:
        raise Problem("unknown-plan", f"没有编号为“{plan_id}”的计划")
    rows = connection.execute(sa.select(*_LIGHT, User.name).outerjoin(User, User.id == PlanVersion.made_by)
                              .where(PlanVersion.plan_id == plan_id).order_by(PlanVersion.n.desc())).mappings()
    return {"plan": plan_id, "in_force": row.in_force, "versions": [_shown(one) for one in rows]}


def _find(connection: Connection, plan_id: str, n: int) -> Any:
    row = None if n > _MOST else connection.execute(sa.select(PlanVersion.__table__, User.name).outerjoin(User, User.id == PlanVersion.made_by)
                             .where(PlanVersion.plan_id == plan_id, PlanVersion.n == n)).mappings().first()
    if row is None:
        raise Problem("not-found", f"这份计划没有第 {n} 版")
    return row


def one(connection: Connection, plan_id: str, n: int) -> Row:
    """A version with its `text`. Raises Problem not-found."""
    row = _find(connection, plan_id, n)
    return _shown(row) | {"text": row["source"]}


def between(connection: Connection, plan_id: str, before: int, after: int) -> Row:
    """{plan, from, to, head, clauses, indicators, reports, seasons, items}: what changed from one version to another; see `changes`.

    Version 0 is nothing: from it, everything is added. Raises Problem not-found.
    """
    old = _find(connection, plan_id, before)["content"] if before else None
    return {"plan": plan_id, "from": before, "to": after, **changes(old, _find(connection, plan_id, after)["content"])}


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Row:
    """{head: {field: [before, after]}, clauses, indicators, reports, seasons, items}, the parts each {added, removed, changed}, of two
    plans as dictionaries. `changed` is [{id, …, fields: {field: [before, after]}}]; the others are whole. `items` are the questions
    of the items that came to clauses or went from them.
    """
    old = before or {}
    told = {part: _changed(old.get(part, ()), after.get(part, ())) for part in _PARTS}
    bank, clauses = load_bank().items, told["clauses"]
    lists = [one["items"] for one in (*clauses["added"], *clauses["removed"])]
    lists += [ids for one in clauses["changed"] for ids in one["fields"].get("items", ())]
    return {"head": _fields(old, after, _HEAD) if before else {}, **told,
            "items": {id_: bank[id_].question for ids in lists for id_ in ids or () if id_ in bank}}


def _fields(old: Mapping[str, Any], new: Mapping[str, Any], names: Iterable[str]) -> Row:
    return {name: [old.get(name), new.get(name)] for name in names if old.get(name) != new.get(name)}


def _changed(before: Iterable[Row], after: Iterable[Row]) -> Row:
    old, new = {one["id"]: one for one in before}, {one["id"]: one for one in after}
    return {
        "added": [one for id_, one in new.items() if id_ not in old],
        "removed": [one for id_, one in old.items() if id_ not in new],
        "changed": [{"id": id_, **{name: one[name] for name in ("article", "title") if name in one},
                     "fields": _fields(old[id_], one, dict.fromkeys((*old[id_], *one)))}
                    for id_, one in new.items() if id_ in old and old[id_] != one]}
