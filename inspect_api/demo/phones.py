"""Virtual phones: people who speak to the server over real HTTP, number their operations, and have bad luck with the network."""

import socket
import threading
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson
from uuid_utils import uuid7

from inspect_api.demo.held import Held
from sync.operation import SCHEMA

BATCH = 25  # operations that a phone sends at once
PAGE = 200


class WalkError(RuntimeError):
    """The server answered something that the walk cannot go on with; says what was asked and what came back."""

    def __init__(self, message: str, status: int | None = None):
        super().__init__(message)
        self.status = status


@dataclass(slots=True)
class Tally:
    """What happened on the walk. Added up by many phones at once, so always through `add`."""

    visits: int = 0  # acknowledged as applied
    sites: int = 0  # found on the street
    pushes: int = 0
    doubled: int = 0  # pushes that were sent again
    replays: int = 0  # operations in them that were answered from memory
    effects: int = 0  # operations sent again that had an effect after all: must stay 0
    cut: int = 0  # connections that broke in the middle, or before the answer was read
    late: int = 0  # visits older than what the server already had of their site
    quarantined: int = 0
    approved: int = 0
    returned: int = 0
    rejected: int = 0
    amended: int = 0
    rectified: int = 0  # steps of rectifications
    reports: int = 0
    updated: int = 0  # sites in the counties' new ledgers
    pulled: int = 0  # rows that phones pulled
    receipts: int = 0  # visits that their phones may forget
    waiting: int = 0  # visits that wait for photos that their phones still hold
    owed: int = 0  # visits without a receipt though all their photos were sent: must stay 0
    photos: int = 0  # that the server said it has
    photo_bytes: int = 0
    photos_doubled: int = 0  # uploads that were sent again
    resumed: int = 0  # uploads that broke off and went on from where they had been
    acknowledged: set[str] = field(default_factory=set)  # ids of visits that the server said it has
    stored: set[str] = field(default_factory=set)  # names of photos that the server said it has
    lock: Any = field(default_factory=threading.Lock)

    def add(self, **counts: int) -> None:
        """Add to some of the counts."""
        with self.lock:
            for name, count in counts.items():
                setattr(self, name, getattr(self, name) + count)

    def counts(self) -> dict[str, int]:
        """Every count by name."""
        return {f.name: value for f in fields(self) if isinstance(value := getattr(self, f.name), int)}


class Person:
    """Somebody logged in on a device that this walk brought along."""

    def __init__(self, url: str, login: str, password: str, tally: Tally):
        self.login, self.tally = login, tally
        self.device = f"demo-{uuid7()}"
        self.http = httpx.Client(base_url=url, timeout=60, trust_env=False)
        try:
            session = self.ask("POST", "/api/v1/sessions", json={
                "login": login, "password": password, "device_id": self.device, "device_label": "演示手机"})
        except Exception:
            self.close()
            raise
        self.name = session["user"]["name"]
        self.http.headers["Authorization"] = f"Bearer {session['token']}"

    def ask(self, method: str, path: str, **options: Any) -> Any:
        """The JSON of an answer. Raises WalkError for a refusal."""
        answer = self.http.request(method, path, **options)
        if answer.is_error:
            raise WalkError(f"{self.login}: {method} {path}: {answer.status_code} {answer.text[:500]}", answer.status_code)
        return orjson.loads(answer.content)

    def get(self, path: str, **query: Any) -> Any:
        """GET, with a query."""
        return self.ask("GET", path, params=query)

    def pages(self, path: str, name: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every row of a list that comes in pages."""
        after: dict[str, str] = {}
        while True:
            page = self.get(path, limit=PAGE, **query, **after)
            yield from page[name]
            if page["next"] is None:
                return
            after = {"after": page["next"]}

    def close(self) -> None:
        """Let go of the connection."""
        self.http.close()


class Phone(Person):
    """A person's phone: an outbox, a clock that is right, and every trouble that a network makes."""

    def __init__(self, url: str, login: str, password: str, tally: Tally):
        super().__init__(url, login, password, tally)
        self.n = 0
        self.newest: dict[str, str] = {}  # site -> `at` of the newest visit the server has
        self.known: dict[str, dict[str, Any]] = {}  # visit -> what was sent
        self.held = Held()
        self._counted: set[str] = set()  # visits in the tally of receipts

    def operation(self, kind: str, fields: dict[str, Any]) -> dict[str, Any]:
        """A new operation that creates a visit or a site."""
        self.n += 1
        return {"n": self.n, "op": str(uuid7()), "t": kind, "id": str(uuid7()), "kind": "create", "base": None, "was": {},
                "set": fields, "at": _now()}

    def visit(self, site: str, checklist: str, at: str, answers: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A signed visit that was captured at `at`, long ago, and is sent now."""
        made = self.operation("visit", {"site_id": site, "checklist": checklist, "document_type": "patrol",
                                        "status": "signed", "at": at, "answers": answers} | more)
        return made | {"at": at}

    def pull(self) -> Held:
        """Bring the rows of the phone's grids up to date."""
        self.tally.add(pulled=self.held.pull(lambda **query: self.get("/api/v1/sync/pull", **query)))
        return self.held

    def count_receipts(self, held: Container[str]) -> None:
        """Pull once more, and count the visits not counted before: those safe with the server, and those that wait for photos.

        A visit that neither is safe nor wants a photo that this phone has `held` back is owed its receipt.
        """
        own = {id_: visit for id_, visit in self.pull().of("visit").items() if id_ in self.known and id_ not in self._counted}
        self._counted |= set(own)
        without = [visit for visit in own.values() if not visit["receipt"]]
        waiting = sum(any(name in held for name in visit["photos_missing"]) for visit in without)
        owed = sum(not visit["photos_missing"] or any(name not in held for name in visit["photos_missing"]) for visit in without)
        self.tally.add(receipts=len(own) - len(without), waiting=waiting, owed=owed)

    def _body(self, operations: list[dict[str, Any]]) -> bytes:
        return orjson.dumps({"device_id": self.device, "schema": SCHEMA, "acked": 0, "sent_at": _now(), "ops": operations})

    def push(self, operations: list[dict[str, Any]], again: bool = False) -> list[dict[str, Any]]:
        """Send one batch; returns a result per operation. `again` sends the same bytes a second time and expects nothing of it."""
        body = self._body(operations)
        results = self._send(body)
        self.tally.add(pushes=1)
        self._note(operations, results)
        if again:
            self._expect_replay(self._send(body))
            self.tally.add(pushes=1, doubled=1)
        return results

    def push_all(self, operations: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Send in batches of BATCH, in the order given; returns all results."""
        waiting = list(operations)
        return [result for start in range(0, len(waiting), BATCH) for result in self.push(waiting[start:start + BATCH])]

    def _send(self, body: bytes) -> list[dict[str, Any]]:
        return self.ask("POST", "/api/v1/sync/push", content=body, headers={"Content-Type": "application/json"})["results"]

    def push_cut(self, operations: list[dict[str, Any]], share: float) -> list[dict[str, Any]]:
        """The connection breaks after `share` of the bytes (1: after all of them, before the answer is read); then retry."""
        self._break_off(self._body(operations), share)
        self.tally.add(cut=1)
        return self.push(operations)

    def _break_off(self, body: bytes, share: float) -> None:
        url = self.http.base_url
        if url.scheme != "http":
            return  # a raw socket does not speak TLS; the walk goes on without this trouble
        head = (f"POST {url.raw_path.decode().rstrip('/')}/api/v1/sync/push HTTP/1.1\r\nHost: {url.host}\r\n"
                f"Authorization: {self.http.headers['Authorization']}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n")
        with socket.create_connection((url.host, url.port or 80), timeout=30) as broken:
            broken.sendall(head.encode() + body[:int(len(body) * share)])

    def _note(self, operations: list[dict[str, Any]], results: list[dict[str, Any]]) -> None:
        """Remember what the server acknowledged; count what came late and what was set aside."""
        counts = {"visits": 0, "sites": 0, "late": 0, "quarantined": 0, "replays": 0}
        newest = dict(self.newest)
        for operation, result in zip(operations, results, strict=True):
            counts["replays"] += result["replay"]
            if result["status"] == "rejected":
                counts["quarantined"] += 1
                continue
            if operation["t"] == "site":
                counts["sites"] += 1
                continue
            site, at = operation["set"]["site_id"], operation["set"]["at"]
            counts["visits"] += 1
            counts["late"] += at < self.newest.get(site, "")
            newest[site] = max(newest.get(site, ""), at)
            self.known[operation["id"]] = operation["set"]
        self.newest = newest
        with self.tally.lock:
            self.tally.acknowledged.update(o["id"] for o in operations if o["id"] in self.known)
        self.tally.add(**counts)

    def _expect_replay(self, results: list[dict[str, Any]]) -> None:
        replayed = sum(result["replay"] for result in results)
        self.tally.add(replays=replayed, effects=len(results) - replayed)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
