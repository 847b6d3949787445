"""A site has photos of its own. Those that name a photo for it are remembered with their device.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("site", sa.Column("photos", sa.Text, nullable=False, server_default="{}"))
    op.add_column("photo_use", sa.Column("device_id", sa.String(64)))


def downgrade():
    op.execute("DELETE FROM photo_use WHERE type = 'site'")
    op.drop_column("photo_use", "device_id")
    op.drop_column("site", "photos")
