"""How large the county is, when its year ends, and how its ids are made."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from random import Random

from inspect_api.services.rules import DAY_MS

COUNTY, CITY = "140802", "1408"  # 盐湖区, 运城市: towns and villages of their real names, grids invented
DAYS = 365
HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Shape:
    """So many sites, visits and grids; the year ends with the beginning of the local day `until`."""

    sites: int
    visits: int
    grids: int
    seed: int
    until: date
    zone: int = 8  # hours from UTC of the local day

    @cached_property
    def now(self) -> int:
        """The end of the year, in milliseconds UTC: the last visit was the evening before."""
        return int(datetime(self.until.year, self.until.month, self.until.day, tzinfo=UTC).timestamp() * 1000) - self.zone * HOUR_MS

    @cached_property
    def begin(self) -> int:
        """The beginning of the year."""
        return self.now - DAYS * DAY_MS

    @property
    def year(self) -> int:
        """The calendar year of the plans: that in which most of the visits lie."""
        return (self.until - timedelta(days=DAYS // 2)).year

    def random(self, *what: object) -> Random:
        """A source of chance of its own for a part of the county."""
        return Random(":".join(map(str, (self.seed, *what))))


def new_id(random: Random, at: int) -> str:
    """A UUIDv7 of an instant in milliseconds, as phones and servers make them; the same again for the same chance."""
    text = f"{at << 80 | 7 << 76 | random.getrandbits(12) << 64 | 2 << 62 | random.getrandbits(62):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def name_id(seed: int, *parts: object) -> str:
    """The id of what is named and not made at an instant: a person."""
    return str(uuid.uuid5(_SPACE, ":".join(map(str, (seed, *parts)))))


_SPACE = uuid.UUID("5f0f2a3c-8c7e-5d1b-9a44-3f6d2f1c9e10")
