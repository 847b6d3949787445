"""Operations that were rejected, as offices look at them."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.db import prefix_range
from inspect_api.models import Quarantine
from inspect_api.services.days import iso


def page(connection: Connection, region: str, after: str, limit: int) -> dict[str, Any]:
    """{operations, next} of a region by operation id: each with its payload as it came and the problem."""
    table = Quarantine.__table__
    rows = connection.execute(sa.select(table).where(prefix_range(table.c.region, region), table.c.op > after)
                              .order_by(table.c.op).limit(limit + 1)).mappings().all()
    return {"operations": [{**row, "at": iso(row["at"])} for row in rows[:limit]],
            "next": rows[limit - 1]["op"] if len(rows) > limit else None}
