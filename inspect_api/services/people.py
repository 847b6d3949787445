"""Users as an office keeps them: listed, added, changed, given a new password. Nobody reaches beyond their own role or regions.

An admin may everything inside their regions; a county office makes everybody but admins, and never touches one. Nobody changes their own
role, regions or whether they may log in: so there is always somebody left who can.
"""

import secrets
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.auth import Actor, hash_password
from inspect_api.db import row_by
from inspect_api.models import Device, Region, User
from inspect_api.problems import Problem
from inspect_api.services import users
from inspect_api.services.days import iso

Row = dict[str, Any]
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another when it is read out or written down
_GIVEN_LENGTH = 12
_RANK = {"supervisor": 0, "reviewer": 1, "county": 2, "admin": 3}


def new_password() -> tuple[str, str]:
    """(a password to be told once, its hash). Slow by design, so no connection is held for it."""
    password = "".join(secrets.choice(_LETTERS) for _ in range(_GIVEN_LENGTH))
    return password, hash_password(password)


def _shown(row: Any) -> Row:
    return {name: row[name] for name in ("id", "login", "name", "role", "regions", "active", "rev")} | {"created_at": iso(row["created_at"])}


def _lies(region: str) -> Any:
    """Whether any of a user's regions begins with this one: their JSON text is a list of codes in quotes."""
    return sa.type_coerce(User.regions, sa.Text).contains(f'"{region}', autoescape=True)


def page(connection: Connection, query: Row) -> Row:
    """{users, next} by login, with the names of their regions and what their devices tell. Three statements."""
    asked = sa.select(User.__table__)
    if query["region"]:
        asked = asked.where(_lies(query["region"]))
    if query.get("text"):
        asked = asked.where(sa.or_(User.login.icontains(query["text"], autoescape=True), User.name.icontains(query["text"], autoescape=True)))
    for name, column in (("role", User.role), ("active", User.active)):
        if query.get(name) is not None:
            asked = asked.where(column == query[name])
    limit = query["limit"]
    rows = connection.execute(asked.where(User.login > query["after"]).order_by(User.login).limit(limit + 1)).mappings().all()
    page = rows[:limit]
    codes = sorted({code for row in page for code in row["regions"]})
    names = {row.code: row.name for row in connection.execute(sa.select(Region.code, Region.name).where(Region.code.in_(codes)))} if codes else {}
    heard = {row.user_id: row for row in connection.execute(
        sa.select(Device.user_id, sa.func.count().label("devices"), sa.func.max(Device.seen_at).label("seen_at"))
        .where(Device.user_id.in_([row["id"] for row in page]), Device.revoked_at.is_(None)).group_by(Device.user_id))} if page else {}
    return {"users": [_shown(row) | {
        "region_names": [names.get(code, code) for code in row["regions"]], "devices": heard[row["id"]].devices if row["id"] in heard else 0,
        "seen_at": iso(heard[row["id"]].seen_at) if row["id"] in heard else None} for row in page],
        "next": page[-1]["login"] if len(rows) > limit else None}


def reach(actor: Actor, user: Row) -> None:
    """Raise unless the actor stands above this user, and answers for all of the user's regions."""
    if _RANK[user["role"]] > _RANK[actor.role]:
        raise Problem("forbidden", "不能管理角色更高的用户")
    for region in user["regions"] or [""]:
        if not actor.covers(region):
            raise Problem("out-of-scope", f"用户的辖区 {region or '（全部）'} 不在您的辖区内")


def add(connection: Connection, actor: Actor, body: Row, made: tuple[str, str], now: int) -> Row:
    """Add a user; the answer tells the password `made`, this once. Raises Problem forbidden, out-of-scope, invalid, conflict."""
    regions = list(dict.fromkeys(body["regions"]))
    reach(actor, {"role": body["role"], "regions": regions or ([] if body["role"] == "admin" else list(actor.regions))})
    password, hashed = made
    user_id = users.add(connection, body["login"], body["name"], body["role"], regions, password, now, actor.user_id, hashed)
    return _shown(row_by(connection, User.id, user_id)) | {"password": password}


def _locked(connection: Connection, actor: Actor, user_id: str) -> Row:
    user = row_by(connection, User.id, user_id, lock=True)
    if user is None:
        raise Problem("not-found", f"没有编号为“{user_id}”的用户")
    reach(actor, user)
    return user


def edit(connection: Connection, actor: Actor, user_id: str, body: Row, now: int) -> Row:
    """Change name, role, regions or `active` of a user that was seen at `rev`.

    Phones lose and gain rows of other regions with their next pull. Raises Problem state-changed, forbidden, out-of-scope, invalid.
    """
    user = _locked(connection, actor, user_id)
    if user["rev"] != body["rev"]:
        raise Problem("state-changed", "该用户已被他人修改", errors=[
            {"field": name, "message": f"现为 {user[name]}"} for name in ("name", "role", "regions", "active") if name in body])
    wanted = {name: body[name] for name in ("name", "role", "regions", "active") if name in body and body[name] != user[name]}
    if not wanted:
        return _shown(user)
    if user["id"] == actor.user_id and wanted.keys() - {"name"}:
        raise Problem("forbidden", "不能更改自己的角色、辖区或停用自己，请由他人处理")
    after = user | wanted
    if after["role"] != "admin" and not after["regions"]:
        raise Problem("invalid", errors=[{"field": "regions", "message": "除管理员外都要指定辖区"}])
    reach(actor, after)
    if "regions" in wanted and (errors := users.unknown_regions(connection, wanted["regions"])):
        raise Problem("invalid", errors=errors)
    connection.execute(sa.update(User).where(User.id == user_id).values(**wanted, rev=user["rev"] + 1))
    if "regions" in wanted:
        users.move_devices(connection, user_id, after["regions"])
    users.note(connection, after, now, actor.user_id, "user.edit", {name: [user[name], after[name]] for name in wanted})
    return _shown(after | {"rev": user["rev"] + 1})


def reset_password(connection: Connection, actor: Actor, user_id: str, made: tuple[str, str], now: int) -> Row:
    """Give a user a new password, told this once; all their sessions end. Raises Problem not-found, forbidden, out-of-scope."""
    user = _locked(connection, actor, user_id)
    users.give_password(connection, user, made[1], now, actor.user_id)
    return {"id": user_id, "login": user["login"], "password": made[0]}
