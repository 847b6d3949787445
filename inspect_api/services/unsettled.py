"""What conflicts and operations in quarantine have in common as offices read them: the order of a list, how many there are, and what a person
needs to know of a row: which site, where, whose phone, by which checklist. A constant number of statements a page."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.models import Device, Quarantine, Site, Task, Visit
from inspect_api.problems import Problem
from inspect_api.services import region_names
from inspect_api.services.days import iso

Row = dict[str, Any]
MOST = 1000  # more are not counted: `more` is true then


def paged(connection: Connection, asked: Any, key: Any, at: Any, query: Row) -> tuple[list[Row], str | None]:
    """The rows of a page, and where the next one begins: by `key`, or by `at` and `key`, newest first. Raises Problem invalid."""
    limit, newest = query["limit"], query["sort"] == "newest"
    if query["after"]:
        asked = asked.where(sa.tuple_(at, key) < _place(query["after"]) if newest else key > query["after"])
    order = (at.desc(), key.desc()) if newest else (key,)
    rows = [dict(row) for row in connection.execute(asked.order_by(*order).limit(limit + 1)).mappings()]
    last = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], last and (f"{last[at.name]}_{last[key.name]}" if newest else last[key.name])


def _place(after: str) -> Any:
    at, _, key = after.partition("_")
    if not at.isdecimal() or len(at) > 18:
        raise Problem("invalid", errors=[{"field": "after", "message": "应为上一页的 next"}])
    return sa.tuple_(sa.literal(int(at)), sa.literal(key))


def counted(connection: Connection, asked: Any) -> Row:
    """{count, more} of the rows of a query: up to MOST are counted."""
    many = connection.execute(sa.select(sa.func.count()).select_from(
        asked.with_only_columns(sa.literal(1).label("one")).limit(MOST + 1).subquery())).scalar_one()
    return {"count": min(many, MOST), "more": many > MOST}


def described(connection: Connection, rows: Sequence[Row]) -> list[Row]:
    """Rows of either list with `site` {id, name} or null, `checklist`, `grid`, `grid_name`, `town_name`, `device` {label, revoked_at} beside.

    A row tells `type`, `row_id`, `region`, `device_id`, and `site_id`, `site_name` and `checklist` as far as it knows them itself.
    """
    visits = _by_id(connection, (Visit.id, Visit.site_id, Visit.checklist), {row["row_id"] for row in rows if row["type"] == "visit"})
    tasks = _by_id(connection, (Task.id, Task.site_id), {row["row_id"] for row in rows if row["type"] == "task"})

    def site_of(row: Row) -> str:
        held = {"visit": visits, "task": tasks}.get(row["type"], {}).get(row["row_id"])
        return row["row_id"] if row["type"] == "site" else (held and held.site_id) or row["site_id"]

    of = [site_of(row) for row in rows]
    sites = _by_id(connection, (Site.id, Site.name), set(of))
    coming = _coming(connection, set(of) - set(sites))
    devices = _by_id(connection, (Device.id, Device.label, Device.revoked_at), {row["device_id"] for row in rows})
    names = region_names.of(connection, {row["region"] for row in rows})
    told = []
    for row, site in zip(rows, of, strict=True):
        name = sites[site].name if site in sites else row["site_name"] or coming.get(site, "")
        held, device = visits.get(row["row_id"]), devices.get(row["device_id"])
        told.append({key: value for key, value in row.items() if key not in ("site_id", "site_name")} | {
            "site": {"id": site if site in sites else None, "name": name} if site or name else None,
            "checklist": row["checklist"] or (held.checklist if held else None),
            "device": {"label": device.label, "revoked_at": iso(device.revoked_at)} if device else None,
            **region_names.shown(names, row["region"])})
    return told


def _by_id(connection: Connection, columns: Sequence[Any], ids: set[Any]) -> dict[str, Any]:
    """{id: row} of a table whose first column here is its key."""
    wanted = sorted(id_ for id_ in ids if id_)
    return {row[0]: row for row in connection.execute(sa.select(*columns).where(columns[0].in_(wanted)))} if wanted else {}


def _coming(connection: Connection, ids: set[str]) -> dict[str, str]:
    """{id: name} of sites that are none yet, because they lie in quarantine themselves."""
    rows = _by_id(connection, (Quarantine.row_id, Quarantine.payload), ids)
    return {id_: text(fields(row.payload).get("name")) for id_, row in rows.items()}


def fields(payload: Any) -> Row:
    """What an operation sets, whatever it looks like."""
    given = payload.get("set") if isinstance(payload, dict) else None
    return given if isinstance(given, dict) else {}


def text(value: Any) -> str:
    """A value of a phone where a short text is expected; "" for anything else."""
    return value[:100] if isinstance(value, str) else ""
