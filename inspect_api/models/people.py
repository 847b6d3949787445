"""Users, their devices and their sessions."""

import sqlalchemy as sa

from inspect_api.db import Json, db


class User(db.Model):
    """A person who logs in. `regions` are code prefixes; the role says what may be done inside them."""

    __tablename__ = "app_user"
    id = sa.Column(sa.String(36), primary_key=True)
    login = sa.Column(sa.String(64), nullable=False, unique=True)
    name = sa.Column(sa.String(64), nullable=False)
    role = sa.Column(sa.String(12), nullable=False)  # supervisor reviewer county admin
    regions = sa.Column(Json, nullable=False)
    password = sa.Column(sa.String(200), nullable=False)  # argon2id
    active = sa.Column(sa.Boolean, nullable=False, default=True)
    rev = sa.Column(sa.Integer, nullable=False, default=1, server_default="1")
    created_at = sa.Column(sa.BigInteger, nullable=False)


class Device(db.Model):
    """A phone or a browser. Its row is locked by a push, so one device's pushes never overlap."""

    __tablename__ = "device"
    id = sa.Column(sa.String(64), primary_key=True)
    user_id = sa.Column(sa.String(36), sa.ForeignKey("app_user.id"), nullable=False, index=True)
    label = sa.Column(sa.String(100), nullable=False, default="")
    created_at = sa.Column(sa.BigInteger, nullable=False)
    seen_at = sa.Column(sa.BigInteger, nullable=False)
    offset_ms = sa.Column(sa.BigInteger)  # server clock minus phone clock, as last measured
    last_n = sa.Column(sa.BigInteger, nullable=False, default=0)
    gaps = sa.Column(Json)  # numbers that never arrived: [[first, last], …]
    acked = sa.Column(sa.BigInteger, nullable=False, default=0)  # it keeps all results up to this number
    unsent = sa.Column(sa.Integer)  # operations that it still held, as last told
    app = sa.Column(sa.String(40), nullable=False, default="")  # the app's version, as last told
    schema = sa.Column(sa.Integer)  # the protocol version that it speaks
    region = sa.Column(sa.String(14), nullable=False, default="", index=True)  # where its user is at home
    revoked_at = sa.Column(sa.BigInteger)


class Session(db.Model):
    """A login. Only the SHA-256 of the token is kept; the token itself is on the device alone."""

    __tablename__ = "session"
    token_hash = sa.Column(sa.String(64), primary_key=True)
    user_id = sa.Column(sa.String(36), sa.ForeignKey("app_user.id"), nullable=False, index=True)
    device_id = sa.Column(sa.String(64), sa.ForeignKey("device.id"), nullable=False, index=True)
    created_at = sa.Column(sa.BigInteger, nullable=False)
    used_at = sa.Column(sa.BigInteger, nullable=False)
    revoked_at = sa.Column(sa.BigInteger)
