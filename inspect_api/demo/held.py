"""What a phone holds of the server's rows: pulled, kept up to date page by page, put together for use."""

from collections.abc import Callable
from typing import Any

Row = dict[str, Any]


class Held:
    """Rows by type and id with the bucket that each lies in, and where the next pull goes on."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], tuple[str, Row]] = {}
        self.cursor: str | None = None

    def pull(self, ask: Callable[..., Row]) -> int:
        """Pull to the end with `ask(cursor=…)`, which answers a page. Returns the number of changes."""
        changes = 0
        while True:
            page = ask(**({"cursor": self.cursor} if self.cursor else {}))
            self._take(page)
            changes += len(page["changes"])
            if not page["has_more"]:
                return changes

    def _take(self, page: Row) -> None:
        dropped = set(page["drop"])
        self.rows = {key: held for key, held in self.rows.items() if held[0] not in dropped}
        for change in page["changes"]:
            key = (change["t"], change["id"])
            if change["op"] == "put":
                row = change["row"]
                self.rows[key] = (change["b"], _assembled(row, page["items"]) if change["t"] == "checklist" else row)
            elif self.rows.get(key, ("",))[0] == change["b"]:
                del self.rows[key]
        self.cursor = page["cursor"]

    def of(self, type_: str) -> dict[str, Row]:
        """{id: row} of a type, in the order of their ids."""
        return {id_: row for (kind, id_), (_, row) in sorted(self.rows.items()) if kind == type_}


def _assembled(row: Row, items: dict[str, Row]) -> Row:
    """A checklist with its questions, which the page says once for all that ask them."""
    return row | {"sections": [section | {"items": [items[one["ref"]] | {"citations": one["citations"]} for one in section["items"]]}
                               for section in row["sections"]]}
