"""The audit log as an office reads it: newest first, by county, person, action or subject. Nothing here writes."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.db import prefix_range
from inspect_api.models import Audit, User
from inspect_api.problems import Problem
from inspect_api.schemas.fields import MOST_INTEGER
from inspect_api.services.audit_names import names
from inspect_api.services.days import end_of_day, iso, start_of_day

_TABLE = Audit.__table__


def page(connection: Connection, query: dict[str, Any]) -> dict[str, Any]:
    """{entries: [{seq, org, at, actor, login, name, action, subject, subject_name, detail}], next}. One statement, and one for each kind of
    subject. Raises Problem invalid."""
    asked = (sa.select(_TABLE.c.seq, _TABLE.c.org, _TABLE.c.at, _TABLE.c.actor, _TABLE.c.action, _TABLE.c.subject, _TABLE.c.detail, User.login,
                       User.name)
             .outerjoin(User, User.id == _TABLE.c.actor))
    if query["region"]:
        asked = asked.where(prefix_range(_TABLE.c.org, query["region"]))
    for name in ("actor", "action", "subject"):
        if query.get(name):
            asked = asked.where(_TABLE.c[name] == query[name])
    if query.get("noun"):
        asked = asked.where(_TABLE.c.action.startswith(f"{query['noun']}.", autoescape=True))
    if query.get("since"):
        asked = asked.where(_TABLE.c.at >= start_of_day(query["since"]))
    if query.get("until"):
        asked = asked.where(_TABLE.c.at <= end_of_day(query["until"]))
    key = sa.tuple_(_TABLE.c.at, _TABLE.c.seq, _TABLE.c.org)
    if query["after"]:
        asked = asked.where(key < sa.tuple_(*_place(query["after"])))
    limit = query["limit"]
    rows = connection.execute(asked.order_by(_TABLE.c.at.desc(), _TABLE.c.seq.desc(), _TABLE.c.org.desc()).limit(limit + 1)).mappings().all()
    last = rows[limit - 1] if len(rows) > limit else None
    called = names(connection, ((row["action"], row["subject"]) for row in rows[:limit]))
    return {"entries": [{**row, "at": iso(row["at"]), "subject_name": called.get((row["action"].partition(".")[0], row["subject"]))}
                        for row in rows[:limit]], "next": last and f"{last['at']}.{last['seq']}.{last['org']}"}


def _place(after: str) -> tuple[int, int, str]:
    try:
        at, seq, org = after.split(".")
        if max(abs(int(at)), abs(int(seq))) > MOST_INTEGER:
            raise ValueError(after)
        return int(at), int(seq), org
    except ValueError:
        raise Problem("invalid", errors=[{"field": "after", "message": "不是本列表的下一页"}]) from None
