"""Rows in bulk, past SQLAlchemy: COPY on PostgreSQL, executemany on SQLite, inside the caller's transaction.

Values are as the database keeps them: JSON and days as texts. What is written so, `changes.watch` does not see: who fills tells the feed himself.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

AT_ONCE = 5_000


class Bulk:
    """Buffers of rows, one a table, written in the order in which the tables were named: what is referred to comes first."""

    def __init__(self, connection: Connection, tables: Iterable[sa.Table]):
        connection.execute(sa.select(1))  # the transaction is begun
        self._driver: Any = connection.connection.driver_connection
        self._copies = connection.dialect.name == "postgresql"
        self._tables = {table.name: _Buffer(table, self._copies) for table in tables}

    def columns(self, table: sa.Table) -> tuple[str, ...]:
        """The columns of a table in the order of the values that `add` takes: all of them."""
        return self._tables[table.name].columns

    def add(self, table: sa.Table, values: Sequence[Any]) -> None:
        """One row. When its buffer is full, all buffers are written."""
        rows = self._tables[table.name].rows
        rows.append(values)
        if len(rows) >= AT_ONCE:
            self.flush()

    def add_row(self, table: sa.Table, row: dict[str, Any]) -> None:
        """One row by the names of its columns."""
        self.add(table, [row[name] for name in self.columns(table)])

    def flush(self) -> None:
        """Write what is buffered."""
        for buffer in self._tables.values():
            if not buffer.rows:
                continue
            cursor = self._driver.cursor()
            if self._copies:
                with cursor.copy(buffer.statement) as copy:
                    for row in buffer.rows:
                        copy.write_row(row)
            else:
                cursor.executemany(buffer.statement, buffer.rows)
            cursor.close()
            buffer.rows.clear()


class _Buffer:
    def __init__(self, table: sa.Table, copies: bool):
        self.columns = tuple(column.name for column in table.columns)
        self.rows: list[Sequence[Any]] = []
        names = ", ".join(f'"{name}"' for name in self.columns)
        self.statement = (f'COPY "{table.name}" ({names}) FROM STDIN' if copies else
                          f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join("?" * len(self.columns))})')
