"""A believable demo as plain data: no SQL, no Flask, the same for the same seed down to every id.

Everything in it is INVENTED but the names and codes of the divisions: businesses, numbers, people, residents, positions.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from inspect_api.demo.counties import CITIES, COUNTIES, SOURCE, YEARLY, YEARS
from inspect_api.demo.divisions import Region, divisions, read_regions, short
from inspect_api.demo.mix import FILINGS, GRADED, LICENCES, MIX, REGISTRATIONS, RURAL_TYPES, SHARES, Lot
from inspect_api.demo.names import FANCIES, GIVEN, ROAD, SURNAMES
from inspect_api.demo.numbers import credit_code, licence, registration
from sync.ledger import natural_key
from sync.location import from_wgs84, to_wgs84

SPACE = uuid.UUID("0d6f1f5e-3c1c-5b0e-9f61-2b8a5d6c7e90")  # the namespace of all demo ids
EXPIRES_FROM, EXPIRES_DAYS = date(2020, 9, 1), 2400  # licences end between autumn 2020 and spring 2027


@dataclass(frozen=True, slots=True)
class Population:
    """Residents of a region in a year; `base` is resident 常住 or registered 户籍. Illustrative."""

    region: str
    year: int
    base: str
    residents: int
    source: str


@dataclass(frozen=True, slots=True)
class User:
    """A person who logs in. `regions` are code prefixes, empty for the one admin."""

    id: str
    login: str
    name: str
    role: str
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """An invented site. `place` as if captured (its own crs), `lon`/`lat` the WGS-84 of it, inside its grid."""

    id: str
    grid: str
    type: str
    name: str
    address: str
    contact: str
    phone: str
    uscc: str | None
    licence_number: str | None
    licence_until: date | None
    registration_number: str | None
    risk_grade: str | None
    attributes: dict[str, Any]
    place: dict[str, Any]
    lon: float
    lat: float
    natural_key: str


@dataclass(frozen=True, slots=True)
class World:
    """The demo. `regions` come parents first; `counties` are the codes that have sites."""

    counties: tuple[str, ...]
    regions: tuple[Region, ...]
    populations: tuple[Population, ...]
    users: tuple[User, ...]
    sites: tuple[Site, ...]

    def grids(self, prefix: str = "") -> list[Region]:
        """The grids whose codes begin with `prefix`."""
        return [r for r in self.regions if r.level == "grid" and r.code.startswith(prefix)]


def world(seed: int = 2022, regions: Iterable[Mapping[str, Any]] | None = None) -> World:
    """The demo of this seed. `regions` are rows of code, name, parent; the shipped divisions when None."""
    found = divisions(read_regions() if regions is None else regions)
    sites = [site for county in COUNTIES for site in _sites(seed, county.code, found)]
    return World(tuple(c.code for c in COUNTIES), tuple(found), _populations(), _users(seed, found), tuple(sites))


def _id(seed: int, *parts: Any) -> str:
    return str(uuid.uuid5(SPACE, ":".join(map(str, (seed, *parts)))))


def _person(random: Random) -> str:
    return random.choice(SURNAMES) + random.choice(GIVEN)


def _populations() -> tuple[Population, ...]:
    bases = [(c.code, c.resident, c.registered) for c in COUNTIES] + list(CITIES)
    return tuple(Population(code, year, base, round(count * (1 + YEARLY * n), -3), SOURCE)
                 for code, resident, registered in bases for n, year in enumerate(YEARS)
                 for base, count in (("resident", resident), ("registered", registered)))


def _users(seed: int, regions: list[Region]) -> tuple[User, ...]:
    """One admin, one user per county office, a reviewer and a grid supervisor per township; then the city offices."""
    random = Random(f"{seed}:users")
    users = [User(_id(seed, "user", "admin"), "admin", _person(random), "admin", ())]
    for region in regions:
        roles = {"county": (("county", "county"),), "town": (("reviewer", "rev"), ("supervisor", "sup"))}.get(region.level, ())
        for role, prefix in roles:
            login = f"{prefix}-{region.code}"
            users.append(User(_id(seed, "user", login), login, _person(random), role, (region.code,)))
    for code, _, _ in CITIES:  # who answers for a city's own plan
        users.append(User(_id(seed, "user", f"city-{code}"), f"city-{code}", _person(random), "county", (code,)))
    return tuple(users)


def _sites(seed: int, county: str, regions: list[Region]) -> Iterable[Site]:
    random = Random(f"{seed}:sites:{county}")
    inside = {r.code: r for r in regions if r.code.startswith(county)}
    grids = [r for r in inside.values() if r.level == "grid"]
    rural = [g for g in grids if _is_rural(inside, g)] or grids
    fancies = _fancies(random)
    dealt = random.sample(grids, len(grids))
    for serial, lot in enumerate((each for each in MIX for _ in range(each.count)), 1):
        grid = random.choice(rural) if lot.type in RURAL_TYPES else dealt[serial % len(dealt)]
        yield invent(seed, random, county, serial, lot, next(fancies), grid, inside)


def _is_rural(inside: Mapping[str, Region], grid: Region) -> bool:
    """A village committee, not a neighbourhood's; in an invented part, a 镇 or 乡, not a street."""
    parent = inside[grid.parent or ""]
    return "村" in parent.name if parent.level == "village" else not parent.name.endswith("街道")


def _fancies(random: Random) -> Iterable[str]:
    """Fancy words, every one once before any comes again, in another order."""
    while True:
        yield from random.sample(FANCIES, len(FANCIES))


def invent(seed: int, random: Random, county: str, serial: int, lot: Lot, fancy: str, grid: Region,
          inside: Mapping[str, Region]) -> Site:
    """The `serial`-th site of a county in a grid, of the kind that the lot says. `inside`: the regions of the county, by code."""
    town = inside[grid.code[:9]]
    village = inside[grid.parent or ""]
    company = lot.suffix.endswith(("公司", "厂", "库")) or lot.attributes.get("scale") == "large"
    attributes = {**lot.attributes, "rural": lot.type in RURAL_TYPES or _is_rural(inside, grid)}
    held = _holdings(random, county, serial, lot.type)
    if filing := held.pop("filing"):
        attributes["filing_number"] = filing
    fields = {
        "type": lot.type,
        "name": fancy + lot.suffix,
        "address": f"{town.name}{short(village.name) if village is not town else ''}{ROAD}{serial}号",
        "contact": _person(random),
        "phone": "",
        "uscc": None if lot.type == "small_stall" else credit_code(lot.type, county, serial, company),
        **held,
        "attributes": attributes,
    }
    return Site(id=_id(seed, "site", county, serial), grid=grid.code, natural_key=natural_key(fields), **fields,
                **_place(random, grid, serial))


def _holdings(random: Random, county: str, serial: int, site_type: str) -> dict[str, Any]:
    """What the site has of what its type needs; some have none of it, some licences end soon or have ended."""
    has = {what: random.random() < share for what, share in SHARES.items()}
    until = EXPIRES_FROM + timedelta(days=random.randrange(EXPIRES_DAYS))
    grade = random.choices("ABCD", (4, 4, 2, 1))[0]
    licensed = site_type in LICENCES and has["licence"]
    registered = site_type in REGISTRATIONS and has["registration"]
    graded = site_type in GRADED and has["grade"] or site_type == "market" and serial % 2 == 0
    return {
        "licence_number": licence(LICENCES[site_type], county, serial) if licensed else None,
        "licence_until": until if licensed else None,
        "registration_number": registration(REGISTRATIONS[site_type], county, serial) if registered else None,
        "risk_grade": grade if graded else None,
        "filing": registration("备", county, serial) if site_type in FILINGS and has["filing"] else None,
    }


def _place(random: Random, grid: Region, serial: int) -> dict[str, Any]:
    """A point well inside the grid; every fourth as a map application would have given it, in GCJ-02."""
    ring = (grid.boundary or {})["coordinates"][0]
    (west, south), (east, north) = ring[0], ring[2]
    lon = west + (east - west) * random.uniform(0.1, 0.9)
    lat = south + (north - south) * random.uniform(0.1, 0.9)
    crs = "GCJ02" if serial % 4 == 0 else "WGS84"
    given = [round(value, 6) for value in from_wgs84(lon, lat, crs)]
    x, y = to_wgs84(*given, crs)
    place = {"lon": given[0], "lat": given[1], "crs": crs, "accuracy": random.choice((5, 8, 12, 20)), "source": "gps",
             "mock": False}
    return {"place": place, "lon": x, "lat": y}
