"""For whom a bundle is loaded: the owner of the phone as the database knows them, within their regions of now."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.auth import Actor, find_user
from inspect_api.db import reading, row_by, transaction
from inspect_api.models import Device, User
from inspect_api.problems import Problem
from inspect_api.services import audit
from inspect_api.services.bundles.reading import Bundle
from sync.push import WIRE_MS


@dataclass(frozen=True, slots=True)
class Owner:
    """The person as they would push, and what is added to the phone's times (milliseconds)."""

    actor: Actor
    offset: int


def owner_of(bundle: Bundle, as_login: str | None, now: int, by: str, dry_run: bool = False) -> Owner:
    """The phone's owner. A phone that the server does not know is noted as that of `as_login`, unless it is a `dry_run`.

    Raises Problem not-found (no such phone or user), forbidden (another person's phone, or a user who is shut out).
    """
    with reading() as connection:
        device = row_by(connection, Device.__table__.c.id, bundle.device_id)
        user = _user(connection, bundle, device, as_login)
    if not user["active"]:
        raise Problem("forbidden", f"用户 {user['login']} 已停用。确认要载入时，先 flask users enable {user['login']}，载入后再停用")
    if device is None and not dry_run:
        transaction(lambda connection: _note(connection, bundle, user, now, by))
    actor = Actor(user["id"], user["login"], user["name"], user["role"], tuple(user["regions"]), bundle.device_id,
                  bool(device and device["revoked_at"] is not None))
    return Owner(actor, _offset(device and device["offset_ms"], bundle.made_at, now))


def _user(connection: Connection, bundle: Bundle, device: dict | None, as_login: str | None) -> dict:
    if device is not None:
        user = row_by(connection, User.__table__.c.id, device["user_id"])
        for wanted in {bundle.login, as_login or bundle.login} - {user["login"]}:
            raise Problem("forbidden", f"手机 {bundle.device_id} 在服务器上属于 {user['login']}，不能作为 {wanted} 的载入")
        return user
    if as_login is None:
        raise Problem("not-found", f"服务器不认识手机 {bundle.device_id}（用户 {bundle.login or '未写明'}）：它登录之后，服务器可能恢复过更早的备份。"
                                   "核实是谁的手机后，用 --as 用户名 载入")
    user = find_user(connection, as_login)
    if user is None:
        raise Problem("not-found", f"没有用户 {as_login}")
    return user


def _note(connection: Connection, bundle: Bundle, user: dict, now: int, by: str) -> None:
    """The phone as its first login would have noted it."""
    home = (user["regions"] or [""])[0]
    connection.execute(sa.insert(Device).values(id=bundle.device_id, user_id=user["id"], label="", created_at=now, region=home,
                                                seen_at=min(bundle.made_at, now), last_n=0, acked=0, app=""))
    audit.append(connection, home[:6], now, by, "device.add", bundle.device_id, {"login": user["login"], "told": bundle.login})


def _offset(last: int | None, made_at: int, now: int) -> int:
    """What to add to the phone's times. The file says nothing of the server's clock when it was made, so it is what the
    phone's last push showed; but no file is made after it is loaded: a clock that says so is ahead by that much at least.
    """
    offset = last or 0
    return now - made_at if made_at + offset > now + WIRE_MS else offset
