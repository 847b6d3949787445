"""What a number rests on and what could still move it: late arrivals, waiting photos and reviews, corrections, what is set aside, silent phones.

Every part is a walk along a partial index that holds few of many rows, and stops at a thousand.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from checklists.plan import Indicator, Plan
from checklists.state import SITE_MEASURES
from checklists.windows import WindowInstance
from inspect_api.db import prefix_range
from inspect_api.models import Conflict, Contribution, Device, Photo, PhotoUse, Quarantine, Site, User, Visit
from inspect_api.models.visits import IN_QUEUE
from inspect_api.services import indicators, rules
from inspect_api.services.days import day_of, end_of_day, iso, start_of_day
from inspect_api.services.rollup import BASES

Row = dict[str, Any]
MOST = 1000  # more are not counted: `more` is true then
SHOWN = 20
_NEVER = {"count": 0, "more": False, "ids": []}


def explain(connection: Connection, plan: Plan, indicator: Indicator, window: WindowInstance, region: str, basis: str, now: int) -> Row:
    """Everything about one number of today, in a constant number of statements."""
    today = day_of(now)
    sides = {side: indicators.one_window(connection, plan, indicator, window, region, side, today) for side in BASES}
    told: Row = {"plan": plan.id, "indicator": indicator.id, "region": region, "window": window.key, "basis": basis, "as_of": iso(now),
                 **{name: sides[basis][name] for name in ("num", "den", "value")}, **sides}
    if indicator.measure not in SITE_MEASURES:  # no visit moves what offices report
        return told | dict.fromkeys(("late", "waiting_photos", "waiting_review", "corrections", "quarantined", "conflicts"), _NEVER) | {
            "silent_phones": {"count": 0, "more": False, "phones": []}, "visits": [], "last_visit_at": None}
    # Late ones, amendments and those that wait are signed: to say so would cost a look at each.
    mine = (prefix_range(Visit.grid, region), Visit.at.between(start_of_day(window.start), end_of_day(window.end)),
            Site.type.in_(indicator.filter["site_types"]))
    visits = sa.select(Visit.id).join(Site, Site.id == Visit.site_id).where(*mine)
    of_visits = {
        "late": _some(connection, visits.where(Visit.late)),
        "waiting_photos": _some(connection, without_photos(region, mine)),
        "waiting_review": _some(connection, visits.where(IN_QUEUE, Visit.queue != "returned")),
        "corrections": _some(connection, visits.where(Visit.replaces.is_not(None)))}
    return told | of_visits | {
        "visits": _named(connection, {id_ for part in of_visits.values() for id_ in part["ids"]}),
        "quarantined": _some(connection, sa.select(Quarantine.op).where(prefix_range(Quarantine.region, region), Quarantine.state == "open")),
        "conflicts": _some(connection, sa.select(Conflict.id).where(prefix_range(Conflict.region, region), Conflict.state == "open")),
        "silent_phones": _silent(connection, region, now),
        "last_visit_at": iso(connection.execute(
            sa.select(sa.func.max(Contribution.last_at)).join(Site, Site.id == Contribution.site_id)
            .where(Contribution.basis == "received", prefix_range(Contribution.grid, region), Site.type.in_(indicator.filter["site_types"])))
            .scalar())}


def _some(connection: Connection, query: Any) -> Row:
    """{count, more, ids}: how many rows, up to MOST, and the first ids."""
    ids = list(connection.execute(query.limit(MOST + 1)).scalars())
    return {"count": min(len(ids), MOST), "more": len(ids) > MOST, "ids": ids[:SHOWN]}


def _named(connection: Connection, ids: set[str]) -> list[Row]:
    """[{id, at, site_name, grid, inspector_name, review}] of visits, the newest first: what a person tells them apart by."""
    rows = connection.execute(
        sa.select(Visit.id, Visit.at, Site.name, Visit.grid, User.name.label("inspector"), Visit.review)
        .join(Site, Site.id == Visit.site_id).join(User, User.id == Visit.inspector_id)
        .where(Visit.id.in_(sorted(ids))).order_by(Visit.at.desc(), Visit.id)).all()
    return [{"id": row.id, "at": iso(row.at), "site_name": row.name, "grid": row.grid, "inspector_name": row.inspector, "review": row.review}
            for row in rows]


def without_photos(region: str, mine: tuple[Any, ...]) -> Any:
    """Ids of the signed visits in a region that name a photo whose bytes have not come; `mine` says which visits (of which Site)."""
    return (sa.select(sa.distinct(Visit.id)).select_from(Photo)
            .join(PhotoUse, sa.and_(PhotoUse.org == Photo.org, PhotoUse.sha256 == Photo.sha256, PhotoUse.type == "visit"))
            .join(Visit, Visit.id == PhotoUse.row_id).join(Site, Site.id == Visit.site_id)
            .where(prefix_range(Photo.org, region[:6]), Photo.stored_at.is_(None), Visit.status == "signed", *mine))


def _silent(connection: Connection, region: str, now: int) -> Row:
    """Phones of who is at home in the region, or above it, that were not heard from for `silent_days` or that still held something."""
    since = now - rules.of(connection, region).silent_days * rules.DAY_MS
    above = [region[:length] for length in (4, 6, 9, 12) if length < len(region)]
    captures = sa.or_(Device.last_n > 0, User.role == "supervisor")  # not the browser of an office
    rows = connection.execute(
        sa.select(User.name, Device.id, Device.label, Device.seen_at, Device.unsent).join(User, User.id == Device.user_id)
        .where(sa.or_(prefix_range(Device.region, region), Device.region.in_(above)), Device.revoked_at.is_(None), User.active, captures,
               sa.or_(Device.seen_at < since, Device.unsent > 0))
        .order_by(Device.seen_at, Device.id).limit(MOST + 1)).all()
    return {"count": min(len(rows), MOST), "more": len(rows) > MOST,
            "phones": [{"id": row.id, "name": row.name, "label": row.label, "seen_at": iso(row.seen_at), "unsent": row.unsent} for row in rows[:SHOWN]]}
