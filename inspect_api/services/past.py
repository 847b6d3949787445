"""The numbers of past days, folded from the raw visits that had been made by then: any number of days in one pass over the sites.

Sites, reviews and deadlines are taken as they are today: only the visits are those of the day.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from checklists.plan import Plan
from checklists.state import FOREVER, Fact, Programme, State
from checklists.windows import windows
from inspect_api.db import prefix_range
from inspect_api.models import Site, Visit
from inspect_api.services.days import end_of_day
from inspect_api.services.rectification.cases import Cases
from inspect_api.services.rollup import FACT_COLUMNS, facts_of, standing

_CHUNK = 500
Key = tuple[str, str, str]  # basis, plan|indicator|window, part of the region
Pair = tuple[Any, Any]


def sums(connection: Connection, plan: Plan, region: str, length: int, bases: Sequence[str], as_of: date) -> dict[str, dict[tuple[str, str, str], Pair]]:
    """For each basis {(indicator, window, child region): (numerator, denominator)} as of the end of a local day."""
    [totals] = over(connection, [plan], region, length, bases, [as_of])
    found: dict[str, dict[tuple[str, str, str], Pair]] = {basis: {} for basis in bases}
    for (basis, key, child), pair in totals.items():
        _, indicator, window = key.split("|")
        found[basis][(indicator, window, child)] = pair
    return found


def over(connection: Connection, plans: Sequence[Plan], region: str, length: int, bases: Iterable[str], days: Sequence[date],
         progress: Callable[[int, int], None] | None = None) -> Iterator[dict[Key, Pair]]:
    """For each of `days` (in order, each once) the sums by part of the region, named by the first `length` digits of its grids.

    All is read before it returns; what it yields is one dictionary that moves on. A site is read and its visits are judged once, whatever
    the number of days; memory holds a chunk of sites and the sums. `progress(done, total)` is called per chunk.
    """
    whole = _Sums(plans, days)
    bases, programmes, after, done = tuple(bases), {}, "", 0
    last = end_of_day(days[-1])
    total = connection.execute(sa.select(sa.func.count()).select_from(Site).where(prefix_range(Site.grid, region))).scalar_one() if progress else 0
    while sites := {row["id"]: dict(row) for row in connection.execute(
            sa.select(Site.__table__).where(prefix_range(Site.grid, region), Site.id > after).order_by(Site.id).limit(_CHUNK)).mappings()}:
        after = max(sites)
        visits = defaultdict(list)
        for visit in connection.execute(sa.select(*FACT_COLUMNS).where(Visit.site_id.in_(list(sites)), Visit.at <= last)):
            visits[visit.site_id].append(visit)
        cases = Cases(connection, sites, (visit for of_site in visits.values() for visit in of_site))
        facts = facts_of(connection, (visit for of_site in visits.values() for visit in of_site if visit.status == "signed"))
        for site_id, site in sites.items():
            over_site = (site["grid"][:6], site["type"])
            if over_site not in programmes:
                programmes[over_site] = Programme([plan for plan in plans if site["grid"].startswith(plan.region)], site["type"])
            for basis in bases:
                _walk(whole, programmes[over_site], basis, site, site["grid"][:length], visits[site_id], facts, cases.words(site_id))
        done += len(sites)
        if progress:
            progress(done, total)
    return whole.by_day()


class _Sums:
    """Sums of many days as differences between one day and the next."""

    def __init__(self, plans: Iterable[Plan], days: Sequence[date]):
        self.days, self.texts = list(days), [day.isoformat() for day in days]
        self.ends = [end_of_day(day) for day in days]
        self._window_end = {f"{p.id}|{i.id}|{w.key}": w.end.isoformat() for p in plans for i in p.indicators for w in windows(p, i)}
        self._changes: dict[Key, dict[int, list[Any]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))

    def add(self, cell: Key, n: int, sign: int, row: Sequence[Any]) -> None:
        """From the n-th day on a site's row counts (sign 1) or no longer does (-1): until the last day on which it holds."""
        num, den, until = row
        changed = self._changes[cell]
        if den or num:
            changed[n][1] += sign * den
        if num:
            changed[n][0] += sign * num
            if until != FOREVER and until < self._window_end[cell[1]]:  # what holds when its window ends counts in it for ever
                out = bisect_left(self.texts, until + "~")  # the first day after `until`
                if out < len(self.days):
                    changed[max(out, n)][0] -= sign * num

    def by_day(self) -> Iterator[dict[Key, Pair]]:
        """The sums as of each day, in one dictionary that moves on from day to day."""
        moves: list[list[tuple[Key, list[Any]]]] = [[] for _ in self.days]
        for cell, changed in self._changes.items():
            for n, move in changed.items():
                moves[n].append((cell, move))
        standing: dict[Key, Pair] = {}
        for moved in moves:
            for cell, (num, den) in moved:
                before = standing.get(cell, (0, 0))
                standing[cell] = (before[0] + num, before[1] + den)
            yield standing


def _walk(whole: _Sums, programme: Programme, basis: str, site: dict[str, Any], part: str, visits: list[Any], facts: dict[str, Fact],
          words: Any) -> None:
    """One site through the days: its state moves where visits were made, and is folded anew where an older one ceased to stand."""
    arrivals = sorted(visits, key=lambda visit: visit.at)
    state, taken = programme.initial(site), []
    rows = _copy(state)
    for key, row in rows.items():
        whole.add((basis, key, part), 0, 1, row)
    seen = 0
    for n, end in enumerate(whole.ends):
        first = seen
        while seen < len(arrivals) and arrivals[seen].at <= end:
            seen += 1
        if seen == first:
            continue
        now = sorted((facts[visit.id] for visit in standing(arrivals[:seen], basis)), key=lambda fact: (fact.at, fact.id))
        ids = [fact.id for fact in now]
        if ids[:len(taken)] == taken:
            for fact in now[len(taken):]:
                programme.advance(state, fact, words)
        else:
            state, _ = programme.fold(site, now, words)
        taken = ids
        for key, row in state["sums"].items():
            if row != rows[key]:
                whole.add((basis, key, part), n, -1, rows[key])
                whole.add((basis, key, part), n, 1, row)
                rows[key] = row[:]


def _copy(state: State) -> dict[str, list[Any]]:
    return {key: row[:] for key, row in state["sums"].items()}
