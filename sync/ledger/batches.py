"""Sampling batches (抽检批次) and reported numbers (填报数值) from a file: which sheet is which by its header, and each row's cells.

A file may have either or both. What a region or an indicator is, the caller knows; here a cell becomes a value.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from sync.ledger.columns import HEADER_WITHIN, Column, fold
from sync.ledger.errors import LedgerError, RowError
from sync.ledger.reading import MAX_ROWS, read_tables
from sync.ledger.values import CellError, day, one_of, text, yes_no

BATCHES: tuple[Column, ...] = (
    Column("region", "区域", ("区划", "区域代码", "所属区域", "乡镇", "所属乡镇", "单位")), Column("on", "日期", ("抽样日期", "检验日期", "监测日期", "时间")),
    Column("kind", "类别", ("类型", "抽检类别", "批次类别")), Column("method", "方式", ("检验方式", "检测方式", "方法")),
    Column("task_level", "任务级别", ("级别", "任务层级", "层级")), Column("residue", "农兽药残留", ("是否农兽药残留", "是否残留", "残留")),
    Column("count", "批次数", ("批次", "数量", "检验批次", "抽检批次")), Column("document", "依据", ("依据文件", "文件", "文号")),
    Column("note", "备注", ("说明", "附注")))
NUMBERS: tuple[Column, ...] = (
    Column("plan", "计划", ("计划编号",)), Column("indicator", "指标", ("指标编号", "指标名称")), Column("region", "区域", ("区划", "区域代码", "乡镇", "所属乡镇")),
    Column("window", "时段", ("期间", "周期")), Column("numerator", "分子", ("数值", "完成数")), Column("denominator", "分母", ("总数",)),
    Column("document", "依据", ("依据文件", "文件", "文号")), Column("note", "备注", ("说明", "附注")))
SHEETS: dict[str, tuple[Column, ...]] = {"batches": BATCHES, "numbers": NUMBERS}
NEEDED = {"batches": {"on", "kind", "count"}, "numbers": {"indicator", "numerator"}}  # what a header must have to be one
REQUIRED = {"batches": ("on", "kind", "method", "task_level", "count"), "numbers": ("plan", "indicator", "numerator")}


class BatchRow(NamedTuple):
    """One row: of which kind of sheet (a key of SHEETS), its number, {our column key: value} and what is wrong in it."""

    sheet: str
    number: int
    fields: dict[str, Any]
    errors: list[RowError]


Words = Mapping[str, Mapping[str, str]]  # {column: {word: key}}


def read_batches(name: str, data: bytes, words: Words) -> Iterator[BatchRow]:
    """Every row with something in it. `words` are what kind, method and task_level may be called. Raises LedgerError."""
    folded = {column: {fold(word): key for word, key in table.items()} for column, table in words.items()}
    seen = False
    for table in read_tables(name, data):
        top = list(islice(table, HEADER_WITHIN + 1))
        for at, (_, cells) in enumerate(top):
            if found := _header(cells):
                seen = True
                yield from _rows(*found, [*top[at + 1:]], folded)
                yield from _rows(*found, table, folded)
                break
    if not seen:
        raise LedgerError("no-header", "抽检批次要有“日期、类别、批次数”，填报数值要有“指标、分子”")


def _header(cells: Any) -> tuple[str, dict[int, str]] | None:
    for sheet, columns in SHEETS.items():
        keys = {fold(word): column.key for column in columns for word in (column.title, *column.synonyms)}
        found = {at: keys[fold(cell)] for at, cell in enumerate(cells) if fold(cell) in keys}
        if NEEDED[sheet] <= set(found.values()):
            if len(set(found.values())) < len(found):
                raise LedgerError("double-column")
            return sheet, found
    return None


def _rows(sheet: str, columns: dict[int, str], rows: Any, words: Words) -> Iterator[BatchRow]:
    titles = {column.key: column.title for column in SHEETS[sheet]}
    for number, cells in rows:
        if number > MAX_ROWS:
            raise LedgerError("too-large", f"超过 {MAX_ROWS} 行")
        given = {key: cells[at] for at, key in columns.items() if at < len(cells)}
        if not any(fold(value) for value in given.values()):
            continue
        fields, errors = {}, []
        for key, title in titles.items():
            try:
                fields[key] = _value(key, given.get(key), words)
            except CellError as error:
                fields[key] = None
                errors.append(RowError(number, title, error.code, error.message))
        told = {error.column for error in errors}
        errors += [RowError(number, titles[key], "required", "必填") for key in REQUIRED[sheet]
                   if fields[key] is None and titles[key] not in told]
        yield BatchRow(sheet, number, fields, errors)


def _value(key: str, cell: Any, words: Words) -> Any:
    if key == "on":
        found = day(cell)
        if found is not None and not isinstance(found, date):
            raise CellError("bad-date", f"应为某一天，如 2021-05-01，而不是“{cell}”")
        return found
    if key in words:
        return one_of(cell, words[key])
    if key == "residue":
        return bool(yes_no(cell))
    if key in ("count", "numerator", "denominator"):
        return _number(cell, whole=key == "count")
    return text(cell, 500 if key == "note" else 200) or ("" if key in ("document", "note") else None)


def _number(cell: Any, whole: bool) -> int | float | None:
    line = text(cell)
    if line is None:
        return None
    try:
        number = float(line.replace(",", "").replace("，", ""))
    except ValueError:
        raise CellError("bad-value", f"“{line}”应为数字") from None
    if not 0 <= number <= (10_000_000 if whole else 1e12) or whole and (number < 1 or not number.is_integer()):
        raise CellError("bad-value", f"“{line}”应为" + ("1 至 10000000 的整数" if whole else "0 至 1e12 的数"))
    return int(number) if number.is_integer() else number
