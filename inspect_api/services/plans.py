"""Plans into the database, and the checklists that follow from them published to every county concerned."""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

import checklists
from checklists.bank import load_bank
from checklists.compile import compile_checklists
from checklists.plan import Plan, check_plan
from inspect_api.db import upsert
from inspect_api.models import Checklist, InForce, Region
from inspect_api.models import Plan as PlanRow
from inspect_api.problems import Problem
from inspect_api.services import audit, plan_versions, renumbering
from inspect_api.services.changes import append
from inspect_api.services.programmes import bump, hold_plans, programmes
from sync.feed import DELETED, Change, everyone

_FLOOR = Path(checklists.__file__).parent


def load(connection: Connection, sources: dict[str, str], now: int, actor: str,
         progress: Callable[[int, int], None] | None = None, note: str = "") -> list[tuple[Plan, bool]]:
    """Load plan files ({name: YAML}); publish checklists and bring the numbers up to date where something changed.

    Returns [(plan, changed)]. Raises Problem plan-mistakes with every mistake of every file; then nothing is loaded.
    Each text is kept as a version, with `note`. Files that are in force already, with the item bank and the code that
    compiles them, are not even parsed.
    """
    if same := _in_force(connection, sources):
        return [(plan, False) for plan in same]
    bank, plans, errors = load_bank(), [], []
    for name, source in sources.items():
        plan, mistakes = check_plan(source, bank, name)
        errors += [mistake.to_dict() for mistake in mistakes]
        plans.append((plan, source))
    if errors:
        raise Problem("plan-mistakes", errors=errors)
    hold_plans(connection, exclusive=True)
    known, trusted = _counting(connection), _trusted(connection)
    loaded, changed = [], []
    for plan, source in plans:
        digest = digest_of(source)
        before, stored = known.get(plan.id, (None, ""))
        fresh = stored != digest
        loaded.append((plan, fresh))
        if fresh:
            changed.append((before, plan))
            connection.execute(upsert(PlanRow.__table__, ("id",)), [
                {"id": plan.id, "title": plan.title, "region": plan.region, "source": source, "digest": digest,
                 "content": plan.to_dict(), "loaded_at": now, "in_force": True}])
            plan_versions.keep(connection, plan, source, now, actor, note)
    _after(connection, changed, trusted, now, actor, "plan.load", progress, {"note": note} if note else {})
    return loaded


def _counting(connection: Connection) -> dict[str, tuple[Plan, str]]:
    """{id: (plan, digest)} of the plans in force."""
    return {row.id: (Plan.from_dict(row.content), row.digest)
            for row in connection.execute(sa.select(PlanRow.id, PlanRow.content, PlanRow.digest).where(PlanRow.in_force))}


def _trusted(connection: Connection) -> set[str]:
    """The regions whose numbers are of today's code: those of plans in force that were loaded with it.

    The first plan that is loaded after the code changed, there or above, has all numbers of its region computed anew.
    """
    rows = connection.execute(sa.select(PlanRow.region, PlanRow.source, PlanRow.digest).where(PlanRow.in_force))
    return {row.region for row in rows if row.digest == digest_of(row.source)}


@cache
def _made_with() -> bytes:
    """A hash of what turns plans into checklists and numbers: the item bank and the code of its floor."""
    made = hashlib.sha256()
    for path in sorted(_FLOOR.rglob("*")):
        if path.suffix in (".py", ".yaml") and path.parent.name != "plans":
            made.update(path.relative_to(_FLOOR).as_posix().encode() + b"\0" + path.read_bytes())
    return made.digest()


def digest_of(source: str) -> str:
    """What a plan's row remembers of its file. It changes with the bank and the compiler too: what follows from the
    plan may then differ, and the plan is loaded anew."""
    return hashlib.sha256(_made_with() + source.encode()).hexdigest()


def loaded_before(connection: Connection, sources: dict[str, str]) -> bool:
    """Whether each of these files was loaded just as it is, be it in force or withdrawn since."""
    return {digest_of(source) for source in sources.values()} <= set(connection.execute(sa.select(PlanRow.digest)).scalars())


def _in_force(connection: Connection, sources: dict[str, str]) -> list[Plan]:
    """The plans of these files when all of them are in force as they are, else nothing."""
    rows = connection.execute(sa.select(PlanRow.id, PlanRow.digest).where(PlanRow.in_force))
    ids = {row.digest: row.id for row in rows}
    wanted = [ids.get(digest_of(source)) for source in sources.values()]
    return [] if None in wanted else [programmes(connection).plans[id] for id in wanted]


def withdraw(connection: Connection, plan_id: str, now: int, actor: str, reason: str = "") -> None:
    """Take a plan out of force. Its text and its visits stay; its checklists and numbers go."""
    hold_plans(connection, exclusive=True)
    plan, trusted = find(connection, plan_id), _trusted(connection)
    connection.execute(sa.update(PlanRow).where(PlanRow.id == plan_id).values(in_force=False))
    _after(connection, [(plan, None)], trusted, now, actor, "plan.withdraw", None, {"reason": reason} if reason else {})


def _after(connection: Connection, changes: list[renumbering.Replaced], trusted: set[str], now: int, actor: str, action: str,
           progress: Callable[[int, int], None] | None, told: dict[str, str]) -> None:
    changed = [after or before for before, after in changes]
    bump(connection)  # always: the bank may have changed with the code
    append(connection, publish(connection, now))
    append(connection, _told(connection, changed))
    renumbering.renumber(connection, changes, trusted, progress)
    for plan in changed:
        audit.append(connection, plan.region[:6], now, actor, action, plan.id, {"title": plan.title, **told})


def _told(connection: Connection, changed: list[Plan]) -> list[Change]:
    """A plan is seen by everyone of every county that it is for."""
    known = programmes(connection).plans
    return [Change(everyone(county), "plan", plan.id, "put" if plan.id in known else DELETED)
            for plan in changed for county in _counties(connection) if county.startswith(plan.region)]


def _counties(connection: Connection) -> list[str]:
    return list(connection.execute(sa.select(Region.code).where(Region.level == "county").order_by(Region.code)).scalars())


def publish(connection: Connection, now: int) -> list[Change]:
    """Compile and publish the checklists of every county under a plan. Returns what changed, for the feed."""
    known, bank = programmes(connection), load_bank()
    compiled: dict[tuple[str, ...], dict] = {}
    wanted: dict[tuple[str, str], str] = {}
    content: dict[str, tuple[str, dict]] = {}
    for county in _counties(connection):
        plans = known.over(county)
        names = tuple(plan.id for plan in plans)
        if names not in compiled:
            compiled[names] = compile_checklists(plans, bank)
        for site_type, checklist in compiled[names].items():
            wanted[(county, site_type)] = checklist.version
            content[checklist.version] = (site_type, checklist.content)
    served = {(row.region, row.site_type): row.version for row in connection.execute(sa.select(InForce.__table__))}
    existing = set(connection.execute(sa.select(Checklist.version)).scalars())
    if fresh := [{"version": version, "site_type": site_type, "content": body, "created_at": now}
                 for version, (site_type, body) in sorted(content.items()) if version not in existing]:
        connection.execute(sa.insert(Checklist.__table__), fresh)
    if put := [{"region": region, "site_type": kind, "version": version}
               for (region, kind), version in sorted(wanted.items()) if served.get((region, kind)) != version]:
        connection.execute(upsert(InForce.__table__, ("region", "site_type")), put)
    gone = sorted(set(served) - set(wanted))
    if gone:
        connection.execute(sa.delete(InForce.__table__).where(
            sa.tuple_(InForce.region, InForce.site_type).in_(gone)))
    return [*(Change(everyone(row["region"]), "checklist", row["site_type"]) for row in put),
            *(Change(everyone(region), "checklist", kind, DELETED) for region, kind in gone)]


def listed(connection: Connection, state: str = "in_force") -> list[dict[str, Any]]:
    """The heads of plans by id: those `in_force`, the `withdrawn` ones, or `all`; each with the name of its region and its newest version."""
    shown = [(plan, True) for plan in programmes(connection).plans.values()] if state != "withdrawn" else []
    if state != "in_force":
        rows = connection.execute(sa.select(PlanRow.content).where(PlanRow.in_force.is_(False)))
        shown += [(Plan.from_dict(row.content), False) for row in rows]
    regions = sorted({plan.region for plan, _ in shown})
    names = {row.code: row.name for row in connection.execute(sa.select(Region.code, Region.name).where(Region.code.in_(regions)))}
    newest = plan_versions.newest(connection)
    return [_head(plan, in_force) | {"region_name": names.get(plan.region), "version": newest.get(plan.id)}
            for plan, in_force in sorted(shown, key=lambda one: one[0].id)]


def _head(plan: Plan, in_force: bool) -> dict[str, Any]:
    return {"id": plan.id, "title": plan.title, "doc_number": plan.doc_number, "issuer": plan.issuer, "region": plan.region,
            "period": {"from": plan.period[0].isoformat(), "to": plan.period[1].isoformat()}, "clauses": len(plan.clauses),
            "indicators": len(plan.indicators), "in_force": in_force}


def find(connection: Connection, plan_id: str) -> Plan:
    """A plan in force. Raises Problem unknown-plan."""
    plan = programmes(connection).plans.get(plan_id)
    if plan is None:
        raise Problem("unknown-plan", f"没有编号为“{plan_id}”的计划，可能已停用")
    return plan


def find_indicator(connection: Connection, plan_id: str, indicator_id: str) -> tuple:
    """(plan, indicator). Raises Problem unknown-plan or unknown-indicator."""
    plan = find(connection, plan_id)
    for indicator in plan.indicators:
        if indicator.id == indicator_id:
            return plan, indicator
    raise Problem("unknown-indicator", f"《{plan.title}》里没有编号为“{indicator_id}”的指标")


def checklist(connection: Connection, region: str, site_type: str) -> dict:
    """The checklist in force for a site type in a region (at or under a county). Raises Problem not-found."""
    row = connection.execute(
        sa.select(Checklist.version, Checklist.content).join(InForce, InForce.version == Checklist.version)
        .where(InForce.region == region[:6], InForce.site_type == site_type)).first()
    if row is None:
        raise Problem("not-found", f"区域 {region} 没有 {site_type} 的检查表：没有生效的计划涉及这类主体")
    return {"version": row.version, **row.content}


def checklist_version(connection: Connection, version: str) -> dict:
    """A published checklist by its version. Raises Problem not-found."""
    row = connection.execute(sa.select(Checklist.content).where(Checklist.version == version)).first()
    if row is None:
        raise Problem("not-found", f"没有检查表版本 {version}")
    return {"version": version, **row.content}
