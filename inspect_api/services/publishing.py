"""A plan from an office: checked, shown with all that it would change, and put in force just as it was shown."""

import hashlib
from collections import defaultdict
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from checklists.bank import load_bank
from checklists.compile import Checklist, compile_checklists
from checklists.plan import Plan, check_plan
from checklists.site_types import SITE_TYPES
from inspect_api.auth import Actor
from inspect_api.db import prefix_range
from inspect_api.models import Plan as PlanRow
from inspect_api.models import Region, Site
from inspect_api.problems import Problem
from inspect_api.services import plan_versions, plans
from inspect_api.services.programmes import hold_plans, programmes

Row = dict[str, Any]


def check(connection: Connection, actor: Actor, text: str, name: str) -> Row:
    """{ok, mistakes, plan, digest, may_publish, preview}: what is wrong with a plan's text, and when nothing is, what it would change.

    `digest` names the text together with the plans that it was shown beside: publish() wants it. Writes nothing.
    """
    plan, mistakes = check_plan(text, load_bank(), name)
    told: Row = {"ok": plan is not None, "mistakes": [one.to_dict() for one in mistakes], "plan": None, "digest": None, "may_publish": False,
                 "preview": None}
    if plan is None:
        return told
    whole = plan.to_dict()
    before = _stored(connection, plan.id)
    return told | {"plan": {key: whole[key] for key in ("id", "title", "doc_number", "issuer", "region", "period")} | {
        "clauses": len(plan.clauses), "indicators": len(plan.indicators)},
        "digest": seen(connection, plan, text), "may_publish": _covered(actor, plan, before), "preview": _preview(connection, actor, plan, text, before)}


def _stored(connection: Connection, plan_id: str) -> Any:
    return connection.execute(sa.select(PlanRow.region, PlanRow.source, PlanRow.content, PlanRow.in_force, PlanRow.title)
                              .where(PlanRow.id == plan_id)).first()


def _covered(actor: Actor, plan: Plan, before: Any) -> bool:
    return actor.covers(plan.region) and (before is None or actor.covers(before.region))


def seen(connection: Connection, plan: Plan, text: str) -> str:
    """A name of a text and of the plans that stand beside it: another one as soon as any of them is loaded or withdrawn."""
    beside = [(row.id, row.digest) for row in connection.execute(
        sa.select(PlanRow.id, PlanRow.digest, PlanRow.region).where(PlanRow.in_force).order_by(PlanRow.id))
        if row.id == plan.id or row.region.startswith(plan.region) or plan.region.startswith(row.region)]
    return hashlib.sha256(orjson.dumps([plans.digest_of(text), beside])).hexdigest()


def _preview(connection: Connection, actor: Actor, plan: Plan, text: str, before: Any) -> Row:
    old = before.content if before is not None and before.in_force else None
    checklists = _checklists(connection, actor, plan)
    touched: dict[tuple[str, str], int] = {}
    for row in checklists:
        touched |= {(county, row["site_type"]): count for county, count in row.pop("_sites").items()}
    return {"new": before is None, "withdrawn": before is not None and not before.in_force,
            "unchanged": old is not None and before.source == text, **plan_versions.changes(old, plan.to_dict()),
            "checklists": checklists, "sites": sum(touched.values())}


def _checklists(connection: Connection, actor: Actor, plan: Plan) -> list[Row]:
    """What changes on each site type's checklist, in the counties that share the same plans: items added, removed, cited by other clauses or
    worded differently, and how many open sites it touches: of counties that the actor answers for."""
    known, bank = programmes(connection), load_bank()
    counties = connection.execute(sa.select(Region.code).where(Region.level == "county", prefix_range(Region.code, plan.region))
                                  .order_by(Region.code)).scalars().all()
    sites = {(row.county, row.type): row.n for row in connection.execute(
        sa.select(sa.func.substr(Site.grid, 1, 6).label("county"), Site.type, sa.func.count().label("n"))
        .where(prefix_range(Site.grid, plan.region), Site.active).group_by("county", Site.type)) if actor.covers(row.county)}
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for county in counties:
        groups[tuple(one.id for one in known.over(county))].append(county)
    rows = []
    for names, where in groups.items():
        now = [known.plans[name] for name in names]
        old = compile_checklists(now, bank)
        new = compile_checklists([*(one for one in now if one.id != plan.id), plan], bank)
        for site_type in SITE_TYPES:
            if changed := _differ(old.get(site_type), new.get(site_type)):
                own = {county: sites.get((county, site_type), 0) for county in where}
                rows.append({"site_type": site_type, "title": SITE_TYPES[site_type], "counties": where, **changed,
                             "sites": sum(own.values()), "_sites": own})
    return rows


def _differ(old: Checklist | None, new: Checklist | None) -> Row | None:
    if (old and old.version) == (new and new.version):
        return None
    before, after = old.items if old else {}, new.items if new else {}
    cited, worded = [], []
    for link_id in before.keys() & after.keys():
        one, other = before[link_id], after[link_id]
        if one["citations"] != other["citations"]:
            cited.append({**_item(other), "added": [c for c in other["citations"] if c not in one["citations"]],
                          "removed": [c for c in one["citations"] if c not in other["citations"]]})
        if {**one, "citations": None} != {**other, "citations": None}:
            worded.append(_item(other))
    return {"state": "new" if old is None else "gone" if new is None else "changed",
            "added": [_item(item) for link_id, item in after.items() if link_id not in before],
            "removed": [_item(item) for link_id, item in before.items() if link_id not in after],
            "cited": sorted(cited, key=lambda item: item["link_id"]), "worded": sorted(worded, key=lambda item: item["link_id"])}


def _item(item: Row) -> Row:
    return {name: item[name] for name in ("link_id", "question", "key")}


def publish(connection: Connection, actor: Actor, body: Row, now: int) -> Row:
    """Put a plan in force that was checked with `digest`. Takes as long as `flask plans load`: minutes in a large county when it counts otherwise than before.

    Raises Problem plan-mistakes, out-of-scope, state-changed (another text, or plans beside it that changed since), busy (another one is being
    published).
    """
    plan, mistakes = check_plan(body["text"], load_bank(), body["name"])
    if plan is None:
        raise Problem("plan-mistakes", errors=[one.to_dict() for one in mistakes])
    hold_plans(connection, exclusive=True)
    before = _stored(connection, plan.id)
    if not _covered(actor, plan, before):
        raise Problem("out-of-scope", f"计划的适用区域 {plan.region} 不在您的辖区内")
    if seen(connection, plan, body["text"]) != body["digest"]:
        raise Problem("state-changed", "预览之后，文本或相关的计划有变化，请重新检查并预览")
    [(_, changed)] = plans.load(connection, {body["name"]: body["text"]}, now, actor.user_id, note=body["note"])
    newest = plan_versions.listed(connection, plan.id)["versions"][0]
    return {"id": plan.id, "changed": changed, "version": newest["n"]}
