"""What the township says of a visit: approve, return with a reason per item, reject. Where a county asks for it, two must approve."""

from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.auth import Actor
from inspect_api.models import Site, Visit
from inspect_api.problems import Problem
from inspect_api.services import audit, queue, rollup, rules
from inspect_api.services.changes import append
from inspect_api.services.days import iso
from inspect_api.services.programmes import hold_plans
from inspect_api.services.trail import FIRST_APPROVAL
from sync.feed import Change, personal

Row = dict[str, Any]
DECISIONS = {"approve": "approved", "return": "returned", "reject": "rejected"}
_STATES = {"received": "待审核", "returned": "已退回", "approved": "已通过", "rejected": "未采纳"}
# A returned visit waits for its amendment; an office may still change its mind, except about what it replaced.
FROM = {"approve": ("received", "returned"), "return": ("received", "approved"), "reject": ("received", "returned", "approved")}
DECIDED = ("review", "reviewed_by", "reviewed_at", "review_note", "queue", "queued_at", "approved_first_by", "approved_first_at", "rev")


def review(connection: Connection, actor: Actor, visit_id: str, given: Row, now: int) -> Row:
    """Decide on a visit and fold its site anew on both bases.

    Raises Problem not-found, own-visit, same-reviewer (the first of two approvals was this person's), state-changed (another
    state, or `rev` is not the one the reviewer saw) or invalid (no reason, or a reason for an item that the visit does not have).
    """
    hold_plans(connection)
    visit = held(connection, [visit_id], Visit.__table__.c).get(visit_id)
    if visit is None:
        raise Problem("not-found", f"没有编号为“{visit_id}”的检查")
    decision = given["decision"]
    check(actor, visit, decision, given.get("rev"))
    if decision != "approve":
        _check_reasons(visit, given)
    note = {"reason": given.get("reason", ""), "items": given.get("items", {})}
    if decision == "approve":
        after = approved(visit, rules.of(connection, visit["grid"]), actor, note, now)
    else:
        state = DECISIONS[decision]
        after = _reviewed(state, actor, note, now) | {"queue": queue.RETURNED if state == "returned" else "", "queued_at": now,
                                                      "approved_first_by": None, "approved_first_at": None}
    after["rev"] = visit["rev"] + 1
    connection.execute(sa.update(Visit).where(Visit.id == visit_id).values(after))
    changed = [told(visit)]
    if after["review"] == "rejected" and visit["replaces"] is not None:  # what it amended stands again
        queue.stands_again(connection, visit["replaces"], visit_id)
        changed.append(Change(personal(visit["grid"], visit["inspector_id"]), "visit", visit["replaces"]))
    if after["review"] != visit["review"]:
        rollup.refold(connection, [visit["site_id"]])
        changed.append(Change(visit["grid"], "site", visit["site_id"]))
    append(connection, changed)
    remember(connection, actor, visit, after, decision, note, now)
    return {"id": visit_id, "review": after["review"], "queue": after["queue"], "rev": after["rev"], "reviewed_at": iso(after["reviewed_at"]),
            **note}


def held(connection: Connection, ids: Collection[str], columns: Iterable[Any]) -> dict[str, Row]:
    """{id: columns} of the visits that exist, locked with their sites, each in the order of their ids. Three statements."""
    sites = connection.execute(sa.select(Visit.site_id).where(Visit.id.in_(ids)).distinct()).scalars().all()
    connection.execute(sa.select(Site.id).where(Site.id.in_(sites)).order_by(Site.id).with_for_update()).all()
    return {row["id"]: dict(row) for row in connection.execute(
        sa.select(*columns).where(Visit.id.in_(ids)).order_by(Visit.id).with_for_update()).mappings()}


def check(actor: Actor, visit: Row, decision: str, rev: int | None) -> None:
    """Return when the actor may decide so on the visit as it stands. Raises Problem own-visit or state-changed."""
    if visit["inspector_id"] == actor.user_id:
        raise Problem("own-visit")
    if visit["status"] != "signed":
        raise Problem("state-changed", "草稿尚未签字，不能审核")
    if visit["replaced_by"] is not None:
        raise Problem("state-changed", f"这次检查已有更正（编号 {visit['replaced_by']}），请审核更正后的检查")
    if visit["review"] not in FROM[decision]:
        raise Problem("state-changed", f"这次检查现在是“{_STATES.get(visit['review'], visit['review'])}”")
    if rev is not None and rev != visit["rev"]:
        raise Problem("state-changed", f"您打开之后，这次检查有了改动（现在是第 {visit['rev']} 版）")


def _check_reasons(visit: Row, given: Row) -> None:
    errors = []
    if not given.get("reason") and not given.get("items"):
        errors.append({"field": "reason", "message": "退回或驳回时应写明原因"})
    errors += [{"field": f"items.{link}", "message": "这次检查没有此项"} for link in given.get("items", {})
               if link not in visit["answers"]]
    if errors:
        raise Problem("invalid", errors=errors)


def approved(visit: Row, given: rules.Rules, actor: Actor, note: Row, now: int) -> Row:
    """The columns of a visit that the actor approves: for good, or as the first of two. Raises Problem same-reviewer."""
    if given.asks_second(visit["failed_key"] + visit["failed_general"]):
        if visit["approved_first_by"] is None:
            since = visit["queued_at"] if visit["review"] == "received" else visit["signed_at"] or visit["received_at"]
            return {"review": "received", "reviewed_by": None, "reviewed_at": None, "review_note": None, "queue": queue.SECOND,
                    "queued_at": since, "approved_first_by": actor.user_id, "approved_first_at": now}
        if visit["approved_first_by"] == actor.user_id:
            raise Problem("same-reviewer")
    return _reviewed("approved", actor, note, now) | {
        "queue": "", **{name: visit[name] for name in ("queued_at", "approved_first_by", "approved_first_at")}}


def _reviewed(state: str, actor: Actor, note: Row, now: int) -> Row:
    return {"review": state, "reviewed_by": actor.user_id, "reviewed_at": now, "review_note": note}


def told(visit: Row) -> Change:
    """What the feed is told of a visit."""
    return Change(personal(visit["grid"], visit["inspector_id"]), "visit", visit["id"])


def remember(connection: Connection, actor: Actor, visit: Row, after: Row, decision: str, note: Row, now: int) -> None:
    """Put a decision into the audit log; the first of two approvals under a name of its own."""
    action = FIRST_APPROVAL if after["queue"] == queue.SECOND else decision
    audit.append(connection, visit["grid"][:6], now, actor.user_id, f"visit.{action}", visit["id"], note)
