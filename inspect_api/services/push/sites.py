"""Operations on sites: one that was found on the street. (Patches of shared rows come with merge.)"""

from inspect_api.auth import may
from inspect_api.problems import Problem
from inspect_api.services.places import located
from inspect_api.services.push.workspace import Row, Workspace
from sync.ledger import natural_key
from sync.operation import Operation

COLUMNS = ("address", "contact", "phone")
OPTIONAL = ("uscc", "licence_number", "licence_until", "registration_number", "risk_grade")


def site_row(given: Row, *, site_id: str, grid: str, by: str, now: int) -> Row:
    """A complete row of the site table from checked fields."""
    return {"id": site_id, "grid": grid, "type": given["type"], "name": given["name"],
            **{name: given.get(name) or "" for name in COLUMNS}, **{name: given.get(name) for name in OPTIONAL},
            "attributes": given.get("attributes") or {}, **located(given.get("place")),
            "natural_key": natural_key(given), "active": True, "rev": 1, "created_by": by, "created_at": now,
            "updated_at": now}


def create(work: Workspace, operation: Operation) -> Row:
    """A new site. Its grid is the one given, else the one whose boundary holds its point."""
    if operation.id in work.sites:
        raise Problem("already-exists", f"主体 {operation.id}")
    given = operation.form
    grid = given.get("grid")
    if grid is None:
        place = located(given.get("place"))
        grid = work.grid_at(place["lon"], place["lat"]) if place["lon"] is not None else None
        if grid is None:
            raise Problem("invalid", errors=[{"field": "grid", "message": "没有网格编码，位置也不在已知网格内：请选择网格"}])
    elif grid not in work.grids:
        raise Problem("invalid", errors=[{"field": "grid", "message": f"没有网格 {grid}"}])
    may(work.actor, "sync.push", grid)
    row = site_row(given, site_id=operation.id, grid=grid, by=work.actor.user_id, now=work.now)
    work.sites[row["id"]] = work.new_sites[row["id"]] = row
    return {"rev": 1, "row": {"grid": grid}} if given.get("grid") is None else {"rev": 1}
