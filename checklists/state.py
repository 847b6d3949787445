"""What one site adds to every indicator: a pure fold over its visits, oldest first.

The same `advance` serves the push (one visit newer than all before it) and the rebuild (all visits in order),
so increments and rebuild agree by construction. A visit that arrives late is folded anew with its site.

A state is plain JSON, stored whole by the server:

    {"last": [at_ms, visit_id] | None,              # the newest visit folded in
     "open": {link_id: [visit_id, day, due_day]},   # findings that no later visit has proven mended; a fourth member: since when
                                                    # (ms) an office has let it be without such a proof
     "sums": {key: [numerator, denominator, until]}}  # key = plan|indicator|window

Days are ISO texts of the local calendar; `until` is the last day on which the numerator holds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from checklists.answers import Judgement
from checklists.plan import Plan
from checklists.site_types import SITE_TYPES, matches
from checklists.windows import windows

FOREVER = "9999-12-31"

State = dict[str, Any]


class Fact(NamedTuple):
    """A judged visit, as the fold needs it.

    `document` is patrol or inspection; `marks` {link_id: mark}; `values` {link_id: number or [have, of]}; `fails` [(link_id, key, due_day, action)].
    """

    at: int
    id: str
    day: str
    document: str
    marks: Mapping[str, str]
    values: Mapping[str, Any]
    fails: list[tuple[str, bool, str, str]]


def fact(at: int, id: str, day: date, document: str, judged: Judgement) -> Fact:
    """A visit with its judgement, as the fold needs it."""
    return Fact(at, id, day.isoformat(), document, judged.marks, judged.values,
                [(f.link_id, f.key, f.due_on.isoformat(), f.action) for f in judged.findings])


class Said(NamedTuple):
    """What an office said of a finding: another due day, and since when (ms) it lets it be without a visit that proves it mended."""

    due: str | None = None
    waived: int | None = None


Words = Mapping[tuple[str, str], Said]  # by (visit_id, link_id) of the visit that opens the finding


class Opened(NamedTuple):
    """A finding begins."""

    visit_id: str
    link_id: str
    key: bool
    day: str
    due: str
    action: str


class Closed(NamedTuple):
    """A later visit proves the finding of `visit_id` on `link_id` mended."""

    visit_id: str
    link_id: str
    by: str
    day: str


@dataclass(frozen=True, slots=True)
class Track:
    """One indicator in one window, as it concerns sites of one type."""

    key: str
    measure: str
    start: str
    end: str
    attributes: Mapping[str, Any]
    documents: tuple[str, ...]  # which kinds of visit count; empty: both
    holding: str | None
    items: tuple[str, ...]


def _held(site: Mapping[str, Any], what: str) -> tuple[int, str]:
    """1 and the last day when the site holds it, else 0."""
    until = str(site.get("licence_until") or FOREVER)
    licence, registration = site.get("licence_number"), site.get("registration_number")
    if what == "licence":
        return (1, until) if licence else (0, FOREVER)
    if what == "registration":  # 登记、备案 or the licence that replaces them
        return (1, FOREVER) if registration else (1, until) if licence else (0, FOREVER)
    if what == "filing":
        return int(bool((site.get("attributes") or {}).get("filing_number") or registration)), FOREVER
    return int(bool(site.get("risk_grade"))), FOREVER


class Programme:
    """Every indicator of the plans in force that counts sites of one type, ready for folding.

    `plans` are those of the county and above it. Immutable after construction; safe to share between threads.
    """

    def __init__(self, plans: Iterable[Plan], site_type: str):
        self.site_type = site_type
        self.tracks: list[Track] = [
            Track(f"{plan.id}|{indicator.id}|{window.key}", indicator.measure, window.start.isoformat(),
                  window.end.isoformat(), indicator.filter.get("attributes") or {}, indicator.documents,
                  indicator.holding, indicator.item_ids())
            for plan in plans for indicator in plan.indicators
            if indicator.measure in SITE_MEASURES and site_type in indicator.filter["site_types"]
            for window in windows(plan, indicator)]
        self._closing = [track for track in self.tracks if track.measure == "closed"]
        self._by_day: dict[str, list[Track]] = {}

    def on(self, day: str) -> list[Track]:
        """The tracks whose window holds `day` and whose value a visit can change."""
        found = self._by_day.get(day)
        if found is None:
            found = self._by_day[day] = [t for t in self.tracks if t.start <= day <= t.end
                                         and t.measure in ("inspected", "marked", "summed")]
        return found

    def initial(self, site: Mapping[str, Any]) -> State:
        """The state of a site that nobody has visited. An inactive site is in no denominator."""
        sums: dict[str, list[Any]] = {}
        attributes = site.get("attributes") or {}
        for track in self.tracks if site.get("active", True) else ():
            if not matches({"attributes": track.attributes}, self.site_type, attributes):
                continue
            if track.measure == "holding":
                num, until = _held(site, track.holding or "")
                sums[track.key] = [num, 1, until]
            else:
                sums[track.key] = [0, int(track.measure in ("inspected", "marked")), FOREVER]
        return {"last": None, "open": {}, "sums": sums}

    def is_next(self, state: State, fact: Fact) -> bool:
        """Whether the visit is newer than all that the state holds, so that `advance` may take it."""
        return state["last"] is None or (fact.at, fact.id) > tuple(state["last"])

    def advance(self, state: State, fact: Fact, words: Words = MappingProxyType({})) -> list[Opened | Closed]:
        """Fold one visit into the state, in place. Returns the findings that it opens and closes.

        The visit must be newer than all before it (`is_next`). `words`: what offices said of what it may open.
        """
        state["last"] = [fact.at, fact.id]
        sums, marks = state["sums"], fact.marks
        for track in self.on(fact.day):
            row = sums.get(track.key)
            if row is None:
                continue
            if track.measure == "inspected":
                if not track.documents or fact.document in track.documents:
                    row[0] = 1
            elif track.measure == "marked":
                mark = marks.get(track.items[0])
                if mark == "pass":
                    row[0], row[1] = 1, 1
                elif mark == "fail":
                    row[0], row[1] = 0, 1
                elif mark == "not_applicable":  # the demand does not concern this site: out of the denominator
                    row[0], row[1] = 0, 0
            else:
                pair = _pair(fact.values, track.items)
                if pair is not None:
                    row[0], row[1] = pair
        return self._findings(state, fact, words)

    def _findings(self, state: State, fact: Fact, words: Words) -> list[Opened | Closed]:
        events: list[Opened | Closed] = []
        standing = state["open"]
        for link_id in [link for link in standing if fact.marks.get(link) == "pass"]:
            visit_id, day, due = standing.pop(link_id)[:3]
            events.append(Closed(visit_id, link_id, fact.id, fact.day))
            if fact.day <= due:
                self._count_finding(state, link_id, day, 0)
        for link_id, key, due, action in fact.fails:
            held = standing.get(link_id)  # a second failure of the same item is the same finding, still open
            if held is None or len(held) > 3 and fact.at > held[3]:  # but a new one, where an office had let the old one be
                word = words.get((fact.id, link_id)) or Said()
                due = word.due or due
                standing[link_id] = [fact.id, fact.day, due, *(() if word.waived is None else (word.waived,))]
                events.append(Opened(fact.id, link_id, key, fact.day, due, action))
                self._count_finding(state, link_id, fact.day, 1)
        return events

    def _count_finding(self, state: State, link_id: str, day: str, column: int) -> None:
        for track in self._closing:
            if track.start <= day <= track.end and (not track.items or link_id in track.items):
                row = state["sums"].get(track.key)
                if row is not None:
                    row[column] += 1

    def fold(self, site: Mapping[str, Any], facts: Iterable[Fact],
             words: Words = MappingProxyType({})) -> tuple[State, list[Opened | Closed]]:
        """The state of a site from all its standing visits, in any order, and the findings' history."""
        state, events = self.initial(site), []
        for fact in sorted(facts, key=lambda f: (f.at, f.id)):
            events += self.advance(state, fact, words)
        return state, events


def moved_types(before: Plan | None, after: Plan | None) -> set[str]:
    """The site types whose states become others when a plan is replaced by another one for the same region; None: none is in force.

    What a Programme reads of a plan are its tracks, so that wording, clauses, items asked, targets and reports move nothing.
    """
    def tracks(plan: Plan | None, site_type: str) -> dict[str, Track]:
        return {track.key: track for track in Programme([plan] if plan else [], site_type).tracks}

    return {kind for kind in SITE_TYPES if tracks(before, kind) != tracks(after, kind)}


def _pair(values: Mapping[str, Any], items: tuple[str, ...]) -> tuple[Any, Any] | None:
    if len(items) == 1:
        pair = values.get(items[0])
        return None if pair is None else (pair[0], pair[1])
    have, of = values.get(items[0]), values.get(items[1])
    return None if have is None or of is None else (have, of)


SITE_MEASURES = ("inspected", "marked", "holding", "closed", "summed")


def difference(before: State | None, after: State | None) -> dict[tuple[str, str], list[Any]]:
    """{(key, until): [numerator, denominator]} to add to the tallies of a grid for a changed state.

    Either side may be None: a site that appears, or that leaves the grid.
    """
    changed: dict[tuple[str, str], list[Any]] = {}
    old = before["sums"] if before else {}
    new = after["sums"] if after else {}
    for sign, rows, other in ((-1, old, new), (1, new, old)):
        for key, row in rows.items():
            if row == other.get(key):
                continue
            cell = changed.setdefault((key, row[2]), [0, 0])
            cell[0] += sign * row[0]
            cell[1] += sign * row[1]
    return {cell: delta for cell, delta in changed.items() if delta != [0, 0]}
