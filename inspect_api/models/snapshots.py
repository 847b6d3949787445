"""Reports as they were handed upward: a plan's numbers in a region, frozen, with a revision for each time they changed after all."""

import sqlalchemy as sa

from inspect_api.db import Json, db


class Snapshot(db.Model):
    """One revision of a report. What it says never changes; `checked_at` alone moves, when somebody has compared it anew."""

    __tablename__ = "snapshot"
    id = sa.Column(sa.String(36), primary_key=True)  # of the report: its revisions share it
    revision = sa.Column(sa.Integer, primary_key=True)
    plan = sa.Column(sa.String(64), nullable=False)
    region = sa.Column(sa.String(14), nullable=False)
    report = sa.Column(sa.String(64), nullable=False, default="")  # id of one of the plan's reports; "" for one that no clause asks for
    title = sa.Column(sa.String(300), nullable=False)
    as_of = sa.Column(sa.Date, nullable=False)
    content = sa.Column(Json, nullable=False)  # services/frozen.py
    open_rows = sa.Column(sa.Integer, nullable=False)  # open rectifications in SnapshotRows
    changes = sa.Column(Json, nullable=False)  # cell by cell, against the revision before
    changed = sa.Column(sa.Integer, nullable=False, default=0)  # how many
    reason = sa.Column(sa.String(500), nullable=False, default="")
    made_by = sa.Column(sa.String(36), nullable=False)
    made_at = sa.Column(sa.BigInteger, nullable=False)
    checked_at = sa.Column(sa.BigInteger, nullable=False)  # up to here late visits are in it, or were found to change nothing
    digest = sa.Column(sa.String(64), nullable=False)

    __table_args__ = (
        sa.UniqueConstraint("plan", "region", "report", "as_of", "revision"),
        sa.Index("ix_snapshot_region_id", "region", "id"),
    )


class SnapshotRows(db.Model):
    """The open rectifications of one revision, some hundred a row: nobody holds all of a county's at once."""

    __tablename__ = "snapshot_rows"
    id = sa.Column(sa.String(36), primary_key=True)
    revision = sa.Column(sa.Integer, primary_key=True)
    n = sa.Column(sa.Integer, primary_key=True)
    rows = sa.Column(Json, nullable=False)  # lists in the order of services/frozen.OPEN_COLUMNS
