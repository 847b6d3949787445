"""The fold's events and the offices' steps, as rows of the finding table: derived, and the same whenever they are written."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from checklists.state import Closed, Opened
from inspect_api.models import Finding
from inspect_api.services.rectification.cases import Cases, Standing, finding_id

Row = dict[str, Any]
_TABLE = Finding.__table__
_SETTLED = _TABLE.c.stage == "closed"  # an office let it be before: a later proof changes nothing of that
_CLOSE = sa.update(_TABLE).where(_TABLE.c.id == sa.bindparam("key_")).values(
    closed_on=sa.bindparam("on_", type_=sa.Date), closed_by=sa.bindparam("by_"),
    waits=sa.case((_SETTLED, _TABLE.c.waits), else_="sign"), stage=sa.case((_SETTLED, _TABLE.c.stage), else_="to_sign"))


def write(connection: Connection, sites: Mapping[str, Row], events: Mapping[str, list[Opened | Closed]], anew: set[str], cases: Cases) -> None:
    """Project the folds' events onto the finding table; those of sites in `anew`, whose whole history the events are, are written afresh."""
    if anew:
        connection.execute(sa.delete(_TABLE).where(_TABLE.c.site_id.in_(sorted(anew))))
    earlier = _earlier(connection, events, anew)
    opened: dict[str, Row] = {}
    closed: list[Row] = []
    for site_id, history in sorted(events.items()):
        for event in history:
            key = finding_id(event.visit_id, event.link_id)
            if isinstance(event, Opened):
                case = finding_id(cases.root(event.visit_id), event.link_id)
                repeats, repeat_of = earlier.get((site_id, event.link_id), (-1, None))
                earlier[(site_id, event.link_id)] = (repeats + 1, case)
                opened[key] = begun(event, sites[site_id], case, repeats + 1, repeat_of)
            elif key in opened:
                opened[key] |= {"closed_on": date.fromisoformat(event.day), "closed_by": event.by}
            else:
                closed.append({"key_": key, "on_": date.fromisoformat(event.day), "by_": event.by})
    if opened:
        connection.execute(sa.insert(_TABLE), [
            row | cases.standing.get(row["case_id"], Standing()).columns(row["closed_by"]) for row in opened.values()])
    if closed:
        connection.execute(_CLOSE, closed)


def begun(event: Opened, site: Mapping[str, Any], case: str, repeats: int, repeat_of: str | None) -> Row:
    """The row of a finding of a site as it begins; what follows from the steps of its case comes on top (`Standing.columns`)."""
    return {"id": finding_id(event.visit_id, event.link_id), "site_id": site["id"], "visit_id": event.visit_id, "grid": site["grid"],
            "link_id": event.link_id, "key": event.key, "action": event.action, "opened_on": date.fromisoformat(event.day),
            "due_on": date.fromisoformat(event.due), "closed_on": None, "closed_by": None, "case_id": case, "repeats": repeats,
            "repeat_of": repeat_of}


def _earlier(connection: Connection, events: Mapping[str, list[Opened | Closed]], anew: set[str]) -> dict[tuple[str, str], tuple[int, str]]:
    """{(site, item): (repeats, case)} of the newest stored finding of what is opened at sites that are not written afresh."""
    wanted = {(site_id, event.link_id) for site_id, history in events.items() if site_id not in anew
              for event in history if isinstance(event, Opened)}
    if not wanted:
        return {}
    rows = connection.execute(
        sa.select(_TABLE.c.site_id, _TABLE.c.link_id, _TABLE.c.repeats, _TABLE.c.case_id)
        .where(_TABLE.c.site_id.in_(sorted({site for site, _ in wanted})), _TABLE.c.link_id.in_(sorted({link for _, link in wanted})))
        .order_by(_TABLE.c.repeats))
    return {(row.site_id, row.link_id): (row.repeats, row.case_id) for row in rows}
