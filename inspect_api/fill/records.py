"""Where the year is written down: rows in bulk, the feed and the audit chain under one running number, decisions in the order of their time."""

import heapq
from collections.abc import Iterable
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.fill.shape import COUNTY
from inspect_api.fill.writing import Bulk
from inspect_api.models import (
    Audit,
    Clock,
    Contribution,
    Finding,
    History,
    Photo,
    PhotoUse,
    RectificationStep,
    Site,
    Task,
    Visit,
)
from inspect_api.models import Change as ChangeRow
from inspect_api.services import audit, sealing
from sync.feed import Change

Row = dict[str, Any]
TABLES = (Site, Visit, Photo, PhotoUse, Finding, RectificationStep, Task, History, Contribution, ChangeRow, Audit)  # what is referred to first


class Ledger:
    """Takes rows and entries. `end` raises the clock of the county to what was given."""

    def __init__(self, connection: Connection):
        self.connection = connection
        self.bulk = Bulk(connection, [table.__table__ for table in TABLES])
        self._first = connection.execute(sa.select(Clock.seq).where(Clock.org == COUNTY)).scalar() or 0
        self._seq, self._last = self._first, audit.GENESIS
        self._to_come: list[tuple[int, int, str, str, str, Row]] = []
        self._number = 0

    def row(self, table: sa.Table, row: Row, documents: Iterable[str] = ()) -> None:
        """One row; of `documents` the JSON is written."""
        for name in documents:
            if row[name] is not None:
                row[name] = orjson.dumps(row[name]).decode()
        self.bulk.add_row(table, row)

    def changed(self, one: Change, at: int) -> None:
        """An entry of the feed."""
        self._seq += 1
        self.bulk.add(ChangeRow.__table__, (COUNTY, one.bucket, one.type, one.id, self._seq, one.op, at))

    def audit(self, at: int, actor: str, action: str, subject: str, detail: Row) -> None:
        """An entry of the audit, of a moment that `until` has not passed."""
        self._number += 1
        heapq.heappush(self._to_come, (at, self._number, actor, action, subject, detail))

    def until(self, at: int) -> None:
        """Chain the entries up to a moment: none of an earlier one comes any more."""
        while self._to_come and self._to_come[0][0] <= at:
            when, _, actor, action, subject, detail = heapq.heappop(self._to_come)
            self._seq += 1
            entry = {"org": COUNTY, "at": when, "actor": actor, "action": action, "subject": subject, "detail": detail}
            row = audit.chained(entry, self._seq, self._last)
            self._last = row["hash"]
            self.row(Audit.__table__, row, ("detail",))

    def end(self) -> None:
        """Chain what is left, write what is buffered, and raise the clock."""
        while self._to_come:
            self.until(self._to_come[0][0])
        self.bulk.flush()
        if self._seq > self._first:
            sealing.tick(self.connection, COUNTY, self._seq - self._first)
            self._first = self._seq
