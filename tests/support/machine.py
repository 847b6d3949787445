"""The state machine that every server of ours must survive: phones, offices, a bad network, moves, lost scope, collected tombstones.

A backend is what is under test: the pure core around dictionaries, or the real app on a real database. After every
history the network comes back, everybody syncs, and the invariants of docs/sync-protocol.md are checked.
"""

import random
from datetime import timedelta
from typing import Any, Protocol

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sync.fields import flat
from sync.pull import Gone
from tests.support.handset import Handset
from tests.support.world import GRID_A1, GRID_A2, GRID_B1

Row = dict[str, Any]
GRIDS = (GRID_A1, GRID_A2, GRID_B1)
SKEWS = {"a": timedelta(0), "b": timedelta(days=-3), "c": timedelta(hours=7)}
USERS = {"a": "supervisor", "b": "supervisor", "c": "other-supervisor"}  # device -> who has it
SCOPES = {"supervisor": [GRID_A1, GRID_A2], "other-supervisor": [GRID_B1]}
WRITABLE = {"site": ("name", "phone", "attributes.online", "attributes.rural"),
            "visit": ("note", "operator_word", "answers.kitchen.bright", "answers.kitchen.internet", "status")}

site_fields = st.one_of(
    st.tuples(st.just("name"), st.sampled_from("甲乙丙丁")), st.tuples(st.just("phone"), st.sampled_from(["", "1", "2"])),
    st.tuples(st.sampled_from(["attributes.online", "attributes.rural"]), st.sampled_from([True, False, None])))
marks = st.sampled_from([{"mark": "pass"}, {"mark": "fail"}, {"mark": "not_observed", "note": "没看到"}, None])
visit_fields = st.one_of(
    st.tuples(st.sampled_from(["note", "operator_word"]), st.sampled_from(["", "一", "二"])),
    st.tuples(st.sampled_from(["answers.kitchen.bright", "answers.kitchen.internet"]), marks))
devices = st.sampled_from(list(USERS))
which = st.integers(0, 50)
fates = st.sampled_from(["ok", "ok", "ok", "lost request", "lost answer", "doubled"])


class Backend(Protocol):
    """What the machine asks of a server under test."""

    def begin(self) -> str: ...  # what makes the ids of this history its own
    def site(self, grid: str) -> str: ...
    def draft(self, handset: Handset, site_id: str) -> Row: ...
    def push(self, device: str, operations: list[Row], acked: int) -> list[Row]: ...
    def pull(self, device: str, cursor: str | None, limit: int) -> Row: ...
    def edit(self, site_id: str, field: str, value: Any) -> None: ...
    def move(self, site_id: str, grid: str) -> None: ...
    def review(self, visit_id: str, decision: str) -> None: ...
    def set_scope(self, user: str, grids: list[str]) -> None: ...
    def compact(self) -> None: ...
    def restart(self) -> None: ...
    def new_epoch(self) -> None: ...
    def peek(self, type_: str, id_: str) -> Row | None: ...
    def values(self, type_: str, id_: str, field: str) -> list[Any]: ...
    def visible(self, user: str) -> set[tuple[str, str]]: ...


class Sync(RuleBasedStateMachine):
    """Rules are what people and networks do; `backend` is given by the subclass."""

    backend: Backend

    def __init__(self) -> None:
        super().__init__()
        self.luck = random.Random(0)
        self.delivered: dict[str, Row] = {}

    @initialize(seed=st.integers(0, 2**64))
    def begin(self, seed: int) -> None:
        """A county with two sites, three phones that have pulled."""
        self.luck.seed(f"{self.backend.begin()}{seed}")
        for user, grids in SCOPES.items():
            self.backend.set_scope(user, grids)
        self.scope = dict(SCOPES)
        self.sites = [self.backend.site(GRID_A1), self.backend.site(GRID_B1)]
        self.handsets = {device: Handset(f"{device}-{self.luck.getrandbits(64):x}", self.luck) for device in USERS}
        self.visits: list[str] = []
        for device in USERS:
            self._pull_all(device)

    def _shown(self, device: str, type_: str) -> list[str]:
        """The sites that this history made, or the drafts, that a phone shows."""
        handset, known = self.handsets[device], self.sites if type_ == "site" else self.visits
        rows = [(id_, handset.shown((type_, id_))) for id_ in known]
        return [id_ for id_, row in rows if row is not None and (type_ == "site" or row.get("status", "draft") == "draft")]

    @rule(device=devices, grid=st.sampled_from(GRIDS))
    def find_a_site(self, device: str, grid: str) -> None:
        handset = self.handsets[device]
        self.sites.append(handset.new_id())
        handset.operation("create", "site", self.sites[-1], {
            "type": "school_canteen", "name": "新店", "grid": grid, "phone": "", "attributes": {}})

    @rule(device=devices, number=which, field=site_fields)
    def change_a_site(self, device: str, number: int, field: tuple[str, Any]) -> None:
        if shown := self._shown(device, "site"):
            self.handsets[device].edit("site", shown[number % len(shown)], dict([field]))

    @rule(device=devices, number=which)
    def begin_a_visit(self, device: str, number: int) -> None:
        if shown := self._shown(device, "site"):
            self.visits.append(self.backend.draft(self.handsets[device], shown[number % len(shown)])["id"])

    @rule(device=devices, number=which, field=visit_fields)
    def answer(self, device: str, number: int, field: tuple[str, Any]) -> None:
        if shown := self._shown(device, "visit"):
            self.handsets[device].edit("visit", shown[number % len(shown)], dict([field]))

    @rule(device=devices, number=which)
    def sign(self, device: str, number: int) -> None:
        if shown := self._shown(device, "visit"):
            self.handsets[device].edit("visit", shown[number % len(shown)], {"status": "signed"})

    @rule(device=devices, number=which)
    def throw_a_draft_away(self, device: str, number: int) -> None:
        if shown := self._shown(device, "visit"):
            self.handsets[device].operation("delete", "visit", shown[number % len(shown)], {})

    @rule(device=devices, most=st.integers(1, 6), fate=fates)
    def push(self, device: str, most: int, fate: str) -> None:
        handset = self.handsets[device]
        batch = handset.batch(most)
        if not batch or fate == "lost request":
            return
        results = self._deliver(device, batch)
        if fate == "doubled":
            assert self._deliver(device, batch) == [one | {"replay": True} for one in results]
        if fate != "lost answer":
            handset.take_results(results)
            self._rows_are_what_the_answer_made_of_them(handset, batch)

    def _deliver(self, device: str, batch: list[Row]) -> list[Row]:
        self.delivered |= {one["op"]: one for one in batch}
        results = self.backend.push(device, batch, self.handsets[device].acked)
        assert [(one["op"], one["n"]) for one in results] == [(one["op"], one["n"]) for one in batch]
        return results

    def _rows_are_what_the_answer_made_of_them(self, handset: Handset, batch: list[Row]) -> None:
        """Invariant 4: a phone whose operations are answered holds what the server holds at that revision."""
        for type_, id_ in {(one["t"], one["id"]) for one in batch}:
            held, there = handset.rows.get((type_, id_)), self.backend.peek(type_, id_)
            if held and there and held[1]["rev"] == there["rev"]:
                assert self._fields(type_, held[1]) == self._fields(type_, there)

    @staticmethod
    def _fields(type_: str, row: Row) -> Row:
        given = flat(row)
        return {name: given.get(name) or None for name in WRITABLE[type_]}

    @precondition(lambda self: any(handset.sent for handset in self.handsets.values()))
    @rule(device=devices, number=which)
    def an_old_push_arrives_again(self, device: str, number: int) -> None:
        """Invariant 2: reordered and doubled long after, with the same answers for all that was answered before."""
        handset = self.handsets[device]
        if handset.sent:
            batch = handset.sent[number % len(handset.sent)]
            if {one["op"] for one in batch} <= self.delivered.keys():
                for result in self._deliver(device, batch):
                    told = handset.results.get(result["op"])
                    assert result["replay"] and (told is None or result | {"replay": 0} == told | {"replay": 0} or "collected" in result)

    @rule(device=devices, limit=st.integers(1, 8), fate=fates)
    def pull(self, device: str, limit: int, fate: str) -> None:
        if fate != "lost request":
            self._pull(device, limit, heard=fate != "lost answer")

    def _pull(self, device: str, limit: int, heard: bool = True) -> bool:
        handset = self.handsets[device]
        try:
            page = self.backend.pull(device, handset.cursor, limit)
        except Gone:
            if heard:
                handset.begin_anew()
            return True
        assert len(page["changes"]) <= limit
        if heard:
            handset.take_page(page)
        return page["has_more"]

    def _pull_all(self, device: str) -> None:
        for _ in range(1000):
            if not self._pull(device, 500):
                return
        raise AssertionError("a pull without end")

    @rule(number=which, field=site_fields)
    def the_office_edits_a_site(self, number: int, field: tuple[str, Any]) -> None:
        if there := [id_ for id_ in self.sites if self.backend.peek("site", id_)]:
            self.backend.edit(there[number % len(there)], *field)

    @rule(number=which, grid=st.sampled_from(GRIDS))
    def the_office_moves_a_site(self, number: int, grid: str) -> None:
        if there := [id_ for id_ in self.sites if self.backend.peek("site", id_)]:
            self.backend.move(there[number % len(there)], grid)

    @rule(number=which, decision=st.sampled_from(["approve", "return", "reject"]))
    def the_office_reviews_a_visit(self, number: int, decision: str) -> None:
        if there := [id_ for id_ in self.visits if (row := self.backend.peek("visit", id_)) and row["status"] == "signed"]:
            self.backend.review(there[number % len(there)], decision)

    @rule(user=st.sampled_from(list(SCOPES)), grids=st.lists(st.sampled_from([*GRIDS, GRID_A1[:9], GRID_A1[:6]]), min_size=1, max_size=2,
                                                             unique=True))
    def somebody_answers_for_other_grids(self, user: str, grids: list[str]) -> None:
        self.scope[user] = grids
        self.backend.set_scope(user, grids)

    @rule()
    def tombstones_are_collected(self) -> None:
        self.backend.compact()

    @rule()
    def the_server_is_started_again(self) -> None:
        self.backend.restart()

    @rule(luck=st.integers(0, 9))
    def a_backup_is_restored(self, luck: int) -> None:
        if luck == 0:
            self.backend.new_epoch()

    @invariant()
    def numbers_have_no_holes(self) -> None:
        for handset in getattr(self, "handsets", {}).values():
            assert sorted(one["n"] for one in handset.outbox) == [one["n"] for one in handset.outbox]

    def teardown(self) -> None:
        """The network is good again: everybody syncs, and everything that was promised is looked at."""
        if not hasattr(self, "visits"):
            return
        for device, handset in self.handsets.items():
            while batch := handset.batch(5):
                handset.take_results(self._deliver(device, batch))
        for device, handset in self.handsets.items():
            self._pull_all(device)
            self._equals_a_first_pull_and_the_server(device, handset)
        for one in self.delivered.values():
            for field, value in flat(one["set"]).items():
                if field in WRITABLE[one["t"]] and value is not None:
                    assert value in self.backend.values(one["t"], one["id"], field), f"lost: {one['t']} {one['id']} {field} = {value!r}"

    def _equals_a_first_pull_and_the_server(self, device: str, handset: Handset) -> None:
        """Invariants 5 and 8: exactly the rows of its scope, each as the server holds it."""
        fresh = Handset(handset.device)
        for _ in range(1000):
            page = self.backend.pull(device, fresh.cursor, 7)
            fresh.take_page(page)
            if not page["has_more"]:
                break
        assert handset.rows == fresh.rows
        assert {key for key in handset.rows if key[0] in WRITABLE} == self.backend.visible(USERS[device])
        for (type_, id_), (_, row) in handset.rows.items():
            if type_ in WRITABLE and ("answers" in row or type_ == "site"):
                there = self.backend.peek(type_, id_)
                assert there and (self._fields(type_, row), row["rev"]) == (self._fields(type_, there), there["rev"])
