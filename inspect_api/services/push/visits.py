"""Operations on visits: a new one, and patches of a draft."""

from flask import current_app

from checklists.answers import Judgement
from checklists.site_types import SITE_TYPES
from checklists.state import Fact, fact
from checklists.verdict import judge as judge_verdict
from inspect_api.auth import may
from inspect_api.problems import Problem
from inspect_api.services.days import day_of, iso
from inspect_api.services.push.workspace import Row, Workspace
from sync.operation import Operation, parse_instant
from sync.push import implausible

DETAILS = ("place", "end_place", "ended_at", "officers", "signature", "operator_word", "note")


def _judge(work: Workspace, row: Row) -> Judgement:
    checklist = work.published.get(row["checklist"])
    if checklist is None:
        raise Problem("unknown-checklist", f"检查表版本 {row['checklist'][:12]}…")
    site_type = work.sites[row["site_id"]]["type"]
    if checklist.site_type != site_type:
        raise Problem("answers-invalid", f"检查表适用于 {SITE_TYPES[checklist.site_type]}，主体是 {SITE_TYPES[site_type]}")
    judgement = checklist.validator.judge(row["answers"], day_of(row["at"]))
    if judgement.errors:
        raise Problem("answers-invalid", errors=[
            {"item": error.link_id, "code": error.code, "message": error.message} for error in judgement.errors])
    counts = checklist.validator.counts(judgement.marks)
    row["verdict"] = judge_verdict(row["document_type"], site_type, counts, current_app.config["VERDICT_RULES"]).result
    return judgement


def _fact(row: Row, judgement: Judgement) -> Fact:
    return fact(row["at"], row["id"], day_of(row["at"]), row["document_type"], judgement)


def _check_document(work: Workspace, row: Row) -> None:
    if row["document_type"] != "inspection":
        return
    if work.actor.role == "supervisor":
        raise Problem("forbidden", "网格员只填报巡查；监督检查由两名持证执法人员填报")
    if row["status"] != "signed":
        return
    details, errors = row["details"], []
    officers = details.get("officers") or []
    if len({officer["certificate"] for officer in officers}) < 2:
        errors.append({"field": "officers", "message": "应有两名执法人员，证号各不相同"})
    signature = details.get("signature")
    if signature is None:
        errors.append({"field": "signature", "message": "应有经营者签字，或未签字的原因"})
    elif signature["kind"] != "signed" and not signature.get("reason"):
        errors.append({"field": "signature.reason", "message": "拒签或不在场时应写明原因"})
    if errors:
        raise Problem("signature-missing", errors=errors)


def _site(work: Workspace, site_id: str) -> Row:
    site = work.sites.get(site_id)
    if site is None:
        raise Problem("waits" if site_id in work.failed else "unknown-site", f"主体 {site_id}")
    may(work.actor, "sync.push", site["grid"])
    return site


def create(work: Workspace, operation: Operation) -> Row:
    """A new visit. Raises Problem when anything about it is not acceptable."""
    if operation.id in work.visits:
        raise Problem("already-exists", f"检查 {operation.id}")
    given = operation.form
    site = _site(work, given["site_id"])
    try:
        phone_at = parse_instant(given["at"])
    except (ValueError, OverflowError) as error:
        raise Problem("invalid", errors=[{"field": "at", "message": str(error)}]) from None
    at = phone_at + work.offset
    row: Row = {
        "id": operation.id, "site_id": site["id"], "grid": site["grid"], "document_type": given["document_type"],
        "checklist": given["checklist"], "inspector_id": work.actor.user_id, "device_id": work.device_id, "at": at,
        "phone_at": phone_at, "offset_ms": work.offset, "received_at": work.now,
        "status": given.get("status", "draft"), "review": "received", "reviewed_by": None, "reviewed_at": None,
        "review_note": None, "verdict": "not_judged", "answers": given.get("answers", {}),
        "details": {name: given[name] for name in DETAILS if name in given},
        "replaces": given.get("replaces"), "replaced_by": None, "rev": 1}
    if why := implausible(at, work.now, work.future_ms):
        raise Problem("clock-implausible", f"{why}：{iso(at)}")
    _check_document(work, row)
    replaced = _replaced(work, row)
    judgement = _judge(work, row)
    work.new_visits[row["id"]] = work.visits[row["id"]] = row
    if replaced is not None:
        replaced["replaced_by"] = row["id"]
        replaced["rev"] += 1
        work.change(replaced)
    if row["status"] == "signed":
        work.add_fact(site["id"], _fact(row, judgement), replaced is not None)
    return {"rev": 1, "row": _echo(row, judgement)}


def _replaced(work: Workspace, row: Row) -> Row | None:
    """The visit that this one amends: of the same site and inspector, and not amended already."""
    if row["replaces"] is None:
        return None
    old = work.visits.get(row["replaces"])
    if old is None:
        raise Problem("waits" if row["replaces"] in work.failed else "unknown-visit", f"更正的检查 {row['replaces']}")
    if old["site_id"] != row["site_id"] or old["inspector_id"] != row["inspector_id"]:
        raise Problem("forbidden", "只能更正本人对同一主体的检查")
    if old["status"] != "signed":
        raise Problem("state-changed", "草稿直接修改即可，不用更正")
    if old["review"] == "rejected":
        raise Problem("state-changed", "该检查已被驳回，请新建检查")
    if old["replaced_by"] is not None:
        raise Problem("state-changed", f"该检查已由 {old['replaced_by']} 更正")
    if row["status"] != "signed":
        raise Problem("invalid", errors=[{"field": "status", "message": "更正检查应为已签字"}])
    return old


def patch(work: Workspace, operation: Operation) -> Row:
    """A change of one's own draft. Answers are taken item by item; an answer of null takes one back."""
    row = work.visits.get(operation.id)
    if row is None:
        raise Problem("waits" if operation.id in work.failed else "unknown-visit", f"检查 {operation.id}")
    may(work.actor, "sync.push", row["grid"])
    if row["inspector_id"] != work.actor.user_id:
        raise Problem("forbidden", "只能修改本人的检查")
    if row["status"] == "signed":
        raise Problem("visit-immutable")
    given = operation.form
    merged = dict(row)
    merged["answers"] = {link: answer for link, answer in (row["answers"] | given.get("answers", {})).items()
                         if answer is not None}
    merged["details"] = row["details"] | {name: given[name] for name in DETAILS if name in given}
    merged["status"] = given.get("status", row["status"])
    _check_document(work, merged)
    judgement = _judge(work, merged)
    if merged == row:
        return {"status": "noop", "rev": row["rev"], "row": _echo(row, judgement)}
    merged["rev"] += 1
    row.update(merged)
    work.change(row)
    if row["status"] == "signed":
        work.add_fact(row["site_id"], _fact(row, judgement))
    return {"rev": row["rev"], "row": _echo(row, judgement)}


def _echo(row: Row, judgement: Judgement) -> Row:
    """What the server made of the visit, which the phone did not send."""
    return {"at": iso(row["at"]), "status": row["status"], "review": row["review"], "verdict": row["verdict"],
            "findings": [{"item": f.link_id, "key": f.key, "action": f.action, "due_on": f.due_on.isoformat()}
                         for f in judgement.findings],
            "missing": judgement.missing, "wanting_photos": judgement.wanting_photos}
