"""How a county wants its visits looked at, and what a reviewer keeps at hand."""

import sqlalchemy as sa

from inspect_api.db import Json, db

SECOND_APPROVAL = ("never", "findings", "always")  # whether another person must approve a visit too


class CountyRules(db.Model):
    """The rules of a county, whole. One without a row has the defaults of services/rules.py."""

    __tablename__ = "county_rules"
    org = sa.Column(sa.String(6), primary_key=True)
    rules = sa.Column(Json, nullable=False)
    rev = sa.Column(sa.Integer, nullable=False, default=0)
    updated_by = sa.Column(sa.String(36), nullable=False)
    updated_at = sa.Column(sa.BigInteger, nullable=False)


class SavedView(db.Model):
    """What a person asks a page of the office again and again: filters under a name, their own."""

    __tablename__ = "saved_view"
    id = sa.Column(sa.String(36), primary_key=True)
    user_id = sa.Column(sa.String(36), sa.ForeignKey("app_user.id"), nullable=False)
    page = sa.Column(sa.String(20), nullable=False)
    name = sa.Column(sa.String(60), nullable=False)
    query = sa.Column(Json, nullable=False)
    created_at = sa.Column(sa.BigInteger, nullable=False)

    __table_args__ = (sa.UniqueConstraint("user_id", "page", "name"),)
