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
