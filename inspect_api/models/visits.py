"""Visits with their answers, and the findings that follow from them.

Answers are one document in the visit's row, not a row each: they are written once, read whole and judged
whole, and a row each costs 25 index entries per visit for no query that anybody makes.
"""

import sqlalchemy as sa

from inspect_api.db import Json, db


class Visit(db.Model):
    """One inspection of a site, pinned to the checklist version that it was begun with."""

    __tablename__ = "visit"
    id = sa.Column(sa.String(36), primary_key=True)
    site_id = sa.Column(sa.String(36), sa.ForeignKey("site.id"), nullable=False)
    grid = sa.Column(sa.String(14), nullable=False)  # the site's grid when the visit arrived
    document_type = sa.Column(sa.String(12), nullable=False)  # patrol 巡查 | inspection 监督检查
    checklist = sa.Column(sa.String(64), sa.ForeignKey("checklist.version"), nullable=False)
    inspector_id = sa.Column(sa.String(36), sa.ForeignKey("app_user.id"), nullable=False)
    device_id = sa.Column(sa.String(64), nullable=False)
    at = sa.Column(sa.BigInteger, nullable=False)  # corrected time of the visit
    phone_at = sa.Column(sa.BigInteger, nullable=False)  # the phone's own time
    offset_ms = sa.Column(sa.BigInteger, nullable=False)  # server clock minus phone clock
    received_at = sa.Column(sa.BigInteger, nullable=False)
    status = sa.Column(sa.String(8), nullable=False)  # draft | signed
    signed_at = sa.Column(sa.BigInteger)  # when the signed visit reached the server
    review = sa.Column(sa.String(10), nullable=False)  # received returned approved rejected
    reviewed_by = sa.Column(sa.String(36))
    reviewed_at = sa.Column(sa.BigInteger)
    review_note = sa.Column(Json)  # {reason, items: {link_id: reason}}
    verdict = sa.Column(sa.String(16), nullable=False)
    answers = sa.Column(Json, nullable=False)
    details = sa.Column(Json, nullable=False)  # place, officers, signature, operator's word, corrective actions
    replaces = sa.Column(sa.String(36))  # an amendment names what it replaces
    replaced_by = sa.Column(sa.String(36))
    rev = sa.Column(sa.Integer, nullable=False, default=1)
    field_rev = sa.Column(Json)  # of a draft: {field: revision at which it last changed}

    __table_args__ = (
        sa.Index("ix_visit_site_at", "site_id", "at"),
        sa.Index("ix_visit_grid_id", "grid", "id"),
    )


class Finding(db.Model):
    """A failed item of a site, from the visit that found it until the visit that proves it mended (整改)."""

    __tablename__ = "finding"
    id = sa.Column(sa.String(36), primary_key=True)
    site_id = sa.Column(sa.String(36), sa.ForeignKey("site.id"), nullable=False, index=True)
    visit_id = sa.Column(sa.String(36), sa.ForeignKey("visit.id"), nullable=False, index=True)
    grid = sa.Column(sa.String(14), nullable=False, index=True)
    link_id = sa.Column(sa.String(64), nullable=False)
    key = sa.Column(sa.Boolean, nullable=False)
    action = sa.Column(sa.Text, nullable=False, default="")  # what mends it, in the words of the checklist
    opened_on = sa.Column(sa.Date, nullable=False)
    due_on = sa.Column(sa.Date, nullable=False)
    closed_on = sa.Column(sa.Date)
    closed_by = sa.Column(sa.String(36))
