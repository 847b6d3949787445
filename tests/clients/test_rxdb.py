"""A client that nobody here wrote: RxDB's own replication plugin on three phones, over a network that loses things.

The phones run in tests/clients/rxdb; here the server is started, and what it kept is held against what people wrote.
"""

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from inspect_api.db import reading
from inspect_api.models import History
from sync.fields import flat
from sync.operation import parse_instant
from tests.support.people import Person, Phone
from tests.support.serving import Server
from tests.support.world import COUNTY, PASSWORD, site_id

Doc = dict[str, Any]
DEVICES, EDITS, LOST, SECONDS = 3, 100, 0.25, 60


def live(rxdb: Path, app: Flask, handler: str, seed: int) -> Doc:
    """What the phones report after a hundred edits and the quiet that follows."""
    checklist = Phone(app, "supervisor").checklist("school_canteen")
    with Server(app) as server:
        task = {"url": server.url, "login": {"login": "supervisor", "password": PASSWORD}, "handler": handler,
                "seed": seed, "devices": DEVICES, "edits": EDITS, "faults": LOST, "seconds": SECONDS,
                "checklist": checklist, "sites": [site_id(n) for n in (1, 2, 4, 5)],
                "schools": [site_id(1), site_id(2)]}
        done = subprocess.run(["node", "run.mjs"], cwd=rxdb, input=json.dumps(task), capture_output=True, text=True,
                              timeout=SECONDS + 30)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def clean(document: Any) -> Any:
    """A document without what is null, which RxDB tells from what is absent and people do not."""
    if not isinstance(document, dict):
        return document
    return {name: clean(value) for name, value in document.items() if value is not None}


def by_id(documents: list[Doc]) -> dict[str, Doc]:
    """Clean documents by their id; an instant has many spellings."""
    return {document["id"]: clean(document) | ({"at": parse_instant(document["at"])} if "at" in document else {})
            for document in documents}


def said(value: Any) -> Any:
    """A value by which a field that nobody holds and an empty text are one; false is another."""
    return "" if value is None else value


def pages(person: Person, what: str, key: str, states: tuple[str, ...]) -> list[Doc]:
    """The conflict log or the quarantine of the county in these states, to the last page."""
    found: list[Doc] = []
    for state in states:
        after: Doc = {}
        while after is not None:
            page = person.get(f"/api/v1/sync/{what}", region=COUNTY, state=state, limit=50, **after)
            found += page[key]
            after = {"after": page["next"]} if page["next"] else None
    return found


class Kept:
    """Everywhere that the server keeps a value: rows, their histories, the conflict log, the quarantine."""

    def __init__(self, app: Flask, rows: dict[str, list[Doc]]):
        self.county = Person(app, "county")
        self.rows = {(type_, row["id"]): flat(row) for type_ in rows for row in rows[type_]}
        self.conflicts = pages(self.county, "conflicts", "conflicts", ("open", "kept", "theirs"))
        self.quarantine = pages(self.county, "quarantine", "operations", ("open", "released", "dismissed"))
        with app.app_context(), reading() as connection:  # a draft that was thrown away has a history, and no address
            self.thrown = [dict(row) for row in connection.execute(
                sa.select(History.row_id, History.changes).where(History.type == "visit")).mappings()]
        self.histories: dict[str, list[Doc]] = {}

    def history(self, type_: str, id_: str) -> list[Doc]:
        """The changes of a row."""
        if id_ not in self.histories:
            rows = ([row for row in self.thrown if row["row_id"] == id_] if type_ == "visit" else
                    self.county.get(f"/api/v1/sites/{id_}/history")["history"])
            self.histories[id_] = [row["changes"] for row in rows]
        return self.histories[id_]

    def values(self, type_: str, id_: str, field: str) -> Iterator[tuple[str, Any]]:
        """(where, value) of everything that was ever kept of a field of a row."""
        if (type_, id_) in self.rows:
            yield "row", self.rows[type_, id_].get(field)
        for changes in self.history(type_, id_):
            for side in (0, 1):
                state = flat({name: pair[side] for name, pair in changes.items()})
                if field in state or field.partition(".")[0] in changes:
                    yield "history", state.get(field)
        for conflict in self.conflicts:
            if (conflict["row_id"], conflict["field"]) == (id_, field):
                yield "conflict log", conflict["theirs"]
        for operation in self.quarantine:
            if operation["row_id"] == id_ and field in (given := flat(operation["payload"]["set"])):
                yield "quarantine", given[field]


def last_writes(report: Doc) -> dict[tuple[str, str, str, str], Any]:
    """{(device, type, id, field): the last value that a person wrote there on that device}."""
    return {(one["device"], one["type"], one["id"], one["field"]): one["value"] for one in report["writes"]}


def assert_no_document_diverged(report: Doc) -> None:
    """Every phone holds what the server holds."""
    for type_, rows in report["server"].items():
        for number, held in enumerate(report["held"]):
            assert by_id(held[type_]) == by_id(rows), f"{type_} on phone {number}"


def assert_no_last_write_was_lost(report: Doc, kept: Kept) -> Counter:
    """Every device's last value of every field is somewhere. Returns how many are where."""
    thrown = {(one["device"], one["id"]) for one in report["deleted"]}
    found: Counter = Counter()
    for (device, type_, id_, field), value in last_writes(report).items():
        if (device, id_) in thrown:  # the last that this device did to the draft was to throw it away
            continue
        where = next((place for place, known in kept.values(type_, id_, field) if said(known) == said(value)), None)
        assert where, f"{device} wrote {field} = {value!r} of {type_} {id_}: lost"
        found[where] += 1
    return found


def assert_nothing_is_doubled(report: Doc, kept: Kept) -> None:
    """Each draft is there once, no repeat is another conflict, and only work on drafts thrown away is refused."""
    thrown = {one["id"] for one in report["deleted"]}
    drafts = [row["id"] for row in report["server"]["visit"]]
    assert sorted(drafts) == sorted(set(report["created"]) - thrown)
    conflicts = Counter(json.dumps([one[name] for name in ("row_id", "field", "device_id", "kept", "theirs")])
                        for one in kept.conflicts)
    assert conflicts.total() == len(conflicts), [one for one, times in conflicts.items() if times > 1]
    assert {one["row_id"] for one in kept.quarantine} <= thrown, kept.quarantine


@pytest.mark.parametrize("handler", ["default", "merging"])
def test_three_phones_with_rxdb_lose_nothing_and_agree_although_a_quarter_of_their_messages_are_lost(
        rxdb: Path, app: Flask, handler: str):
    report = live(rxdb, app, handler, seed=7)
    measured = report["measured"]
    assert min(measured["lost"].values()) >= 10 and len(report["writes"]) >= EDITS, measured
    assert not report["refused"] and not report["errors"], (report["refused"][:3], report["errors"][:3])
    assert_no_document_diverged(report)
    kept = Kept(app, report["server"])
    found = assert_no_last_write_was_lost(report, kept)
    assert found["row"] and found["history"] + found["conflict log"], found
    assert_nothing_is_doubled(report, kept)
    assert report["deletion"] == {"before": [True] * DEVICES, "after": [False] * DEVICES}
    print(json.dumps({"handler": handler, "kept": found, "conflicts": len(kept.conflicts), **measured}))
