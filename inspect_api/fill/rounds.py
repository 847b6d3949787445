"""How a visit is made and told: who makes it, when it arrives, by which clock, and where the phone says that it was."""

from hashlib import sha256
from random import Random
from typing import Any, NamedTuple

import orjson

from inspect_api.fill.answering import CLEAN, FAULTY, Paper
from inspect_api.fill.ground import Ground, Person
from inspect_api.fill.records import Ledger
from inspect_api.fill.shape import COUNTY, HOUR_MS, Shape, new_id
from inspect_api.models import Photo, PhotoUse
from inspect_api.services.days import iso
from inspect_api.services.rules import DAY_MS

Row = dict[str, Any]
INSPECTIONS = 0.15  # of the visits; the others are patrols
SILENT_DAYS, SILENT_OF = 5, 60  # one phone of so many was not heard from for so long
PHOTOS_DAYS, PHOTOS = 3, 0.25  # visits of the last days that name photos which are still on their way
PLACELESS, ASTRAY = 0.02, 0.01
UNSIGNED = 0.01  # of the inspections


class Arrival(NamedTuple):
    """One visit as it reached the server; instants in milliseconds UTC."""

    id: str
    by: Person
    device: str
    document: str
    at: int
    received: int
    offset: int


class Rounds:
    """The phones of the county. `last` and `sent` tell of each device when it was last heard from and how many visits it sent."""

    def __init__(self, shape: Shape, made: Ground):
        self.shape, self.made = shape, made
        self.last: dict[str, int] = {}
        self.sent: dict[str, int] = {}
        self.owners: dict[str, Person] = {}
        self.offsets: dict[str, int] = {}
        self._silent = {grid.code for n, grid in enumerate(made.grids) if n % SILENT_OF == SILENT_OF // 2}
        self._since = shape.now - SILENT_DAYS * DAY_MS
        self._places = shape.random("places")

    def is_silent(self, grid: str, at: int) -> bool:
        """Whether nobody is heard from in this grid by then."""
        return at >= self._since and grid in self._silent

    def paper(self, random: Random, site: int) -> int:
        """Which paper is handed in: nine of ten shops seldom fail, and then in what is theirs; one of ten often."""
        drawn = random.random()
        if drawn < (0.7 if site % 10 == 3 else 0.12):
            return CLEAN + (site * 7 + (drawn < 0.03)) % FAULTY
        return int(drawn * 1e6) % CLEAN

    def arrival(self, random: Random, site: Row, at: int, id_: str | None) -> Arrival:
        """A visit of a site that is made at `at`; an amendment comes with its id and is made as the visit was: by the grid's supervisor."""
        inspects = id_ is None and random.random() < INSPECTIONS
        by = self.made.reviewers[site["grid"][:9]][1] if inspects else self.made.supervisors[site["grid"]]
        device = f"phone-{by.login}"
        if device not in self.owners:
            self.owners[device] = by
            self.offsets[device] = random.randint(-3_000, 3_000) if len(self.owners) % 150 else -4_500_000
        drawn = random.random()
        delay = random.expovariate(1 / (60 * HOUR_MS)) if drawn < 0.03 else random.expovariate(1 / (HOUR_MS / 3))
        received = min(at + 60_000 + int(delay), self.shape.now - 60_000)
        self.last[device] = max(self.last.get(device, 0), received)
        self.sent[device] = self.sent.get(device, 0) + 1
        return Arrival(id_ or new_id(random, at), by, device, "inspection" if inspects else "patrol", at, received, self.offsets[device])

    def told(self, random: Random, site: Row, arrival: Arrival, paper: Paper, ledger: Ledger) -> tuple[str, Row]:
        """(answers as JSON, details): with photos that have not come yet where the visit is of the last days."""
        details: Row = {}
        if random.random() >= PLACELESS:
            details["place"] = self._place(random, site)
        if arrival.document == "inspection":
            reviewer = self.made.reviewers[site["grid"][:9]][0]
            details["officers"] = [{"name": one.name, "certificate": one.login[4:]} for one in (arrival.by, reviewer)]
            details["signature"] = {"kind": "signed", "name": site["contact"]}
            if random.random() < UNSIGNED:
                details["signature"] = {"kind": "refused", "reason": "经营者不在意见上签字"}
        if arrival.at < self.shape.now - PHOTOS_DAYS * DAY_MS or random.random() >= PHOTOS:
            return paper.text, details
        names = [sha256(random.randbytes(16)).hexdigest() for _ in range(random.randint(1, 3))]
        details["photos"] = {name: {"at": iso(arrival.at - arrival.offset), "source": "camera"} for name in names}
        for name in names:
            ledger.row(Photo.__table__, dict.fromkeys(column.name for column in Photo.__table__.columns) | {"org": COUNTY, "sha256": name})
            ledger.row(PhotoUse.__table__, {"type": "visit", "row_id": arrival.id, "sha256": name, "org": COUNTY, "device_id": None})
        [first, *_] = paper.answers
        return orjson.dumps(paper.answers | {first: paper.answers[first] | {"photos": names}}).decode(), details

    def _place(self, random: Random, site: Row) -> Row:
        off = 0.02 if random.random() < ASTRAY else 0.0002
        return {"lon": round(site["lon"] + random.uniform(-off, off), 6), "lat": round(site["lat"] + random.uniform(-off, off), 6), "crs": "WGS84",
                "accuracy": random.choice((5, 8, 12, 20, 35)), "source": "gps", "mock": False}
