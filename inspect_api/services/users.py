"""Making users."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from uuid_utils import uuid7

from inspect_api.auth import hash_password
from inspect_api.models import Region, User
from inspect_api.problems import Problem
from inspect_api.services import audit

PASSWORD_LENGTH = 8


def add(connection: Connection, login: str, name: str, role: str, regions: list[str], password: str, now: int,
        by: str) -> str:
    """Add a user; returns the id. Raises Problem invalid (which field) or conflict (the login is taken)."""
    errors = []
    if len(password) < PASSWORD_LENGTH:
        errors.append({"field": "password", "message": f"至少 {PASSWORD_LENGTH} 个字符"})
    if role != "admin" and not regions:
        errors.append({"field": "region", "message": "除管理员外都要指定辖区"})
    known = set(connection.execute(sa.select(Region.code).where(Region.code.in_(regions))).scalars())
    errors += [{"field": "region", "message": f"没有区划 {code}"} for code in regions if code not in known]
    if errors:
        raise Problem("invalid", errors=errors)
    if connection.execute(sa.select(User.id).where(User.login == login)).first():
        raise Problem("conflict", f"用户名 {login} 已被使用")
    user_id = str(uuid7())
    connection.execute(sa.insert(User).values(id=user_id, login=login, name=name, role=role, regions=regions,
                                              password=hash_password(password), active=True, created_at=now))
    audit.append(connection, (regions or [""])[0][:6], now, by, "user.add", login, {"role": role, "regions": regions})
    return user_id
