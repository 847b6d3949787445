"""An XLSX file as an office expects it: a header row that stays, widths, formats, and paper that it fits on.

Rows go to a temporary file one by one (XlsxWriter's constant memory), so that a county's year costs no more memory than a page. A
text is always written as a text: one that begins with `=` is no formula, an address no link.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import IO, Any, NamedTuple

MOST_ROWS = 1_048_575  # of a sheet, below its header
_LONGEST = 32_767  # characters of a cell; XlsxWriter leaves a longer one out without a word
CHUNK = 128 * 1024
_CHOSEN_ROWS = 10_000  # below the header of a sheet to fill in, so many offer their choices
FORMATS = {"text": "@", "long": "@", "integer": "#,##0", "number": "#,##0.####", "percent": '0.00"%"', "date": "yyyy-mm-dd",
           "instant": "yyyy-mm-dd hh:mm"}


class Column(NamedTuple):
    """A column: its header, its width in characters, and a key of FORMATS. `long` texts are wrapped. Who fills the sheet in is offered
    `choices`."""

    title: str
    width: float = 12
    kind: str = "text"
    choices: tuple[str, ...] = ()


class Sheet:
    """One sheet under its header. Rows are added from the top down."""

    def __init__(self, sheet: Any, columns: Sequence[Column], formats: dict[str, Any], title: str):
        self._sheet, self._columns, self._formats, self._row = sheet, columns, formats, 0
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.freeze_panes(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        sheet.set_header("&C" + title.replace("&", "&&")[:200])
        sheet.set_footer("&C第 &P 页，共 &N 页")
        for at, column in enumerate(columns):
            sheet.set_column(at, at, column.width, formats[column.kind])  # also of empty cells: a code that is typed there stays a text
            if column.choices:
                sheet.data_validation(1, at, _CHOSEN_ROWS, at, {"validate": "list", "source": list(column.choices)})
            sheet.write_string(0, at, column.title, formats["header"])

    @property
    def rows(self) -> int:
        """How many rows there are below the header."""
        return self._row

    def add(self, cells: Iterable[Any], kinds: dict[int, str] | None = None) -> None:
        """One more row. A cell is a text, a number, a truth, a day (also as ISO text, in a column of days) or None; `kinds` {position: key
        of FORMATS} for cells that are of another kind than their column."""
        self._row += 1
        for at, value in enumerate(cells):
            if value is not None and value != "":
                self._write(at, value, (kinds or {}).get(at) or self._columns[at].kind)

    def _write(self, at: int, value: Any, kind: str) -> None:
        style = self._formats[kind]
        if kind == "date" and isinstance(value, str):
            value = date.fromisoformat(value[:10])
        if isinstance(value, bool):
            self._sheet.write_string(self._row, at, "是" if value else "否", style)
        elif isinstance(value, int | float):
            self._sheet.write_number(self._row, at, value, style)
        elif isinstance(value, date | datetime):
            self._sheet.write_datetime(self._row, at, value, style)
        else:
            self._sheet.write_string(self._row, at, str(value)[:_LONGEST], style)

    def end(self) -> None:
        """Let its rows be filtered in the spreadsheet."""
        self._sheet.autofilter(0, 0, max(self._row, 1), len(self._columns) - 1)


class Book:
    """A workbook that is being written into an open file. Its rows lie in `folder` meanwhile."""

    def __init__(self, file: IO[bytes], title: str, folder: str):
        import xlsxwriter  # here and not above: only who exports needs it
        self._book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                                "strings_to_numbers": False, "tmpdir": folder})
        self._book.set_properties({"title": title})
        self._title = title
        self._formats = {kind: self._book.add_format({"num_format": shown, "valign": "top", "text_wrap": kind == "long"})
                         for kind, shown in FORMATS.items()}
        self._formats["header"] = self._book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True,
                                                         "valign": "vcenter", "align": "center"})

    @contextmanager
    def sheet(self, name: str, columns: Sequence[Column]) -> Iterator[Sheet]:
        """A sheet, to be filled before the next one is begun."""
        made = Sheet(self._book.add_worksheet(name), columns, self._formats, f"{self._title}　{name}")
        yield made
        made.end()

    def close(self) -> None:
        """Write the file's end."""
        self._book.close()

    def abandon(self) -> None:
        """Let go of the rows' files. XlsxWriter itself does so only when a book is finished."""
        self._book.fileclosed = True  # or it warns that it was never closed
        for sheet in self._book.worksheets():
            if sheet.row_data_fh is not None:
                sheet.row_data_fh.close()


@contextmanager
def written(title: str) -> Iterator[tuple[Book, IO[bytes]]]:
    """(Book, the temporary file that it becomes). After an error the file is gone; else it stays open, at its beginning."""
    file = tempfile.TemporaryFile(prefix="export-")  # noqa: SIM115 it outlives this function
    with tempfile.TemporaryDirectory(prefix="export-") as folder:
        book = Book(file, title, folder)
        try:
            yield book, file
            book.close()
            file.seek(0)
        except BaseException:
            book.abandon()
            file.close()
            raise


class Sent(Iterator[bytes]):
    """The bytes of a finished file, piece by piece; it is gone when it has been sent, or nobody holds this any more."""

    def __init__(self, file: IO[bytes]):
        self._file = file
        self.size = file.seek(0, 2)
        file.seek(0)

    def __next__(self) -> bytes:
        piece = self._file.read(CHUNK)
        if not piece:
            self.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    __del__ = close
