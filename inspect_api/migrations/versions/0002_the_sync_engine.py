"""The sync engine: pull, merge, conflicts, history, tasks.

The feed is filled anew: a visit's bucket is its inspector's own now, and what was loaded before the feed had readers is
added. No phone has a cursor yet.

Revision ID: 0002
Revises: 0001
"""

import json
import time

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BUCKET = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")

_FEED = """
INSERT INTO change (org, bucket, type, id, seq, op, at)
SELECT org, bucket, type, id, row_number() OVER (PARTITION BY org ORDER BY kind, bucket, id), 'put', 0 FROM (
    SELECT substr(code, 1, 6) AS org, code AS bucket, 'region' AS type, code AS id, 1 AS kind FROM region
    UNION ALL SELECT substr(grid, 1, 6), grid, 'site', id, 2 FROM site
    UNION ALL SELECT substr(grid, 1, 6), grid || '/' || inspector_id, 'visit', id, 3 FROM visit
    UNION ALL SELECT substr(region, 1, 6), substr(region, 1, 6) || '/*', 'checklist', site_type, 4 FROM checklist_in_force
    UNION ALL SELECT c.code, c.code || '/*', 'plan', p.id, 5 FROM plan p
        JOIN region c ON c.level = 'county' AND substr(c.code, 1, length(p.region)) = p.region WHERE p.in_force
) AS synced
"""
_CLOCKS = """
INSERT INTO clock (org, seq) SELECT org, max(seq) FROM change WHERE org NOT IN (SELECT org FROM clock) GROUP BY org
"""
_RAISED = """
UPDATE clock SET seq = (SELECT max(seq) FROM change WHERE change.org = clock.org)
WHERE seq < (SELECT max(seq) FROM change WHERE change.org = clock.org)
"""


def _change(*columns):
    op.create_table(
        "change", sa.Column("org", sa.String(6), nullable=False), sa.Column("bucket", columns[0], nullable=False),
        sa.Column("type", sa.String(12), nullable=False), sa.Column("id", sa.String(64), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False), sa.Column("op", sa.String(8), nullable=False), *columns[1:],
        sa.PrimaryKeyConstraint("org", "bucket", "type", "id", name="pk_change"))
    op.create_index("ix_change_org_bucket_seq", "change", ["org", "bucket", "seq"])


def _tables():
    op.create_table(
        "conflict", sa.Column("id", sa.String(36), nullable=False), sa.Column("region", sa.String(14), nullable=False),
        sa.Column("type", sa.String(12), nullable=False), sa.Column("row_id", sa.String(64), nullable=False),
        sa.Column("field", sa.String(100), nullable=False), sa.Column("base", sa.BigInteger),
        sa.Column("kept", sa.Text, nullable=False), sa.Column("theirs", sa.Text, nullable=False),
        sa.Column("op", sa.String(36), nullable=False), sa.Column("device_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(36), nullable=False), sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(8), nullable=False), sa.Column("settled_at", sa.BigInteger),
        sa.Column("settled_by", sa.String(36)), sa.Column("note", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conflict"))
    op.create_index("ix_conflict_region_id", "conflict", ["region", "id"])
    op.create_index("ix_conflict_row_id", "conflict", ["row_id"])
    op.create_table(
        "floor", sa.Column("org", sa.String(6), nullable=False), sa.Column("bucket", BUCKET, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False), sa.PrimaryKeyConstraint("org", "bucket", name="pk_floor"))
    op.create_table(
        "history", sa.Column("type", sa.String(12), nullable=False), sa.Column("row_id", sa.String(64), nullable=False),
        sa.Column("rev", sa.Integer, nullable=False), sa.Column("changes", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False), sa.Column("by", sa.String(36), nullable=False),
        sa.Column("device_id", sa.String(64), nullable=False), sa.Column("op", sa.String(36), nullable=False),
        sa.Column("why", sa.String(20), nullable=False), sa.PrimaryKeyConstraint("type", "row_id", "rev", name="pk_history"))
    op.create_table(
        "task", sa.Column("id", sa.String(36), nullable=False), sa.Column("grid", sa.String(14), nullable=False),
        sa.Column("site_id", sa.String(36)), sa.Column("title", sa.String(200), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False), sa.Column("reason", sa.Text), sa.Column("due_on", sa.Date),
        sa.Column("state", sa.String(10), nullable=False), sa.Column("result", sa.String(1000), nullable=False),
        sa.Column("rev", sa.Integer, nullable=False), sa.Column("field_rev", sa.Text),
        sa.Column("created_by", sa.String(36), nullable=False), sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_task_site_id_site"),
        sa.PrimaryKeyConstraint("id", name="pk_task"))
    op.create_index("ix_task_grid_id", "task", ["grid", "id"])
    op.create_index("ix_task_site_id", "task", ["site_id"])


_ADDED = {
    "device": [("gaps", sa.Text, None), ("acked", sa.BigInteger, "0"), ("unsent", sa.Integer, None), ("app", sa.String(40), ""),
               ("schema", sa.Integer, None), ("region", sa.String(14), "")],
    "finding": [("action", sa.Text, "")],
    "operation": [("collected", sa.Boolean, sa.false())],
    "quarantine": [("row_id", sa.String(64), ""), ("waits_for", sa.String(64), ""), ("offset_ms", sa.BigInteger, "0"),
                   ("blind", sa.Boolean, sa.true()), ("state", sa.String(10), "open"), ("settled_at", sa.BigInteger, None),
                   ("settled_by", sa.String(36), None), ("note", sa.String(500), "")],
    "site": [("field_rev", sa.Text, None)],
    "visit": [("field_rev", sa.Text, None), ("signed_at", sa.BigInteger, None)],
}
_INDEXED = (("device", "region"), ("quarantine", "row_id"), ("quarantine", "waits_for"))


def _regions_of_devices():
    """A device is listed where its user is at home."""
    connection = op.get_bind()
    for device, regions in connection.execute(sa.text(
            "SELECT device.id, app_user.regions FROM device JOIN app_user ON app_user.id = device.user_id")).all():
        home = (json.loads(regions) or [""])[0]
        connection.execute(sa.text("UPDATE device SET region = :home WHERE id = :device"), {"home": home, "device": device})


def upgrade():
    op.drop_table("change")
    _change(BUCKET, sa.Column("at", sa.BigInteger, nullable=False))
    _tables()
    for table, columns in _ADDED.items():
        for name, kind, default in columns:
            op.add_column(table, sa.Column(name, kind, nullable=default is None, server_default=default))
    for table, column in _INDEXED:
        op.create_index(f"ix_{table}_{column}", table, [column])
    for statement in (_FEED, _CLOCKS, _RAISED):
        op.execute(statement)
    _regions_of_devices()
    op.execute(f"INSERT INTO stamp (name, value) VALUES ('epoch', {time.time_ns()})")


def downgrade():
    op.execute("DELETE FROM stamp WHERE name = 'epoch'")
    for table, column in _INDEXED:
        op.drop_index(f"ix_{table}_{column}", table)
    for table, columns in _ADDED.items():
        for name, _, _ in columns:
            op.drop_column(table, name)
    for table in ("task", "history", "floor", "conflict", "change"):
        op.drop_table(table)
    _change(sa.String(14))
