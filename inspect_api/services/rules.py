"""What a county may decide about its own work: second approvals, how long things may wait, how often sites are visited.

A county without a row has the defaults. What follows from a rule at a moment (that a visit arrived late) is not worked out anew
when the rule changes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.auth import Actor
from inspect_api.db import insert_missing, prefix_range, row_by
from inspect_api.models import CountyRules, Region, User
from inspect_api.problems import Problem
from inspect_api.services import audit
from inspect_api.services.changes import append
from inspect_api.services.days import iso
from sync.feed import Change, everyone

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one county.

    `second_approval`, one of SECOND_APPROVAL: never, for visits with findings, always. `review_days`: a visit
    that waits for the office longer is overdue. `frequencies`: visits a year by risk grade. `silent_days`: a phone not heard from
    for so long is called silent. `late_days`: a visit that arrives so long after it was made is called late.

    The default frequencies are the most that the national rules ask (食品生产经营风险分级管理办法, 2016: A at least once, B once or twice,
    C two or three times, D three or four times a year).
    """

    second_approval: str = "never"
    review_days: int = 3
    frequencies: Mapping[str, int] = field(default_factory=lambda: {"A": 1, "B": 2, "C": 3, "D": 4})
    silent_days: int = 3
    late_days: int = 2

    def asks_second(self, findings: int) -> bool:
        """Whether a visit with so many failed items needs the approval of two."""
        return self.second_approval == "always" or self.second_approval == "findings" and findings > 0


DEFAULTS = Rules()


def many(connection: Connection, orgs: Iterable[str]) -> dict[str, Rules]:
    """{county: Rules} of these counties. One statement."""
    wanted = sorted(set(orgs))
    rows = connection.execute(sa.select(CountyRules.org, CountyRules.rules).where(CountyRules.org.in_(wanted))) if wanted else ()
    return dict.fromkeys(wanted, DEFAULTS) | {row.org: Rules(**row.rules) for row in rows}


def of(connection: Connection, org: str) -> Rules:
    """The rules of a county (its six digits; of a longer code the first six)."""
    return many(connection, [org[:6]])[org[:6]]


def within(connection: Connection, region: str) -> dict[str, Rules]:
    """{county: Rules} of the counties in a region that have rules of their own; the others have DEFAULTS."""
    rows = connection.execute(sa.select(CountyRules.org, CountyRules.rules).where(prefix_range(CountyRules.org, region[:6])))
    return {row.org: Rules(**row.rules) for row in rows}


def check_reader(actor: Actor, org: str) -> None:
    """Return when the actor works in the county or answers for it. Raises Problem out-of-scope."""
    if not actor.covers(org) and not any(own.startswith(org) for own in actor.regions):
        raise Problem("out-of-scope", f"区域 {org} 不在您的辖区（{'、'.join(actor.regions) or '无'}）内")


def tell(connection: Connection, org: str) -> None:
    """Have the phones of a county told of its rules: they work out what is due by risk grade themselves."""
    append(connection, [Change(everyone(org), "rules", org)])


def one(connection: Connection, org: str) -> dict[str, Any]:
    """{org, name, rules, rev, updated_by, updated_at}: a county's rules, `rev` 0 while it has the defaults. Raises Problem unknown-region."""
    found = connection.execute(
        sa.select(Region.name, CountyRules.rules, CountyRules.rev, CountyRules.updated_at, User.name.label("by"))
        .outerjoin(CountyRules, CountyRules.org == Region.code).outerjoin(User, User.id == CountyRules.updated_by)
        .where(Region.code == org, Region.level == "county")).first()
    if found is None:
        raise Problem("unknown-region", f"没有县（区）{org}")
    return {"org": org, "name": found.name, "rules": asdict(Rules(**(found.rules or {}))), "rev": found.rev or 0,
            "updated_by": found.by, "updated_at": iso(found.updated_at)}


def put(connection: Connection, actor: Actor, org: str, given: Mapping[str, Any], rev: int, now: int) -> dict[str, Any]:
    """Set the rules of a county, whole, by who saw revision `rev`. Raises Problem unknown-region or state-changed."""
    before = one(connection, org)
    insert_missing(connection, CountyRules.__table__, [{"org": org, "rules": {}, "rev": 0, "updated_by": actor.user_id, "updated_at": now}])
    held = row_by(connection, CountyRules.__table__.c.org, org, lock=True)
    if held["rev"] != rev:
        raise Problem("state-changed", f"您看到的是第 {rev} 版，现在是第 {held['rev']} 版")
    rules = asdict(Rules(**given))
    connection.execute(sa.update(CountyRules).where(CountyRules.org == org).values(
        rules=rules, rev=rev + 1, updated_by=actor.user_id, updated_at=now))
    tell(connection, org)
    audit.append(connection, org, now, actor.user_id, "rules.put", org, {"before": before["rules"], "after": rules})
    return one(connection, org)
