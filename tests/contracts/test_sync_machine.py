"""The machine of the pure core against the real app, on SQLite and on PostgreSQL: the same rules, the same promises."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from inspect_api.db import reading, transaction
from inspect_api.http import now_ms
from inspect_api.models import Conflict, History, Quarantine, Site, Visit
from inspect_api.services import compaction, rollup, users
from sync.fields import flat, nest
from sync.pull import Gone
from tests.support.databases import Template, app_on, close
from tests.support.handset import Handset
from tests.support.machine import SKEWS, USERS, Sync
from tests.support.people import CHINA, Person, Phone
from tests.support.world import COUNTY

Row = dict[str, Any]
DAY = datetime(2021, 5, 1, 9, 30, tzinfo=CHINA)


class App:
    """The backend that is the real app: HTTP for what phones and offices do, the tables for what must be in them."""

    def __init__(self, app: Flask):
        self.app, self.folder, self.url = app, app.config["DATA_DIR"], app.config["DATABASE_URL"]
        self.office = Phone(app, "county")
        self.checklist = self.office.checklist("school_canteen")
        self.people: dict[str, Person] = {}

    def begin(self) -> str:
        """New phones for a new history."""
        self.people = {device: Person(self.app, user, f"{device}-{uuid.uuid4()}") for device, user in USERS.items()}
        return str(uuid.uuid4())

    def site(self, grid: str) -> str:
        operation = self.office.operation("create", "site", {"type": "school_canteen", "name": "店", "grid": grid})
        assert self.office.push(operation)["results"][0]["status"] == "applied"
        return operation["id"]

    def draft(self, handset: Handset, site_id: str) -> Row:
        at = (DAY + SKEWS[handset.device[0]]).isoformat()
        return handset.operation("create", "visit", handset.new_id(), {
            "site_id": site_id, "answers": {}, "status": "draft", "checklist": self.checklist, "document_type": "patrol", "at": at})

    def push(self, device: str, operations: list[Row], acked: int) -> list[Row]:
        sent = (datetime.now(UTC) + SKEWS[device]).isoformat()
        body = {"device_id": self.people[device].device, "schema": 2, "sent_at": sent, "acked": acked, "ops": operations}
        results = self.people[device].post("/api/v1/sync/push", body)["results"]
        for result in results:
            if "row" in result and "answers" in result["row"]:
                row = result["row"]
                result["row"] = {"answers": row["answers"], "status": row["status"], **row["details"]}
            elif "row" in result and "name" not in result["row"]:
                result["row"] = {}
        return results

    def pull(self, device: str, cursor: str | None, limit: int) -> Row:
        query = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        answer = self.people[device].ask("GET", "/api/v1/sync/pull", query_string=query)
        page = answer.get_json()
        if answer.status_code == 410:
            raise Gone(page["code"], page["detail"])
        assert answer.status_code == 200, page
        for change in page["changes"]:
            if change["t"] == "visit" and change["op"] == "put":
                change["row"] |= change["row"].pop("details", {})
        return page

    def edit(self, site_id: str, field: str, value: Any) -> None:
        there = self.office.get(f"/api/v1/sites/{site_id}")
        answer = self.office.ask("PATCH", f"/api/v1/sites/{site_id}", json={"rev": there["rev"], "set": nest({field: value})})
        assert answer.status_code == 200, answer.get_json()

    def move(self, site_id: str, grid: str) -> None:
        self.edit(site_id, "grid", grid)

    def review(self, visit_id: str, decision: str) -> None:
        body = {"decision": decision, "reason": "核实"}
        assert self.office.ask("POST", f"/api/v1/visits/{visit_id}/review", json=body).status_code in (200, 409)

    def set_scope(self, user: str, grids: list[str]) -> None:
        self._write(lambda c: users.set_regions(c, user, grids, now_ms(), "tests"))

    def _write(self, work: Any) -> Any:
        with self.app.app_context():
            return transaction(work)

    def compact(self) -> None:
        with self.app.app_context():
            compaction.tombstones(now_ms() + 1000)
            compaction.results(now_ms() + 1000)

    def restart(self) -> None:
        close(self.app)
        self.app = app_on(self.url, self.folder)
        for person in (self.office, *self.people.values()):
            person.app, person.client = self.app, self.app.test_client()

    def new_epoch(self) -> None:
        self._write(lambda c: compaction.new_epoch(c, now_ms(), "tests"))

    def peek(self, type_: str, id_: str) -> Row | None:
        answer = self.office.ask("GET", f"/api/v1/{type_}s/{id_}")
        if answer.status_code == 404:
            return None
        row = answer.get_json()
        return row | row.pop("details", {})

    def values(self, type_: str, id_: str, field: str) -> list[Any]:
        row, found = self.peek(type_, id_), []
        with self.app.app_context(), reading() as connection:
            def rows(table: Any, *where: Any) -> Any:
                return connection.execute(sa.select(table.__table__).where(*where)).mappings()

            for entry in rows(History, History.row_id == id_):
                for name, (before, after) in entry["changes"].items():
                    for state in (before, after):
                        found += [state] if name == field else []
                        found += [flat({name: state}).get(field)]
            found += [entry["theirs"] for entry in rows(Conflict, Conflict.row_id == id_, Conflict.field == field)]
            found += [flat(entry["payload"]["set"]).get(field) for entry in rows(Quarantine, Quarantine.row_id == id_)]
        return found + ([flat(row).get(field)] if row else [])

    def visible(self, user: str) -> set[tuple[str, str]]:
        with self.app.app_context(), reading() as connection:
            areas = json.loads(connection.execute(sa.text("SELECT regions FROM app_user WHERE login = :user"), {"user": user}).scalar_one())
            sites = connection.execute(sa.select(Site.id, Site.grid)).all()
            visits = connection.execute(sa.select(Visit.id, Visit.grid).where(Visit.inspector_id == f"user-{user}")).all()
        return {(type_, row.id) for type_, rows in (("site", sites), ("visit", visits)) for row in rows
                if any(row.grid.startswith(area) for area in areas)}

    def numbers(self) -> tuple[Row, Row]:
        """Derived numbers as they stand, and as a rebuild gives them."""
        def both(connection: Any) -> tuple[Row, Row]:
            before = rollup.snapshot(connection, COUNTY)
            rollup.rebuild(connection, COUNTY)
            return before, rollup.snapshot(connection, COUNTY)

        return self._write(both)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def backend(request: pytest.FixtureRequest) -> Iterator[App]:
    """The app on each database. Histories follow each other on it, each with sites and phones of its own."""
    template: Template = request.getfixturevalue(f"{request.param}_template")
    with template.copy() as app:
        made = App(app)
        yield made
        if made.app is not app:
            close(made.app)


def test_phones_offices_and_a_bad_network_leave_every_promise_kept(backend: App):
    class RealSync(Sync):
        """The machine on the app."""

        def teardown(self) -> None:
            super().teardown()
            before, after = self.backend.numbers()
            assert before == after, "increments differ from a rebuild"

    RealSync.backend = backend
    run_state_machine_as_test(RealSync, settings=settings(
        max_examples=15, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate]))  # histories share a database, so that a smaller one is not the same one
