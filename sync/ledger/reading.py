"""Opening a ledger file: what it really is (its name often lies), its encoding, its header, its rows."""

import csv
import io
import os
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl

from sync.ledger.columns import HEADER_WITHIN, Header, column_of, find_header, fold
from sync.ledger.errors import LedgerError

MAX_BYTES = 64 * 1024 * 1024  # of the file
MAX_UNPACKED = 64 * 1024 * 1024  # of what an XLSX unpacks to: a bomb is refused before it is opened
MAX_ROWS = 200_000
FOOTERS = ("合计", "总计", "小计", "填表人", "制表人", "填报人", "填报单位", "审核人", "注:", "备注:", "说明:")

Row = tuple[int, Sequence[Any]]  # row number as the spreadsheet shows it, cells


class LedgerRow(NamedTuple):
    """A row with something in it. `cells` {our column key: raw value}; `others` {header text: value} not ours."""

    row_number: int
    cells: dict[str, Any]
    others: dict[str, Any]


def read_tables(name: str, data: bytes | str | os.PathLike[str]) -> Iterator[Iterator[Row]]:
    """The tables of a file (CSV or XLSX), each its rows from the first: the visible sheets, or one. `data` is the content, or its path.

    The kind of file is told by its content, `name` only helps. Raises LedgerError: at once for an empty or a large file, else while
    iterating.
    """
    content = data if isinstance(data, bytes) else Path(data).read_bytes()
    if not content.strip():
        raise LedgerError("empty-file")
    if len(content) > MAX_BYTES:
        raise LedgerError("too-large")
    return _sheets(name.lower(), content)


def read_ledger(name: str, data: bytes | str | os.PathLike[str]) -> Iterator[LedgerRow]:
    """The rows of a ledger under its header; see read_tables.

    Blank rows, totals, signatures and header rows repeated on every printed page are left out. Raises LedgerError: at once for the file
    and its header, while iterating when a file breaks off in the middle.
    """
    any_rows = False
    for sheet in read_tables(name, data):
        top = list(islice(sheet, HEADER_WITHIN + 1))
        any_rows = any_rows or any(fold(cell) for _, cells in top for cell in cells)
        header = find_header(cells for _, cells in top)
        if header:
            return _under(header, chain(top, sheet))
    raise LedgerError("no-header" if any_rows else "empty-file")


def _under(header: Header, rows: Iterable[Row]) -> Iterator[LedgerRow]:
    name_at = next(i for i, key in header.keys.items() if key == "name")
    footers = tuple(fold(words) for words in FOOTERS)
    for number, cells in islice(rows, header.rows, None):
        if number > MAX_ROWS:
            raise LedgerError("too-large", f"超过 {MAX_ROWS} 行")
        first = next((text for cell in cells if (text := fold(cell))), "")
        if not first or first.startswith(footers) and not _named(header, cells):
            continue
        if name_at < len(cells) and column_of(cells[name_at]) == "name":  # the header again, on the next printed page
            continue
        yield LedgerRow(number, {key: cells[i] for i, key in header.keys.items() if i < len(cells)},
                        {text: cells[i] for i, text in header.others.items() if i < len(cells)})


def _named(header: Header, cells: Sequence[Any]) -> bool:
    """Whether the row has a name of its own, so that a shop called 合计 is still a shop when it has an address."""
    filled = {key for i, key in header.keys.items() if i < len(cells) and fold(cells[i])}
    return "name" in filled and len(filled & {"address", "uscc", "licence_number"}) > 0


def _sheets(name: str, content: bytes) -> Iterator[Iterator[Row]]:
    """The tables of the file: the visible sheets of a workbook, or one CSV."""
    if content.startswith(b"PK"):
        yield from _workbook(content)
        return
    if content.startswith(b"\xd0\xcf\x11\xe0"):  # an OLE container: an encrypted XLSX names this stream inside
        encrypted = "EncryptedPackage".encode("utf-16-le") in content
        raise LedgerError("password-protected" if encrypted else "old-xls")
    if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:6].lower().startswith((b"<html", b"<table", b"<!doct", b"<?xml", b"<meta")):
        raise LedgerError("html-not-excel")
    if name.endswith((".xlsx", ".xlsm")):
        raise LedgerError("broken-xlsx")
    if content.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"\x1f\x8b")):
        raise LedgerError("unknown-format")
    yield _csv(_decoded(content))


def _workbook(content: bytes) -> Iterator[Iterator[Row]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                raise LedgerError("too-large")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except LedgerError:
        raise
    except Exception as error:  # openpyxl lets KeyError, ParseError, BadZipFile and more through
        raise LedgerError("broken-xlsx") from error
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            sheet.reset_dimensions()  # some programs write a wrong extent, and rows would be cut
            yield _sheet_rows(sheet)


def _sheet_rows(sheet: Any) -> Iterator[Row]:
    try:
        yield from enumerate(sheet.iter_rows(values_only=True), 1)
    except Exception as error:
        raise LedgerError("broken-xlsx") from error


def _decoded(content: bytes) -> str:
    """The text of a CSV: by its byte order mark, else UTF-8, else GB18030 (which holds GBK)."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _strict(content, encoding)
    if b"\0" in content:
        raise LedgerError("unknown-format")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _strict(content, "gb18030")


def _strict(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise LedgerError("unknown-encoding") from error
    if "\0" in text:
        raise LedgerError("unknown-format")
    return text


def _csv(text: str) -> Iterator[Row]:
    """Rows of a CSV numbered as a spreadsheet numbers them: a line break inside a quoted cell starts no row."""
    head = "\n".join(text.splitlines()[:HEADER_WITHIN])
    delimiter = max(",\t;", key=head.count)
    try:
        yield from enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1)
    except csv.Error as error:
        raise LedgerError("broken-csv") from error
