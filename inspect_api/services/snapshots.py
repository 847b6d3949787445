"""Reports: frozen as of a day, read, and made anew as a further revision when the numbers of that day have changed after all."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from uuid_utils import uuid7

from checklists.plan import Plan
from inspect_api.db import prefix_range
from inspect_api.models import Plan as PlanRow
from inspect_api.models import Region, Snapshot, SnapshotRows, User
from inspect_api.problems import Problem
from inspect_api.services import audit, frozen
from inspect_api.services.days import iso
from inspect_api.services.stale import stale

Row = dict[str, Any]
FREE = "工作情况"  # what a report is called that no clause asks for


@dataclass(frozen=True, slots=True)
class Drawn:
    """A report before it is kept: of what, and what it says."""

    plan: str
    region: str
    report: str
    title: str
    as_of: date
    content: Row
    chunks: list[list[list[Any]]]

    def digest(self, revision: int) -> str:
        """SHA-256 over all that one revision says."""
        made = hashlib.sha256(orjson.dumps([self.plan, self.region, self.report, self.as_of.isoformat(), revision, self.content],
                                           option=orjson.OPT_SORT_KEYS))
        for chunk in self.chunks:
            made.update(orjson.dumps(chunk))
        return made.hexdigest()


def title_of(plan: Plan, report: str) -> str:
    """What a report is called. Raises Problem invalid for one that the plan does not have."""
    titles = {one.id: one.title for one in plan.reports} | {"": FREE}
    if report not in titles:
        raise Problem("invalid", errors=[{"field": "report", "message": "应为 " + "、".join(titles) + " 之一；自行报送的不填"}])
    return titles[report]


def draw(connection: Connection, plan: Plan, region: Any, report: str, as_of: date, today: date) -> Drawn:
    """Work out what a report says; `region` is a row of indicators.check_region. Raises Problem invalid for a day to come."""
    if as_of > today:
        raise Problem("invalid", errors=[{"field": "as_of", "message": f"不能晚于今天（{today}）"}])
    title = f"{region.name} {title_of(plan, report)}"
    return Drawn(plan.id, region.code, report, title, as_of, frozen.content(connection, plan, region, as_of, today),
                 list(frozen.open_rows(connection, region.code, as_of)))


def known(connection: Connection, plan: str, region: str, report: str, as_of: date) -> str | None:
    """The id of the report that is frozen already of this plan, region, kind and day."""
    return connection.execute(sa.select(Snapshot.id).where(
        Snapshot.plan == plan, Snapshot.region == region, Snapshot.report == report, Snapshot.as_of == as_of,
        Snapshot.revision == 1)).scalar()


def refuse_known(connection: Connection, plan: str, region: str, report: str, as_of: date) -> None:
    """Raises Problem conflict, with the report's id, when it is frozen already."""
    if id_ := known(connection, plan, region, report, as_of):
        raise Problem("conflict", f"截至 {as_of} 的这份报表已生成；数字有变化时请修订", report_id=id_)


def freeze(connection: Connection, drawn: Drawn, reason: str, by: str, now: int) -> Row:
    """Keep a report as its first revision. Raises Problem conflict when it is there already."""
    refuse_known(connection, drawn.plan, drawn.region, drawn.report, drawn.as_of)
    return _keep(connection, str(uuid7()), 1, drawn, [], reason, by, now)


def _keep(connection: Connection, id_: str, revision: int, drawn: Drawn, changes: list[Row], reason: str, by: str, now: int) -> Row:
    digest = drawn.digest(revision)
    connection.execute(sa.insert(Snapshot.__table__).values(
        id=id_, revision=revision, plan=drawn.plan, region=drawn.region, report=drawn.report, title=drawn.title, as_of=drawn.as_of,
        content=drawn.content, open_rows=sum(map(len, drawn.chunks)), changes=changes, changed=len(changes), reason=reason, made_by=by,
        made_at=now, checked_at=now, digest=digest))
    if drawn.chunks:
        connection.execute(sa.insert(SnapshotRows.__table__), [
            {"id": id_, "revision": revision, "n": n, "rows": chunk} for n, chunk in enumerate(drawn.chunks)])
    audit.append(connection, drawn.region[:6], now, by, "report.freeze" if revision == 1 else "report.revise", id_, {
        "plan": drawn.plan, "report": drawn.report, "region": drawn.region, "as_of": drawn.as_of.isoformat(), "revision": revision,
        "digest": digest, "changed": len(changes), "reason": reason})
    return {"id": id_, "revision": revision, "as_of": drawn.as_of.isoformat(), "digest": digest, "changed": len(changes)}


def find(connection: Connection, id_: str, revision: int | None = None) -> Row:
    """A whole revision of a report, by default the newest. Raises Problem not-found."""
    query = sa.select(Snapshot.__table__).where(Snapshot.id == id_)
    query = query.where(Snapshot.revision == revision) if revision else query.order_by(Snapshot.revision.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise Problem("not-found", f"没有编号为“{id_}”的报表" + (f" 的第 {revision} 版" if revision else ""))
    return dict(row)


def region_of(connection: Connection, id_: str) -> str:
    """The region of a report. Raises Problem not-found."""
    region = connection.execute(sa.select(Snapshot.region).where(Snapshot.id == id_, Snapshot.revision == 1)).scalar()
    if region is None:
        raise Problem("not-found", f"没有编号为“{id_}”的报表")
    return region


def revise(connection: Connection, id_: str, beside: int, drawn: Drawn, reason: str, by: str, now: int) -> Row:
    """Compare the newest revision with what was drawn anew beside number `beside`; keep it as a further one when a number differs.

    Returns {id, revision, as_of, digest, changed, changes}. Without a difference only `checked_at` moves. Raises Problem state-changed
    when it differs from a revision that was made while this was drawn: it may be the older of the two.
    """
    connection.execute(sa.select(Snapshot.id).where(Snapshot.id == id_, Snapshot.revision == 1).with_for_update()).all()
    newest = find(connection, id_)
    changes = frozen.differences(newest["content"], drawn.content)
    if changes:
        if newest["revision"] != beside:
            raise Problem("state-changed", f"刚刚有人修订了这份报表，现在是第 {newest['revision']} 版")
        return _keep(connection, id_, newest["revision"] + 1, drawn, changes, reason, by, now) | {"changes": changes}
    connection.execute(sa.update(Snapshot).where(Snapshot.id == id_, Snapshot.revision == newest["revision"]).values(checked_at=now))
    audit.append(connection, newest["region"][:6], now, by, "report.compare", id_, {"revision": newest["revision"]})
    return {"id": id_, "revision": newest["revision"], "as_of": newest["as_of"].isoformat(), "digest": newest["digest"], "changed": 0,
            "changes": []}


_LIGHT = [column for column in Snapshot.__table__.columns if column.name not in ("content", "changes")]
_SHOWN = sa.select(*_LIGHT, Region.name.label("region_name"), User.name.label("made_by_name"), PlanRow.title.label("plan_title")).outerjoin(
    Region, Region.code == Snapshot.region).outerjoin(User, User.id == Snapshot.made_by).outerjoin(PlanRow, PlanRow.id == Snapshot.plan)


def _shown(row: Any) -> Row:
    return {name: getattr(row, name) for name in (
        "id", "revision", "plan", "plan_title", "report", "title", "region", "region_name", "open_rows", "changed", "reason", "made_by",
        "made_by_name", "digest")} | {"as_of": row.as_of.isoformat(), "made_at": iso(row.made_at), "checked_at": iso(row.checked_at)}


def names_of(connection: Connection, row: Row) -> Row:
    """{region_name, plan_title, made_by_name} of a revision."""
    found = connection.execute(_SHOWN.where(Snapshot.id == row["id"], Snapshot.revision == row["revision"])).one()
    return {name: getattr(found, name) or "" for name in ("region_name", "plan_title", "made_by_name")}


def page(connection: Connection, region: str, plan: str | None, after: str | None, limit: int) -> Row:
    """{reports, next} of a region and all below it, newest first, each in its newest revision."""
    later = Snapshot.__table__.alias()
    query = _SHOWN.where(prefix_range(Snapshot.region, region), ~sa.exists().where(
        later.c.id == Snapshot.id, later.c.revision > Snapshot.revision))
    if plan:
        query = query.where(Snapshot.plan == plan)
    if after:
        query = query.where(Snapshot.id < after)
    rows = connection.execute(query.order_by(Snapshot.id.desc()).limit(limit + 1)).all()
    late = stale(connection, region, rows[:limit])
    return {"reports": [_shown(row) | {"stale": row.id in late} for row in rows[:limit]],
            "next": rows[limit - 1].id if len(rows) > limit else None}


def one(connection: Connection, id_: str, revision: int | None) -> Row:
    """A revision whole, with what the others are. Four statements. Raises Problem not-found."""
    whole = find(connection, id_, revision)
    rows = connection.execute(_SHOWN.where(Snapshot.id == id_).order_by(Snapshot.revision)).all()
    late = stale(connection, whole["region"], rows[-1:])
    shown = next(_shown(row) for row in rows if row.revision == whole["revision"])
    return shown | {"stale": id_ in late, "changes": whole["changes"], "content": whole["content"], "revisions": [
        {"revision": row.revision, "made_at": iso(row.made_at), "made_by_name": row.made_by_name, "reason": row.reason,
         "changed": row.changed, "digest": row.digest} for row in rows]}


def rows_of(connection: Connection, id_: str, revision: int, after: int = -1) -> tuple[list[Row], int | None]:
    """(rows, n): the next frozen chunk of open rectifications after chunk `after`, as {name of OPEN_COLUMNS: value}; ([], None) at the end."""
    row = connection.execute(sa.select(SnapshotRows.n, SnapshotRows.rows).where(
        SnapshotRows.id == id_, SnapshotRows.revision == revision, SnapshotRows.n > after).order_by(SnapshotRows.n).limit(1)).first()
    return ([dict(zip(frozen.OPEN_COLUMNS, one, strict=True)) for one in row.rows], row.n) if row else ([], None)


def all_rows(connection: Connection, id_: str, revision: int) -> Iterator[Row]:
    """Every frozen open rectification, a chunk at a time from the database."""
    rows, last = rows_of(connection, id_, revision)
    while last is not None:
        yield from rows
        rows, last = rows_of(connection, id_, revision, last)
