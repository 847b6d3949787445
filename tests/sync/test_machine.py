"""The pure core against a plain dictionary as its model: thousands of steps of the same machine that the databases run."""

from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from sync.fields import flat
from tests.support.dictionary import DictServer
from tests.support.handset import Handset
from tests.support.machine import SCOPES, USERS, Sync

Row = dict[str, Any]


class Dictionaries:
    """The backend of dictionaries."""

    def begin(self) -> str:
        self.server, self.made = DictServer(), 0
        return ""

    def site(self, grid: str) -> str:
        self.made += 1
        id_ = f"00000000-0000-4000-9000-{self.made:012d}"
        self.server.scope["office"] = [""]
        operation = {"n": self.made, "op": id_, "t": "site", "id": id_, "kind": "create", "set": {"name": "店", "grid": grid, "phone": "", "attributes": {}},
                     "at": "2021-05-01T09:30:00Z"}
        assert self.server.push("office", "office", [operation])[0]["status"] == "applied"
        return id_

    def draft(self, handset: Handset, site_id: str) -> Row:
        return handset.operation("create", "visit", handset.new_id(), {"site_id": site_id, "answers": {}, "status": "draft"})

    def push(self, device: str, operations: list[Row], acked: int) -> list[Row]:
        return self.server.push(USERS[device], device, operations)

    def pull(self, device: str, cursor: str | None, limit: int) -> Row:
        return self.server.pull(USERS[device], cursor, limit)

    def edit(self, site_id: str, field: str, value: Any) -> None:
        self.server.edit(site_id, {field: value})

    def move(self, site_id: str, grid: str) -> None:
        self.server.move(site_id, grid)

    def review(self, visit_id: str, decision: str) -> None:
        row = self.server.rows[("visit", visit_id)]
        row["rev"] += 1
        row["content"]["review"] = decision
        self.server.feed.append([self.server.change(("visit", visit_id))])

    def set_scope(self, user: str, grids: list[str]) -> None:
        self.server.scope[user] = grids

    def compact(self) -> None:
        self.server.feed.compact()

    def restart(self) -> None:
        pass

    def new_epoch(self) -> None:
        self.server.feed.name += "+"

    def peek(self, type_: str, id_: str) -> Row | None:
        row = self.server.rows.get((type_, id_))
        return row and row["content"] | {"rev": row["rev"]}

    def values(self, type_: str, id_: str, field: str) -> list[Any]:
        row = self.server.rows.get((type_, id_))
        return [*([flat(row["content"]).get(field)] if row else []),
                *(value for one, name, value in (*self.server.history, *self.server.conflicts) if (one, name) == (id_, field)),
                *(flat(raw["set"]).get(field) for raw in self.server.quarantine.values() if raw["id"] == id_)]

    def visible(self, user: str) -> set[tuple[str, str]]:
        return {key for key, row in self.server.rows.items() if row["owner"] in (None, user)
                and any(row["grid"].startswith(area) for area in self.server.scope[user])}


class PureSync(Sync):
    """The machine on dictionaries."""

    backend = Dictionaries()


assert set(SCOPES) == set(USERS.values())
TestPureSync = PureSync.TestCase
TestPureSync.settings = settings(max_examples=300, stateful_step_count=60, deadline=None)


class Silent(Dictionaries):
    """An office's edit that the feed is not told of."""

    def edit(self, site_id: str, field: str, value: Any) -> None:
        append, self.server.feed.append = self.server.feed.append, lambda changed: None
        super().edit(site_id, field, value)
        self.server.feed.append = append


class Forgetful(Dictionaries):
    """A server that forgets the values that it does not take."""

    def push(self, device: str, operations: list[Row], acked: int) -> list[Row]:
        results = super().push(device, operations, acked)
        self.server.conflicts.clear()
        return results


class Repeating(Dictionaries):
    """A server that does a repeated operation again."""

    def push(self, device: str, operations: list[Row], acked: int) -> list[Row]:
        self.server.stored.clear()
        return super().push(device, operations, acked)


class Leaking(Dictionaries):
    """A server that tells of lost scope only what is new."""

    def pull(self, device: str, cursor: str | None, limit: int) -> Row:
        return super().pull(device, cursor, limit) | {"drop": []}


@pytest.mark.parametrize("fault", [Silent, Forgetful, Repeating, Leaking])
def test_the_machine_finds_a_server_that_breaks_a_promise(fault: type[Dictionaries]):
    class Broken(Sync):
        """The machine on a server with a fault."""

        backend = fault()

    with pytest.raises(AssertionError):
        run_state_machine_as_test(Broken, settings=settings(max_examples=400, stateful_step_count=60, deadline=None, database=None,
                                                            derandomize=True, phases=[Phase.generate]))
