"""The tables of the sync protocol, and the audit chain."""

import sqlalchemy as sa

from inspect_api.db import AnyJson, Json, db

BUCKET = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")  # both databases order by bytes


class Clock(db.Model):
    """One counter per organisation (county), raised as the last thing before the commit."""

    __tablename__ = "clock"
    org = sa.Column(sa.String(6), primary_key=True)
    seq = sa.Column(sa.BigInteger, nullable=False)


class Stamp(db.Model):
    """When something was last renewed that processes keep in memory: plans, boundaries. Never the same value twice."""

    __tablename__ = "stamp"
    name = sa.Column(sa.String(20), primary_key=True)
    value = sa.Column(sa.BigInteger, nullable=False)


class Change(db.Model):
    """The feed: where each synced row last changed. Grows with rows, not with writes. See sync/feed.py."""

    __tablename__ = "change"
    org = sa.Column(sa.String(6), primary_key=True)
    bucket = sa.Column(BUCKET, primary_key=True)
    type = sa.Column(sa.String(12), primary_key=True)
    id = sa.Column(sa.String(64), primary_key=True)
    seq = sa.Column(sa.BigInteger, nullable=False)
    op = sa.Column(sa.String(8), nullable=False)  # put | moved | deleted
    at = sa.Column(sa.BigInteger, nullable=False, default=0)  # when; tombstones are collected by age
    __table_args__ = (sa.Index("ix_change_org_bucket_seq", "org", "bucket", "seq"),)


class Floor(db.Model):
    """Up to which sequence the tombstones of a bucket are collected: a cursor below it must begin anew."""

    __tablename__ = "floor"
    org = sa.Column(sa.String(6), primary_key=True)
    bucket = sa.Column(BUCKET, primary_key=True)
    seq = sa.Column(sa.BigInteger, nullable=False)


class Operation(db.Model):
    """An operation that was answered: its payload's hash and the stored result, so that a replay is free.

    Once the phone has acknowledged it long ago, `result` shrinks to status and revision (`collected`); the hash stays.
    """

    __tablename__ = "operation"
    op = sa.Column(sa.String(36), primary_key=True)
    device_id = sa.Column(sa.String(64), nullable=False)
    n = sa.Column(sa.BigInteger, nullable=False)
    digest = sa.Column(sa.String(64), nullable=False)
    result = sa.Column(Json, nullable=False)
    at = sa.Column(sa.BigInteger, nullable=False)
    collected = sa.Column(sa.Boolean, nullable=False, default=False)
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
    row_id = sa.Column(sa.String(64), nullable=False, default="", index=True)  # the row that it is about
    site_id = sa.Column(sa.String(36), nullable=False, default="", server_default="", index=True)  # of a visit: the site that it names
    waits_for = sa.Column(sa.String(64), nullable=False, default="", index=True)  # the row without which it cannot be done
    offset_ms = sa.Column(sa.BigInteger, nullable=False, default=0)  # the clock offset of its push
    blind = sa.Column(sa.Boolean, nullable=False, default=False)  # of a protocol version without merge
    state = sa.Column(sa.String(10), nullable=False, default="open")  # open | released | dismissed
    settled_at = sa.Column(sa.BigInteger)
    settled_by = sa.Column(sa.String(36))
    note = sa.Column(sa.String(500), nullable=False, default="")


class Conflict(db.Model):
    """A phone's value that was not taken, because somebody else had changed the field meanwhile. Never deleted."""

    __tablename__ = "conflict"
    id = sa.Column(sa.String(36), primary_key=True)
    region = sa.Column(sa.String(14), nullable=False)
    type = sa.Column(sa.String(12), nullable=False)
    row_id = sa.Column(sa.String(64), nullable=False, index=True)
    field = sa.Column(sa.String(100), nullable=False)
    base = sa.Column(sa.BigInteger)  # the revision that the phone had read
    kept = sa.Column(AnyJson, nullable=False)  # what the server held and kept
    theirs = sa.Column(AnyJson, nullable=False)  # what the phone wanted
    op = sa.Column(sa.String(36), nullable=False)
    device_id = sa.Column(sa.String(64), nullable=False)
    user_id = sa.Column(sa.String(36), nullable=False)
    at = sa.Column(sa.BigInteger, nullable=False)
    state = sa.Column(sa.String(8), nullable=False, default="open")  # open | kept | theirs
    settled_at = sa.Column(sa.BigInteger)
    settled_by = sa.Column(sa.String(36))
    note = sa.Column(sa.String(500), nullable=False, default="")
    __table_args__ = (sa.Index("ix_conflict_region_id", "region", "id"),)


class History(db.Model):
    """What a change of a row did to its fields: {field: [before, after]}. A deleted draft leaves its whole content here."""

    __tablename__ = "history"
    type = sa.Column(sa.String(12), primary_key=True)
    row_id = sa.Column(sa.String(64), primary_key=True)
    rev = sa.Column(sa.Integer, primary_key=True)  # the revision that the change made
    changes = sa.Column(Json, nullable=False)
    at = sa.Column(sa.BigInteger, nullable=False)
    by = sa.Column(sa.String(36), nullable=False)
    device_id = sa.Column(sa.String(64), nullable=False, default="")  # "" when it was no phone's
    op = sa.Column(sa.String(36), nullable=False, default="")
    why = sa.Column(sa.String(20), nullable=False)  # push | office | ledger | conflict | release | delete


class Audit(db.Model):
    """Append-only log of what offices did, chained by hash: each row's hash covers the one before it."""

    __tablename__ = "audit"
    seq = sa.Column(sa.BigInteger, primary_key=True, autoincrement=False)
    org = sa.Column(sa.String(6), primary_key=True)
    at = sa.Column(sa.BigInteger, nullable=False)
    actor = sa.Column(sa.String(36), nullable=False)
    action = sa.Column(sa.String(40), nullable=False)
    subject = sa.Column(sa.String(100), nullable=False, index=True)
    detail = sa.Column(Json, nullable=False)
    previous = sa.Column(sa.String(64), nullable=False)
    hash = sa.Column(sa.String(64), nullable=False)
    # An office reads it newest first: all, of one person, of one kind of action. services/audit_log.py
    __table_args__ = (sa.Index("ix_audit_at_seq_org", "at", "seq", "org"), sa.Index("ix_audit_actor_at_seq", "actor", "at", "seq"),
                      sa.Index("ix_audit_action_at_seq", "action", "at", "seq"))
