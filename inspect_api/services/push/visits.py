"""Operations on visits: a new one, and patches of a draft until it is signed or thrown away."""

from flask import current_app

from checklists.answers import Judgement
from checklists.site_types import SITE_TYPES
from checklists.state import Fact, fact
from checklists.verdict import judge as judge_verdict
from inspect_api.auth import may
from inspect_api.problems import Problem
from inspect_api.services import queue
from inspect_api.services.days import day_of, iso
from inspect_api.services.push.sites import base_of, outcome, waiting
from inspect_api.services.push.workspace import Row, Workspace
from sync.merge import Disagreement, Patched
from sync.merge import patch as merged
from sync.operation import Operation, parse_instant
from sync.push import implausible
from sync.receipt import photos_named

DETAILS = ("place", "end_place", "ended_at", "officers", "signature", "operator_word", "note", "photos")


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
        raise Problem("waits" if site_id in work.failed else "unknown-site", f"主体 {site_id}", **waiting(work, site_id))
    may(work.actor, "sync.push", site["grid"])
    return site


def create(work: Workspace, operation: Operation) -> Row:
    """A new visit. Raises Problem when anything about it is not acceptable."""
    if operation.id in work.visits or operation.id in work.buried:
        raise Problem("already-exists", f"检查 {operation.id}" + ("（草稿已删除）" if operation.id in work.buried else ""))
    given = operation.form
    site = _site(work, given["site_id"])
    try:
        phone_at = parse_instant(given["at"])
    except (ValueError, OverflowError) as error:
        raise Problem("invalid", errors=[{"field": "at", "message": str(error)}]) from None
    at = phone_at + work.source.offset
    row: Row = {
        "id": operation.id, "site_id": site["id"], "grid": site["grid"], "document_type": given["document_type"],
        "checklist": given["checklist"], "inspector_id": work.actor.user_id, "device_id": work.source.device_id, "at": at,
        "phone_at": phone_at, "offset_ms": work.source.offset, "received_at": work.now,
        "status": given.get("status", "draft"), "review": "received", "reviewed_by": None, "reviewed_at": None,
        "review_note": None, "verdict": "not_judged",
        "answers": {link: answer for link, answer in given.get("answers", {}).items() if answer is not None},
        "details": _details(given), "signed_at": work.now if given.get("status") == "signed" else None,
        "replaces": given.get("replaces"), "replaced_by": None, "rev": 1, "field_rev": None, **queue.nowhere()}
    if why := implausible(at, work.now, work.future_ms):
        raise Problem("clock-implausible", f"{why}：{iso(at)}")
    _check_document(work, row)
    replaced = _replaced(work, row)
    judgement = _judge(work, row)
    work.new_visits[row["id"]] = work.visits[row["id"]] = row
    if replaced is not None:
        replaced |= {"replaced_by": row["id"], "rev": replaced["rev"] + 1, "queue": ""}
        work.change(replaced)
    if row["status"] == "signed":
        _arrive(work, row, judgement, replaced)
    differs = {"answers": row["answers"], "details": row["details"]} if given != operation.set else {}
    return {"rev": 1, "row": _echo(row, judgement) | differs}


def _arrive(work: Workspace, row: Row, judgement: Judgement, replaced: Row | None = None) -> None:
    """A signed visit counts from now on, and waits for the office."""
    key = sum(finding.key for finding in judgement.findings)
    row |= {"failed_key": key, "failed_general": len(judgement.findings) - key} | queue.arrived(replaced, work.now)
    work.add_fact(row["site_id"], _fact(row, judgement), replaced is not None)


def _details(given: Row) -> Row:
    details = {name: given[name] for name in DETAILS if given.get(name) is not None}
    if "photos" in details:
        details["photos"] = {sha: capture for sha, capture in details["photos"].items() if capture is not None}
    return details


def _replaced(work: Workspace, row: Row) -> Row | None:
    """The visit that this one amends: of the same site and inspector, and not amended already."""
    if row["replaces"] is None:
        return None
    old = work.visits.get(row["replaces"])
    if old is None:
        raise Problem("waits" if row["replaces"] in work.failed else "unknown-visit", f"更正的检查 {row['replaces']}",
                      **waiting(work, row["replaces"]))
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


def _own_draft(work: Workspace, operation: Operation) -> Row:
    """The draft that an operation is about. Raises Problem when there is none, or it is somebody else's, or signed."""
    row = work.visits.get(operation.id)
    if row is None:
        raise Problem("waits" if operation.id in work.failed else "unknown-visit", f"检查 {operation.id}",
                      **waiting(work, operation.id))
    may(work.actor, "sync.push", row["grid"])
    if row["inspector_id"] != work.actor.user_id:
        raise Problem("forbidden", "只能修改本人的检查")
    if row["status"] == "signed":
        raise Problem("visit-immutable")
    return row


def patch(work: Workspace, operation: Operation) -> Row:
    """A change of one's own draft, merged per field: each answer is a field of its own, and null takes one back."""
    row = _own_draft(work, operation)
    done, before = _merged(row, operation), photos_named(row)
    after = dict(row)
    after |= {"status": done.document["status"], "answers": done.document["answers"], "rev": done.rev,
              "field_rev": done.field_rev or None, "details": _details(done.document),
              "signed_at": work.now if done.document["status"] == "signed" else None}
    _check_document(work, after)
    judgement = _judge(work, after)
    result = outcome(work, "visit", row, operation, done, dict, done.rev)
    if done.changes:
        row.update(after)
        work.change(row)
        if photos_named(row) != before:
            work.renamed.add(row["id"])
        work.remember("visit", row["id"], row["rev"], done.changes, operation)
        if row["status"] == "signed":
            _arrive(work, row, judgement)
    whole = {"answers": row["answers"], "details": row["details"]} if "row" in result and not operation.blind else {}
    return result | {"row": _echo(row, judgement) | whole}


def _merged(row: Row, operation: Operation) -> Patched:
    """The draft after the patch. Nobody signs what they have not seen: a signature that comes with a disagreement is one itself."""
    held = {"status": row["status"], "answers": row["answers"], **row["details"]}

    def made(wanted: Row) -> Patched:
        return merged(held, row["rev"], row["field_rev"] or {}, base_of(operation, row["rev"]), operation.was, wanted)

    done = made(operation.form)
    if done.merge.conflicts and "status" in done.merge.take:
        unsigned = made({name: value for name, value in operation.form.items() if name != "status"})
        unsigned.merge.conflicts.append(Disagreement("status", row["status"], operation.form["status"]))
        return unsigned
    return done


def delete(work: Workspace, operation: Operation) -> Row:
    """One's own draft is thrown away. What was in it stays in the history."""
    if operation.id in work.buried:
        return {"status": "noop"}
    row = _own_draft(work, operation)
    del work.visits[row["id"]]
    work.new_visits.pop(row["id"], None)
    work.changed_visits.pop(row["id"], None)
    work.deleted_visits[row["id"]] = row
    work.buried.add(row["id"])
    content = {name: row[name] for name in ("site_id", "checklist", "document_type", "phone_at", "status", "answers")} | row["details"]
    work.remember("visit", row["id"], row["rev"] + 1, {name: [value, None] for name, value in content.items()}, operation, "delete")
    return {"rev": row["rev"] + 1}


def _echo(row: Row, judgement: Judgement) -> Row:
    """What the server made of the visit, which the phone did not send."""
    return {"at": iso(row["at"]), "status": row["status"], "review": row["review"], "verdict": row["verdict"],
            "findings": [{"item": f.link_id, "key": f.key, "action": f.action, "due_on": f.due_on.isoformat()}
                         for f in judgement.findings],
            "missing": judgement.missing, "wanting_photos": judgement.wanting_photos}
