"""Steps of rectifications, notices. Findings know their case, what they wait for, and what they repeat.

Revision ID: 0006
Revises: 0005
"""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_FINDINGS = uuid.UUID("2f1f9d0e-8d2f-4b83-9a8e-0d4f3c1f7a55")
_COLUMNS = (
    ("case_id", sa.String(36), ""), ("waits", sa.String(4), ""), ("stage", sa.String(10), ""), ("supervised", sa.Boolean, sa.false()),
    ("escalated", sa.Boolean, sa.false()), ("notice_number", sa.String(60), None), ("repeats", sa.Integer, "0"), ("repeat_of", sa.String(36), None))
_INDEXES = (
    ("ix_finding_case_id", ["case_id"], None), ("ix_finding_waits_due_on", ["waits", "due_on", "case_id"], None),
    ("ix_finding_waits_opened_on", ["waits", "opened_on", "case_id"], None), ("ix_finding_waits_grid", ["waits", "grid", "due_on"], None),
    ("ix_finding_supervised", ["grid"], "supervised"), ("ix_finding_escalated", ["grid"], "escalated"))
_REPEATS = """
    UPDATE finding SET repeats = earlier.n, repeat_of = earlier.case_id
    FROM (SELECT f.id, row_number() OVER w - 1 AS n, lag(f.case_id) OVER w AS case_id FROM finding f JOIN visit v ON v.id = f.visit_id
          WINDOW w AS (PARTITION BY f.site_id, f.link_id ORDER BY v.at, v.id)) AS earlier
    WHERE earlier.id = finding.id AND earlier.n > 0"""


def _name_cases(connection):
    """A finding of an amended visit belongs to the case of the visit's first version."""
    before = dict(connection.execute(sa.text("SELECT id, replaces FROM visit WHERE replaces IS NOT NULL")).tuples().all())
    rows = []
    for id_, visit, link in connection.execute(sa.text(
            "SELECT f.id, f.visit_id, f.link_id FROM finding f JOIN visit v ON v.id = f.visit_id WHERE v.replaces IS NOT NULL")).all():
        while visit in before:
            visit = before[visit]
        rows.append({"id": id_, "case": str(uuid.uuid5(_FINDINGS, visit + link))})
    if rows:
        connection.execute(sa.text("UPDATE finding SET case_id = :case WHERE id = :id"), rows)


def upgrade():
    for name, kind, default in _COLUMNS:
        op.add_column("finding", sa.Column(name, kind, nullable=default is None, server_default=default))
    connection = op.get_bind()
    connection.execute(sa.text("UPDATE finding SET case_id = id, stage = CASE WHEN closed_on IS NULL THEN 'open' ELSE 'to_sign' END, "
                               "waits = CASE WHEN closed_on IS NULL THEN 'mend' ELSE 'sign' END"))
    _name_cases(connection)
    connection.execute(sa.text(_REPEATS))
    for name, columns, only in _INDEXES:
        more = {} if only is None else {"postgresql_where": sa.text(only), "sqlite_where": sa.text(f"{only} = 1")}
        op.create_index(name, "finding", columns, **more)
    op.create_table(
        "rectification_step", sa.Column("id", sa.String(36), nullable=False), sa.Column("finding_id", sa.String(36), nullable=False),
        sa.Column("n", sa.Integer, nullable=False), sa.Column("site_id", sa.String(36), nullable=False),
        sa.Column("visit_id", sa.String(36), nullable=False), sa.Column("link_id", sa.String(64), nullable=False),
        sa.Column("grid", sa.String(14), nullable=False), sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False), sa.Column("by", sa.String(36), nullable=False), sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rectification_step"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_rectification_step_site_id_site"),
        sa.UniqueConstraint("finding_id", "n", name="uq_rectification_step_finding_id_n"))
    op.create_index("ix_rectification_step_site_id", "rectification_step", ["site_id"])
    op.create_table(
        "notice", sa.Column("id", sa.String(36), nullable=False), sa.Column("org", sa.String(6), nullable=False),
        sa.Column("year", sa.Integer, nullable=False), sa.Column("number", sa.Integer, nullable=False),
        sa.Column("site_id", sa.String(36), nullable=False), sa.Column("made_by", sa.String(36), nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False), sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notice"), sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_notice_site_id_site"),
        sa.UniqueConstraint("org", "year", "number", name="uq_notice_org_year_number"))
    op.create_index("ix_notice_site_id", "notice", ["site_id"])
    op.create_table(
        "notice_counter", sa.Column("org", sa.String(6), nullable=False), sa.Column("year", sa.Integer, nullable=False),
        sa.Column("last", sa.Integer, nullable=False), sa.PrimaryKeyConstraint("org", "year", name="pk_notice_counter"))


def downgrade():
    for table in ("notice_counter", "notice", "rectification_step"):
        op.drop_table(table)
    for name, *_ in _INDEXES:
        op.drop_index(name, "finding")
    for name, *_ in reversed(_COLUMNS):
        op.drop_column("finding", name)
