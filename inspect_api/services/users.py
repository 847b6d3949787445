"""Users: made, given another password, shut out and let in again."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from uuid_utils import uuid7

from inspect_api.auth import hash_password
from inspect_api.models import Device, Region, Session, User
from inspect_api.problems import Problem
from inspect_api.services import audit

PASSWORD_LENGTH = 8
TEXT_LENGTH = 64  # of a login and of a name


def _check_password(password: str) -> list[dict[str, str]]:
    return [] if len(password) >= PASSWORD_LENGTH else [{"field": "password", "message": f"至少 {PASSWORD_LENGTH} 个字符"}]


def _find(connection: Connection, login: str) -> str:
    found = connection.execute(sa.select(User.id).where(User.login == login)).scalar()
    if found is None:
        raise Problem("not-found", f"没有用户 {login}")
    return found


def set_password(connection: Connection, login: str, password: str, now: int, by: str) -> None:
    """Give a user another password and end all their sessions. Raises Problem not-found or invalid."""
    user_id = _find(connection, login)
    if errors := _check_password(password):
        raise Problem("invalid", errors=errors)
    connection.execute(sa.update(User).where(User.id == user_id).values(password=hash_password(password)))
    connection.execute(sa.update(Session).where(Session.user_id == user_id, Session.revoked_at.is_(None)).values(revoked_at=now))
    audit.append(connection, "", now, by, "user.password", login, {})


def set_active(connection: Connection, login: str, active: bool, now: int, by: str) -> None:
    """Let a user log in, or not; what they captured stays. Raises Problem not-found."""
    user_id = _find(connection, login)
    connection.execute(sa.update(User).where(User.id == user_id).values(active=active))
    audit.append(connection, "", now, by, "user.enable" if active else "user.disable", login, {})


def _unknown_regions(connection: Connection, regions: list[str]) -> list[dict[str, str]]:
    known = set(connection.execute(sa.select(Region.code).where(Region.code.in_(regions))).scalars())
    return [{"field": "region", "message": f"没有区划 {code}"} for code in regions if code not in known]


def set_regions(connection: Connection, login: str, regions: list[str], now: int, by: str) -> None:
    """Let a user answer for other regions, and their devices be listed there. Raises Problem not-found or invalid."""
    user_id = _find(connection, login)
    if errors := _unknown_regions(connection, regions):
        raise Problem("invalid", errors=errors)
    before = connection.execute(sa.select(User.regions).where(User.id == user_id)).scalar_one()
    connection.execute(sa.update(User).where(User.id == user_id).values(regions=regions))
    connection.execute(sa.update(Device).where(Device.user_id == user_id).values(region=regions[0]))
    audit.append(connection, regions[0][:6], now, by, "user.regions", login, {"before": before, "after": regions})


def add(connection: Connection, login: str, name: str, role: str, regions: list[str], password: str, now: int,
        by: str) -> str:
    """Add a user; returns the id. Raises Problem invalid (which field) or conflict (the login is taken)."""
    errors = [{"field": field, "message": f"应为 1 至 {TEXT_LENGTH} 个字符"} for field, value in (("login", login), ("name", name))
              if not 1 <= len(value) <= TEXT_LENGTH]
    errors += _check_password(password)
    if role != "admin" and not regions:
        errors.append({"field": "region", "message": "除管理员外都要指定辖区"})
    errors += _unknown_regions(connection, regions)
    if errors:
        raise Problem("invalid", errors=errors)
    if connection.execute(sa.select(User.id).where(User.login == login)).first():
        raise Problem("conflict", f"用户名 {login} 已被使用")
    user_id = str(uuid7())
    connection.execute(sa.insert(User).values(id=user_id, login=login, name=name, role=role, regions=regions,
                                              password=hash_password(password), active=True, created_at=now))
    audit.append(connection, (regions or [""])[0][:6], now, by, "user.add", login, {"role": role, "regions": regions})
    return user_id
