"""The numbers of a past day, folded from the raw visits that had been made by then.

Sites, reviews and deadlines are taken as they are today: only the visits are those of the day.
"""

from collections import defaultdict
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from checklists.plan import Plan
from checklists.state import Programme
from checklists.windows import windows
from inspect_api.db import prefix_range
from inspect_api.models import Site, Visit
from inspect_api.services.days import end_of_day
from inspect_api.services.rectification.cases import Cases
from inspect_api.services.rollup import FACT_COLUMNS, facts_of, standing

_CHUNK = 1000


def sums(connection: Connection, plan: Plan, region: str, length: int, basis: str,
         as_of: date) -> dict[tuple[str, str, str], tuple[int, int]]:
    """{(indicator, window, child region): (numerator, denominator)} as of the end of a local day."""
    totals: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    programmes: dict[str, Programme] = {}
    last, after = end_of_day(as_of), ""
    days = {(i.id, w.key): min(w.end, as_of).isoformat() for i in plan.indicators for w in windows(plan, i)}
    while sites := {row["id"]: dict(row) for row in connection.execute(
            sa.select(Site.__table__).where(prefix_range(Site.grid, region), Site.id > after)
            .order_by(Site.id).limit(_CHUNK)).mappings()}:
        after = max(sites)
        visits = defaultdict(list)
        for visit in connection.execute(sa.select(*FACT_COLUMNS).where(Visit.site_id.in_(list(sites)), Visit.at <= last)):
            visits[visit.site_id].append(visit)
        cases = Cases(connection, sites, (visit for of_site in visits.values() for visit in of_site))
        for site_id, site in sites.items():
            if site["type"] not in programmes:
                programmes[site["type"]] = Programme([plan], site["type"])
            programme = programmes[site["type"]]
            state, _ = programme.fold(site, facts_of(connection, standing(visits[site_id], basis)).values(), cases.words(site_id))
            for key, (num, den, until) in state["sums"].items():
                _, indicator, window = key.split("|")
                cell = totals[(indicator, window, site["grid"][:length])]
                cell[0] += num if until >= days[(indicator, window)] else 0
                cell[1] += den
    return {key: (num, den) for key, (num, den) in totals.items()}
