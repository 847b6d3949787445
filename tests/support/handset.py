"""A phone that keeps the duties of docs/sync-protocol.md: rows it pulled, an outbox, numbers, a cursor. It knows no server."""

import copy
import uuid
from typing import Any

from sync.fields import flat, nest, put

Row = dict[str, Any]
Key = tuple[str, str]


class Handset:
    """One device of one person. What it shows is what it pulled, with its own unanswered operations laid over it."""

    def __init__(self, device: str, luck: Any = None):
        self.device, self.luck = device, luck
        self.rows: dict[Key, tuple[str, Row]] = {}  # (type, id) -> (bucket, row)
        self.outbox: list[Row] = []
        self.results: dict[str, Row] = {}  # op -> the last answer
        self.sent: list[list[Row]] = []  # batches that were ever on the wire
        self.n, self.acked, self.cursor = 0, 0, None

    def operation(self, kind: str, type_: str, id_: str, fields: Row, base: int | None = None, was: Row | None = None) -> Row:
        """A new operation at the end of the outbox."""
        self.n += 1
        made = {"n": self.n, "op": self._uuid(), "t": type_, "id": id_, "kind": kind, "base": base, "was": was or {}, "set": fields,
                "at": "2021-05-01T09:30:00+08:00"}
        self.outbox.append(made)
        return made

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self.luck.getrandbits(128), version=4)) if self.luck else str(uuid.uuid4())

    def new_id(self) -> str:
        """An id for a row that this phone makes."""
        return self._uuid()

    def shown(self, key: Key) -> Row | None:
        """A row as its user sees it: with what is still in the outbox; None when there is none."""
        held = self.rows.get(key)
        row = copy.deepcopy(held[1]) if held else None
        for one in self.outbox:
            if (one["t"], one["id"]) == key:
                if one["kind"] == "delete":
                    row = None
                elif one["kind"] == "create":
                    row = put({"id": one["id"], "rev": 0}, one["set"])
                elif row is not None:
                    row = put(row, flat(one["set"]))
        return row

    def edit(self, type_: str, id_: str, fields: Row) -> Row:
        """Change flat fields of a row that is shown: with the revision that was read, and the values that were seen."""
        held, seen = self.rows.get((type_, id_)), flat(self.shown((type_, id_)) or {})
        base = held[1]["rev"] if held else None
        return self.operation("patch", type_, id_, nest(fields), base, nest({name: seen.get(name) for name in fields}))

    def batch(self, most: int) -> list[Row]:
        """The next operations to send."""
        found = copy.deepcopy(self.outbox[:most])
        if found:
            self.sent.append(found)
        return found

    def take_results(self, results: list[Row]) -> None:
        """What the server says of operations that were sent. A row that comes along is what the server holds."""
        for result in results:
            one = next((one for one in self.outbox if one["op"] == result["op"]), None)
            if one is None:
                continue
            self.outbox.remove(one)
            self.results[one["op"]] = result
            key, held = (one["t"], one["id"]), self.rows.get((one["t"], one["id"]))
            if held and result["status"] != "rejected" and result.get("rev", 0) >= held[1]["rev"]:
                row = put(held[1], flat(one["set"])) | (result.get("row") or {}) | {"rev": result["rev"]}
                self.rows[key] = (held[0], row)
        self.acked = max([self.acked, *(r["n"] for r in results)])

    def take_page(self, page: Row) -> None:
        """A page of a pull: first what is dropped, then the changes in their order. A removal is of the bucket that it names."""
        dropped = set(page["drop"])
        self.rows = {key: held for key, held in self.rows.items() if held[0] not in dropped}
        for change in page["changes"]:
            key = (change["t"], change["id"])
            if change["op"] == "put":
                self.rows[key] = (change["b"], change["row"])
            elif key in self.rows and self.rows[key][0] == change["b"]:
                del self.rows[key]
        self.cursor = page["cursor"]

    def begin_anew(self) -> None:
        """The server said 410: everything is pulled anew, and the outbox stays."""
        self.rows, self.cursor = {}, None
