"""Which visits wait, for what and since when: the place of a visit in the queue of the office.

It is a column that every writer keeps right. WAITS and SINCE say, from the rest of the row, what it must be.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from inspect_api.models import Visit
from inspect_api.models.visits import QUEUES

Row = dict[str, Any]
NEW, AGAIN, SECOND, RETURNED = QUEUES  # a returned one waits for the phone, the others for the office

_old = aliased(Visit)
WAITS = sa.case(
    (sa.or_(Visit.status != "signed", Visit.replaced_by.is_not(None)), ""),
    (Visit.review == "returned", RETURNED), (Visit.review != "received", ""),
    (Visit.approved_first_by.is_not(None), SECOND),
    (sa.exists().where(_old.id == Visit.replaces, _old.review == "returned").correlate(Visit), AGAIN), else_=NEW)
SINCE = sa.case((Visit.review == "returned", Visit.reviewed_at), else_=sa.func.coalesce(Visit.signed_at, Visit.received_at))


def nowhere() -> Row:
    """The columns of a visit that waits for nothing and was never looked at: a draft."""
    return {"queue": "", "queued_at": None, "approved_first_by": None, "approved_first_at": None, "flags": [], "flagged": False,
            "late": False, "failed_key": 0, "failed_general": 0}


def arrived(replaced: Row | None, now: int) -> Row:
    """The place of a signed visit that arrives, and that may amend another one."""
    again = replaced is not None and replaced["review"] == "returned"
    return {"queue": AGAIN if again else NEW, "queued_at": now}


def stands_again(connection: Connection, visit_id: str, amendment: str) -> None:
    """What a rejected amendment had replaced stands as if never amended, in the queue too. The caller holds its site."""
    connection.execute(sa.update(Visit).where(Visit.id == visit_id, Visit.replaced_by == amendment).values(
        replaced_by=None, rev=Visit.rev + 1))
    connection.execute(sa.update(Visit).where(Visit.id == visit_id).values(queue=WAITS, queued_at=SINCE))
