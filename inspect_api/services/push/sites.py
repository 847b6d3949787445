"""Operations on sites: one that was found on the street, and patches of shared ones."""

from typing import Any

from inspect_api.auth import may
from inspect_api.problems import Problem
from inspect_api.services import site_fields
from inspect_api.services.places import located
from inspect_api.services.push.workspace import Row, Workspace
from sync.operation import Operation


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
    else:
        _known(work, grid)
    may(work.actor, "sync.push", grid)
    row = site_fields.new_row(given, site_id=operation.id, grid=grid, by=work.source.by, now=work.now)
    _check_photos(row)
    work.sites[row["id"]] = work.new_sites[row["id"]] = row
    if reformed(operation):
        return {"rev": 1, "row": {"id": row["id"], **site_fields.document(row)}}
    return {"rev": 1, "row": {"grid": grid}} if given.get("grid") is None else {"rev": 1}


def _known(work: Workspace, grid: str) -> None:
    if grid not in work.grids:
        raise Problem("invalid", errors=[{"field": "grid", "message": f"没有网格 {grid}"}])


def _check_photos(row: Row) -> None:
    """However many people gave them: a site's row travels whole to every phone of its grid."""
    if len(row["photos"]) > site_fields.MOST_PHOTOS:
        raise Problem("invalid", errors=[{"field": "photos", "message": f"一个主体最多 {site_fields.MOST_PHOTOS} 张照片"}])


def patch(work: Workspace, operation: Operation) -> Row:
    """A change of a site that others may be changing too: merged per field; what is not taken goes to the conflict log."""
    row = work.sites.get(operation.id)
    if row is None:
        raise Problem("waits" if operation.id in work.failed else "unknown-site", f"主体 {operation.id}",
                      **waiting(work, operation.id))
    may(work.actor, "sync.push", row["grid"])
    wanted = site_fields.given(operation.form)
    if "grid" in wanted:
        _known(work, wanted["grid"])
        may(work.actor, "sync.push", wanted["grid"])
    after, done = site_fields.edited(row, wanted, work.now, base_of(operation, row["rev"]), operation.was)
    if done.changes:
        if len(after["photos"]) > len(row["photos"]):
            _check_photos(after)
        if row["id"] not in work.new_sites:
            work.old_sites.setdefault(row["id"], row)
        else:
            work.new_sites[row["id"]] = after
        work.sites[row["id"]] = after
        work.remember("site", row["id"], after["rev"], done.changes, operation)
    return outcome(work, "site", row, operation, done, lambda: {"id": after["id"], **site_fields.document(after)}, after["rev"])


def base_of(operation: Operation, rev: int) -> int | None:
    """The revision that a patch is held to: of a version without merge, the newest one.

    One that is newer than the row is of before a backup was restored, and says nothing: then the values decide.
    """
    if operation.blind:
        return rev
    return operation.base if operation.base is not None and operation.base <= rev else None


def waiting(work: Workspace, row_id: str) -> Row:
    """What a problem says beside itself when it waits for a row in quarantine."""
    return {"waits_for": row_id} if row_id in work.failed else {}


def reformed(operation: Operation) -> bool:
    """Whether what was taken is written in another way than it was sent, such as a credit code with spaces."""
    return site_fields.given(operation.form) != operation.set


def outcome(work: Workspace, type_: str, before: Row, operation: Operation, done: Any, whole: Any, rev: int) -> Row:
    """The result of a patch. The row comes along whenever it is not what the phone would have made of its own copy."""
    result: Row = {"status": done.merge.status, "rev": rev}
    if done.merge.conflicts:
        result["conflicts"] = work.disagree(type_, before["id"], before["grid"], operation, done)
    if done.merge.conflicts or operation.base != before["rev"] or reformed(operation):
        result["row"] = whole()
    return result
