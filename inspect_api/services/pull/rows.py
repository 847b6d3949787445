"""The rows that phones pull, each as it stands now and only where it lies: one loader a type, in LOADERS."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.models import Contribution, Finding, Region, Site, Task, Visit
from inspect_api.models import User as UserRow
from inspect_api.services.days import iso
from inspect_api.services.photos.naming import stored_of, told
from inspect_api.services.programmes import Programmes, programmes
from inspect_api.services.pull.papers import checklists, plans, rules
from inspect_api.services.pull.troubles import conflicts, quarantine
from inspect_api.services.site_fields import document as site_document
from inspect_api.services.task_fields import document as task_document
from sync.feed import Entry, personal
from sync.receipt import missing

Row = dict[str, Any]
DUE = ("inspected", "marked", "holding")  # measures that a visit, or a paper, can still fulfil


class Rows:
    """Rows loaded for one page: `found` by bucket, type and id; `items` by name, those that checklists share.

    `whole`: visits come with all they hold, not only with what their phone needs.
    """

    def __init__(self, connection: Connection, whole: bool = False):
        self.connection, self.whole = connection, whole
        self.found: dict[tuple[str, str, str], Row] = {}
        self.items: dict[str, Row] = {}

    def put(self, bucket: str, type_: str, id_: str, row: Row) -> None:
        """A row lies in a bucket. One that an entry asks for elsewhere is not found there."""
        self.found[(bucket, type_, id_)] = row


def _ids(entries: Iterable[Entry]) -> list[str]:
    return sorted({entry.id for entry in entries})


def sites(rows: Rows, entries: list[Entry]) -> None:
    """Sites with their open findings, the newest visit, and what is due: indicators that they still hold back;
    and which of their photos are not there yet.
    """
    ids, known = _ids(entries), programmes(rows.connection)
    open_: dict[str, list[Row]] = defaultdict(list)
    table = Finding.__table__
    for f in rows.connection.execute(sa.select(table).where(table.c.site_id.in_(ids), table.c.waits == "mend")
                                     .order_by(table.c.due_on, table.c.link_id)).mappings():
        open_[f["site_id"]].append({"id": f["id"], "item": f["link_id"], "key": f["key"], "visit": f["visit_id"], "action": f["action"],
                                    "opened_on": f["opened_on"].isoformat(), "due_on": f["due_on"].isoformat()})
    found = rows.connection.execute(
        sa.select(Site.__table__, Contribution.state).outerjoin(Contribution, sa.and_(
            Contribution.site_id == Site.id, Contribution.basis == "received")).where(Site.id.in_(ids))).mappings().all()
    there = stored_of(rows.connection, "site", (site["id"] for site in found if site["photos"]))
    for site in found:
        state = site["state"] or {"last": None, "sums": {}}
        rows.put(site["grid"], "site", site["id"], {
            "id": site["id"], **site_document(site), "rev": site["rev"], "findings": open_[site["id"]],
            "last_visit": state["last"] and {"id": state["last"][1], "at": iso(state["last"][0])},
            "due": _due(known, site, state["sums"]), "photos_missing": sorted(site["photos"].keys() - there[site["id"]].keys())})


def _due(known: Programmes, site: Any, sums: dict[str, list[Any]]) -> list[str]:
    """`plan|indicator|window` of what the site is counted in and does not fulfil yet."""
    return [track.key for track in known.programme(site["grid"], site["type"]).tracks
            if track.measure in DUE and (row := sums.get(track.key)) and row[0] < row[1]]


_VISIT = ("id", "site_id", "grid", "document_type", "checklist", "offset_ms", "status", "review", "verdict", "replaces",
          "replaced_by", "review_note", "rev")


def visits(rows: Rows, entries: list[Entry]) -> None:
    """A person's own visits with what the office said of them. Answers come along while somebody may still go on with them."""
    there = stored_of(rows.connection, "visit", _ids(entries))
    for visit in rows.connection.execute(
            sa.select(Visit.__table__, UserRow.name.label("reviewer")).outerjoin(UserRow, UserRow.id == Visit.reviewed_by)
            .where(Visit.id.in_(_ids(entries)))).mappings():
        row: Row = {**{name: visit[name] for name in _VISIT}, "at": iso(visit["at"]), "phone_at": iso(visit["phone_at"]),
                    "received_at": iso(visit["received_at"]), "reviewed_at": iso(visit["reviewed_at"]), "reviewer": visit["reviewer"]}
        given = told(visit, there[visit["id"]])
        row |= {"receipt": given.get("receipt"), "photos_missing": missing(visit, there[visit["id"]])}
        unfinished = visit["status"] == "draft" or visit["review"] == "returned" and visit["replaced_by"] is None
        if unfinished or rows.whole:
            row |= {"answers": visit["answers"], "details": visit["details"]}
        rows.put(personal(visit["grid"], visit["inspector_id"]), "visit", visit["id"], row)


def tasks(rows: Rows, entries: list[Entry]) -> None:
    """What offices ask the grid to do."""
    for task in rows.connection.execute(sa.select(Task.__table__).where(Task.id.in_(_ids(entries)))).mappings():
        rows.put(task["grid"], "task", task["id"], task_document(task))


def regions(rows: Rows, entries: list[Entry]) -> None:
    """Divisions and grids with their boundaries and the names above them, from the county down."""
    codes = _ids(entries)
    above = {code[:length] for code in codes for length in (6, 9, 12) if length < len(code)}
    names = {row.code: row.name for row in rows.connection.execute(
        sa.select(Region.code, Region.name).where(Region.code.in_(sorted(above))))} if above else {}
    for region in rows.connection.execute(sa.select(Region.__table__).where(Region.code.in_(codes))).mappings():
        code = region["code"]
        rows.put(code, "region", code, {
            "code": code, "name": region["name"], "level": region["level"], "parent": region["parent"],
            "path": [names[code[:length]] for length in (6, 9, 12) if length < len(code) and code[:length] in names],
            "boundary": region["boundary"], "valid_from": region["valid_from"] and region["valid_from"].isoformat(),
            "valid_to": region["valid_to"] and region["valid_to"].isoformat()})


# In the order in which a phone can use them: what a visit names comes before it.
LOADERS: dict[str, Callable[[Rows, list[Entry]], None]] = {
    "region": regions, "plan": plans, "rules": rules, "checklist": checklists, "site": sites, "task": tasks, "visit": visits,
    "quarantine": quarantine, "conflict": conflicts}
