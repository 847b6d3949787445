"""Tasks: what an office asks a grid to do by a day."""

import sqlalchemy as sa

from inspect_api.db import Json, db


class Task(db.Model):
    """One thing to do in a grid, at a site or without one. `reason` says which indicator of which plan it serves."""

    __tablename__ = "task"
    id = sa.Column(sa.String(36), primary_key=True)
    grid = sa.Column(sa.String(14), nullable=False)
    site_id = sa.Column(sa.String(36), sa.ForeignKey("site.id"), index=True)
    title = sa.Column(sa.String(200), nullable=False)
    note = sa.Column(sa.String(1000), nullable=False, default="")
    reason = sa.Column(Json)  # {plan, indicator}
    due_on = sa.Column(sa.Date)
    state = sa.Column(sa.String(10), nullable=False)  # open | done | withdrawn
    result = sa.Column(sa.String(1000), nullable=False, default="")  # what the one who did it says
    rev = sa.Column(sa.Integer, nullable=False, default=1)
    field_rev = sa.Column(Json)
    created_by = sa.Column(sa.String(36), nullable=False)
    created_at = sa.Column(sa.BigInteger, nullable=False)
    updated_at = sa.Column(sa.BigInteger, nullable=False)
    __table_args__ = (sa.Index("ix_task_grid_id", "grid", "id"),)
