"""A phone that nobody sees: it pulled everything before a test and pulls again after it.

What it then holds must be what a first pull gives. A writer that changes a synced row and does not tell the feed, however
it is called, leaves it behind: so every test of the API is a test that nobody bypasses the feed. It pulls what people
write; what offices publish is large and seldom changes, and has tests of its own.
"""

from typing import Any

from flask import Flask
from sqlalchemy.engine import Connection

from inspect_api.db import reading
from inspect_api.services.pull import load
from inspect_api.services.pull.feed import SqlFeed
from sync.feed import PUT, Entry
from sync.pull import Gone, Page, pull

TYPES = ("site", "task", "visit", "quarantine", "conflict")
SCOPE = ("140525",)  # the county of the tests
Held = dict[tuple[str, str], tuple[str, Any]]


def _read(connection: Connection, cursor: str | None, held: Held) -> str:
    """Pull to the end into `held`; returns the cursor."""
    while True:
        page: Page = pull(SqlFeed(connection), cursor, SCOPE, None, 5_000, TYPES)
        rows = load(connection, page.entries, whole=True).found
        for entry in page.entries:
            _take(entry, rows, held)
        cursor = page.cursor
        if not page.has_more:
            return cursor


def _take(entry: Entry, rows: dict[tuple[str, str, str], Any], held: Held) -> None:
    key = (entry.type, entry.id)
    if entry.op == PUT and (row := rows.get((entry.bucket, entry.type, entry.id))) is not None:
        held[key] = (entry.bucket, row)
    elif entry.op != PUT and held.get(key, ("",))[0] == entry.bucket:
        del held[key]


class Shadow:
    """What was pulled of a database before a test."""

    def __init__(self, app: Flask):
        self.held: Held = {}
        with app.app_context(), reading() as connection:
            self.cursor = _read(connection, None, self.held)

    def check(self, app: Flask) -> None:
        """Pull again, and compare with a first pull. Raises AssertionError that names the rows that were missed."""
        held, fresh = dict(self.held), {}
        with app.app_context(), reading() as connection:
            try:
                _read(connection, self.cursor, held)
            except Gone:  # the test restored a backup or collected tombstones
                return
            _read(connection, None, fresh)
        wrong = [key for key in {*held, *fresh} if held.get(key) != fresh.get(key)]
        assert not wrong, f"the feed was not told of {wrong[:5]}: {[(held.get(key), fresh.get(key)) for key in wrong[:1]]}"
