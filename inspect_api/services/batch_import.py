"""Sampling batches and reported numbers from an XLSX or CSV file: each row placed, checked, and kept like one that was typed.

A row that is wrong is told with its row and column; the others are kept, or none. A trial does all of it and takes it back.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from checklists.measures import METHODS, RECORD_KINDS, TASK_LEVELS
from checklists.windows import windows
from inspect_api.db import insert_missing, prefix_range
from inspect_api.models import Record, Region, ReportEntry
from inspect_api.problems import Problem
from inspect_api.services import audit, records, reports
from inspect_api.services.programmes import Programmes, programmes
from sync.ledger import LedgerError
from sync.ledger.batches import BatchRow, read_batches

Row = dict[str, Any]
WORDS = {"kind": {title: key for key, title in RECORD_KINDS.items()} | {key: key for key in RECORD_KINDS},
         "method": {title: key for key, title in METHODS.items()} | {"实验室": "laboratory", "快速检测": "rapid", "快检": "rapid"}
         | {key: key for key in METHODS},
         "task_level": {title: key for key, title in TASK_LEVELS.items()}
         | {"国家级": "national", "国抽": "national", "省抽": "provincial", "市抽": "municipal", "县抽": "county", "区级": "county", "县（区）级": "county",
            "乡镇级": "township", "街道": "township"} | {key: key for key in TASK_LEVELS}}
_FIELD_COLUMNS = {"window": "时段", "numerator": "分子", "denominator": "分母", "region": "区域", "documents": "依据"}
_MOST_NUMBERS = 500  # each is compared with what stands above and below it
_SHOWN = 200
_SAID = ("numerator", "denominator", "document", "note")  # what a row of numbers says
TITLES = {"batches": "抽检批次", "numbers": "填报数值"}


def parse(name: str, data: bytes) -> list[BatchRow]:
    """The rows of a file, before any transaction. Raises Problem broken-ledger."""
    try:
        return list(read_batches(name, data, WORDS))
    except LedgerError as error:
        raise Problem("broken-ledger", error.message, reason=error.code) from None


class _Import:
    """One import: what is known of regions and plans, and what came of each row."""

    def __init__(self, connection: Connection, region: str, now: int, actor: str):
        self.connection, self.region, self.now, self.actor = connection, region, now, actor
        rows = connection.execute(sa.select(Region.code, Region.name).where(prefix_range(Region.code, region)).order_by(Region.code)).all()
        self.codes = {row.code: row.name for row in rows}
        self.name = self.codes[region]
        self.names: dict[str, list[str]] = {}
        for row in rows:
            self.names.setdefault(row.name, []).append(row.code)
        self.known: Programmes = programmes(connection)
        self.errors: list[Row] = []
        self.warnings: list[Row] = []
        self.preview: list[Row] = []

    def wrong(self, row: BatchRow, column: str, code: str, message: str) -> None:
        """Tell what is wrong with a row."""
        self.errors.append({"sheet": TITLES[row.sheet], "row": row.number, "column": column, "code": code, "message": message})

    def place(self, row: BatchRow) -> str | None:
        """The code of the region that a row names, the import's own without one; None after telling why not."""
        named = row.fields["region"]
        if named is None:
            return self.region
        codes = [named] if named in self.codes else self.names.get(named, [])
        if len(codes) == 1:
            return codes[0]
        why = f"有 {len(codes)} 个“{named}”，请填区划代码" if codes else f"没有“{named}”，或不在{self.name}内"
        self.wrong(row, "区域", "unknown-region", why)
        return None

    def batches(self, rows: list[BatchRow]) -> int:
        """Keep the rows of batches, set-wise; how many are new."""
        wanted: dict[str, tuple[BatchRow, Row]] = {}
        for row in rows:
            region = self.place(row)
            if region is None or row.errors:
                continue
            record = reports.record_row(row.fields | {"region": region})
            id_ = reports.record_id(record)
            if id_ in wanted:
                self.wrong(row, "批次数", "duplicate", f"与第 {wanted[id_][0].number} 行相同，请合并为一行")
                continue
            wanted[id_] = (row, record)
            if not records.feeds(self.known, record):
                self.warnings.append({"sheet": TITLES[row.sheet], "row": row.number, "column": "类别", "code": "feeds-nothing",
                                      "message": "目前没有计划的指标用到这类批次，照常保存"})
        ids, there = list(wanted), {}
        for start in range(0, len(ids), 500):
            found = self.connection.execute(sa.select(Record.id, Record.withdrawn_at).where(Record.id.in_(ids[start:start + 500])))
            there |= dict(found.tuples().all())
        insert_missing(self.connection, Record.__table__, [
            record | {"id": id_, "created_by": self.actor, "created_at": self.now}
            for id_, (_, record) in wanted.items() if id_ not in there])
        again = [id_ for id_, gone in there.items() if gone is not None]
        for start in range(0, len(again), 500):
            self.connection.execute(sa.update(Record).where(Record.id.in_(again[start:start + 500])).values(withdrawn_at=None))
        for id_, (row, record) in wanted.items():
            self.show(row, record["region"], "unchanged" if id_ in there and there[id_] is None else "created")
        return len(wanted) - len(there) + len(again)

    def numbers(self, rows: list[BatchRow]) -> int:
        """Keep the rows of reported numbers, one by one; how many."""
        if len(rows) > _MOST_NUMBERS:
            raise Problem("too-large", f"填报数值一次最多 {_MOST_NUMBERS} 行，请分开导入")
        kept, stands, told = 0, self._stands(), {}
        for row in rows:
            region = self.place(row)
            found = self._indicator(row) if not row.errors and region is not None else None
            if found is None:
                continue
            plan, indicator = found
            if not region.startswith(plan.region):
                self.wrong(row, "区域", "unknown-region", f"不在计划的适用区域 {plan.region} 内")
                continue
            group = windows(plan, indicator)
            named = row.fields["window"]
            window = next((w for w in group if named in (w.title, w.key)), None) if named else group[0] if len(group) == 1 else None
            if window is None:
                self.wrong(row, "时段", "invalid", "应为" + "、".join(w.title for w in group) + "之一")
                continue
            key = (plan.id, indicator.id, window.key, region)
            if key in told:
                self.wrong(row, "指标", "duplicate", f"与第 {told[key]} 行是同一单位、同一指标、同一时段，只能留一行")
                continue
            told[key] = row.number
            titles = {"plan_title": plan.title, "indicator_title": indicator.title, "window_title": window.title}
            old = stands.get(key)
            if old and all(old[name] == row.fields[name] for name in _SAID):
                self.show(row, region, "unchanged", titles)
                continue
            given = {name: row.fields[name] for name in _SAID} | {"region": region, "window": window.key}
            try:
                reports.enter(self.connection, plan, indicator, given, self.now, self.actor)
            except Problem as problem:
                for error in problem.errors or [{"field": "region", "message": problem.detail}]:
                    self.wrong(row, _FIELD_COLUMNS.get(error["field"], "指标"), problem.code, error["message"])
                continue
            replaced = {"replaced": {name: old[name] for name in ("numerator", "denominator")}} if old else {}
            self.show(row, region, "replaced" if old else "created", titles | replaced)
            kept += 1
        return kept

    def _stands(self) -> dict[tuple[str, str, str, str], Any]:
        """What stands reported in the region and below: {(plan, indicator, window, region): row}."""
        table = ReportEntry.__table__
        rows = self.connection.execute(sa.select(table).where(prefix_range(table.c.region, self.region), table.c.replaced_at.is_(None)))
        return {(row["plan"], row["indicator"], row["window"], row["region"]): row for row in rows.mappings()}

    def _indicator(self, row: BatchRow) -> tuple[Any, Any] | None:
        plans = [plan for plan in self.known.plans.values() if row.fields["plan"] in (plan.id, plan.title)
                 and (self.region.startswith(plan.region) or plan.region.startswith(self.region))]
        if not plans:
            self.wrong(row, "计划", "unknown-plan", f"没有适用于{self.name}的计划“{row.fields['plan']}”")
            return None
        found = [i for i in plans[0].indicators if row.fields["indicator"] in (i.id, i.title)]
        if len(found) != 1 or found[0].measure != "reported":
            why = "不由办公室填报数值" if len(found) == 1 else f"有 {len(found)} 个同名指标，请填指标编号" if found else "计划里没有这个指标"
            self.wrong(row, "指标", "unknown-indicator" if len(found) != 1 else "not-reported", f"“{row.fields['indicator']}”{why}")
            return None
        return plans[0], found[0]

    def show(self, row: BatchRow, region: str, change: str, more: Row | None = None) -> None:
        """Have a row in the preview, of which there are so many at most; `more` is told with it."""
        if len(self.preview) < _SHOWN:
            plain = (str, int, float, bool, type(None))
            fields = {name: value if isinstance(value, plain) else str(value) for name, value in row.fields.items()}
            self.preview.append({"sheet": TITLES[row.sheet], "row": row.number, "change": change, **fields, "region": region,
                                 "region_name": self.codes[region], **(more or {})})


def run(connection: Connection, region: str, name: str, rows: list[BatchRow], dry_run: bool, all_or_nothing: bool, now: int,
        actor: str) -> Row:
    """Import what `parse` read: {dry_run, batches, numbers, unchanged, rejected, errors, warnings, rows}.

    `batches` and `numbers` are how many were kept, `rows` the first 200 good ones with `change`: created, unchanged, or `replaced` with the
    {numerator, denominator} that stood. With `dry_run` nothing is kept. Raises Problem unknown-region, too-large, and ledger-rows for `all_or_nothing`.
    """
    if connection.execute(sa.select(Region.code).where(Region.code == region)).first() is None:
        raise Problem("unknown-region", f"没有区划 {region}")
    work = _Import(connection, region, now, actor)
    for row in rows:
        for error in row.errors:
            work.wrong(row, error.column, error.code, error.message)
    with connection.begin_nested() as trial:
        batches = work.batches([row for row in rows if row.sheet == "batches"])
        numbers = work.numbers([row for row in rows if row.sheet == "numbers"])
        if dry_run:
            trial.rollback()
    work.errors.sort(key=lambda error: (error["sheet"], error["row"]))
    rejected = len({(error["sheet"], error["row"]) for error in work.errors})
    if work.errors and all_or_nothing and not dry_run:
        raise Problem("ledger-rows", f"{rejected} 行有错误，未导入任何一行", errors=work.errors)
    counts = {"batches": batches, "numbers": numbers, "rejected": rejected}
    if not dry_run:
        audit.append(connection, region[:6], now, actor, "record.import", name.replace("\x00", "") or "文件", counts)
    return {"dry_run": dry_run, **counts, "unchanged": len(rows) - rejected - batches - numbers, "errors": work.errors,
            "warnings": work.warnings, "rows": work.preview}
