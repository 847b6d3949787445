"""What the township says of a visit: approve, return with a reason per item, reject."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.auth import Actor
from inspect_api.models import Site, Visit
from inspect_api.problems import Problem
from inspect_api.services import audit, rollup
from inspect_api.services.changes import append
from inspect_api.services.days import iso
from inspect_api.services.programmes import hold_plans
from sync.feed import Change, personal

DECISIONS = {"approve": "approved", "return": "returned", "reject": "rejected"}
# A returned visit waits for its amendment; an office may still change its mind, except about what it replaced.
FROM = {"approve": ("received", "returned"), "return": ("received", "approved"), "reject": ("received", "returned", "approved")}


def review(connection: Connection, actor: Actor, visit_id: str, given: dict[str, Any], now: int) -> dict[str, Any]:
    """Decide on a visit and fold its site anew on both bases.

    Raises Problem not-found, own-visit, state-changed (another state, or `rev` is not the one the reviewer saw) or
    invalid (no reason, or a reason for an item that the visit does not have).
    """
    hold_plans(connection)
    found = connection.execute(sa.select(Visit.site_id).where(Visit.id == visit_id)).scalar()
    if found is None:
        raise Problem("not-found", f"没有检查 {visit_id}")
    connection.execute(sa.select(Site.id).where(Site.id == found).with_for_update())
    visit = connection.execute(sa.select(Visit.__table__).where(Visit.id == visit_id).with_for_update()).mappings().one()
    if visit["inspector_id"] == actor.user_id:
        raise Problem("own-visit")
    _check(visit, given)
    decision, state = given["decision"], DECISIONS[given["decision"]]
    note = {"reason": given.get("reason", ""), "items": given.get("items", {})}
    connection.execute(sa.update(Visit).where(Visit.id == visit_id).values(
        review=state, reviewed_by=actor.user_id, reviewed_at=now, review_note=note, rev=visit["rev"] + 1))
    own = personal(visit["grid"], visit["inspector_id"])
    changed = [Change(own, "visit", visit_id), Change(visit["grid"], "site", visit["site_id"])]
    if state == "rejected" and visit["replaces"] is not None:  # what it amended stands again, as if never amended
        connection.execute(sa.update(Visit).where(Visit.id == visit["replaces"], Visit.replaced_by == visit_id).values(
            replaced_by=None, rev=Visit.rev + 1))
        changed.append(Change(own, "visit", visit["replaces"]))
    rollup.refold(connection, [visit["site_id"]])
    append(connection, changed)
    audit.append(connection, visit["grid"][:6], now, actor.user_id, f"visit.{decision}", visit_id, note)
    return {"id": visit_id, "review": state, "rev": visit["rev"] + 1, "reviewed_at": iso(now), **note}


def _check(visit: Any, given: dict[str, Any]) -> None:
    if visit["status"] != "signed":
        raise Problem("state-changed", "草稿尚未签字，不能审核")
    if visit["replaced_by"] is not None:
        raise Problem("state-changed", f"该检查已由 {visit['replaced_by']} 更正，请审核更正后的检查")
    if visit["review"] not in FROM[given["decision"]]:
        raise Problem("state-changed", f"该检查当前为 {visit['review']}")
    if given.get("rev") is not None and given["rev"] != visit["rev"]:
        raise Problem("state-changed", f"您看到的是第 {given['rev']} 版，现在是第 {visit['rev']} 版")
    if given["decision"] == "approve":
        return
    errors = []
    if not given.get("reason") and not given.get("items"):
        errors.append({"field": "reason", "message": "退回或驳回时应写明原因"})
    errors += [{"field": f"items.{link}", "message": "这次检查没有此项"} for link in given.get("items", {})
               if link not in visit["answers"]]
    if errors:
        raise Problem("invalid", errors=errors)
