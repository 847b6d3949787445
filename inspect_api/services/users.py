"""Users by the command line, which may everything: made, given another password, shut out and let in again. Offices: services/people.py."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from uuid_utils import uuid7

from inspect_api.auth import hash_password
from inspect_api.models import Device, Region, Session, User
from inspect_api.problems import Problem
from inspect_api.services import audit

PASSWORD_LENGTH = 8
TEXT_LENGTH = 64  # of a login and of a name


def check_password(password: str) -> list[dict[str, str]]:
    """What is wrong with a new password."""
    return [] if len(password) >= PASSWORD_LENGTH else [{"field": "password", "message": f"至少 {PASSWORD_LENGTH} 个字符"}]


def _find(connection: Connection, login: str) -> dict[str, Any]:
    found = connection.execute(sa.select(User.__table__).where(User.login == login)).mappings().first()
    if found is None:
        raise Problem("not-found", f"没有用户 {login}")
    return dict(found)


def note(connection: Connection, user: dict[str, Any], now: int, by: str, action: str, detail: dict[str, Any]) -> None:
    """Write to the audit log of the county where a user is at home."""
    audit.append(connection, (user["regions"] or [""])[0][:6], now, by, action, user["login"], detail)


def give_password(connection: Connection, user: dict[str, Any], hashed: str, now: int, by: str, keep: str | None = None) -> None:
    """Another password: the sessions of the user end, but for that of the token hash `keep`.

    With `keep` it stands in the place of the password of `user`: Raises Problem state-changed when that is another one by now, so that
    whoever knows the old one does not undo a reset.
    """
    own = (User.password == user["password"],) if keep else ()
    if not connection.execute(sa.update(User).where(User.id == user["id"], *own).values(password=hashed)).rowcount:
        raise Problem("state-changed", "密码刚刚已被更改")
    ended = sa.update(Session).where(Session.user_id == user["id"], Session.revoked_at.is_(None))
    connection.execute((ended.where(Session.token_hash != keep) if keep else ended).values(revoked_at=now))
    note(connection, user, now, by, "user.password", {})


def set_password(connection: Connection, login: str, password: str, now: int, by: str) -> None:
    """Give a user another password and end all their sessions. Raises Problem not-found or invalid."""
    user = _find(connection, login)
    if errors := check_password(password):
        raise Problem("invalid", errors=errors)
    give_password(connection, user, hash_password(password), now, by)


def set_active(connection: Connection, login: str, active: bool, now: int, by: str) -> None:
    """Let a user log in, or not; what they captured stays. Raises Problem not-found."""
    user = _find(connection, login)
    connection.execute(sa.update(User).where(User.id == user["id"]).values(active=active, rev=User.rev + 1))
    note(connection, user, now, by, "user.enable" if active else "user.disable", {})


def unknown_regions(connection: Connection, regions: list[str]) -> list[dict[str, str]]:
    """The errors of regions that are not there."""
    known = set(connection.execute(sa.select(Region.code).where(Region.code.in_(regions))).scalars())
    return [{"field": "region", "message": f"没有区划 {code}"} for code in regions if code not in known]


def move_devices(connection: Connection, user_id: str, regions: list[str]) -> None:
    """List a user's phones where the user is at home."""
    connection.execute(sa.update(Device).where(Device.user_id == user_id).values(region=(regions or [""])[0]))


def set_regions(connection: Connection, login: str, regions: list[str], now: int, by: str) -> None:
    """Let a user answer for other regions, and their devices be listed there. Raises Problem not-found or invalid."""
    user = _find(connection, login)
    if errors := unknown_regions(connection, regions):
        raise Problem("invalid", errors=errors)
    connection.execute(sa.update(User).where(User.id == user["id"]).values(regions=regions, rev=User.rev + 1))
    move_devices(connection, user["id"], regions)
    audit.append(connection, regions[0][:6], now, by, "user.regions", login, {"before": user["regions"], "after": regions})


def add(connection: Connection, login: str, name: str, role: str, regions: list[str], password: str, now: int,
        by: str, hashed: str | None = None) -> str:
    """Add a user; returns the id. `hashed`: the password's hash, where it was made before. Raises Problem invalid (which field) or
    conflict (the login is taken)."""
    errors = [{"field": field, "message": f"应为 1 至 {TEXT_LENGTH} 个字符"} for field, value in (("login", login), ("name", name))
              if not 1 <= len(value) <= TEXT_LENGTH]
    errors += check_password(password)
    if role != "admin" and not regions:
        errors.append({"field": "region", "message": "除管理员外都要指定辖区"})
    errors += unknown_regions(connection, regions)
    if errors:
        raise Problem("invalid", errors=errors)
    if connection.execute(sa.select(User.id).where(User.login == login)).first():
        raise Problem("conflict", f"用户名 {login} 已被使用")
    user_id = str(uuid7())
    connection.execute(sa.insert(User).values(id=user_id, login=login, name=name, role=role, regions=regions,
                                              password=hashed or hash_password(password), active=True, created_at=now))
    audit.append(connection, (regions or [""])[0][:6], now, by, "user.add", login, {"role": role, "regions": regions})
    return user_id
