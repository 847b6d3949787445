"""A site between its columns and the wire: which fields a person may write, and what follows from them."""

from datetime import date
from typing import Any

from inspect_api.models.sites import sought
from inspect_api.services.places import located
from sync.fields import flat
from sync.ledger import natural_key
from sync.merge import Patched, patch

Row = dict[str, Any]

TEXTS = ("address", "contact", "phone")
OPTIONAL = ("uscc", "licence_number", "licence_until", "registration_number", "risk_grade")
MOST_PHOTOS = 20  # of one site
NUMBERS = ("uscc", "licence_number", "registration_number")
WRITABLE = ("grid", "type", "name", *TEXTS, *OPTIONAL, "attributes", "photos", "place", "active")
COLUMNS = (*WRITABLE, "lon", "lat", "natural_key", "search", "rev", "field_rev", "updated_at")  # what an edit may change


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def document(row: Row) -> Row:
    """The writable fields of a row as they cross the wire."""
    return {name: _plain(row[name]) for name in WRITABLE}


def given(fields: Row) -> Row:
    """Checked fields of a request as they cross the wire."""
    return {name: _plain(value) for name, value in fields.items()}


def _members(given: Row | None) -> Row:
    return {name: one for name, one in (given or {}).items() if one is not None}


def new_row(fields: Row, *, site_id: str, grid: str, by: str, now: int) -> Row:
    """A complete row of the site table from checked fields."""
    return {"id": site_id, "grid": grid, "type": fields["type"], "name": fields["name"],
            **{name: fields.get(name) or "" for name in TEXTS}, **{name: fields.get(name) for name in OPTIONAL},
            **{name: _members(fields.get(name)) for name in ("attributes", "photos")}, **located(fields.get("place")),
            "natural_key": natural_key(fields), "search": sought(fields), "active": True, "rev": 1, "field_rev": None, "created_by": by,
            "created_at": now, "updated_at": now}


def edited(row: Row, wanted: Row, now: int, base: int | None, was: Row) -> tuple[Row, Patched]:
    """The row after a patch of wire fields, and how it was merged. The row itself when nothing was taken."""
    done = patch(document(row), row["rev"], row["field_rev"] or {}, base, was, wanted)
    if not done.changes:
        return row, done
    fields = dict(done.document)
    until = fields["licence_until"]
    fields["licence_until"] = date.fromisoformat(until) if until else None
    for name in TEXTS:
        fields[name] = fields[name] or ""
    place = located(fields["place"]) if "place" in done.changes else {}
    # A repeated import knows a site by a number; a new name alone does not make another site of it.
    key = {"natural_key": natural_key(fields)} if done.changes.keys() & set(NUMBERS) else {}
    return {**row, **fields, **place, **key, "search": sought(fields), "rev": done.rev, "field_rev": done.field_rev, "updated_at": now}, done


def differences(before: Row, after: Row) -> Row:
    """{object or field: value} of what differs between two rows, members of nested objects one by one."""
    old, new = flat(document(before)), flat(document(after))
    return {name: new.get(name) for name in {**old, **new} if old.get(name) != new.get(name)}
