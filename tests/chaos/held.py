"""What a database holds, against what phones made and were told: the sentences that must be true after any violence.

Read behind the server's back, straight from the tables. Every function returns complaints in words, so that a failure
says which operation of which phone was lost, doubled or told falsely; no complaint is the proof.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Connection

from inspect_api.db import db, reading
from inspect_api.models import Audit, Change, Clock, Conflict, History, Operation, Quarantine, Site, Visit
from inspect_api.services import audit
from sync.feed import organisation
from sync.receipt import content_hash
from tests.chaos.work import KNOWN
from tests.support.outbox import Outbox, Row

TABLES = {"visit": Visit.__table__, "site": Site.__table__}


class Held:
    """Everything that the tables of the protocol hold."""

    def __init__(self, app: Flask):
        with app.app_context(), reading() as connection:
            self.operations = self._by(connection, Operation.__table__, "op")
            self.rows = {type_: {id_: found[0] for id_, found in self._by(connection, table, "id").items()}
                         for type_, table in TABLES.items()}
            self.history = self._by(connection, History.__table__, "op")
            self.conflicts = self._by(connection, Conflict.__table__, "op")
            self.quarantine = self._by(connection, Quarantine.__table__, "op")

    @staticmethod
    def _by(connection: Connection, table: sa.Table, name: str) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in connection.execute(sa.select(table)).mappings():
            found[row[name]].append(dict(row))
        return found

    # one operation

    def stored(self, op: str) -> Row | None:
        """The answer that is kept of an operation."""
        return self.operations[op][0]["result"] if op in self.operations else None

    def effects(self, one: Row, result: Row, deleted: Collection[str] = ()) -> list[str]:
        """Complaints about the effects of a stored operation: each there once, no other. `deleted` rows are gone."""
        expected = Counter()
        if result["status"] == "rejected":
            expected["quarantine"] = 1
        elif one["kind"] == "delete" or one["kind"] == "patch" and result["status"] in ("applied", "merged"):
            expected["history"] = 1
        expected["conflicts"] = len(result.get("conflicts", ()))
        kinds = ("quarantine", "history", "conflicts")
        found = Counter({name: len(getattr(self, name).get(one["op"], ())) for name in kinds})
        if result["status"] == "merged" and not found["history"]:  # what was not in conflict was equal already
            expected["history"] = 0
        wrong = [f"{name}: {found[name]} instead of {expected[name]}" for name in kinds
                 if found[name] != expected[name]]
        if result["status"] == "rejected":
            wrong += ["another payload" for kept in self.quarantine.get(one["op"], ()) if kept["payload"] != one]
        present = one["id"] in self.rows[one["t"]]
        wanted = result["status"] != "rejected" and one["id"] not in deleted
        if one["kind"] in ("create", "delete") and present != wanted:
            wrong.append("its row is there" if present else "its row is not there")
        return [f"{one['t']} {one['kind']} {one['op']} ({result['status']}): {what}" for what in wrong]

    def traces(self, one: Row) -> list[str]:
        """Complaints about an operation that is not stored: it must have left nothing at all."""
        wrong = [name for name in ("history", "conflicts", "quarantine") if one["op"] in getattr(self, name)]
        wrong += ["row"] if one["kind"] == "create" and one["id"] in self.rows[one["t"]] else []
        return [f"{one['t']} {one['kind']} {one['op']} is not stored and left {what}" for what in wrong]

    # all operations of a phone

    def of(self, phone: Outbox) -> list[str]:
        """Complaints: what was acknowledged is there once, as it was told; what was not is there once or not at all."""
        wrong = []
        deleted = {one["id"] for one in phone.made.values() if one["kind"] == "delete"
                   and (kept := self.stored(one["op"])) and kept["status"] != "rejected"}
        for one in phone.made.values():
            kept, told = self.stored(one["op"]), phone.results.get(one["op"])
            if kept is None:
                wrong += [f"{one['op']} was acknowledged and is not stored"] if told else self.traces(one)
                continue
            if len(self.operations[one["op"]]) != 1:
                wrong.append(f"{one['op']} is stored {len(self.operations[one['op']])} times")
            if told and told | {"replay": False} != kept | {"replay": False}:
                wrong.append(f"{one['op']} was told {told} and is stored as {kept}")
            wrong += self.effects(one, kept, deleted)
        return [f"{phone.device}: {what}" for what in wrong]

    def strangers(self, phones: list[Outbox]) -> list[str]:
        """Complaints about operations, visits and sites that no phone made and that were not there before."""
        made = [one for phone in phones for one in phone.made.values()]
        ops, ids = {one["op"] for one in made}, {one["id"] for one in made if one["kind"] == "create"} | KNOWN
        wrong = [f"operation {op}" for op in self.operations.keys() - ops]
        wrong += [f"{type_} {id_}" for type_, rows in self.rows.items() for id_ in rows.keys() - ids]
        return [*wrong, *(f"quarantined {op}" for op in self.quarantine.keys() - ops)]

    # what was pushed is what is held

    def contents(self, phone: Outbox) -> list[str]:
        """Complaints about visits of which nothing was rejected: they hold what the phone holds, to the last answer."""
        clean: dict[str, bool] = defaultdict(lambda: True)
        for one in phone.made.values():
            clean[one["id"]] &= (self.stored(one["op"]) or {"status": ""})["status"] in ("applied", "noop")
        return [f"{phone.device}: visit {id_} is not what was sent" for id_ in phone.documents
                if clean[id_] and content_hash(self.rows["visit"][id_]) != phone.content_hash(id_)]

    def receipts(self, phone: Outbox) -> list[str]:
        """Complaints about receipts: the visit is there, signed, and hashes to what was told and to what was sent."""
        wrong = []
        for one in phone.made.values():
            given = phone.results.get(one["op"], {}).get("receipt")
            if given is None:
                continue
            row = self.rows["visit"].get(given["visit"])
            if row is None or row["status"] != "signed":
                wrong.append(f"a receipt for {given['visit']}, which is {row and row['status']}")
            elif len({given["sha256"], content_hash(row), phone.content_hash(given["visit"])}) > 1:
                wrong.append(f"a receipt for other content of {given['visit']}")
            elif given["rev"] > row["rev"]:
                wrong.append(f"a receipt for revision {given['rev']} of {given['visit']}, which is at {row['rev']}")
        return [f"{phone.device}: {what}" for what in wrong]

    def revisions(self) -> list[str]:
        """Complaints about sites: each revision after the first was made by one change in the history."""
        made = Counter(entry["row_id"] for entries in self.history.values() for entry in entries
                       if entry["type"] == "site")
        return [f"site {id_} is at {row['rev']} after {made[id_]} changes" for id_, row in self.rows["site"].items()
                if row["rev"] != 1 + made[id_]]


def alone(app: Flask, connected: bool = True) -> None:
    """Wait until nobody else is at work: PostgreSQL may still be committing what a killed server told it to.

    Not `connected`: until nobody else has a connection either.
    """
    others = ("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
              "AND backend_type = 'client backend'" + (" AND state <> 'idle'" if connected else ""))
    with app.app_context():
        db.engine.dispose()
        for _ in range(400):
            with reading() as connection:
                if connection.dialect.name == "sqlite" or not connection.execute(sa.text(others)).scalar_one():
                    return
            time.sleep(0.05)
    raise AssertionError("somebody is still at work in the database after 20 seconds")


def feed(app: Flask) -> list[str]:
    """Complaints about feed and audit: a sequence is used once in an organisation, below its clock; the chain holds."""
    with app.app_context(), reading() as connection:
        clocks = {row.org: row.seq for row in connection.execute(sa.select(Clock.org, Clock.seq))}
        used = [(row.org, row.seq) for table in (Change, Audit)
                for row in connection.execute(sa.select(table.org, table.seq))]
        wrong = [f"{org}/{seq} is used {count} times" for (org, seq), count in Counter(used).items() if count > 1]
        wrong += [f"{org}/{seq} is ahead of the clock" for org, seq in used if seq > clocks.get(org, 0)]
        wrong += [f"{row.bucket} in {row.org}" for row in connection.execute(sa.select(Change.org, Change.bucket))
                  if organisation(row.bucket) != row.org]
        return wrong + audit.verify(connection)[1]


def complaints(app: Flask, phones: Iterable[Outbox]) -> list[str]:
    """All of the above, of everything that these phones made, when all that was on its way has ended."""
    alone(app)
    held, phones = Held(app), list(phones)
    return [*(what for phone in phones for what in (*held.of(phone), *held.receipts(phone), *held.contents(phone))),
            *held.strangers(phones), *held.revisions(), *feed(app)]


def audited(app: Flask) -> Counter:
    """{(action, subject): how many entries}."""
    with app.app_context(), reading() as connection:
        return Counter((row.action, row.subject) for row in connection.execute(sa.select(Audit.action, Audit.subject)))


def differing(kept_up: Outbox, from_scratch: Outbox) -> list[Any]:
    """The rows on which two pulls of one person disagree: (bucket, type, id, what one has, what the other has)."""
    keys = kept_up.rows.keys() | from_scratch.rows.keys()
    return [(*key, kept_up.rows.get(key), from_scratch.rows.get(key)) for key in sorted(keys)
            if kept_up.rows.get(key) != from_scratch.rows.get(key)]
