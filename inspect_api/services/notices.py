"""责令改正通知书: what is printed on it is put together once, numbered without gaps by county and year, and never changes.

The form follows the notices that market supervision offices serve under articles 33 and 36 of Order 49 (2021): facts, legal basis,
demand and deadline, remedies at law, date, and who signs for its receipt.
"""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from uuid_utils import uuid7

from inspect_api.auth import Actor
from inspect_api.db import insert_missing, row_by
from inspect_api.models import Finding, Notice, NoticeCounter, Region, User, Visit
from inspect_api.problems import Problem
from inspect_api.services import audit, rollup
from inspect_api.services.changes import append
from inspect_api.services.days import day_of, iso
from inspect_api.services.programmes import hold_plans
from inspect_api.services.rectification import detail, items, steps
from sync.feed import Change

Row = dict[str, Any]
_COUNTER = NoticeCounter.__table__
_SUFFIXES = ("自治县", "县", "区", "市")
TITLE = "责令改正通知书"
_BASIS = "《食品生产经营监督检查管理办法》第三十三条"


def number_text(county: str, year: int, number: int) -> str:
    """The number in its customary form: 泽州市监责改〔2026〕12号."""
    stem = next((county.removesuffix(suffix) for suffix in _SUFFIXES if county.endswith(suffix) and len(county) > len(suffix) + 1), county)
    return f"{stem}市监责改〔{year}〕{number}号"


def make(connection: Connection, actor: Actor, site_id: str, given: Row, now: int) -> Row:
    """Serve a notice about findings of a site. The same `id` sent again answers the notice that is there.

    Raises Problem not-found, already-exists (the id is that of a notice of another site), state-changed (a finding waits for no mending)
    or invalid.
    """
    hold_plans(connection)
    site, today = steps.lock_site(connection, site_id), day_of(now)
    there = row_by(connection, Notice.__table__.c.id, given["id"]) if given.get("id") else None
    if there is not None:
        if there["site_id"] != site_id:
            raise Problem("already-exists", f"通知书 {given['id']}")
        return shown(there)
    cases = [_case(connection, site_id, case_id, today) for case_id in given["findings"]]
    due = given.get("due_on") or min(case["finding"]["due_on"] for case in cases)
    if due < today:
        raise Problem("invalid", errors=[{"field": "due_on", "message": "改正期限已过，请填写新的期限"}])
    year, number = today.year, _next(connection, site["grid"][:6], today.year)
    names = {row.code: row.name for row in connection.execute(sa.select(Region.code, Region.name).where(
        Region.code.in_([site["grid"][:6], site["grid"][:9]])))}
    text = number_text(names.get(site["grid"][:6], ""), year, number)
    row = {"id": given.get("id") or str(uuid7()), "org": site["grid"][:6], "year": year, "number": number, "site_id": site_id,
           "made_by": actor.user_id, "made_at": now, "content": _content(connection, actor, site, cases, due, text, names, today)}
    connection.execute(sa.insert(Notice.__table__), [row])
    moved = False
    for case in cases:
        if given.get("due_on") and case["finding"]["due_on"] != due:
            moved = True
            steps.add(connection, actor, case, "deadline", {"due_on": due.isoformat(), "before": case["finding"]["due_on"].isoformat(),
                                                            "reason": f"{TITLE} {text}"}, now)
        steps.add(connection, actor, case, "notice", {"notice": row["id"], "number": text}, now)
    audit.append(connection, row["org"], now, actor.user_id, "notice.make", row["id"], {"number": text, "site": site_id, "findings": given["findings"]})
    if moved:
        rollup.refold(connection, [site_id])
    else:
        for case in cases:
            connection.execute(sa.update(Finding).where(Finding.case_id == case["finding"]["case_id"]).values(
                **case["standing"].columns(case["finding"]["closed_by"])))
    append(connection, [Change(site["grid"], "site", site_id)])
    return shown(row)


def _case(connection: Connection, site_id: str, case_id: str, today: date) -> Row:
    known = detail.case(connection, case_id)
    if known["site_id"] != site_id:
        raise Problem("invalid", errors=[{"field": "findings", "message": f"{case_id} 不是该主体的问题"}])
    if "notice" not in detail.can(known["finding"], known["standing"], today):
        raise Problem("state-changed", "所选问题中有的已整改、已销号或已撤销")
    return known


def _next(connection: Connection, org: str, year: int) -> int:
    """The next number of a county in a year. Its row stays locked until the commit."""
    insert_missing(connection, _COUNTER, [{"org": org, "year": year, "last": 0}])
    where = (_COUNTER.c.org == org, _COUNTER.c.year == year)
    last = connection.execute(sa.select(_COUNTER.c.last).where(*where).with_for_update()).scalar_one()
    connection.execute(sa.update(_COUNTER).where(*where).values(last=last + 1))
    return last + 1


def _content(connection: Connection, actor: Actor, site: Row, cases: list[Row], due: date, number: str, names: dict[str, str], today: date) -> Row:
    visits = {row.id: row for row in connection.execute(
        sa.select(Visit.id, Visit.at, Visit.checklist, Visit.answers, User.name).join(User, User.id == Visit.inspector_id)
        .where(Visit.id.in_(sorted({case["finding"]["visit_id"] for case in cases}))))}
    asked = items.of(connection, {visit.checklist for visit in visits.values()})
    county, town = names.get(site["grid"][:6], ""), names.get(site["grid"][:9], "")
    facts, bases = [], []
    for case in cases:
        finding = case["finding"]
        visit = visits[finding["visit_id"]]
        item, answer = asked[visit.checklist].get(finding["link_id"], {}), visit.answers.get(finding["link_id"]) or {}
        facts.append({"id": finding["case_id"], "link_id": finding["link_id"], "question": item.get("question", finding["link_id"]),
                      "key": finding["key"], "note": answer.get("note") or "", "found_on": finding["opened_on"].isoformat(),
                      "demand": finding["action"], "basis": item.get("basis") or []})
        bases += [basis for basis in item.get("basis") or [] if basis not in bases]
    days = sorted({fact["found_on"] for fact in facts})
    return {
        "title": TITLE, "number": number, "authority": f"{county}市场监督管理局", "office": town,
        "site": {name: site[name] for name in ("id", "name", "type", "address", "uscc", "licence_number", "registration_number", "phone")},
        "responsible": site["contact"], "found_on": days, "inspectors": sorted({visit.name for visit in visits.values()}), "facts": facts,
        "bases": bases, "authority_basis": _BASIS, "demands": [fact["demand"] for fact in facts], "due_on": due.isoformat(), "date": today.isoformat(),
        "opening": f"经查，你（单位）在{'、'.join(_said(day) for day in days)}的检查中存在下列问题：",
        "order": f"依据{_BASIS}，现责令你（单位）于{_said(due.isoformat())}前改正上述问题，并将整改情况书面报告我局。逾期未改正的，将依法处理。",
        "remedies": f"如不服本通知，可以自收到本通知书之日起六十日内向{county}人民政府申请行政复议，或者在六个月内依法向人民法院提起行政诉讼。",
        "signatures": ["当事人（签名或盖章）", "签收日期", "执法人员（签名）", "执法证号", "见证人（当事人拒绝签收时）", "（印章）"],
        "copies": "本文书一式两份，一份送达当事人，一份归档。", "made_by": actor.name}


def _said(day: str) -> str:
    found = date.fromisoformat(day)
    return f"{found.year}年{found.month}月{found.day}日"


def shown(row: Any) -> Row:
    """A notice as it is printed."""
    return {"id": row["id"], "site_id": row["site_id"], "made_at": iso(row["made_at"]), **row["content"]}


def find(connection: Connection, notice_id: str) -> Row:
    """The row of a notice. Raises Problem not-found."""
    row = row_by(connection, Notice.__table__.c.id, notice_id)
    if row is None:
        raise Problem("not-found", f"没有编号为“{notice_id}”的通知书")
    return row
