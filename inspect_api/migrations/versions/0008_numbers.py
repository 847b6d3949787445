"""Numbers of past days, and reports frozen at their deadlines.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    _snapshots()
    _days()


def downgrade():
    op.drop_table("remembered_day")
    op.drop_table("tally_day")
    _no_snapshots()


def _snapshots():
    op.create_table(
        "snapshot",
        sa.Column("id", sa.String(36), nullable=False), sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("plan", sa.String(64), nullable=False), sa.Column("region", sa.String(14), nullable=False),
        sa.Column("report", sa.String(64), nullable=False), sa.Column("title", sa.String(300), nullable=False),
        sa.Column("as_of", sa.Date, nullable=False), sa.Column("content", sa.Text, nullable=False),
        sa.Column("open_rows", sa.Integer, nullable=False), sa.Column("changes", sa.Text, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False), sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("made_by", sa.String(36), nullable=False), sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("checked_at", sa.BigInteger, nullable=False), sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", "revision", name="pk_snapshot"),
        sa.UniqueConstraint("plan", "region", "report", "as_of", "revision", name="uq_snapshot_plan_region_report_as_of_revision"))
    op.create_index("ix_snapshot_region_id", "snapshot", ["region", "id"])
    op.create_table(
        "snapshot_rows",
        sa.Column("id", sa.String(36), nullable=False), sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("n", sa.Integer, nullable=False), sa.Column("rows", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", "revision", "n", name="pk_snapshot_rows"))
    # What a frozen report asks: did something arrive since that belongs to its time?
    op.create_index("ix_visit_signed_at", "visit", ["signed_at", "at", "grid"])
    op.create_index("ix_visit_late_signed_at", "visit", ["signed_at", "at", "grid"],
                    postgresql_where=sa.text("late"), sqlite_where=sa.text("late = 1"))


def _no_snapshots():
    op.drop_index("ix_visit_late_signed_at", "visit")
    op.drop_index("ix_visit_signed_at", "visit")
    op.drop_table("snapshot_rows")
    op.drop_table("snapshot")


def _days():
    op.create_table(
        "tally_day",
        sa.Column("plan", sa.String(64), nullable=False), sa.Column("indicator", sa.String(64), nullable=False),
        sa.Column("basis", sa.String(8), nullable=False), sa.Column("window", sa.String(40), nullable=False),
        sa.Column("region", sa.String(14), nullable=False), sa.Column("day", sa.Date, nullable=False),
        sa.Column("num", sa.BigInteger, nullable=False), sa.Column("den", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("plan", "indicator", "basis", "window", "region", "day", name="pk_tally_day"))
    op.create_table(
        "remembered_day",
        sa.Column("plan", sa.String(64), nullable=False), sa.Column("day", sa.Date, nullable=False),
        sa.Column("folded", sa.Boolean, nullable=False), sa.PrimaryKeyConstraint("plan", "day", name="pk_remembered_day"))
