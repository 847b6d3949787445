"""Campaigns: previewed, made with all their tasks in one transaction, followed, and taken back."""

from collections import Counter
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.auth import Actor
from inspect_api.db import prefix_range, row_by
from inspect_api.models import Campaign, Contribution, Region, Site, Task, User
from inspect_api.problems import Problem
from inspect_api.schemas.tasks import MOST_SITES
from inspect_api.services import audit, region_names, tasks
from inspect_api.services.aiming import Aim, aim
from inspect_api.services.changes import append
from inspect_api.services.days import day_of, iso
from sync.feed import Change

Row = dict[str, Any]
_SOURCE = ("per", "window", "site_types", "indicator", "basis", "state", "sites")
_SAMPLE = 20
_NOTE = 1000


def preview(connection: Connection, given: Row, now: int) -> Row:
    """What a campaign would make: {sites, tasks, left_out: {open_task, met}, most, too_many, towns, grids, sample}. Writes nothing."""
    found = aim(connection, given, now)
    free = found.free()
    names = region_names.of(connection, {site.grid for site in free})
    by_grid = Counter(site.grid for site in free)
    grids = [{"region": grid, **{name: value for name, value in region_names.shown(names, grid).items() if name != "grid"}, "sites": count}
             for grid, count in sorted(by_grid.items())]
    by_town = Counter(site.grid[:region_names.TOWN_DIGITS] for site in free)
    made = len(by_grid) if found.per == "grid" else len(free)
    return {"sites": len(free), "tasks": made, "left_out": {"open_task": len(found.sites) - len(free), "met": found.met},
            "most": MOST_SITES, "too_many": made > MOST_SITES,
            "towns": [{"region": town, "name": names.get(town), "sites": count} for town, count in sorted(by_town.items())], "grids": grids,
            "sample": [{"id": site.id, "name": site.name, "type": site.type, "address": site.address, **region_names.shown(names, site.grid),
                        "risk_grade": site.risk_grade, "last_visit": iso(site.last_at)} for site in free[:_SAMPLE]]}


def make(connection: Connection, actor: Actor, given: Row, now: int) -> Row:
    """Make a campaign and its tasks; made already, it is answered as it stands. Raises Problem conflict (the id is another one's) or invalid."""
    org = given["region"][:6]
    source = {name: given[name] for name in _SOURCE if given.get(name) is not None}
    same = {"region": given["region"], "kind": given["kind"], "plan": given.get("plan"), "title": given["title"], "source": source, "due_on": given["due_on"]}
    if connection.execute(sa.select(Region.code).where(Region.code == org).with_for_update(key_share=True)).first() is None:  # one at a time in a county
        raise Problem("unknown-region", f"没有区划 {org}")
    known = row_by(connection, Campaign.__table__.c.id, given["id"])
    if known is not None:
        if {name: known[name] for name in same} != same:
            raise Problem("conflict", "这个编号已用于另一次专项任务")
        return one(connection, known, known["region"], day_of(now))
    if given["due_on"] < day_of(now):
        raise Problem("invalid", errors=[{"field": "due_on", "message": "期限已过"}])
    found = aim(connection, given, now)
    rows = _tasks(actor, found, _held(connection, found, given["region"]), given, now)
    if not rows:
        raise Problem("invalid", errors=[{"field": "region", "message": "没有需要布置任务的主体"}])
    if len(rows) > MOST_SITES:
        raise Problem("invalid", errors=[{"field": "region", "message": f"共 {len(rows)} 条任务，一次最多 {MOST_SITES} 条，请按乡镇分批"}])
    connection.execute(sa.insert(Campaign.__table__).values(id=given["id"], org=org, **same, tasks=len(rows), state="open", created_by=actor.user_id,
                                                            created_at=now, rev=1))
    connection.execute(sa.insert(Task.__table__), rows)
    append(connection, [Change(row["grid"], "task", row["id"]) for row in rows])
    audit.append(connection, org, now, actor.user_id, "campaign.make", given["id"], {"title": given["title"], "kind": given["kind"], "tasks": len(rows)})
    return one(connection, find(connection, given["id"]), given["region"], day_of(now))


def _held(connection: Connection, found: Aim, region: str) -> list[tuple[Any, str]]:
    """The sites for which a task is to be made, with their grids: locked, so that none moves or is visited before the tasks are there.
    One that was visited since it was chosen is left out.
    """
    free = {site.id: site for site in found.free()}
    if not free or len(free) > MOST_SITES and found.per == "site":
        return [(site, site.grid) for site in free.values()]  # refused by the caller
    table, ids = Site.__table__, sorted(free)
    inside = sa.and_(prefix_range(table.c.grid, region), table.c.id.between(ids[0], ids[-1])) if len(ids) > MOST_SITES else table.c.id.in_(ids)
    grids = dict(connection.execute(sa.select(table.c.id, table.c.grid).where(inside).order_by(table.c.id).with_for_update()).tuples().all())
    last = dict(connection.execute(sa.select(Contribution.site_id, Contribution.last_visit).where(
        Contribution.basis == "received", prefix_range(Contribution.grid, region), Contribution.last_at.is_not(None))).tuples().all())
    return [(site, grids[id_]) for id_, site in free.items()
            if grids.get(id_, "").startswith(region) and last.get(id_) == site.last_visit]


def _tasks(actor: Actor, found: Aim, sites: list[tuple[Any, str]], given: Row, now: int) -> list[Row]:
    shared = {"campaign_id": given["id"], "reason": found.reason, "purpose": found.purpose, "due_on": given["due_on"]}
    if found.per == "site":
        return [tasks.row(actor, grid, given["title"], now, site_id=site.id, note=given["note"], since=found.since_of(site), **shared)
                for site, grid in sites]
    by_grid: dict[str, list[str]] = {}
    for site, grid in sites:
        by_grid.setdefault(grid, []).append(site.name)
    return [tasks.row(actor, grid, given["title"], now, note=_note(given["note"], names), **shared) for grid, names in sorted(by_grid.items())]


def _note(note: str, names: list[str]) -> str:
    """What is asked, and of whom: as many names as there is room for."""
    text = (f"{note}\n" if note else "") + f"共 {len(names)} 户：" + "、".join(names)
    return text if len(text) <= _NOTE else text[:_NOTE - 1] + "…"


def find(connection: Connection, campaign_id: str, lock: bool = False) -> Row:
    """A campaign. Raises Problem not-found."""
    found = row_by(connection, Campaign.__table__.c.id, campaign_id, lock)
    if found is None:
        raise Problem("not-found", f"没有编号为“{campaign_id}”的专项任务")
    return found


def part(campaign: Row, region: str | None) -> str:
    """The region in which a campaign is looked at: its own, or one that lies in it or holds it. One that has nothing to do with it is
    no reason to see it: then its own."""
    return region if region and (region.startswith(campaign["region"]) or campaign["region"].startswith(region)) else campaign["region"]


def _progress(connection: Connection, ids: list[str], region: str, today: date, *by: Any) -> dict[tuple[str, ...], Row]:
    """{(campaign, *by): {open, done, withdrawn, overdue}} of the tasks in a region. One statement."""
    rows = connection.execute(
        sa.select(Task.campaign_id, *by, *(sa.func.sum(sa.case((when, 1), else_=0)) for when in (
            Task.state == "open", Task.state == "done", Task.state == "withdrawn", tasks.is_overdue(today))))
        .where(Task.campaign_id.in_(ids), prefix_range(Task.grid, region)).group_by(Task.campaign_id, *by)).all() if ids else []
    return {tuple(row[:-4]): dict(zip(_COUNTS, map(int, row[-4:]), strict=True)) for row in rows}


_COUNTS = ("open", "done", "withdrawn", "overdue")
_NOTHING = dict.fromkeys(_COUNTS, 0)


def _shown(row: Any, progress: Row) -> Row:
    return {name: row[name] for name in ("id", "region", "region_name", "plan", "kind", "title", "source", "tasks", "state", "rev", "created_by", "created_by_name")} | {
        "due_on": row["due_on"].isoformat(), "created_at": iso(row["created_at"]), "progress": progress}


_NAMED = (sa.select(Campaign.__table__, Region.name.label("region_name"), User.name.label("created_by_name"))
          .outerjoin(Region, Region.code == Campaign.region).outerjoin(User, User.id == Campaign.created_by))


def page(connection: Connection, query: Row, today: date) -> Row:
    """{campaigns, next} that concern a region, newest first: its own, those inside it, and those of the divisions above that have tasks in it;
    each with its progress in the region. Three statements at most.
    """
    region, table, limit = query["region"], Campaign.__table__, query["limit"]
    above = [region[:length] for length in (6, 9, 12) if length < len(region)]
    here = sa.exists().where(Task.campaign_id == Campaign.id, prefix_range(Task.grid, region))
    asked = _NAMED.where(sa.or_(prefix_range(table.c.region, region), sa.and_(table.c.region.in_(above), here)))
    if query.get("state"):
        asked = asked.where(table.c.state == query["state"])
    if query.get("after"):
        last = sa.select(table.c.created_at).where(table.c.id == query["after"]).scalar_subquery()
        asked = asked.where(sa.or_(table.c.created_at < last, sa.and_(table.c.created_at == last, table.c.id < query["after"])))
    rows = connection.execute(asked.order_by(table.c.created_at.desc(), table.c.id.desc()).limit(limit + 1)).mappings().all()
    progress = _progress(connection, [row["id"] for row in rows[:limit]], region, today)
    return {"campaigns": [_shown(row, progress.get((row["id"],), _NOTHING)) for row in rows[:limit]],
            "next": rows[limit - 1]["id"] if len(rows) > limit else None}


def one(connection: Connection, campaign: Row, region: str, today: date) -> Row:
    """A campaign with its progress in a region, as a whole, by town and by grid."""
    named = connection.execute(_NAMED.where(Campaign.id == campaign["id"])).mappings().one()
    by_grid = _progress(connection, [campaign["id"]], region, today, Task.grid)
    names = region_names.of(connection, (grid for _, grid in by_grid))
    towns: dict[str, Counter[str]] = {}
    for (_, grid), counts in sorted(by_grid.items()):
        towns.setdefault(grid[:region_names.TOWN_DIGITS], Counter()).update(counts)
    whole = sum(towns.values(), Counter())
    return _shown(named, _NOTHING | whole) | {
        "towns": [{"region": town, "name": names.get(town), **_NOTHING, **counts} for town, counts in towns.items()],
        "grids": [{"region": grid, **{name: value for name, value in region_names.shown(names, grid).items() if name != "grid"}, **counts}
                  for (_, grid), counts in sorted(by_grid.items())]}


def end(connection: Connection, actor: Actor, campaign_id: str, rev: int | None, now: int) -> Row:
    """Take all open tasks of a campaign back. What is done stays done. Raises Problem not-found or state-changed."""
    held = find(connection, campaign_id, lock=True)
    if held["state"] != "open":
        raise Problem("state-changed", "该专项任务已结束")
    if rev is not None and rev != held["rev"]:
        raise Problem("state-changed", f"您看到的是第 {rev} 版，现在是第 {held['rev']} 版")
    rows = [dict(row) for row in connection.execute(sa.select(Task.__table__).where(Task.campaign_id == campaign_id, Task.state == "open")
                                                    .order_by(Task.id).with_for_update()).mappings()]
    tasks.take_back(connection, actor, rows, now)
    connection.execute(sa.update(Campaign).where(Campaign.id == campaign_id).values(state="ended", rev=held["rev"] + 1))
    audit.append(connection, held["org"], now, actor.user_id, "campaign.withdraw", campaign_id, {"tasks": len(rows)})
    return one(connection, held, held["region"], day_of(now))
