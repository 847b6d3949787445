"""How a visit was decided, from the audit log: every decision on it and on what it amends, dated and named."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from inspect_api.models import Audit, User, Visit
from inspect_api.services.days import iso

FIRST_APPROVAL = "approve-first"
_ACTIONS = tuple(f"visit.{decision}" for decision in ("approve", FIRST_APPROVAL, "return", "reject"))
_MOST = 500  # decisions; a visit has a handful


def of(connection: Connection, visit_id: str) -> dict[str, Any]:
    """{visits, decisions}: the visit and what it amends, newest first; what was decided on each of them, oldest first. Two statements."""
    chain = (sa.select(Visit.id, Visit.replaces, sa.literal(0).label("back")).where(Visit.id == visit_id)
             .cte("chain", recursive=True))
    older = aliased(Visit)
    chain = chain.union_all(sa.select(older.id, older.replaces, chain.c.back + 1).join(chain, older.id == chain.c.replaces))
    visits = connection.execute(
        sa.select(Visit.id, Visit.at, Visit.received_at, Visit.signed_at, Visit.review, Visit.verdict, User.name)
        .join(chain, chain.c.id == Visit.id).join(User, User.id == Visit.inspector_id).order_by(chain.c.back)).all()
    decided = connection.execute(
        sa.select(Audit.at, Audit.subject, Audit.action, Audit.detail, Audit.actor, User.name)
        .outerjoin(User, User.id == Audit.actor)
        .where(Audit.subject.in_([visit.id for visit in visits]), Audit.action.in_(_ACTIONS))
        .order_by(Audit.at, Audit.seq).limit(_MOST)).all()
    return {
        "visits": [{"id": one.id, "at": iso(one.at), "received_at": iso(one.signed_at or one.received_at), "inspector": one.name,
                    "review": one.review, "verdict": one.verdict} for one in visits],
        "decisions": [{"visit": one.subject, "at": iso(one.at), "by": {"id": one.actor, "name": one.name},
                       "decision": one.action.removeprefix("visit."), "reason": one.detail.get("reason", ""),
                       "items": one.detail.get("items", {})} for one in decided]}
