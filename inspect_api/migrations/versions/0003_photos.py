"""Photos and what names them. The visits that came before name theirs from now on.

Revision ID: 0003
Revises: 0002
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_PAGE = 2000


def _named(answers, details):
    """The photos that a visit of protocol 1 and 2 names, as the server judged it then."""
    found = {photo for answer in (answers or {}).values() if isinstance(answer, dict) for photo in answer.get("photos") or ()}
    signature = (details or {}).get("signature") or {}
    return sorted(found | ({signature["photo"]} if signature.get("photo") else set()))


def _name_photos(connection):
    photo = sa.table("photo", sa.column("org"), sa.column("sha256"))
    use = sa.table("photo_use", sa.column("type"), sa.column("row_id"), sa.column("sha256"), sa.column("org"))
    last, known = "", set()
    while rows := connection.execute(sa.text(
            "SELECT id, grid, answers, details FROM visit WHERE id > :last ORDER BY id LIMIT :page"), {"last": last, "page": _PAGE}).all():
        last = rows[-1].id
        uses = [{"type": "visit", "row_id": row.id, "sha256": sha, "org": row.grid[:6]}
                for row in rows for sha in _named(json.loads(row.answers), json.loads(row.details))]
        fresh = {(one["org"], one["sha256"]) for one in uses} - known
        known |= fresh
        if fresh:
            connection.execute(sa.insert(photo), [{"org": org, "sha256": sha} for org, sha in sorted(fresh)])
        if uses:
            connection.execute(sa.insert(use), uses)


def upgrade():
    op.create_table(
        "photo", sa.Column("org", sa.String(6), nullable=False), sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("stored_at", sa.BigInteger), sa.Column("size", sa.BigInteger), sa.Column("facts", sa.Text),
        sa.Column("fingerprint", sa.String(16)), sa.Column("backend", sa.String(10)), sa.Column("user_id", sa.String(36)),
        sa.Column("device_id", sa.String(64)), sa.PrimaryKeyConstraint("org", "sha256", name="pk_photo"))
    op.create_index("ix_photo_org_user_id_stored_at", "photo", ["org", "user_id", "stored_at"])
    op.create_table(
        "photo_use", sa.Column("type", sa.String(12), nullable=False), sa.Column("row_id", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False), sa.Column("org", sa.String(6), nullable=False),
        sa.PrimaryKeyConstraint("type", "row_id", "sha256", name="pk_photo_use"))
    op.create_index("ix_photo_use_org_sha256", "photo_use", ["org", "sha256"])
    _name_photos(op.get_bind())


def downgrade():
    op.drop_table("photo_use")
    op.drop_table("photo")
