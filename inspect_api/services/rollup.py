"""Touched sites -> their states -> differences -> the tallies of their grids, in the caller's transaction.

Two bases: `received` follows every push, `approved` follows every review. `rebuild` computes both from the raw
visits; tests hold it equal to the increments under random histories.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from checklists.state import Closed, Fact, Opened, State, difference, fact
from inspect_api.db import compiled, prefix_range, upsert
from inspect_api.models import Contribution, Finding, Site, Tally, Visit
from inspect_api.services.changes import append
from inspect_api.services.days import day_of
from inspect_api.services.programmes import Programmes, hold_plans, programmes, published
from inspect_api.services.rectification import project
from inspect_api.services.rectification.cases import Cases
from sync.feed import Change

Row = dict[str, Any]
Events = list[Opened | Closed]
BASES = ("received", "approved")

FACT_COLUMNS = (Visit.id, Visit.site_id, Visit.at, Visit.checklist, Visit.answers, Visit.review, Visit.replaced_by,
                 Visit.status, Visit.document_type, Visit.replaces)


def standing(visits: Iterable[Any], basis: str) -> list[Any]:
    """The visits of a site that count on a basis. A draft never does.

    An amended visit does not, once its amendment counts, or the amendment of that, and so on.
    """
    visits = list(visits)
    signed = [visit for visit in visits if visit.status == "signed"]
    if basis == "approved":
        counted = [visit for visit in signed if visit.review == "approved"]
    else:
        counted = [visit for visit in signed if visit.review != "rejected"]
    ids = {visit.id for visit in counted}
    later = {visit.id: visit.replaced_by for visit in visits}

    def superseded(visit: Any) -> bool:
        successor = visit.replaced_by
        while successor is not None:
            if successor in ids:
                return True
            successor = later.get(successor)
        return False

    return [visit for visit in counted if not superseded(visit)]


class Tallies:
    """Differences gathered by grid, written with one statement in the order of their keys."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, ...], list[Any]] = defaultdict(lambda: [0, 0])

    def add(self, basis: str, grid: str, changed: Mapping[tuple[str, str], list[Any]]) -> None:
        """Add one site's difference to its grid."""
        for (key, until), (num, den) in changed.items():
            plan, indicator, window = key.split("|")
            cell = self.rows[(plan, basis, grid, indicator, window, until)]
            cell[0] += num
            cell[1] += den

    def write(self, connection: Connection) -> None:
        """Add everything to the tally table."""
        rows = [dict(zip(_CELL, key, strict=True)) | {"num": cell[0], "den": cell[1]}
                for key, cell in sorted(self.rows.items()) if cell != [0, 0]]
        if rows:
            connection.execute(_adding(connection.dialect.name), rows)


_CELL = ("plan", "basis", "grid", "indicator", "window", "until")


@cache
def _adding(_dialect: str) -> Any:
    """Made once for each kind of database."""
    table = Tally.__table__
    return compiled(upsert(table, _CELL, {"num": lambda new: table.c.num + new.num, "den": lambda new: table.c.den + new.den}))


def _copy(state: State) -> State:
    return {"sums": {key: row[:] for key, row in state["sums"].items()}}


def facts_of(connection: Connection, visits: Iterable[Any]) -> dict[str, Fact]:
    """{visit id: Fact}: stored visits judged again, each by the checklist version it is pinned to."""
    visits = list(visits)
    known = published(connection, {visit.checklist for visit in visits})
    facts = {}
    for visit in visits:
        day = day_of(visit.at)
        facts[visit.id] = fact(visit.at, visit.id, day, visit.document_type,
                               known[visit.checklist].validator.judge(visit.answers, day))
    return facts


class Raw:
    """The stored visits of some sites, read and judged once for both bases."""

    def __init__(self, connection: Connection, site_ids: Iterable[str]):
        self.by_site: dict[str, list[Any]] = defaultdict(list)
        ids = sorted(site_ids)
        visits = connection.execute(sa.select(*FACT_COLUMNS).where(Visit.site_id.in_(ids))).all() if ids else []
        for visit in visits:
            self.by_site[visit.site_id].append(visit)
        self.facts = facts_of(connection, (visit for visit in visits if visit.status == "signed"))
        self.cases = Cases(connection, ids, visits)

    def standing(self, site_id: str, basis: str) -> list[Fact]:
        """The facts of a site that count on a basis."""
        return [self.facts[visit.id] for visit in standing(self.by_site[site_id], basis)]


def apply_batch(connection: Connection, known: Programmes, sites: Mapping[str, Row], states: dict[str, State],
                facts: Mapping[str, list[Fact]], refold: set[str], new: set[str], tallies: Tallies) -> None:
    """Fold a batch's new visits into the `received` numbers of the touched sites.

    `states` are the stored states (a site without one is new); `refold` are sites whose earlier visits changed.
    A visit older than what a site's state holds makes that site fold anew from its raw visits. The visits must
    be in the database already. The caller writes the tallies.
    """
    written, events = {}, {}
    late = set(refold)
    for site_id in sorted(sites):
        site, arrived = sites[site_id], sorted(facts.get(site_id, ()), key=lambda f: (f.at, f.id))
        programme = known.programme(site["grid"], site["type"])
        if site_id in new:
            empty = programme.initial(site)
            tallies.add("approved", site["grid"], difference(None, empty))
            written[("approved", site_id)] = empty
        state = states.get(site_id) or programme.initial(site)
        if site_id in late or (arrived and not programme.is_next(state, arrived[0])):
            late.add(site_id)
            continue
        before = _copy(state) if site_id in states else None
        events[site_id] = [event for fact in arrived for event in programme.advance(state, fact)]
        tallies.add("received", site["grid"], difference(before, state))
        written[("received", site_id)] = state
    raw = Raw(connection, late)
    _refold(known, "received", {site_id: sites[site_id] for site_id in late}, raw, states, tallies, written, events)
    _write_states(connection, sites, written)
    project.write(connection, sites, events, late, raw.cases)


def _refold(known: Programmes, basis: str, sites: Mapping[str, Row], raw: Raw, states: Mapping[str, State],
            tallies: Tallies, written: dict, events: dict[str, Events]) -> None:
    for site_id, site in sorted(sites.items()):
        programme = known.programme(site["grid"], site["type"])
        state, history = programme.fold(site, raw.standing(site_id, basis), raw.cases.words(site_id))
        tallies.add(basis, site["grid"], difference(states.get(site_id), state))
        written[(basis, site_id)] = state
        events[site_id] = history


def refold(connection: Connection, site_ids: Iterable[str], tallies: Tallies | None = None) -> None:
    """Compute these sites anew on both bases from their raw visits: after a review, an edit of the site, a correction.

    The caller has locked the sites, and holds the plans. With `tallies` the differences are only gathered, and the
    caller writes them when all is done: tallies are locked after all sites, in the order of their keys.
    """
    ids = sorted(set(site_ids))
    known, gathered = programmes(connection), Tallies() if tallies is None else tallies
    sites = {row["id"]: dict(row) for row in connection.execute(
        sa.select(Site.__table__).where(Site.id.in_(ids))).mappings()}
    raw = Raw(connection, ids)
    for basis in BASES:
        stored = {row.site_id: (row.grid, row.state) for row in connection.execute(
            sa.select(Contribution.site_id, Contribution.grid, Contribution.state)
            .where(Contribution.site_id.in_(ids), Contribution.basis == basis))}
        written, events = {}, {}
        moved = {site_id for site_id, (grid, _) in stored.items() if grid != sites[site_id]["grid"]}
        for site_id in moved:  # what it added to the old grid is taken back
            gathered.add(basis, stored[site_id][0], difference(stored[site_id][1], None))
        states = {site_id: state for site_id, (_, state) in stored.items() if site_id not in moved}
        _refold(known, basis, sites, raw, states, gathered, written, events)
        _write_states(connection, sites, written)
        if basis == "received":
            project.write(connection, sites, events, set(ids), raw.cases)
    if tallies is None:
        gathered.write(connection)


def _write_states(connection: Connection, sites: Mapping[str, Row], written: Mapping[tuple[str, str], State]) -> None:
    if written:
        connection.execute(upsert(Contribution.__table__, ("site_id", "basis")), [
            contribution(site_id, basis, sites[site_id]["grid"], state) for (basis, site_id), state in sorted(written.items())])


def contribution(site_id: str, basis: str, grid: str, state: State) -> Row:
    """The row that keeps a site's state."""
    last_at, last_visit = state["last"] or (None, None)
    return {"site_id": site_id, "basis": basis, "grid": grid, "state": state, "last_at": last_at, "last_visit": last_visit,
            "open_findings": sum(len(one) == 3 for one in state["open"].values())}


def rebuild(connection: Connection, region: str = "", progress: Callable[[int, int], None] | None = None,
            chunk: int = 500, types: Collection[str] | None = None) -> int:
    """Compute every state, finding and tally under `region` from the raw visits. Returns the number of sites.

    With `types` only those of sites of these types, and to the tallies the differences are added: right as long as they are the sums
    of the stored states. Holds the plans' lock, so that pushes wait and none is missed. Sites whose state is another one than
    before enter the feed. `progress(done, total)` is called per chunk.
    """
    hold_plans(connection, exclusive=True)
    known, tally = programmes(connection), Tally.__table__
    wanted = prefix_range(Site.grid, region) if types is None else sa.and_(prefix_range(Site.grid, region), Site.type.in_(sorted(types)))
    if types is None:
        for column in (Tally.grid, Finding.grid):
            connection.execute(sa.delete(column.class_.__table__).where(prefix_range(column, region)))
    total = connection.execute(sa.select(sa.func.count()).select_from(Site).where(wanted)).scalar_one()
    done, after = 0, ""
    tallies = Tallies()
    while True:
        sites = {row["id"]: dict(row) for row in connection.execute(
            sa.select(Site.__table__).where(wanted, Site.id > after).order_by(Site.id).limit(chunk)).mappings()}
        if not sites:
            break
        after = max(sites)
        raw = Raw(connection, sites)
        for basis in BASES:
            before = _states(connection, basis, sites) if types is not None or basis == "received" else {}
            written, events = {}, {}
            _refold(known, basis, sites, raw, {} if types is None else before, tallies, written, events)
            _write_states(connection, sites, written)
            if basis == "received":
                project.write(connection, sites, events, set(sites), raw.cases)
                append(connection, [Change(site["grid"], "site", site_id) for site_id, site in sites.items()
                                    if before.get(site_id) != written[(basis, site_id)]])
        done += len(sites)
        if progress:
            progress(done, total)
    tallies.write(connection)
    if types is not None:  # of indicators and windows that are no more
        connection.execute(sa.delete(tally).where(prefix_range(tally.c.grid, region), tally.c.num == 0, tally.c.den == 0))
    return done


def _states(connection: Connection, basis: str, site_ids: Iterable[str]) -> dict[str, State]:
    return {row.site_id: row.state for row in connection.execute(
        sa.select(Contribution.site_id, Contribution.state).where(Contribution.site_id.in_(sorted(site_ids)), Contribution.basis == basis))}


def snapshot(connection: Connection, region: str = "") -> dict[str, dict]:
    """All derived numbers under `region` as plain data, for comparing increments with a rebuild."""
    tally = Tally.__table__
    finding = Finding.__table__
    return {
        "tallies": {tuple(row[:6]): (row.num, row.den) for row in connection.execute(
            sa.select(tally.c.plan, tally.c.basis, tally.c.grid, tally.c.indicator, tally.c.window, tally.c.until,
                      tally.c.num, tally.c.den).where(prefix_range(tally.c.grid, region)))
            if (row.num, row.den) != (0, 0)},
        "states": {(row.site_id, row.basis): row.state for row in connection.execute(
            sa.select(Contribution.site_id, Contribution.basis, Contribution.state)
            .where(prefix_range(Contribution.grid, region)))},
        "findings": {row["id"]: dict(row) for row in connection.execute(
            sa.select(finding).where(prefix_range(finding.c.grid, region))).mappings()},
    }
