"""The ledger as an office asks for it: found by words, narrowed, sorted, with what matters about each site; and as points of a map.

A search looks into one folded text of each site (models/sites.py): a county's twenty thousand sites are compared in a few milliseconds. There
are no pinyin initials: clerks write with an input method that makes characters of them, and readings of names are guesses (长, 重, 朝).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from collections.abc import Iterable
from datetime import date, timedelta
from math import inf
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.db import prefix_range
from inspect_api.models import Contribution, Site, Visit
from inspect_api.models.sites import folded
from inspect_api.problems import Problem
from inspect_api.services import region_names, rules
from inspect_api.services.days import iso

Row = dict[str, Any]
SOON_DAYS = 30  # a licence that ends so soon is told
MOST_POINTS = 20_000
MAP_STATES = ("findings", "due", "fine")
_NEVER = -(1 << 53)  # stands for "never visited" when sites are sorted by their newest visit
_DAY_MS = 86_400_000
_OF_SITES = ("text", "type", "grid", "risk_grade", "active", "has_place", "licence_expires_within")  # filters that read the site itself

_TOLD = sa.and_(Contribution.site_id == Site.id, Contribution.basis == "received")
_newest = sa.func.coalesce(Contribution.last_at, _NEVER)


def conditions(query: Row, today: date) -> list[Any]:
    """The WHERE of a query's filters over Site joined with its `received` Contribution; see docs/api.md, Sites."""
    wanted: list[Any] = [prefix_range(Site.grid, query["region"])]  # first: page() may put another in its place
    for word in folded(query.get("text") or "").split():
        wanted.append(Site.search.contains(word, autoescape=True))
    for name, column in (("type", Site.type), ("active", Site.active), ("grid", Site.grid)):
        if query.get(name) is not None:
            wanted.append(column == query[name])
    if (grade := query.get("risk_grade")) is not None:
        wanted.append(Site.risk_grade.is_(None) if grade == "none" else Site.risk_grade == grade)
    if (placed := query.get("has_place")) is not None:
        wanted.append(Site.lon.is_not(None) if placed else Site.lon.is_(None))
    if (days := query.get("licence_expires_within")) is not None:
        wanted.append(Site.licence_until <= today + timedelta(days=days))
    if (never := query.get("never_visited")) is not None:
        wanted.append(Contribution.last_at.is_(None) if never else Contribution.last_at.is_not(None))
    if (open_ := query.get("open_findings")) is not None:
        wanted.append(sa.func.coalesce(Contribution.open_findings, 0) > 0 if open_ else sa.func.coalesce(Contribution.open_findings, 0) == 0)
    return wanted


def select(*columns: Any) -> Any:
    """SELECT these columns of sites, with what their visits tell beside them."""
    return sa.select(*columns, Contribution.last_at, Contribution.last_visit, Contribution.open_findings).outerjoin(Contribution, _TOLD)


def page(connection: Connection, query: Row, today: date) -> tuple[list[Row], str | None]:
    """(rows, cursor of the next page) of the sites that a query asks for. One statement. Raises Problem invalid for a cursor of no use.

    The page's ids are found first, from narrow columns alone: whole rows of all the sites that are sorted would cost three times as much.
    """
    limit, sort = query["limit"], query["sort"]
    id_, key, asked = _asked(connection, query, today)
    if after := query.get("after"):
        value, last = _place(sort, after)
        if sort == "id":
            asked = asked.where(id_ > last)
        else:
            asked = asked.where(sa.or_(key < value if sort == "newest" else key > value, sa.and_(key == value, id_ > last)))
    order = (id_,) if sort == "id" else (key.desc() if sort == "newest" else key, id_)
    found = asked.order_by(*order).limit(limit + 1).subquery()
    again = (found.c.key.desc() if sort == "newest" else found.c.key, found.c.id)
    rows = [dict(row) for row in connection.execute(
        select(Site.__table__).join(found, found.c.id == Site.id).order_by(*again)).mappings()]
    return rows[:limit], _cursor(sort, rows[limit - 1]) if len(rows) > limit else None


def _asked(connection: Connection, query: Row, today: date) -> tuple[Any, Any, Any]:
    """(id, sort key, SELECT of both) of the sites asked for, from no more tables than it takes."""
    sort, wanted = query["sort"], conditions(query, today)
    if sort == "newest" and not any(query.get(name) is not None for name in _OF_SITES):  # the index of Contribution holds all of it
        asked = sa.select(Contribution.site_id.label("id"), _newest.label("key")).where(
            Contribution.basis == "received", prefix_range(Contribution.grid, query["region"]), *wanted[1:])
        return Contribution.site_id, _newest, asked
    name = sa.collate(Site.name, "C") if connection.dialect.name == "postgresql" else Site.name  # both by characters, so quick
    key = {"id": Site.id, "name": name, "newest": _newest}[sort]
    asked = sa.select(Site.id.label("id"), key.label("key")).where(*wanted)
    told = sort == "newest" or any(query.get(one) is not None for one in ("never_visited", "open_findings"))
    return Site.id, key, asked.outerjoin(Contribution, _TOLD) if told else asked


def _cursor(sort: str, row: Row) -> str:
    if sort == "id":
        return row["id"]
    value = row["name"] if sort == "name" else str(_NEVER if row["last_at"] is None else row["last_at"])
    return row["id"] + "." + urlsafe_b64encode(value.encode()).decode()


def _place(sort: str, after: str) -> tuple[Any, str]:
    last, _, rest = after.partition(".")
    try:
        value: Any = urlsafe_b64decode(rest).decode()
        value = int(value) if sort == "newest" else value
        if (sort == "id") != (not rest) or sort == "name" and not value or "\x00" in str(value) or sort == "newest" and abs(value) > 1 << 62:
            raise ValueError(after)
        return value, last
    except (ValueError, BadBase64):
        raise Problem("invalid", errors=[{"field": "after", "message": "不是这个排序的下一页"}]) from None


def licence(row: Row, today: date) -> Row:
    """{state, days_left} of a site's licence: none, undated (long-term, or never told), expired, soon (SOON_DAYS), valid."""
    until: date | None = row["licence_until"]
    if until is None:
        return {"state": "undated" if row["licence_number"] else "none", "days_left": None}
    left = (until - today).days
    return {"state": "expired" if left < 0 else "soon" if left <= SOON_DAYS else "valid", "days_left": left}


def beside(connection: Connection, rows: Iterable[Row], today: date) -> dict[str, Row]:
    """{site id: what a list tells beside the site's own fields} for rows of `select`. Two statements."""
    rows = list(rows)
    names = region_names.of(connection, (row["grid"] for row in rows))
    last = sorted({row["last_visit"] for row in rows if row["last_visit"]})
    verdicts = {row.id: row.verdict for row in connection.execute(sa.select(Visit.id, Visit.verdict).where(Visit.id.in_(last)))} if last else {}
    return {row["id"]: {
        **region_names.shown(names, row["grid"]), "licence": licence(row, today), "open_findings": row["open_findings"] or 0,
        "last_visit": row["last_visit"] and {"id": row["last_visit"], "at": iso(row["last_at"]), "verdict": verdicts.get(row["last_visit"])},
    } for row in rows}


def points(connection: Connection, query: Row, today: date, now: int) -> Row:
    """{points: [[id, lon, lat, type, state]], more}: sites with a place, for a map. Two statements.

    `state`: `findings` (something is not mended), `due` (its newest visit is older than its risk grade allows by the rules of its
    county, without a grade than a year; or there is none), `fine`. `more` when there are others beyond MOST_POINTS.
    """
    rows = connection.execute(
        sa.select(Site.id, Site.lon, Site.lat, Site.type, Site.risk_grade, Site.grid, Contribution.last_at, Contribution.open_findings)
        .outerjoin(Contribution, _TOLD).where(*conditions(query, today), Site.lon.is_not(None)).limit(MOST_POINTS + 1)).all()
    own = rules.within(connection, query["region"])
    allowed: dict[tuple[str, str | None], float] = {}

    def state(county: str, grade: str | None, last_at: int | None, open_findings: int | None) -> str:
        if open_findings:
            return "findings"
        if (county, grade) not in allowed:
            a_year = own.get(county, rules.DEFAULTS).frequencies.get(grade or "", 1)
            allowed[county, grade] = 365 * _DAY_MS / a_year if a_year else inf  # none is asked for
        return "due" if now - (0 if last_at is None else last_at) > allowed[county, grade] else "fine"

    return {"points": [[id_, round(lon, 6), round(lat, 6), kind, state(grid[:6], grade, last_at, open_)]
                       for id_, lon, lat, kind, grade, grid, last_at, open_ in rows[:MOST_POINTS]],
            "more": len(rows) > MOST_POINTS}
