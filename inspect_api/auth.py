"""Who may do what: passwords, sessions bound to a device, and the one table of permissions.

Deny by default: a route without an action answers 403 `no-permission-stated`, and a test walks every route.
"""

import hashlib
import secrets
from dataclasses import dataclass

import argon2
import sqlalchemy as sa
from flask import current_app
from sqlalchemy.engine import Connection

from inspect_api.models import Device, Session, User
from inspect_api.problems import Problem

ROLES = ("supervisor", "reviewer", "county", "admin")

EVERYONE = frozenset({"nobody", *ROLES})
LOGGED_IN = frozenset(ROLES)
OFFICES = frozenset({"reviewer", "county", "admin"})
COUNTIES = frozenset({"county", "admin"})

# action -> who may ask. Those that concern a region are checked against the actor's region prefixes as well.
ACTIONS: dict[str, frozenset[str]] = {
    "public": EVERYONE,
    "session.read": LOGGED_IN,
    "plan.read": LOGGED_IN,
    "checklist.read": LOGGED_IN,
    "region.read": LOGGED_IN,
    "region.write": COUNTIES,
    "site.read": LOGGED_IN,
    "site.add": OFFICES,
    "site.import": COUNTIES,
    "user.read": OFFICES,
    "user.write": COUNTIES,
    "password.own": LOGGED_IN,
    "plan.check": COUNTIES,
    "plan.publish": COUNTIES,
    "audit.read": COUNTIES,
    "visit.read": LOGGED_IN,
    "visit.review": OFFICES,
    "rectification.read": OFFICES,
    "rectification.write": OFFICES,
    "review.read": OFFICES,
    "view.own": OFFICES,
    "rules.read": OFFICES,
    "rules.write": COUNTIES,
    "indicator.read": LOGGED_IN,
    "indicator.explain": OFFICES,
    "indicator.trend": OFFICES,
    "indicator.report": OFFICES,
    "report.read": OFFICES,
    "report.make": OFFICES,
    "record.read": OFFICES,
    "document.read": OFFICES,
    "document.write": OFFICES,
    "export.read": OFFICES,
    "site.edit": OFFICES,
    "history.read": LOGGED_IN,
    "task.read": LOGGED_IN,
    "task.write": OFFICES,
    "campaign.read": OFFICES,
    "campaign.write": OFFICES,
    "sync.push": LOGGED_IN,
    "sync.pull": LOGGED_IN,
    "photo.upload": LOGGED_IN,
    "photo.read": LOGGED_IN,
    "quarantine.read": OFFICES,
    "quarantine.settle": OFFICES,
    "conflict.read": OFFICES,
    "conflict.settle": OFFICES,
    "device.read": OFFICES,
    "device.revoke": COUNTIES,
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes a request: the user, the device of the session, and the region prefixes they answer for."""

    user_id: str
    login: str
    name: str
    role: str
    regions: tuple[str, ...]
    device_id: str
    revoked: bool = False
    idle_ms: int = 0

    @property
    def home(self) -> str:
        """The first of the actor's regions; "" for who answers for all."""
        return self.regions[0] if self.regions else ""

    def covers(self, region: str) -> bool:
        """Whether `region` lies inside one of the actor's regions."""
        return self.role == "admin" and not self.regions or any(region.startswith(own) for own in self.regions)


NOBODY = Actor("", "", "", "nobody", (), "")


def may(actor: Actor, action: str, region: str | None = None) -> None:
    """Return when the actor may do `action` (in `region`); else raise.

    Raises Problem unauthorized (nobody), forbidden (role) or out-of-scope (region).
    """
    allowed = ACTIONS[action]
    if actor.role not in allowed:
        raise Problem("unauthorized" if actor.role == "nobody" else "forbidden")
    if region is not None and not actor.covers(region):
        raise Problem("out-of-scope", f"区域 {region} 不在您的辖区（{'、'.join(actor.regions) or '无'}）内")


def _hasher() -> argon2.PasswordHasher:
    return argon2.PasswordHasher(time_cost=current_app.config["ARGON2_TIME_COST"],
                                 memory_cost=current_app.config["ARGON2_MEMORY_KIB"], parallelism=1)


def hash_password(password: str) -> str:
    """An argon2id hash with its parameters."""
    return _hasher().hash(password)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find_user(connection: Connection, login: str) -> dict | None:
    """The row of a login, or None."""
    user = connection.execute(sa.select(User.__table__).where(User.login == login)).mappings().first()
    return dict(user) if user else None


def check_password(user: dict | None, password: str) -> dict:
    """The user, whose password it is. Slow by design (argon2), so no connection is held for it.

    Raises Problem bad-credentials; an unknown login takes as long as a wrong password.
    """
    try:
        _hasher().verify(user["password"] if user else _decoy(), password)
    except (argon2.exceptions.VerifyMismatchError, argon2.exceptions.InvalidHashError):
        user = None
    if user is None or not user["active"]:
        raise Problem("bad-credentials")
    return user


def open_session(connection: Connection, now: int, user: dict, device_id: str, label: str) -> str:
    """Bind a new session to the device; return its token.

    Raises Problem device-revoked, or forbidden when the device belongs to somebody else.
    """
    device = connection.execute(sa.select(Device.__table__).where(Device.id == device_id)).mappings().first()
    if device is None:
        connection.execute(sa.insert(Device).values(id=device_id, user_id=user["id"], label=label, created_at=now, seen_at=now,
                                                    last_n=0, acked=0, app="", region=(user["regions"] or [""])[0]))
    elif device["revoked_at"] is not None:
        raise Problem("device-revoked")
    elif device["user_id"] != user["id"]:
        raise Problem("forbidden", "此设备编号已属于另一位用户，请使用新的设备编号")
    token = secrets.token_urlsafe(32)
    connection.execute(sa.insert(Session).values(token_hash=_digest(token), user_id=user["id"], device_id=device_id,
                                                 created_at=now, used_at=now))
    return token


_decoys: list[str] = []


def _decoy() -> str:
    """A hash nobody knows, so that an unknown login takes as long as a wrong password."""
    if not _decoys:
        _decoys.append(hash_password(secrets.token_urlsafe(16)))
    return _decoys[0]


_WHO = (sa.select(User.id, User.login, User.name, User.role, User.regions, Session.device_id, Session.used_at,
                  Device.revoked_at)
        .join(User, User.id == Session.user_id).join(Device, Device.id == Session.device_id)
        .where(Session.token_hash == sa.bindparam("digest"), Session.revoked_at.is_(None), User.active))


def authenticate(connection: Connection, authorization: str | None, now: int) -> Actor:
    """The actor of an `Authorization: Bearer …` header; NOBODY without one.

    Raises Problem unauthorized for a token that is unknown, revoked or unused for SESSION_DAYS. A session on a
    revoked device is returned with `revoked`: its last push goes to quarantine, everything else is refused.
    """
    if not authorization:
        return NOBODY
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Problem("unauthorized", "Authorization 头应为 Bearer 加令牌")
    row = connection.execute(_WHO, {"digest": _digest(token.strip())}).first()
    if row is None or now - row.used_at > current_app.config["SESSION_DAYS"] * 86_400_000:
        raise Problem("unauthorized")
    return Actor(row.id, row.login, row.name, row.role, tuple(row.regions), row.device_id, row.revoked_at is not None,
                 now - row.used_at)


def token_digest(authorization: str) -> str:
    """The hash by which the session of an `Authorization: Bearer …` header is stored."""
    return _digest(authorization.partition(" ")[2].strip())


def log_out(connection: Connection, now: int, authorization: str) -> None:
    """Revoke the session of this token."""
    connection.execute(sa.update(Session).where(Session.token_hash == token_digest(authorization)).values(revoked_at=now))


def touch_session(connection: Connection, now: int, authorization: str, device_id: str) -> None:
    """Note that the session of this token was used, and its device heard from; it stays alive as long as it is."""
    connection.execute(sa.update(Session).where(Session.token_hash == token_digest(authorization)).values(used_at=now))
    connection.execute(sa.update(Device).where(Device.id == device_id).values(seen_at=now))
