"""Bytes on the wire of what a phone pushes: patches of one field, and visits of 25 answers.

    python -m bench.wire [--batches 10]

Ids are UUIDv7, times have milliseconds, sites are the believable ones of bench/county.py. Patches say `base`
and `was`.

    plain visit   25 answers and nothing else: no place, no note, no photo
    patrol        begins and ends at a place and a time; what fails has a note and the name of a photo, 64
                  digits that do not compress
    inspection    as a patrol, with two officers, the operator's word, and a signature with its picture's name

Counted is the body of the request under gzip (level 6), divided by its operations, and beside it the body of
the answer and the head of a request. Every batch is pushed to the real server, which must apply all of it.
The same again for the same seed, but for `sent_at`.
"""

import argparse
import gzip
import hashlib
import random
import statistics
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NamedTuple

import orjson
from rich.console import Console
from rich.table import Table

from bench import county, servers

CHINA = timezone(timedelta(hours=8))
SUPERVISOR, OFFICER = "bench-owner", "bench-0"
PATCH_MOST, VISIT_MOST = 250, 900  # bytes
Row = dict[str, Any]


class Phone:
    """Makes operations as a phone does, and pushes them under gzip."""

    def __init__(self, port: int, login: str, sites: list[Row], seed: int):
        self.connection, self.device = servers.connect(port), f"device-{login}"
        self.token = servers.log_in(port, login, county.PASSWORD)
        self.sites = [dict(row) for row in sites]
        self.rng, self.n = random.Random(seed), 0
        self.at = datetime(2020, 12, 1, 8, 30, tzinfo=CHINA)
        path = f"/api/v1/checklists?region={county.COUNTY}&site_type="
        self.checklists = {
            kind: orjson.loads(servers.call(self.connection, "GET", path + kind, token=self.token)[1])
            for kind in county.TYPES}

    def later(self, most: float) -> str:
        """The time after some seconds more, as text."""
        self.at += timedelta(milliseconds=self.rng.randint(2_000, round(1000 * most)))
        return self.at.isoformat(timespec="milliseconds")

    def new_id(self) -> str:
        """A UUIDv7 of now."""
        return county.new_id(self.rng, int(self.at.timestamp() * 1000))

    def operation(self, type_: str, id_: str, kind: str, fields: Row, **more: Any) -> Row:
        """The next operation."""
        self.n += 1
        return {"n": self.n, "op": self.new_id(), "t": type_, "id": id_, "kind": kind, "base": None,
                "was": {}, "set": fields, "at": self.later(60)} | more

    def patches(self, count: int) -> list[Row]:
        """A field each of some sites."""
        made = []
        for site in self.rng.sample(self.sites, count):
            field = self.rng.choice(list(NEW))
            old = site[field].isoformat() if hasattr(site[field], "isoformat") else site[field]
            new = NEW[field](self.rng, old)
            made.append(self.operation("site", site["id"], "patch", {field: new},
                                       base=site["rev"], was={field: old}))
            site[field], site["rev"] = new, site["rev"] + 1
        return made

    def place(self) -> Row:
        """Where the phone is."""
        lon, lat = self.rng.uniform(111, 111.012), self.rng.uniform(35, 35.012)
        return {"lon": round(lon, 6), "lat": round(lat, 6), "crs": "WGS84",
                "accuracy": self.rng.choice((4.5, 6.2, 8, 12.7)), "source": "gps", "mock": False}

    def visits(self, count: int, document: str = "patrol", plain: bool = False) -> list[Row]:
        """Signed visits of some sites, with 25 answers each; `plain`: with nothing else."""
        made = []
        for site in self.rng.sample([site for site in self.sites if site["type"] in county.TYPES], count):
            id_, checklist, begun = self.new_id(), self.checklists[site["type"]], self.later(1500)
            answers = county.believable_answers(checklist, self.rng, 25)
            fields = {"site_id": site["id"], "checklist": checklist["version"], "document_type": document,
                      "status": "signed", "at": begun, "answers": answers}
            if plain:
                fields["answers"] = {item: _bare(answer) for item, answer in answers.items()}
            else:
                fields |= {"place": self.place(), "end_place": self.place(), "ended_at": self.later(2400)}
            if document == "inspection":
                fields |= self.signed(site)
            made.append(self.operation("visit", id_, "create", fields))
        return made

    def signed(self, site: Row) -> Row:
        """What an inspection has and a patrol has not."""
        return {"officers": [{"name": "郑晓棠", "certificate": "14080210023"},
                             {"name": "孔建树", "certificate": "14080210087"}],
                "signature": {"kind": "signed", "name": site["contact"],
                              "photo": hashlib.sha256(self.rng.randbytes(16)).hexdigest()},
                "operator_word": "情况属实，按要求整改"}

    def push(self, operations: list[Row]) -> tuple[int, int, int]:
        """Send a batch: bytes of the body, of the head, of the answer. All of it must be applied."""
        body = gzip.compress(orjson.dumps({
            "device_id": self.device, "schema": 2, "acked": operations[0]["n"] - 1, "unsent": 0,
            "app": "1.4.2", "sent_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "ops": operations}), 6, mtime=0)
        headers = {"Content-Encoding": "gzip", "Accept-Encoding": "gzip",
                   "User-Agent": "inspect-phone/1.4.2 (Android 12)"}
        answer = servers.ask(self.connection, "POST", "/api/v1/sync/push", body, self.token, headers)
        told = gzip.decompress(answer.body) if answer.headers.get("Content-Encoding") else answer.body
        if answer.status != 200 or told.count(b'"status":"applied"') != len(operations):
            raise RuntimeError((answer.status, told[:2000].decode()))
        return len(body), _head(headers, self.token, len(body)), len(answer.body)


NEW: dict[str, Callable[[random.Random, Any], Any]] = {
    "contact": lambda rng, old: rng.choice("赵钱孙李周吴郑王冯陈") + rng.choice(("建国", "秀英", "志强", "丽娟", "海龙", "晓燕")),
    "phone": lambda rng, old: f"1{rng.choice('3578')}{rng.randrange(10**9):09d}",
    "licence_until": lambda rng, old: f"2026-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
    "risk_grade": lambda rng, old: rng.choice([grade for grade in "ABCD" if grade != old]),
    "address": lambda rng, old: f"{old.rstrip('号0123456789')}{rng.randint(1, 300)}号东侧",
    "place": lambda rng, old: old | {"lon": round(old["lon"] + rng.uniform(-2e-4, 2e-4), 6),
                                     "lat": round(old["lat"] + rng.uniform(-2e-4, 2e-4), 6), "accuracy": 6.2},
}


def _bare(answer: Row) -> Row:
    bare = {name: value for name, value in answer.items() if name in ("mark", "value")}
    return bare or {"mark": "not_observed"}  # of an item that is a photo and nothing else


def _head(headers: Row, token: str, length: int) -> int:
    """Bytes of the head of a push over HTTP/1.1."""
    told = {"Host": "inspect.example.gov.cn", "Content-Type": "application/json", "Content-Length": length,
            "Authorization": f"Bearer {token}", **headers}
    return len("POST /api/v1/sync/push HTTP/1.1\r\n") + sum(len(f"{k}: {v}\r\n") for k, v in told.items()) + 2


class Measure(NamedTuple):
    """A line of the table: what, in batches of how many, made how, and the most bytes that one may cost."""

    title: str
    size: int
    make: Callable[[dict[str, Phone], int], tuple[Phone, list[Row]]]
    most: int


def _patches(phones: dict[str, Phone], size: int) -> tuple[Phone, list[Row]]:
    return phones["supervisor"], phones["supervisor"].patches(size)


def _plain(phones: dict[str, Phone], size: int) -> tuple[Phone, list[Row]]:
    return phones["supervisor"], phones["supervisor"].visits(size, plain=True)


def _patrols(phones: dict[str, Phone], size: int) -> tuple[Phone, list[Row]]:
    return phones["supervisor"], phones["supervisor"].visits(size)


def _inspections(phones: dict[str, Phone], size: int) -> tuple[Phone, list[Row]]:
    return phones["officer"], phones["officer"].visits(size, "inspection")


MEASURES = (
    Measure("patch of one field", 20, _patches, PATCH_MOST), Measure("patch of one field", 1, _patches, 0),
    Measure("plain visit", 20, _plain, VISIT_MOST), Measure("plain visit", 1, _plain, VISIT_MOST),
    Measure("patrol", 20, _patrols, VISIT_MOST), Measure("patrol", 1, _patrols, VISIT_MOST),
    Measure("inspection", 20, _inspections, VISIT_MOST), Measure("inspection", 1, _inspections, VISIT_MOST))


def line(measure: Measure, phones: dict[str, Phone], batches: int) -> list[str]:
    """Push some batches: one line of the table. Bytes are of one operation, but for the head."""
    bodies, heads, answers, plain, photos = [], [], [], 0, 0
    for _ in range(batches * (1 if measure.size > 1 else 10)):
        phone, operations = measure.make(phones, measure.size)
        body, head, answer = phone.push(operations)
        bodies.append(body / measure.size)
        heads.append(head)
        answers.append(answer / measure.size)
        plain += sum(len(orjson.dumps(one)) for one in operations)
        photos += sum(orjson.dumps(one).count(b'"photos":["') for one in operations)
    made = len(bodies) * measure.size
    return [measure.title, str(measure.size), f"{plain / made:.0f}", f"{photos / made:.1f}",
            f"{statistics.mean(bodies):.0f}", f"{max(bodies):.0f}",
            f"< {measure.most}" if measure.most else "", f"{statistics.mean(heads):.0f}",
            f"{statistics.mean(answers):.0f}"]


def main() -> None:
    """Push, count and print the table."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batches", type=int, default=10)
    options = parser.parse_args()
    table = Table(title="Bytes that a phone sends, each under gzip", title_justify="left")
    for name in ("operation", "in a push", "as JSON", "photos", "gzip, mean", "gzip, most", "target",
                 "head of a push", "answer"):
        table.add_column(name, justify="left" if name in ("operation", "target") else "right")

    def fill(app: Any) -> None:
        county.fill(app, 600, 1)
        county.fill_own_grid(app, SUPERVISOR)

    with servers.database("sqlite") as settings, servers.prepared(settings, fill), \
            servers.serving(settings) as port:
        sites = county.believable_sites(county.OWN_GRID)
        phones = {"supervisor": Phone(port, SUPERVISOR, sites, 3), "officer": Phone(port, OFFICER, sites, 4)}
        for measure in MEASURES:
            table.add_row(*line(measure, phones, options.batches))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
