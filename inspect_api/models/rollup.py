"""Derived numbers: what each site adds to each indicator, and their sums by grid. Rebuilt by `flask rollup rebuild`."""

import sqlalchemy as sa

from inspect_api.db import Json, db


class Contribution(db.Model):
    """The folded state of one site on one basis, with (numerator, denominator) for every indicator it is in.

    One row a site, not one per indicator: a push reads and writes it whole. See checklists/state.py.
    """

    __tablename__ = "contribution"
    site_id = sa.Column(sa.String(36), sa.ForeignKey("site.id", ondelete="CASCADE"), primary_key=True)
    basis = sa.Column(sa.String(8), primary_key=True)  # received | approved
    grid = sa.Column(sa.String(14), nullable=False)
    state = sa.Column(Json, nullable=False)
    # Of the state, for lists that would otherwise read the whole document of every site:
    last_at = sa.Column(sa.BigInteger)  # when its newest visit was
    last_visit = sa.Column(sa.String(36))
    open_findings = sa.Column(sa.Integer, nullable=False, default=0, server_default="0")

    __table_args__ = (sa.Index("ix_contribution_basis_grid_last_at", "basis", "grid", "last_at", "open_findings", "site_id"),)


class Tally(db.Model):
    """Numerator and denominator of one indicator in one window in one grid.

    `until` is the last day on which the numerator holds (a licence expires); 9999-12-31 when it does not end.
    """

    __tablename__ = "tally"
    plan = sa.Column(sa.String(64), primary_key=True)
    basis = sa.Column(sa.String(8), primary_key=True)
    grid = sa.Column(sa.String(14), primary_key=True)
    indicator = sa.Column(sa.String(64), primary_key=True)
    window = sa.Column(sa.String(40), primary_key=True)
    until = sa.Column(sa.String(10), primary_key=True)
    num = sa.Column(sa.BigInteger, nullable=False)
    den = sa.Column(sa.BigInteger, nullable=False)
    __table_args__ = (sa.Index("ix_tally_indicator", "plan", "basis", "indicator", "window", "grid"),)  # one number, or those of today's windows


class TallyDay(db.Model):
    """What a number was on a day, by town (9 digits) and by county (6). A row only where it differs from the row of the day before.

    Which days are known at all, RememberedDay says. See services/trend.py.
    """

    __tablename__ = "tally_day"
    plan = sa.Column(sa.String(64), primary_key=True)
    indicator = sa.Column(sa.String(64), primary_key=True)
    basis = sa.Column(sa.String(8), primary_key=True)
    window = sa.Column(sa.String(40), primary_key=True)
    region = sa.Column(sa.String(14), primary_key=True)
    day = sa.Column(sa.Date, primary_key=True)
    num = sa.Column(sa.BigInteger, nullable=False)
    den = sa.Column(sa.BigInteger, nullable=False)


class RememberedDay(db.Model):
    """A day whose numbers are in TallyDay: as they were known at its end, or `folded` later from the visits made by then."""

    __tablename__ = "remembered_day"
    plan = sa.Column(sa.String(64), primary_key=True)
    day = sa.Column(sa.Date, primary_key=True)
    folded = sa.Column(sa.Boolean, nullable=False)
