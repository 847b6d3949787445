"""The tables of the sync protocol, and the audit chain."""

import sqlalchemy as sa

from inspect_api.db import AnyJson, Json, db


class Clock(db.Model):
    """One counter per organisation (county), raised as late as possible before the commit."""

    __tablename__ = "clock"
    org = sa.Column(sa.String(6), primary_key=True)
    seq = sa.Column(sa.BigInteger, nullable=False)


class Stamp(db.Model):
    """When something was last renewed that processes keep in memory: plans, boundaries. Never the same value twice."""

    __tablename__ = "stamp"
    name = sa.Column(sa.String(20), primary_key=True)
    value = sa.Column(sa.BigInteger, nullable=False)


class Change(db.Model):
    """The feed: where each synced row last changed. Grows with rows, not with writes."""

    __tablename__ = "change"
    org = sa.Column(sa.String(6), primary_key=True)
    bucket = sa.Column(sa.String(14), primary_key=True)  # a grid, or "" for what a whole organisation sees
    type = sa.Column(sa.String(12), primary_key=True)
    id = sa.Column(sa.String(64), primary_key=True)
    seq = sa.Column(sa.BigInteger, nullable=False)
    op = sa.Column(sa.String(8), nullable=False)  # put | remove
    __table_args__ = (sa.Index("ix_change_org_bucket_seq", "org", "bucket", "seq"),)


class Operation(db.Model):
    """An operation that was answered: its payload's hash and the stored result, so that a replay is free."""

    __tablename__ = "operation"
    op = sa.Column(sa.String(36), primary_key=True)
    device_id = sa.Column(sa.String(64), nullable=False)
    n = sa.Column(sa.BigInteger, nullable=False)
    digest = sa.Column(sa.String(64), nullable=False)
    result = sa.Column(Json, nullable=False)
    at = sa.Column(sa.BigInteger, nullable=False)
    __table_args__ = (sa.UniqueConstraint("device_id", "n"),)


class Quarantine(db.Model):
    """An operation that was rejected, kept whole for a person to look at. Never deleted by the server."""

    __tablename__ = "quarantine"
    op = sa.Column(sa.String(36), primary_key=True)
    device_id = sa.Column(sa.String(64), nullable=False, index=True)
    user_id = sa.Column(sa.String(36), nullable=False)
    region = sa.Column(sa.String(14), nullable=False, index=True)
    payload = sa.Column(AnyJson, nullable=False)  # as it came, even when that is null
    problem = sa.Column(Json, nullable=False)
    at = sa.Column(sa.BigInteger, nullable=False)


class Audit(db.Model):
    """Append-only log of what offices did, chained by hash: each row's hash covers the one before it."""

    __tablename__ = "audit"
    seq = sa.Column(sa.BigInteger, primary_key=True, autoincrement=False)
    org = sa.Column(sa.String(6), primary_key=True)
    at = sa.Column(sa.BigInteger, nullable=False)
    actor = sa.Column(sa.String(36), nullable=False)
    action = sa.Column(sa.String(40), nullable=False)
    subject = sa.Column(sa.String(100), nullable=False)
    detail = sa.Column(Json, nullable=False)
    previous = sa.Column(sa.String(64), nullable=False)
    hash = sa.Column(sa.String(64), nullable=False)
