"""Plans as loaded, checklists as published, and which checklist is in force where."""

import sqlalchemy as sa

from inspect_api.db import Json, db


class Plan(db.Model):
    """One government plan. The whole file is kept; a later load of the same id replaces it."""

    __tablename__ = "plan"
    id = sa.Column(sa.String(64), primary_key=True)
    title = sa.Column(sa.String(200), nullable=False)
    region = sa.Column(sa.String(14), nullable=False, index=True)
    source = sa.Column(sa.Text, nullable=False)  # the YAML as it was loaded
    content = sa.Column(Json, nullable=False)  # the same, checked and read: Plan.to_dict()
    digest = sa.Column(sa.String(64), nullable=False)
    loaded_at = sa.Column(sa.BigInteger, nullable=False)
    in_force = sa.Column(sa.Boolean, nullable=False, default=True)  # until it is withdrawn: plans outlive their year


class PlanVersion(db.Model):
    """One text of a plan, as it was loaded: `n` counts from 1. The same text loaded again is no new version."""

    __tablename__ = "plan_version"
    plan_id = sa.Column(sa.String(64), primary_key=True)
    n = sa.Column(sa.Integer, primary_key=True)
    title = sa.Column(sa.String(200), nullable=False)
    region = sa.Column(sa.String(14), nullable=False)
    digest = sa.Column(sa.String(64), nullable=False)  # SHA-256 of the text alone
    source = sa.Column(sa.Text, nullable=False)
    content = sa.Column(Json, nullable=False)  # as it was read then: a later checker may refuse what was right
    made_by = sa.Column(sa.String(36), nullable=False)
    made_at = sa.Column(sa.BigInteger, nullable=False)
    note = sa.Column(sa.String(500), nullable=False, default="")


class Checklist(db.Model):
    """A published checklist, immutable, named by the hash of its content. Old versions stay accepted."""

    __tablename__ = "checklist"
    version = sa.Column(sa.String(64), primary_key=True)
    site_type = sa.Column(sa.String(32), nullable=False)
    content = sa.Column(Json, nullable=False)
    created_at = sa.Column(sa.BigInteger, nullable=False)


class InForce(db.Model):
    """The checklist that a region serves now for a site type."""

    __tablename__ = "checklist_in_force"
    region = sa.Column(sa.String(14), primary_key=True)
    site_type = sa.Column(sa.String(32), primary_key=True)
    version = sa.Column(sa.String(64), sa.ForeignKey("checklist.version"), nullable=False)
