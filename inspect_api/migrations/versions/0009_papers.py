"""Versions of plans, documents that offices attach, and what ledgers are searched and sorted by.

Revision ID: 0009
Revises: 0008
"""

import hashlib
import json
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


_PAGE = 2000
_SOUGHT = ("name", "address", "licence_number", "uscc", "contact", "registration_number", "phone")
_AUDIT = {"ix_audit_at_seq_org": ["at", "seq", "org"], "ix_audit_actor_at_seq": ["actor", "at", "seq"],
          "ix_audit_action_at_seq": ["action", "at", "seq"]}


def upgrade():
    _documents()
    _versions()
    _ledgers()
    for name, columns in _AUDIT.items():
        op.create_index(name, "audit", columns)


def downgrade():
    for name in _AUDIT:
        op.drop_index(name, "audit")
    _no_ledgers()
    op.drop_table("plan_version")
    _no_documents()


def _versions():
    op.create_table(
        "plan_version",
        sa.Column("plan_id", sa.String(64), nullable=False), sa.Column("n", sa.Integer, nullable=False),
        sa.Column("title", sa.String(200), nullable=False), sa.Column("region", sa.String(14), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False), sa.Column("source", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False), sa.Column("made_by", sa.String(36), nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False), sa.Column("note", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("plan_id", "n", name="pk_plan_version"))
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, title, region, source, content, loaded_at FROM plan")).mappings().all()
    if rows:
        connection.execute(sa.text(
            "INSERT INTO plan_version (plan_id, n, title, region, digest, source, content, made_by, made_at, note) "
            "VALUES (:id, 1, :title, :region, :digest, :source, :content, '', :loaded_at, '')"),
            [{**row, "digest": hashlib.sha256(row["source"].encode()).hexdigest()} for row in rows])


def _ledgers():
    op.add_column("site", sa.Column("search", sa.Text, nullable=False, server_default=""))
    op.add_column("app_user", sa.Column("rev", sa.Integer, nullable=False, server_default="1"))
    for column in (sa.Column("last_at", sa.BigInteger), sa.Column("last_visit", sa.String(36)),
                   sa.Column("open_findings", sa.Integer, nullable=False, server_default="0")):
        op.add_column("contribution", column)
    connection = op.get_bind()
    for rows in _pages(connection, f"SELECT id, {', '.join(_SOUGHT)} FROM site WHERE id > :last ORDER BY id LIMIT :page", "id"):
        connection.execute(sa.text("UPDATE site SET search = :search WHERE id = :id"), [
            {"id": row["id"], "search": "\n".join(unicodedata.normalize("NFKC", row[name]).lower() for name in _SOUGHT if row[name])}
            for row in rows])
    for basis in ("received", "approved"):
        for rows in _pages(connection, "SELECT site_id, state FROM contribution WHERE basis = :basis AND site_id > :last "
                                       "ORDER BY site_id LIMIT :page", "site_id", basis=basis):
            connection.execute(sa.text("UPDATE contribution SET last_at = :at, last_visit = :visit, open_findings = :open "
                                       "WHERE site_id = :id AND basis = :basis"), [_told(basis, **row) for row in rows])
    op.create_index("ix_contribution_basis_grid_last_at", "contribution", ["basis", "grid", "last_at", "open_findings", "site_id"])


def _pages(connection, query, key, **given):
    last = ""
    while rows := connection.execute(sa.text(query), {"last": last, "page": _PAGE, **given}).mappings().all():
        last = rows[-1][key]
        yield rows


def _told(basis, site_id, state):
    state = json.loads(state)
    at, visit = state["last"] or (None, None)
    return {"id": site_id, "basis": basis, "at": at, "visit": visit, "open": len(state["open"])}


def _no_ledgers():
    op.drop_index("ix_contribution_basis_grid_last_at", "contribution")
    for table, columns in (("contribution", ("open_findings", "last_visit", "last_at")), ("app_user", ("rev",)), ("site", ("search",))):
        for column in columns:
            op.drop_column(table, column)


def _documents():
    op.create_table(
        "document",
        sa.Column("sha256", sa.String(64), nullable=False), sa.Column("region", sa.String(14), nullable=False),
        sa.Column("name", sa.String(200), nullable=False), sa.Column("mime", sa.String(100), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False), sa.Column("backend", sa.String(10), nullable=False),
        sa.Column("user_id", sa.String(36), nullable=False), sa.Column("stored_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("sha256", "region", name="pk_document"))
    for table in ("record", "report_entry"):
        op.add_column(table, sa.Column("documents", sa.Text, nullable=False, server_default="[]"))
    op.create_index("ix_record_on_id", "record", ["on", "id"])


def _no_documents():
    op.drop_index("ix_record_on_id", "record")
    for table in ("record", "report_entry"):
        op.drop_column(table, "documents")
    op.drop_table("document")
