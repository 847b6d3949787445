"""What a database of the release before held is in its place in the queue after the migration, and comes down again."""

import json

import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade

from inspect_api.db import db
from inspect_api.models import Quarantine, Visit
from inspect_api.services.queue import SINCE, WAITS
from tests.api.test_migrations import OLD_ROWS, empty  # noqa: F401

DAY_MS, SITE = 86_400_000, "00000000-0000-4000-8000-000000000001"
# id: status, review, replaces, replaced by, arrived after, offset of the clock
OLD = {
    "new": ("signed", "received", None, None, 0, 0), "late": ("signed", "received", None, None, 3 * DAY_MS, 0), "draft": ("draft", "received", None, None, 0, 0),
    "approved": ("signed", "approved", None, None, 0, 0), "rejected": ("signed", "rejected", None, None, 0, 0), "sent back": ("signed", "returned", None, None, 0, 0),
    "amended": ("signed", "returned", None, "again", 0, 0), "again": ("signed", "received", "amended", None, 0, 0),
    "plain": ("signed", "received", None, "better", 0, 0), "better": ("signed", "received", "plain", None, 0, -3_600_001)}
QUEUES = {"new": "new", "late": "new", "sent back": "returned", "again": "again", "better": "new"}
FLAGS = {"new": ["key", "failed"], "again": ["failed"], "late": ["late"], "better": ["clock"]}


def test_visits_of_before_wait_where_they_should_with_the_flags_that_their_rows_tell(empty: Flask):  # noqa: F811
    with empty.app_context():
        upgrade(revision="0004")
        with db.engine.begin() as connection:
            for statement in OLD_ROWS[:6]:
                connection.execute(sa.text(statement))
            for id_, (status, review, replaces, by, after, offset) in OLD.items():
                connection.execute(sa.text(
                    "INSERT INTO visit (id, site_id, grid, document_type, checklist, inspector_id, device_id, at, phone_at, offset_ms, received_at, "
                    "signed_at, status, review, reviewed_at, replaces, replaced_by, verdict, answers, details, rev) VALUES (:id, 's', '14052510020001', "
                    "'patrol', 'v', 'u', 'd', 1, 1, :offset, :arrived, :signed, :status, :review, 99, :replaces, :by, 'conform', '{}', '{}', 1)"), {
                        "id": id_, "offset": offset, "arrived": 1 + after, "signed": 2 + after if status == "signed" and id_ != "new" else None,
                        "status": status, "review": review, "replaces": replaces, "by": by})
            for visit, key in (("new", True), ("new", False), ("again", False)):
                connection.execute(sa.text(
                    "INSERT INTO finding (id, site_id, visit_id, grid, link_id, key, action, opened_on, due_on) "
                    "VALUES (:id, 's', :visit, '14052510020001', 'x', :key, '', '2021-01-01', '2021-01-08')"), {"id": visit + str(key), "visit": visit, "key": key})
            for op, payload in (("q1", {"t": "visit", "set": {"site_id": SITE}}), ("q2", {"set": {"site_id": 5}}), ("q3", [1]), ("q4", None)):
                connection.execute(sa.text(
                    "INSERT INTO quarantine (op, device_id, user_id, region, payload, problem, at, row_id, waits_for, offset_ms, blind, state, note) "
                    "VALUES (:op, 'd', 'u', '140525', :payload, '{}', 0, '', '', 0, false, 'open', '')"), {"op": op, "payload": json.dumps(payload)})
        upgrade()
        with db.engine.connect() as connection:
            rows = connection.execute(sa.select(Visit.__table__, WAITS.label("waits"), SINCE.label("since"))).mappings().all()
            assert {row["id"]: row["queue"] for row in rows if row["queue"]} == QUEUES
            assert {row["id"]: row["waits"] for row in rows if row["waits"]} == QUEUES
            assert all(row["queued_at"] == (row["since"] if row["queue"] else None) for row in rows)
            assert {row["id"]: row["flags"] for row in rows if row["flagged"]} == FLAGS
            assert all(row["flags"] == FLAGS.get(row["id"], []) for row in rows)
            assert {row["id"] for row in rows if row["late"]} == {"late"}
            assert {row["id"]: (row["failed_key"], row["failed_general"]) for row in rows if row["failed_key"] or row["failed_general"]} == {
                "new": (1, 1), "again": (0, 1)}
            assert dict(connection.execute(sa.select(Quarantine.op, Quarantine.site_id)).tuples().all()) == {"q1": SITE, "q2": "", "q3": "", "q4": ""}
        downgrade(revision="0004")
        with db.engine.connect() as connection:
            assert connection.execute(sa.text("SELECT count(*) FROM visit")).scalar_one() == len(OLD)
        upgrade()
