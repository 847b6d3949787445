"""Many clean visits approved at once, after they were seen. What is not clean stays where it is, and the others go on."""

from typing import Any

from sqlalchemy.engine import Connection

from inspect_api.auth import Actor, may
from inspect_api.db import update_many
from inspect_api.models import Visit
from inspect_api.problems import Problem
from inspect_api.services import queue, reviews, rollup, rules
from inspect_api.services.changes import append
from inspect_api.services.programmes import hold_plans
from inspect_api.services.waiting import photos_of
from sync.feed import Change

Row = dict[str, Any]
_COLUMNS = (Visit.id, Visit.site_id, Visit.grid, Visit.inspector_id, Visit.status, Visit.review, Visit.replaces, Visit.replaced_by, Visit.rev,
            Visit.queue, Visit.queued_at, Visit.received_at, Visit.signed_at, Visit.flagged, Visit.failed_key, Visit.failed_general,
            Visit.approved_first_by, Visit.approved_first_at)


def approve(connection: Connection, actor: Actor, action: str, asked: list[Row], reason: str, now: int) -> list[Row]:
    """Approve visits, given as {id, rev}. Returns for each, in order, {id, status: approved | second | refused, rev?, problem?}.

    A constant number of statements, whatever their number. Refused are those that `review` would refuse, those of other regions, and
    those that a person must open first: flagged, with findings, with photos on their way, or returned.
    """
    hold_plans(connection)
    ids = sorted(one["id"] for one in asked)
    visits = reviews.held(connection, ids, _COLUMNS)
    known = rules.many(connection, (visit["grid"][:6] for visit in visits.values()))
    photos = photos_of(connection, ids)
    note = {"reason": reason, "items": {}}
    results, done = [], []
    for one in asked:
        try:
            visit = visits.get(one["id"])
            if visit is None:
                raise Problem("not-found", f"没有检查 {one['id']}")
            may(actor, action, visit["grid"])
            reviews.check(actor, visit, "approve", one["rev"])
            _check_clean(visit, photos.get(visit["id"], (0, 0))[1])
            after = reviews.approved(visit, known[visit["grid"][:6]], actor, note, now) | {"rev": visit["rev"] + 1}
        except Problem as problem:
            results.append({"id": one["id"], "status": "refused", "problem": problem.to_dict()})
            continue
        done.append((visit, after))
        results.append({"id": visit["id"], "status": "second" if after["queue"] == queue.SECOND else "approved", "rev": after["rev"]})
    if done:
        _write(connection, actor, done, note, now)
    return results


def _check_clean(visit: Row, missing: int) -> None:
    """Raises Problem not-clean: a person must open this one."""
    whys = [why for why, holds in (
        ("已退回，等待更正", visit["review"] == "returned"), ("有不合格项", visit["failed_key"] + visit["failed_general"] > 0),
        ("有需要留意的情况", visit["flagged"]), (f"还有 {missing} 张照片未送达", missing > 0)) if holds]
    if whys:
        raise Problem("not-clean", "、".join(whys))


def _write(connection: Connection, actor: Actor, done: list[tuple[Row, Row]], note: Row, now: int) -> None:
    update_many(connection, Visit.__table__, reviews.DECIDED, [after | {"id": visit["id"]} for visit, after in sorted(
        done, key=lambda one: one[0]["id"])])
    final = [visit for visit, after in done if after["review"] == "approved"]
    if final:
        rollup.refold(connection, {visit["site_id"] for visit in final})
    append(connection, [*(reviews.told(visit) for visit, _ in done), *(Change(visit["grid"], "site", visit["site_id"]) for visit in final)])
    for visit, after in done:
        reviews.remember(connection, actor, visit, after, "approve", note, now)
