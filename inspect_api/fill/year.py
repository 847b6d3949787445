"""A year as it happened: visits in the order in which they were made, what offices decided on them, and what both did to the numbers.

States are folded by the same Programme as a push folds them. A visit that was replaced or rejected in the end is not folded at all, as a
rebuild would not.
"""

import heapq
from collections.abc import Callable, Iterator
from itertools import count
from random import Random
from typing import Any

from checklists.state import Closed, Opened, Programme, State
from inspect_api.fill.answering import Papers
from inspect_api.fill.decisions import Decided, Decisions
from inspect_api.fill.errands import Errands
from inspect_api.fill.ground import Ground
from inspect_api.fill.mending import Mending
from inspect_api.fill.records import Ledger
from inspect_api.fill.rounds import Arrival, Rounds
from inspect_api.fill.shape import DAYS, HOUR_MS, Shape
from inspect_api.models import Visit
from inspect_api.services import flags, rules
from inspect_api.services.days import day_of
from inspect_api.services.queue import nowhere
from inspect_api.services.rules import DAY_MS
from sync.feed import Change, personal

Row = dict[str, Any]
_DAY = 10 * HOUR_MS  # visits are made from eight to six


class Year:
    """The year of a county. `states` are {basis: [state of each site]}."""

    def __init__(self, shape: Shape, made: Ground, sites: list[Row], shares: list[float], programmes: dict[str, Programme], papers: Papers,
                 versions: dict[str, str], ledger: Ledger):
        self.shape, self.sites, self.shares, self.papers, self.versions, self.ledger = shape, sites, shares, papers, versions, ledger
        self.programmes = [programmes[site["type"]] for site in sites]
        self.states: dict[str, list[State]] = {basis: [programme.initial(site) for programme, site in zip(self.programmes, sites, strict=True)]
                                               for basis in ("received", "approved")}
        self.rounds, self.decisions = Rounds(shape, made), Decisions(shape, made)
        self.mending = Mending(shape, made, sites, ledger)
        self.errands = Errands(shape, made, sites, self.states["received"], ledger)
        self.rules = rules.Rules(second_approval="findings")
        self._again: list[tuple[int, int, int, str, str]] = []  # amendments to come: at, number, site, id, what it replaces
        self._numbers = count()

    def run(self, progress: Callable[[int, int], None]) -> None:
        """All visits, then what is left open. `progress(done, total)`."""
        random, total = self.shape.random("year"), self.shape.visits
        for n, (at, site) in enumerate(self._schedule(random)):
            while self._again and self._again[0][0] <= at:
                self._amend(random)
            self._visit(random, at, site)
            if n % 2_000 == 0:
                progress(n, total)
        while self._again:
            self._amend(random)
        self.mending.end(self.shape.now)
        self.ledger.end()
        progress(total, total)

    def _schedule(self, random: Random) -> Iterator[tuple[int, int]]:
        """(at, site) of every visit, in order: as many on each day."""
        visits, begin = self.shape.visits, self.shape.begin + 8 * HOUR_MS
        numbers = range(len(self.sites))
        busy = [share > before for before, share in zip([0.0, *self.shares], self.shares, strict=False)]
        for day in range(DAYS):
            first, last = day * visits // DAYS, (day + 1) * visits // DAYS
            chosen = random.choices(numbers, cum_weights=self.shares, k=last - first)
            for n, site in enumerate(chosen):
                at = begin + day * DAY_MS + n * _DAY // (last - first)
                while not busy[site] or self.rounds.is_silent(self.sites[site]["grid"], at):
                    site = (site + 1) % len(self.sites)
                yield at, site

    def _amend(self, random: Random) -> None:
        at, _, site, id_, replaces = heapq.heappop(self._again)
        self._visit(random, at, site, id_, replaces)

    def _visit(self, random: Random, at: int, number: int, id_: str | None = None, replaces: str | None = None) -> None:
        site = self.sites[number]
        arrival = self.rounds.arrival(random, site, at, id_)
        day = day_of(at)
        paper = self.papers.paper(site["type"], self.rounds.paper(random, number), day)
        text, details = self.rounds.told(random, site, arrival, paper, self.ledger)
        row = nowhere() | {
            "id": arrival.id, "site_id": site["id"], "grid": site["grid"], "document_type": arrival.document, "checklist": self.versions[site["type"]],
            "inspector_id": arrival.by.id, "device_id": arrival.device, "at": at, "phone_at": at - arrival.offset, "offset_ms": arrival.offset,
            "received_at": arrival.received, "status": "signed", "signed_at": arrival.received, "verdict": paper.verdicts[arrival.document],
            "details": details, "replaces": replaces, "field_rev": None, "failed_key": paper.failed_key, "failed_general": paper.failed_general}
        flags.mark(row, site, self.rules, arrival.received)
        decided = self.decisions.on(random, row, paper.failed_key + paper.failed_general, arrival.by)
        self.ledger.row(Visit.__table__, row | decided.columns | {"answers": text}, ("details", "flags", "review_note"))
        self.ledger.changed(Change(personal(site["grid"], arrival.by.id), "visit", arrival.id), arrival.received)
        for at_, actor, action, note in decided.told:
            self.ledger.audit(at_, actor, action, arrival.id, note)
        self.errands.visited(number, arrival)
        self._count(number, arrival, paper.fact._replace(at=at, id=arrival.id, document=arrival.document), decided, replaces)
        self.ledger.until(at)

    def _count(self, number: int, arrival: Arrival, fact: Any, decided: Decided, replaces: str | None) -> None:
        """Fold what counts, and remember the amendment that is to come."""
        if decided.amended is not None:
            at, id_ = decided.amended
            heapq.heappush(self._again, (at, next(self._numbers), number, id_, arrival.id))
            return
        review = decided.columns["review"]
        if review == "rejected":
            return
        programme = self.programmes[number]
        for event in programme.advance(self.states["received"][number], fact):
            if isinstance(event, Opened):
                self.mending.opened(number, event, replaces or event.visit_id)
            elif isinstance(event, Closed):
                self.mending.closed(number, event, arrival.received)
        if review == "approved":
            programme.advance(self.states["approved"][number], fact)
