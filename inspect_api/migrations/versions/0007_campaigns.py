"""Campaigns of tasks; a task knows what it is for, since when a visit does it, and which one did.

Revision ID: 0007
Revises: 0006
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_COLUMNS = (("campaign_id", sa.String(36), None), ("purpose", sa.String(200), ""), ("since", sa.BigInteger, None), ("visit_id", sa.String(36), None))
_OPEN = {"postgresql_where": sa.text("state = 'open'"), "sqlite_where": sa.text("state = 'open'")}
_AWAITED = {"postgresql_where": sa.text("stored_at IS NULL"), "sqlite_where": sa.text("stored_at IS NULL")}
_INDEXES = (  # name, table, columns, which rows
    ("ix_task_campaign_id", "task", ["campaign_id", "grid", "state", "due_on"], {}),
    ("ix_task_state_due_on", "task", ["state", "due_on", "id", "grid"], {}),
    ("ix_task_open_site_id", "task", ["site_id", "purpose"], _OPEN),
    ("ix_task_open_purpose", "task", ["purpose", "grid", "site_id"], _OPEN),
    ("ix_photo_awaited", "photo", ["org", "sha256"], _AWAITED),
    ("ix_tally_indicator", "tally", ["plan", "basis", "indicator", "window", "grid"], {}))


def upgrade():
    op.create_table(
        "campaign",
        sa.Column("id", sa.String(36), nullable=False), sa.Column("org", sa.String(6), nullable=False),
        sa.Column("region", sa.String(14), nullable=False), sa.Column("plan", sa.String(64)),
        sa.Column("kind", sa.String(8), nullable=False), sa.Column("title", sa.String(200), nullable=False),
        sa.Column("source", sa.Text, nullable=False), sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("tasks", sa.Integer, nullable=False), sa.Column("state", sa.String(8), nullable=False),
        sa.Column("created_by", sa.String(36), nullable=False), sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("rev", sa.Integer, nullable=False), sa.PrimaryKeyConstraint("id", name="pk_campaign"))
    op.create_index("ix_campaign_region_created_at", "campaign", ["region", "created_at"])
    with op.batch_alter_table("task") as task:
        for name, kind, default in _COLUMNS:
            task.add_column(sa.Column(name, kind, nullable=default is None, server_default=default))
        task.create_foreign_key("fk_task_campaign_id_campaign", "campaign", ["campaign_id"], ["id"])
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, reason FROM task WHERE reason IS NOT NULL")).all()
    named = [{"id": row.id, "purpose": f"gap|{reason['plan']}|{reason['indicator']}"} for row in rows for reason in [json.loads(row.reason)]]
    if named:
        connection.execute(sa.text("UPDATE task SET purpose = :purpose, since = CASE WHEN site_id IS NULL THEN NULL ELSE created_at END "
                                   "WHERE id = :id"), named)
    for name, table, columns, only in _INDEXES:
        op.create_index(name, table, columns, **only)


def downgrade():
    for name, table, *_ in _INDEXES:
        op.drop_index(name, table)
    with op.batch_alter_table("task") as task:
        task.drop_constraint("fk_task_campaign_id_campaign", type_="foreignkey")
        for name, *_ in _COLUMNS:
            task.drop_column(name)
    op.drop_table("campaign")
