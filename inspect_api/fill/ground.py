"""Where the county lies and who works in it: real towns and villages with invented grids, two reviewers a town, a supervisor a grid."""

from dataclasses import asdict, dataclass
from math import ceil, sqrt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.auth import hash_password
from inspect_api.demo.counties import COUNTIES, SOURCE
from inspect_api.demo.divisions import HIGH, WIDE, Region, read_regions, short, square
from inspect_api.demo.load import PASSWORD
from inspect_api.demo.names import GIVEN, SURNAMES
from inspect_api.fill.shape import COUNTY, Shape, name_id
from inspect_api.models import CountyRules, Population, User
from inspect_api.models import Region as RegionRow
from inspect_api.services import places, regions, rules
from inspect_api.services.changes import append

WEST, SOUTH = 110.70, 34.80  # corner of the first grid, degrees
_NUMBERS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Person:
    """Who logs in: `role` in one region."""

    id: str
    login: str
    name: str
    role: str
    region: str


@dataclass(frozen=True, slots=True)
class Ground:
    """`regions` by code, from the county down; `grids` in the order of their codes; people by what they are there for."""

    regions: dict[str, Region]
    grids: list[Region]
    office: Person
    reviewers: dict[str, tuple[Person, Person]]  # of a town: who decides, and who inspects and gives second approvals
    supervisors: dict[str, Person]  # of a grid

    def people(self) -> list[Person]:
        """Everybody."""
        return [self.office, *(one for pair in self.reviewers.values() for one in pair), *self.supervisors.values()]


def ground(shape: Shape) -> Ground:
    """The regions and people of a county of this shape."""
    known = {row["code"]: Region(row["code"], row["name"], row["level"], row["parent"] or None) for row in read_regions()
             if row["code"].startswith(COUNTY)}
    grids = _grids([one for code, one in sorted(known.items()) if one.level == "village"], shape.grids)
    random = shape.random("people")

    def person(role: str, login: str, region: str) -> Person:
        return Person(name_id(shape.seed, login), login, random.choice(SURNAMES) + random.choice(GIVEN), role, region)

    towns = sorted({grid.code[:9] for grid in grids})
    return Ground(known | {grid.code: grid for grid in grids}, grids, person("county", f"county-{COUNTY}", COUNTY),
                  {town: (person("reviewer", f"rev-{town}-1", town), person("reviewer", f"rev-{town}-2", town)) for town in towns},
                  {grid.code: person("supervisor", f"sup-{grid.code}", grid.code) for grid in grids})


def _grids(villages: list[Region], count: int) -> list[Region]:
    """So many grids, spread evenly over the villages, as squares side by side."""
    across, made = ceil(sqrt(count)), []
    for n in range(count):
        village = villages[n * len(villages) // count]
        number = 1 + sum(1 for one in made[-99:] if one.parent == village.code)
        word = _NUMBERS[number - 1] if number <= len(_NUMBERS) else str(number)
        made.append(Region(f"{village.code}{number:02d}", f"{short(village.name)}第{word}网格", "grid", village.code,
                           square(WEST + n % across * WIDE, SOUTH + n // across * HIGH)))
    return made


def write(connection: Connection, shape: Shape, made: Ground) -> None:
    """Into the database, with the divisions that come with the project, residents, and a county that asks for two approvals of findings."""
    regions.load_shipped(connection)
    connection.execute(sa.insert(RegionRow.__table__), [{**grid._asdict(), "valid_from": None, "valid_to": None} for grid in made.grids])
    append(connection, regions.changes_of(grid.code for grid in made.grids))
    places.bump(connection)
    password = hash_password(PASSWORD)  # one for all: argon2 is slow on purpose
    connection.execute(sa.insert(User.__table__), [
        {"id": one.id, "login": one.login, "name": one.name, "role": one.role, "regions": [one.region], "password": password, "active": True,
         "created_at": shape.begin} for one in made.people()])
    [county] = [one for one in COUNTIES if one.code == COUNTY]
    known = set(connection.execute(sa.select(Population.region, Population.year, Population.base)).tuples())
    if residents := [{"region": COUNTY, "year": shape.year - 1, "base": base, "residents": count, "source": SOURCE}
                     for base, count in (("resident", county.resident), ("registered", county.registered))
                     if (COUNTY, shape.year - 1, base) not in known]:
        connection.execute(sa.insert(Population.__table__), residents)
    connection.execute(sa.insert(CountyRules.__table__).values(
        org=COUNTY, rules=asdict(rules.Rules(second_approval="findings")), rev=1, updated_by=made.office.id, updated_at=shape.begin))
    rules.tell(connection, COUNTY)
