"""What offices decide on visits: the queue, second approvals, rules of a county, saved views.

Revision ID: 0005
Revises: 0004
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PAGE = 2000
_COLUMNS = (
    ("queue", sa.String(8), ""), ("queued_at", sa.BigInteger, None), ("approved_first_by", sa.String(36), None),
    ("approved_first_at", sa.BigInteger, None), ("flags", sa.Text, "[]"), ("flagged", sa.Boolean, sa.false()), ("late", sa.Boolean, sa.false()),
    ("failed_key", sa.SmallInteger, "0"), ("failed_general", sa.SmallInteger, "0"))
_INDEXES = (  # name, columns, which rows: on PostgreSQL, on SQLite
    ("ix_visit_queue", ["grid", "queue", "queued_at", "flagged", "at", "site_id", "id"], "queue <> ''", "queue <> ''"),
    ("ix_visit_queued", ["queued_at", "id", "grid", "queue", "flagged"], "queue <> ''", "queue <> ''"),
    ("ix_visit_late", ["grid", "at", "site_id", "id"], "late", "late = 1"),
    ("ix_visit_replaces", ["grid", "at", "site_id", "id"], "replaces IS NOT NULL", "replaces IS NOT NULL"))

_LATE_MS, _CLOCK_MS = 2 * 86_400_000, 3_600_000
# What was signed by now: its findings, as far as the table has them, what the row itself tells, and whether it waits.
_FILL = (
    "UPDATE visit SET failed_key = (SELECT count(*) FROM finding f WHERE f.visit_id = visit.id AND f.key), "
    "failed_general = (SELECT count(*) FROM finding f WHERE f.visit_id = visit.id AND NOT f.key), "
    f"late = coalesce(signed_at, received_at) - at > {_LATE_MS} WHERE status = 'signed'",
    "UPDATE visit SET flags = '[' || substr(CASE WHEN failed_key > 0 THEN ',\"key\"' ELSE '' END"
    " || CASE WHEN failed_key + failed_general > 0 THEN ',\"failed\"' ELSE '' END"
    f" || CASE WHEN abs(offset_ms) > {_CLOCK_MS} THEN ',\"clock\"' ELSE '' END"
    " || CASE WHEN late THEN ',\"late\"' ELSE '' END, 2) || ']' WHERE status = 'signed'",
    "UPDATE visit SET flagged = (flags <> '[]')",
    "UPDATE visit SET queue = CASE WHEN review = 'returned' THEN 'returned'"
    " WHEN EXISTS (SELECT 1 FROM visit o WHERE o.id = visit.replaces AND o.review = 'returned') THEN 'again' ELSE 'new' END, "
    "queued_at = CASE WHEN review = 'returned' THEN coalesce(reviewed_at, received_at) ELSE coalesce(signed_at, received_at) END "
    "WHERE status = 'signed' AND replaced_by IS NULL AND review IN ('received', 'returned')")


def _name_sites(connection):
    """Operations in quarantine know the site that they name."""
    last = ""
    while rows := connection.execute(sa.text(
            "SELECT op, payload FROM quarantine WHERE op > :last ORDER BY op LIMIT :page"), {"last": last, "page": _PAGE}).all():
        last = rows[-1].op
        named = []
        for row in rows:
            payload = json.loads(row.payload)
            given = payload.get("set") if isinstance(payload, dict) else None
            site = given.get("site_id") if isinstance(given, dict) else None
            if isinstance(site, str) and len(site) == 36:
                named.append({"op": row.op, "site": site})
        if named:
            connection.execute(sa.text("UPDATE quarantine SET site_id = :site WHERE op = :op"), named)


def upgrade():
    for name, kind, default in _COLUMNS:
        op.add_column("visit", sa.Column(name, kind, nullable=default is None, server_default=default))
    op.add_column("quarantine", sa.Column("site_id", sa.String(36), nullable=False, server_default=""))
    connection = op.get_bind()
    for statement in _FILL:
        connection.execute(sa.text(statement))
    _name_sites(connection)
    for name, columns, postgres, sqlite in _INDEXES:
        op.create_index(name, "visit", columns, postgresql_where=sa.text(postgres), sqlite_where=sa.text(sqlite))
    op.create_index("ix_quarantine_site_id", "quarantine", ["site_id"])
    op.create_index("ix_audit_subject", "audit", ["subject"])
    op.create_table(
        "county_rules", sa.Column("org", sa.String(6), nullable=False), sa.Column("rules", sa.Text, nullable=False),
        sa.Column("rev", sa.Integer, nullable=False), sa.Column("updated_by", sa.String(36), nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False), sa.PrimaryKeyConstraint("org", name="pk_county_rules"))
    op.create_table(
        "saved_view", sa.Column("id", sa.String(36), nullable=False), sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("page", sa.String(20), nullable=False), sa.Column("name", sa.String(60), nullable=False),
        sa.Column("query", sa.Text, nullable=False), sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_view"),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_saved_view_user_id_app_user"),
        sa.UniqueConstraint("user_id", "page", "name", name="uq_saved_view_user_id_page_name"))


def downgrade():
    op.drop_table("saved_view")
    op.drop_table("county_rules")
    op.drop_index("ix_audit_subject", "audit")
    op.drop_index("ix_quarantine_site_id", "quarantine")
    op.drop_column("quarantine", "site_id")
    for name, *_ in _INDEXES:
        op.drop_index(name, "visit")
    for name, *_ in _COLUMNS:
        op.drop_column("visit", name)
