"""A phone over real HTTP: an outbox that lets go of an operation only when it was answered, and rows kept up by pulls.

It does what docs/sync-protocol.md asks of a client and trusts nothing else: no answer, half an answer or a busy server
is the same to it, and it sends again. Whatever a server may not say to an honest client is raised as Refused.
"""

import gzip
import hashlib
import json
import random
import uuid
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from typing import Any

import rfc8785

from sync.fields import flat, nest, put
from tests.support.world import PASSWORD

Row = dict[str, Any]
_DETAILS = ("place", "end_place", "ended_at", "officers", "signature", "operator_word", "note")
_SPOILT = ("cut-short", "malformed-json", "malformed-body")  # what arrived is not what was sent


class Lost(Exception):
    """No whole answer came: the phone does not know whether the server has what it sent."""


class Refused(Exception):
    """The server answered what no honest phone should hear."""


class Outbox:
    """One device of one person, with its own connection."""

    def __init__(self, port: int, login: str, device: str, luck: random.Random, keep_alive: bool = True):
        self.port, self.login, self.device, self.luck, self.keep_alive = port, login, device, luck, keep_alive
        self.token = ""
        self.made: dict[str, Row] = {}  # op -> operation, all that were ever made
        self.waiting: list[Row] = []
        self.results: dict[str, Row] = {}  # op -> what it was answered with, first
        self.documents: dict[str, Row] = {}  # visit -> what this phone holds of it
        self.rows: dict[tuple[str, str, str], Row] = {}  # (bucket, type, id) -> the row, as pulled
        self.cursor: str | None = None
        self.lost = self.replayed = self.pages = 0
        self._connection: HTTPConnection | None = None

    # the wire

    def ask(self, method: str, path: str, body: Any = None, zipped: bool = False) -> tuple[int, Any]:
        """(status, document) of one request. Raises Lost or Refused."""
        headers = {"Accept-Encoding": "gzip", "Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if not self.keep_alive:
            headers["Connection"] = "close"
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        if data and zipped:
            data, headers["Content-Encoding"] = gzip.compress(data), "gzip"
        try:
            if self._connection is None:
                self._connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
            self._connection.request(method, path, data, headers)
            with self._connection.getresponse() as answer:
                text = answer.read()
            document = json.loads(gzip.decompress(text) if answer.headers.get("Content-Encoding") == "gzip" else text)
        except (OSError, HTTPException, EOFError, ValueError) as error:  # broken gzip and broken JSON are among these
            self.close()
            self.lost += not isinstance(error, ConnectionRefusedError)  # of a request that may have arrived
            raise Lost(f"{method} {path}: {error!r}") from error
        if not self.keep_alive:
            self.close()
        if answer.status in (429, 503) or answer.status == 400 and document.get("code") in _SPOILT:
            raise Lost(f"{method} {path}: {answer.status} {document.get('code')}")
        if answer.status == 500:
            raise Refused(f"{method} {path}: {document}")
        return answer.status, document

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> "Outbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def log_in(self) -> None:
        """Get a token for this device. Raises Lost or Refused."""
        body = {"login": self.login, "password": PASSWORD, "device_id": self.device}
        status, answer = self.ask("POST", "/api/v1/sessions", body)
        if status != 201:
            raise Refused(f"{status} {answer}")
        self.token = answer["token"]

    # what its user does

    def operation(self, kind: str, type_: str, fields: Row, id_: str | None = None, base: int | None = None,
                  was: Row | None = None) -> Row:
        """A new operation at the end of the outbox."""
        made = {"n": len(self.made) + 1, "op": self.new_id(), "t": type_, "id": id_ or self.new_id(), "kind": kind,
                "base": base, "was": was or {}, "set": fields, "at": datetime.now(UTC).isoformat()}
        self.made[made["op"]] = made
        self.waiting.append(made)
        return made

    def new_id(self) -> str:
        """A UUID of this phone's own luck, so that a seed gives the same ones again."""
        return str(uuid.UUID(int=self.luck.getrandbits(128), version=4))

    def visit(self, site_id: str, checklist: str, answers: Row, **more: Any) -> Row:
        """A new visit: a signed patrol unless told otherwise."""
        fields = {"site_id": site_id, "checklist": checklist, "document_type": "patrol", "status": "signed",
                  "answers": answers} | more
        made = self.operation("create", "visit", fields)
        self.documents[made["id"]] = {"id": made["id"], **fields}
        return made

    def patch_draft(self, id_: str, fields: Row) -> Row:
        """Change flat fields of one of its own drafts."""
        document = self.documents[id_]
        seen = flat(document)
        self.documents[id_] = put(document, fields)
        was = nest({name: seen.get(name) for name in fields})
        return self.operation("patch", "visit", nest(fields), id_, None, was)

    def patch_site(self, id_: str, fields: Row) -> Row:
        """Change flat fields of a site, by what was pulled of it; blindly where nothing was."""
        held = self.pulled("site", id_)
        if held is None:
            return self.operation("patch", "site", nest(fields), id_)
        seen = flat(held)
        was = nest({name: seen.get(name) for name in fields})
        return self.operation("patch", "site", nest(fields), id_, held["rev"], was)

    def delete_draft(self, id_: str) -> Row:
        """Throw one of its own drafts away."""
        del self.documents[id_]
        return self.operation("delete", "visit", {}, id_)

    def pulled(self, type_: str, id_: str) -> Row | None:
        """A row as it was pulled last."""
        return next((row for (_, t, i), row in self.rows.items() if t == type_ and i == id_), None)

    def checklists(self) -> dict[str, str]:
        """{site type: version} as pulled."""
        return {id_: row["version"] for (_, type_, id_), row in self.rows.items() if type_ == "checklist"}

    def content_hash(self, visit_id: str) -> str:
        """What the receipt of a visit must say: computed from what this phone holds, by no code of the server."""
        held = self.documents[visit_id]
        content = {"id": visit_id, "replaces": held.get("replaces"),
                   "phone_at": round(datetime.fromisoformat(held["at"]).timestamp() * 1000),
                   **{name: held[name] for name in ("site_id", "checklist", "document_type", "status", "answers")},
                   "details": {name: held[name] for name in _DETAILS if name in held}}
        return hashlib.sha256(rfc8785.dumps(content)).hexdigest()

    # sync

    def batch(self, most: int) -> Row:
        """The next push: at most so many of the operations that wait, in their order."""
        ops = self.waiting[:most]
        return {"device_id": self.device, "schema": 2, "sent_at": datetime.now(UTC).isoformat(),
                "unsent": len(self.waiting) - len(ops), "acked": ops[0]["n"] - 1 if ops else len(self.made), "ops": ops}

    def push(self, most: int = 20) -> list[Row]:
        """Send a batch once; its results, [] when there was nothing to send. Raises Lost or Refused."""
        body = self.batch(most)
        if not body["ops"]:
            return []
        status, answer = self.ask("POST", "/api/v1/sync/push", body, zipped=self.luck.random() < 0.5)
        if status != 200:
            raise Refused(f"{status} {answer}")
        self.take(body["ops"], answer["results"])
        return answer["results"]

    def take(self, operations: list[Row], results: list[Row]) -> None:
        """Results in the order of the operations: each leaves the outbox."""
        if [one["op"] for one in operations] != [one["op"] for one in results]:
            raise Refused(f"results of {[one['op'] for one in results]} for {[one['op'] for one in operations]}")
        for result in results:
            self.results.setdefault(result["op"], result)
            self.replayed += result["replay"]
        self.waiting = [one for one in self.waiting if one["op"] not in self.results]

    def pull(self, limit: int = 200) -> bool:
        """Take one page in; whether there is more. Raises Lost or Refused, also for 410: nobody restored the server."""
        where = f"&cursor={self.cursor}" if self.cursor else ""
        status, page = self.ask("GET", f"/api/v1/sync/pull?limit={limit}{where}")
        if status != 200:
            raise Refused(f"{status} {page}")
        for bucket in page["drop"]:
            raise Refused(f"dropped {bucket}, and nobody took it away")
        for change in page["changes"]:
            key = (change["b"], change["t"], change["id"])
            if change["op"] == "put":
                self.rows[key] = change["row"]
            else:
                self.rows.pop(key, None)
        self.cursor, self.pages = page["cursor"], self.pages + 1
        return page["has_more"]

    def pull_all(self, limit: int = 200) -> None:
        """Pull until there is no more."""
        while self.pull(limit):
            pass

    def until_quiet(self, most: int = 20, limit: int = 200, tries: int = 500) -> None:
        """Push until nothing waits and pull until there is no more. Raises Lost after so many tries."""
        for _ in range(tries):
            try:
                while self.waiting:
                    self.push(most)
                self.pull_all(limit)
                return
            except Lost as error:
                last = error
        raise Lost(f"{self.device}: {len(self.waiting)} operations wait after {tries} tries") from last

    def afresh(self, device: str, port: int | None = None) -> "Outbox":
        """The same person on another device, with all that a first pull gives and nothing else."""
        with Outbox(port or self.port, self.login, device, self.luck) as other:
            other.log_in()
            other.pull_all(1000)
            return other
