"""The steps that offices take, each kept, audited, and followed by the finding's row and the numbers in the same transaction."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from uuid_utils import uuid7

from inspect_api.auth import Actor
from inspect_api.models import Finding, RectificationStep, Site, Visit
from inspect_api.problems import Problem
from inspect_api.services import audit, documents, rollup
from inspect_api.services.changes import append
from inspect_api.services.days import day_of
from inspect_api.services.photos import naming
from inspect_api.services.programmes import hold_plans
from inspect_api.services.rectification import detail
from sync.feed import Change

Row = dict[str, Any]


def take(connection: Connection, actor: Actor, case_id: str, kind: str, given: Row, now: int) -> Row:
    """Take a step and answer the rectification as it then stands.

    Raises Problem not-found, state-changed (`rev` is not the one that was seen, or the step is not possible now) or invalid.
    """
    hold_plans(connection)
    known = detail.case(connection, case_id, lock=True)
    today = day_of(now)
    if given.get("rev") is not None and given["rev"] != known["standing"].rev:
        raise Problem("state-changed", f"您看到的是第 {given['rev']} 步之后的情况，现在已有 {known['standing'].rev} 步")
    if kind not in detail.can(known["finding"], known["standing"], today):
        raise Problem("state-changed", _why_not(kind, known))
    data = _DATA[kind](connection, known, given)
    add(connection, actor, known, kind, data, now)
    if kind in ("deadline", "sign_off", "reopen"):  # what the fold is told of
        rollup.refold(connection, [known["site_id"]])
    else:
        show(connection, case_id)
    append(connection, [Change(known["finding"]["grid"], "site", known["site_id"])])
    return detail.one(connection, case_id, today)


def add(connection: Connection, actor: Actor, known: Row, kind: str, data: Row, now: int) -> None:
    """Keep one step of a case whose site is locked, and audit it."""
    finding = known["finding"]
    row = {"id": str(uuid7()), "finding_id": finding["case_id"], "n": known["standing"].rev + 1, "site_id": finding["site_id"],
           "visit_id": known["visit_id"] if known["steps"] else first_version(connection, finding["visit_id"]), "link_id": finding["link_id"],
           "grid": finding["grid"], "kind": kind, "at": now, "by": actor.user_id, "data": data}
    connection.execute(sa.insert(RectificationStep.__table__), [row])
    known["standing"].take(row)
    known["steps"] = [*known["steps"], row]
    audit.append(connection, finding["grid"][:6], now, actor.user_id, f"rectification.{kind}", finding["case_id"], data)


def show(connection: Connection, case_id: str) -> None:
    """Bring the columns of a finding that follow from its steps up to date, where the fold has nothing to do with them."""
    known = detail.case(connection, case_id)
    connection.execute(sa.update(Finding).where(Finding.case_id == case_id).values(**known["standing"].columns(known["finding"]["closed_by"])))


def first_version(connection: Connection, visit_id: str) -> str:
    """The first version of a visit that may amend another one."""
    while (older := connection.execute(sa.select(Visit.replaces).where(Visit.id == visit_id)).scalar()) is not None:
        visit_id = older
    return visit_id


def _why_not(kind: str, known: Row) -> str:
    if known["finding"] is None:
        return "该问题已撤销：发现它的检查已被驳回或更正"
    if kind == "escalate" and known["finding"]["waits"] == "mend":
        return "已经上报" if known["standing"].escalated else f"超过整改期限 {detail.ESCALATE_AFTER} 天后方可上报"
    return f"当前状态不能进行此操作（{known['finding']['stage']}）"


def _deadline(connection: Connection, known: Row, given: Row) -> Row:
    before: date = known["finding"]["due_on"]
    if given["due_on"] < known["finding"]["opened_on"]:
        raise Problem("invalid", errors=[{"field": "due_on", "message": f"不能早于发现问题的日期 {known['finding']['opened_on']}"}])
    return {"due_on": given["due_on"].isoformat(), "before": before.isoformat(), "reason": given["reason"]}


def _evidence(connection: Connection, known: Row, given: Row) -> Row:
    if not (given["note"] or given["photos"] or given["documents"]):
        raise Problem("invalid", errors=[{"field": "note", "message": "请填写说明，或附照片、文件"}])
    grid = known["finding"]["grid"]
    documents.require(connection, grid, given["documents"])
    keys = {(grid[:6], sha) for sha in given["photos"]}
    there = naming.stored(connection, keys)
    if gone := sorted(sha for org, sha in keys if (org, sha) not in there):
        raise Problem("invalid", errors=[{"field": "photos", "message": f"没有照片 {sha}，请先上传"} for sha in gone])
    naming.name(connection, "site", {known["site_id"]: keys} if keys else {})  # who may see the site may see them
    return {"note": given["note"], "photos": given["photos"], "documents": given["documents"]}


def _sign_off(connection: Connection, known: Row, given: Row) -> Row:
    recheck = known["finding"]["closed_by"]
    if recheck is None and not given["without_recheck"]:
        raise Problem("state-changed", "还没有复查证明已整改；确需销号的，请在 without_recheck 写明理由")
    return {"note": given["note"], "recheck": recheck} if recheck else {"note": given["note"], "without_recheck": given["without_recheck"]}


def _reason(connection: Connection, known: Row, given: Row) -> Row:
    return {"reason": given["reason"]}


_DATA = {"deadline": _deadline, "evidence": _evidence, "supervise": _reason, "unsupervise": _reason, "escalate": _reason,
         "sign_off": _sign_off, "reopen": _reason}


def lock_site(connection: Connection, site_id: str) -> Row:
    """A site, locked until the commit. Raises Problem not-found."""
    row = connection.execute(sa.select(Site.__table__).where(Site.id == site_id).with_for_update()).mappings().first()
    if row is None:
        raise Problem("not-found", f"没有主体 {site_id}")
    return dict(row)
