"""The demo world into the database, set by set. Safe to repeat: what is there already is left as offices made it.

One stamp says which world was loaded last. While the files that make it are unchanged, a second call asks for the
stamp and does nothing more.
"""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.auth import hash_password
from inspect_api.demo.world import World, world
from inspect_api.models import Population, Region, Site, User
from inspect_api.problems import Problem
from inspect_api.services import audit, places, regions, rollup, stamps
from inspect_api.services.changes import append
from sync.feed import Change

STAMP = "demo"  # its value is the fingerprint of the loaded world
PASSWORD = "shipin-anquan"  # of every demo account; known to everyone, so the demo listens on this machine only
ACTOR = "demo"
_MAKERS = ("counties.py", "divisions.py", "mix.py", "names.py", "numbers.py", "world.py", "../data/regions.tsv")
_CHUNK = 200


def fingerprint() -> int:
    """A number that changes with the files that make the world; fits a signed 64-bit integer."""
    folder = Path(__file__).parent
    made = hashlib.sha256(b"".join((folder / name).read_bytes() for name in _MAKERS))
    return int(made.hexdigest()[:15], 16)


def loaded(connection: Connection) -> int | None:
    """The fingerprint of the world that was loaded last; None without a demo."""
    return stamps.read(connection, STAMP) or None


def load(connection: Connection, now: int, progress: Callable[[int, int], None] | None = None) -> dict[str, int]:
    """Add what is missing of the demo's grids, residents, people and sites; returns how many of each were new.

    Folds the new sites into the numbers and puts everything new into the feed. Raises Problem conflict when the
    database belongs to somebody: accounts whose password everybody knows have no place beside real ones.
    """
    before, current = loaded(connection), fingerprint()
    if before == current:
        return {"regions": 0, "populations": 0, "users": 0, "sites": 0}
    if before is None and connection.execute(sa.select(User.id).limit(1)).first():
        raise Problem("conflict", "数据库里已有真实用户：演示账户的密码是公开的，不能装进来。请换一个空的数据库（DATA_DIR 或 DATABASE_URL）")
    made = world()
    areas = _missing(connection, Region.code, ({**r._asdict(), "valid_from": None, "valid_to": None} for r in made.regions))
    for length in sorted({len(row["code"]) for row in areas}):  # parents before children
        connection.execute(sa.insert(Region.__table__), [row for row in areas if len(row["code"]) == length])
    counts = {"regions": len(areas), "populations": _populations(connection, made), "users": _users(connection, made, now)}
    sites = _sites(connection, made, now, progress)
    if areas:
        places.bump(connection)
    append(connection, [*regions.changes_of(row["code"] for row in areas),
                        *(Change(row["grid"], "site", row["id"]) for row in sites)])
    for county in made.counties:
        audit.append(connection, county, now, ACTOR, "demo.load", county, counts)
    stamps.put(connection, STAMP, current)
    return counts | {"sites": len(sites)}


def _missing(connection: Connection, key: Any, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows whose key is not in the key's table."""
    known = set(connection.execute(sa.select(key)).scalars())
    return [row for row in rows if row[key.key] not in known]


def _populations(connection: Connection, made: World) -> int:
    table = Population.__table__
    known = set(map(tuple, connection.execute(sa.select(table.c.region, table.c.year, table.c.base))))
    rows = [{"region": p.region, "year": p.year, "base": p.base, "residents": p.residents, "source": p.source}
            for p in made.populations if (p.region, p.year, p.base) not in known]
    if rows:
        connection.execute(sa.insert(table), rows)
    return len(rows)


def _users(connection: Connection, made: World, now: int) -> int:
    """All demo accounts share one password and so one hash: argon2 is slow on purpose, eighty of them take seconds."""
    rows = _missing(connection, User.id, ({"id": u.id, "login": u.login, "name": u.name, "role": u.role,
                                           "regions": list(u.regions)} for u in made.users))
    if rows:
        shared = {"password": hash_password(PASSWORD), "active": True, "created_at": now}
        connection.execute(sa.insert(User.__table__), [row | shared for row in rows])
    return len(rows)


def _sites(connection: Connection, made: World, now: int, progress: Callable[[int, int], None] | None) -> list[dict[str, Any]]:
    names = [c.name for c in Site.__table__.columns if c.name != "search"]
    shared = {"photos": {}, "active": True, "rev": 1, "field_rev": None, "created_by": None, "created_at": now, "updated_at": now}
    rows = _missing(connection, Site.id, (
        {name: shared[name] if name in shared else getattr(site, name) for name in names} for site in made.sites))
    if rows:
        connection.execute(sa.insert(Site.__table__), rows)
    for start in range(0, len(rows), _CHUNK):
        rollup.refold(connection, [row["id"] for row in rows[start:start + _CHUNK]])
        if progress:
            progress(min(start + _CHUNK, len(rows)), len(rows))
    return rows
