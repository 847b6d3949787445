"""Campaigns: many tasks made at once for one purpose, and followed together."""

import sqlalchemy as sa

from inspect_api.db import Json, db

KINDS = ("window", "risk", "gap")
STATES = ("open", "ended")


class Campaign(db.Model):
    """Why many tasks were made. `source` says what chose their sites, as it was asked for; the tasks themselves name the campaign."""

    __tablename__ = "campaign"
    id = sa.Column(sa.String(36), primary_key=True)  # the client's own: asked twice, it is made once
    org = sa.Column(sa.String(6), nullable=False)
    region = sa.Column(sa.String(14), nullable=False)  # whose sites it is for
    plan = sa.Column(sa.String(64))
    kind = sa.Column(sa.String(8), nullable=False)  # one of KINDS
    title = sa.Column(sa.String(200), nullable=False)
    source = sa.Column(Json, nullable=False)
    due_on = sa.Column(sa.Date, nullable=False)
    tasks = sa.Column(sa.Integer, nullable=False)  # how many were made
    state = sa.Column(sa.String(8), nullable=False)  # one of STATES: ended once its open tasks were taken back
    created_by = sa.Column(sa.String(36), nullable=False)
    created_at = sa.Column(sa.BigInteger, nullable=False)
    rev = sa.Column(sa.Integer, nullable=False, default=1)
    __table_args__ = (sa.Index("ix_campaign_region_created_at", "region", "created_at"),)
