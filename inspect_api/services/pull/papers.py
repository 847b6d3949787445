"""What offices publish, as phones pull it: checklists in force, the indicators of plans with their windows, and a county's own rules.

The checklists of a county ask the same questions of many types of site. A page says each question once, in `items`, and
its checklists refer to it: that halves a first pull.
"""

import hashlib
from typing import Any

import orjson
import sqlalchemy as sa

from checklists.plan import Plan
from checklists.windows import windows
from inspect_api.models import Checklist, InForce
from inspect_api.services import rules as county_rules
from inspect_api.services.programmes import programmes
from sync.feed import Entry, everyone

Row = dict[str, Any]
_OWN = ("citations",)  # what an item has that is not the same in every checklist


def checklists(rows: Any, entries: list[Entry]) -> None:
    """The checklists in force of some counties, by site type."""
    wanted = {(entry.bucket.partition("/")[0], entry.id) for entry in entries}
    found = rows.connection.execute(
        sa.select(InForce.region, InForce.site_type, Checklist.version, Checklist.content)
        .join(Checklist, Checklist.version == InForce.version)
        .where(InForce.region.in_(sorted({region for region, _ in wanted})),
               InForce.site_type.in_(sorted({site_type for _, site_type in wanted}))))
    for row in found:
        rows.put(everyone(row.region), "checklist", row.site_type,
                 {"site_type": row.site_type, "region": row.region, "version": row.version, **_shared(row.content, rows.items)})


def _shared(content: Row, items: dict[str, Row]) -> Row:
    """A checklist whose questions are references into `items`: {ref, citations}."""
    sections = []
    for section in content["sections"]:
        refs = []
        for item in section["items"]:
            body = {name: value for name, value in item.items() if name not in _OWN}
            ref = hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]
            items[ref] = body
            refs.append({"ref": ref} | {name: item[name] for name in _OWN})
        sections.append({**section, "items": refs})
    return {"title": content["title"], "sections": sections}


def plans(rows: Any, entries: list[Entry]) -> None:
    """The plans in force: what their indicators ask of which sites, in which windows. Their full text is GET /plans/{id}."""
    known = programmes(rows.connection).plans
    for entry in entries:
        if (plan := known.get(entry.id)) is not None:
            rows.put(entry.bucket, "plan", entry.id, _plan(plan))


def rules(rows: Any, entries: list[Entry]) -> None:
    """Of the rules of some counties what phones go by: how often sites are visited. A county without rules of its own tells nothing."""
    for org, own in county_rules.many(rows.connection, (entry.id for entry in entries)).items():
        rows.put(everyone(org), "rules", org, {"org": org, "frequencies": dict(own.frequencies)})


def _plan(plan: Plan) -> Row:
    articles = {clause.id: clause.article for clause in plan.clauses}
    return {"id": plan.id, "title": plan.title, "region": plan.region,
            "period": [day.isoformat() for day in plan.period],
            "indicators": [
                {"id": i.id, "clause": i.clause, "article": articles[i.clause], "title": i.title, "measure": i.measure,
                 "level": i.level, "site_types": i.filter.get("site_types") or [], "items": list(i.item_ids()),
                 "windows": [{"key": w.key, "title": w.title, "start": w.start.isoformat(), "end": w.end.isoformat()}
                             for w in windows(plan, i)]} for i in plan.indicators]}
