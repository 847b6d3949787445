"""Tasks: what an office asks a grid to do by a day."""

import sqlalchemy as sa

from inspect_api.db import Json, db

_OPEN = {"postgresql_where": sa.text("state = 'open'"), "sqlite_where": sa.text("state = 'open'")}


class Task(db.Model):
    """One thing to do in a grid, at a site or without one. `reason` says which indicator of which plan it serves.

    `purpose` names that, or what a campaign is for, as one text: nobody is asked twice for the same at a time. A visit of the site
    that was made at `since` or later and arrives while the task is open does it; without `since` only its phone says that it is done.
    """

    __tablename__ = "task"
    id = sa.Column(sa.String(36), primary_key=True)
    grid = sa.Column(sa.String(14), nullable=False)
    site_id = sa.Column(sa.String(36), sa.ForeignKey("site.id"), index=True)
    campaign_id = sa.Column(sa.String(36), sa.ForeignKey("campaign.id"))
    title = sa.Column(sa.String(200), nullable=False)
    note = sa.Column(sa.String(1000), nullable=False, default="")
    reason = sa.Column(Json)  # {plan, indicator}
    purpose = sa.Column(sa.String(200), nullable=False, default="", server_default="")
    since = sa.Column(sa.BigInteger)
    due_on = sa.Column(sa.Date)
    state = sa.Column(sa.String(10), nullable=False)  # open | done | withdrawn
    result = sa.Column(sa.String(1000), nullable=False, default="")  # what the one who did it says
    visit_id = sa.Column(sa.String(36))  # the visit that did it
    rev = sa.Column(sa.Integer, nullable=False, default=1)
    field_rev = sa.Column(Json)
    created_by = sa.Column(sa.String(36), nullable=False)
    created_at = sa.Column(sa.BigInteger, nullable=False)
    updated_at = sa.Column(sa.BigInteger, nullable=False)

    # Those of open tasks hold few of many rows. A query uses them when it says OPEN.
    __table_args__ = (
        sa.Index("ix_task_grid_id", "grid", "id"),
        sa.Index("ix_task_campaign_id", "campaign_id", "grid", "state", "due_on"),
        sa.Index("ix_task_state_due_on", "state", "due_on", "id", "grid"),
        sa.Index("ix_task_open_site_id", "site_id", "purpose", **_OPEN),
        sa.Index("ix_task_open_purpose", "purpose", "grid", "site_id", **_OPEN),
    )


OPEN = Task.state == sa.literal_column("'open'")  # not a parameter: the database must see that the partial indexes serve


def for_indicator(plan: str, indicator: str) -> str:
    """The purpose of a task that is to move an indicator."""
    return f"gap|{plan}|{indicator}"
