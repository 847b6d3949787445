"""Administrative divisions (GB/T 2260 codes), grids under villages, and how many people live there."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from inspect_api.db import Json, db


class Region(db.Model):
    """A division or a grid. Codes are prefixes: 14 1405 140502 140502101 140502101001, a grid has 14 digits."""

    __tablename__ = "region"
    code = sa.Column(sa.String(14), primary_key=True)
    name = sa.Column(sa.String(100), nullable=False)
    level = sa.Column(sa.String(10), nullable=False)  # province city county town village grid
    parent = sa.Column(sa.String(14), sa.ForeignKey("region.code"), index=True)
    boundary = sa.Column(Json)  # GeoJSON geometry, WGS-84
    valid_from = sa.Column(sa.Date)
    valid_to = sa.Column(sa.Date)


class Population(db.Model):
    """Residents of a region in a year. `base` says who was counted; `source` where the number is from."""

    __tablename__ = "population"
    region = sa.Column(sa.String(14), sa.ForeignKey("region.code"), primary_key=True)
    year = sa.Column(sa.Integer, primary_key=True)
    base = sa.Column(sa.String(12), primary_key=True)  # resident 常住 | registered 户籍
    residents = sa.Column(sa.Integer, nullable=False)
    source = sa.Column(sa.String(200), nullable=False)


def in_force(day: date) -> Any:
    """The divisions that exist on a day."""
    return sa.and_(sa.or_(Region.valid_from.is_(None), Region.valid_from <= day),
                   sa.or_(Region.valid_to.is_(None), Region.valid_to >= day))
