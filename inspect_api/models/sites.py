"""The premises that are inspected (监管主体)."""

import unicodedata
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from inspect_api.db import Json, db

SOUGHT = ("name", "address", "licence_number", "uscc", "contact", "registration_number", "phone")  # what a site is found by


def folded(text: str) -> str:
    """A text for comparing: full width to half, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def sought(row: Mapping[str, Any]) -> str:
    """What a search looks into: one text instead of seven columns, so that twenty thousand sites are one quick comparison each."""
    return "\n".join(folded(row[name]) for name in SOUGHT if row.get(name))


def _sought(context: Any) -> str:
    return sought(context.get_current_parameters())


class Site(db.Model):
    """A site. The place is kept as given with its coordinate system; `lon`/`lat` are the WGS-84 we compute with."""

    __tablename__ = "site"
    id = sa.Column(sa.String(36), primary_key=True)
    grid = sa.Column(sa.String(14), nullable=False)  # grid, or the smallest region known
    type = sa.Column(sa.String(32), nullable=False)
    name = sa.Column(sa.String(200), nullable=False)
    address = sa.Column(sa.String(300), nullable=False, default="")
    contact = sa.Column(sa.String(100), nullable=False, default="")
    phone = sa.Column(sa.String(40), nullable=False, default="")
    uscc = sa.Column(sa.String(18))
    licence_number = sa.Column(sa.String(64))
    licence_until = sa.Column(sa.Date)
    registration_number = sa.Column(sa.String(64))
    risk_grade = sa.Column(sa.String(1))
    attributes = sa.Column(Json, nullable=False)
    photos = sa.Column(Json, nullable=False, server_default="{}")  # {sha256: {at, source, place}}
    place = sa.Column(Json)  # {lon, lat, crs, accuracy, source, mock}
    lon = sa.Column(sa.Float)
    lat = sa.Column(sa.Float)
    natural_key = sa.Column(sa.String(120), nullable=False)
    search = sa.Column(sa.Text, nullable=False, default=_sought, server_default="")  # see sought()
    active = sa.Column(sa.Boolean, nullable=False, default=True)
    rev = sa.Column(sa.Integer, nullable=False, default=1)
    field_rev = sa.Column(Json)  # {field: revision at which it last changed}; a field that never did is not in it
    created_by = sa.Column(sa.String(36))
    created_at = sa.Column(sa.BigInteger, nullable=False)
    updated_at = sa.Column(sa.BigInteger, nullable=False)

    __table_args__ = (
        sa.Index("ix_site_grid_id", "grid", "id"),
        sa.Index("ix_site_type_grid_id", "type", "grid", "id"),
        sa.Index("ix_site_natural_key", "natural_key"),
    )
