"""One rectification whole: what failed and why it matters, every step, the visits that looked again, and what may be done next."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.models import Finding, RectificationStep, Site, User, Visit
from inspect_api.models.rectification import KINDS
from inspect_api.problems import Problem
from inspect_api.services import documents, region_names
from inspect_api.services.days import day_of, iso
from inspect_api.services.rectification import items, lists
from inspect_api.services.rectification.cases import Standing

Row = dict[str, Any]
ESCALATE_AFTER = 7  # days over the deadline, from which on a township may hand it to the county


def case(connection: Connection, case_id: str, lock: bool = False) -> Row:
    """What is known of a case: {finding (row or None), site_id, visit_id (first version), link_id, steps, standing}. Raises Problem not-found.

    With `lock` the case's site is locked first, so that nobody else takes a step meanwhile.
    """
    at = _where(connection, case_id)
    if lock and at is not None:
        connection.execute(sa.select(Site.id).where(Site.id == at).with_for_update())
    finding = connection.execute(sa.select(Finding.__table__).where(Finding.case_id == case_id)).mappings().first()
    steps = connection.execute(sa.select(RectificationStep.__table__, User.name).outerjoin(User, User.id == RectificationStep.by)
                               .where(RectificationStep.finding_id == case_id).order_by(RectificationStep.n)).mappings().all()
    if finding is None and not steps:
        raise Problem("not-found", f"没有编号为“{case_id}”的整改")
    now = Standing()
    for step in steps:
        now.take(step)
    about = finding or steps[0]
    return {"finding": finding, "site_id": about["site_id"], "visit_id": steps[0]["visit_id"] if steps else finding["visit_id"],
            "link_id": about["link_id"], "steps": steps, "standing": now}


def _where(connection: Connection, case_id: str) -> str | None:
    found = connection.execute(sa.select(Finding.site_id).where(Finding.case_id == case_id)).scalar()
    return found or connection.execute(sa.select(RectificationStep.site_id).where(RectificationStep.finding_id == case_id).limit(1)).scalar()


def can(finding: Any, now: Standing, today: date) -> list[str]:
    """What may be done next with a finding, as the actions are called."""
    if finding is None:
        return []
    if finding["stage"] == "closed":
        return ["reopen"]
    able = ["supervise" if not now.supervised else "unsupervise", "sign_off"]
    if finding["waits"] == "mend":
        able += ["deadline", "notice", "evidence"]
        if not now.escalated and (today - finding["due_on"]).days >= ESCALATE_AFTER:
            able.append("escalate")
    return able


def one(connection: Connection, case_id: str, today: date) -> Row:
    """All of a rectification. A constant number of statements. Raises Problem not-found."""
    known = case(connection, case_id)
    finding, now = known["finding"], known["standing"]
    visit_id = finding["visit_id"] if finding else known["visit_id"]
    visit = connection.execute(sa.select(
        Visit.id, Visit.at, Visit.checklist, Visit.answers, Visit.review, Visit.document_type, User.name.label("inspector"), Site.name,
        Site.type, Site.grid, Site.address, Site.contact, Site.phone, Site.uscc, Site.licence_number).join(User, User.id == Visit.inspector_id)
        .join(Site, Site.id == Visit.site_id).where(Visit.id == visit_id)).one()
    asked, names = items.of(connection, {visit.checklist}), region_names.of(connection, [visit.grid])
    item, answer = asked[visit.checklist].get(known["link_id"], {}), visit.answers.get(known["link_id"]) or {}
    if finding:
        row = connection.execute(lists.select().where(Finding.case_id == case_id)).one()
        head = lists.shown(row, names, asked, today)
    else:
        head = lists.gone(_Gone(case_id, known, visit), names, asked)
    return head | {
        "rev": now.rev, "can": can(finding, now, today), "action": finding["action"] if finding else (item.get("remedy") or {}).get("action", ""),
        "site": head["site"] | {name: getattr(visit, name) for name in ("address", "contact", "phone", "uscc", "licence_number")},
        "item": head["item"] | {name: item.get(name) for name in ("remedy", "basis", "guidance", "citations")},
        "found": {"visit_id": visit.id, "at": iso(visit.at), "inspector": visit.inspector, "review": visit.review,
                  "document_type": visit.document_type, "mark": answer.get("mark"), "value": answer.get("value"), "note": answer.get("note"),
                  "photos": answer.get("photos") or []},
        "mended_by": finding["closed_by"] if finding else None, "steps": _steps(connection, known["steps"]),
        "rechecks": _rechecks(connection, known["site_id"], known["link_id"], visit.at) if finding else [],
        "same": _same(connection, known["site_id"], known["link_id"], case_id)}


class _Gone:
    """The columns that a list has of a case whose finding is there no more."""

    def __init__(self, case_id: str, known: Row, visit: Any):
        self.finding_id, self.link_id, self.visit_id, self.site = case_id, known["link_id"], known["visit_id"], known["site_id"]
        self.name, self.type, self.grid, self.checklist = visit.name, visit.type, visit.grid, visit.checklist


def _steps(connection: Connection, steps: Any) -> list[Row]:
    named = documents.named(connection, {sha for step in steps for sha in step["data"].get("documents", ())})
    return [{"n": step["n"], "kind": step["kind"], "title": KINDS[step["kind"]], "at": iso(step["at"]), "by": step["by"], "name": step["name"],
             "data": step["data"] | ({"documents": [named.get(sha, {"sha256": sha}) for sha in step["data"]["documents"]]}
                                     if "documents" in step["data"] else {})} for step in steps]


def _rechecks(connection: Connection, site_id: str, link_id: str, since: int) -> list[Row]:
    """The signed visits since then that answered the item, oldest first; rejected ones too, as such. At most 50 visits are looked at."""
    rows = connection.execute(
        sa.select(Visit.id, Visit.at, Visit.answers, Visit.review, Visit.replaced_by, User.name).join(User, User.id == Visit.inspector_id)
        .where(Visit.site_id == site_id, Visit.at > since, Visit.status == "signed").order_by(Visit.at, Visit.id).limit(50))
    return [{"visit_id": row.id, "at": iso(row.at), "on": day_of(row.at).isoformat(), "inspector": row.name, "review": row.review,
             "replaced_by": row.replaced_by, "mark": answer.get("mark"), "value": answer.get("value"), "note": answer.get("note"),
             "photos": answer.get("photos") or []} for row in rows if (answer := row.answers.get(link_id))]


def _same(connection: Connection, site_id: str, link_id: str, case_id: str) -> list[Row]:
    """The other findings of the same item at the same site, oldest first."""
    rows = connection.execute(sa.select(Finding.case_id, Finding.opened_on, Finding.closed_on, Finding.stage).where(
        Finding.site_id == site_id, Finding.link_id == link_id, Finding.case_id != case_id).order_by(Finding.repeats))
    return [{"id": row.case_id, "opened_on": row.opened_on.isoformat(), "mended_on": row.closed_on and row.closed_on.isoformat(),
             "stage": row.stage} for row in rows]
