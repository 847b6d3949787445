"""The review queue, approvals of many, saved views, rules of a county."""

from typing import Any

from flask import Flask

from tests.api.permitted.rule import COUNTIES, LOGGED_IN, OFFICES, OUTSIDE_COUNTY, Ask, Rule
from tests.support.people import Person
from tests.support.world import TOWN_A, TOWN_B, site_id

VIEW = {"page": "review", "name": "逾期的", "query": {"overdue": True}}
SEEN = {"visits": [{"id": "00000000-0000-4000-8000-00000000dead", "rev": 1}]}


def made(app: Flask, people: dict[str, Person]) -> dict[str, Any]:
    """A saved view of each office: its own is {view}."""
    mine = {f"view@{role}": people[role].post("/api/v1/views", VIEW | {"name": "待删除"}, 201)["id"]
            for role in ("reviewer", "county", "admin")}
    return mine | {"view": mine["view@county"]}


# (endpoint, method) -> Rule
RULES: dict[tuple[str, str], Rule] = {
    ("review.queue", "GET"): Rule(OFFICES, Ask(f"/api/v1/review/queue?region={TOWN_A}"), Ask(f"/api/v1/review/queue?region={TOWN_B}"),
                                  ("reviewer",)),
    ("review.approve", "POST"): Rule(OFFICES, Ask("/api/v1/review/approve", SEEN)),
    ("visits.visit_trail", "GET"): Rule(LOGGED_IN, Ask("/api/v1/visits/{visit}/trail"), Ask("/api/v1/visits/{far_visit}/trail"),
                                        ("supervisor", "reviewer")),
    ("visits.of_site", "GET"): Rule(LOGGED_IN, Ask(f"/api/v1/sites/{site_id(1)}/visits"), Ask(f"/api/v1/sites/{site_id(3)}/visits"),
                                    ("supervisor", "reviewer")),
    ("views.list_views", "GET"): Rule(OFFICES, Ask("/api/v1/views?page=review")),
    ("views.make", "POST"): Rule(OFFICES, Ask("/api/v1/views", VIEW)),
    ("views.remove", "DELETE"): Rule(OFFICES, Ask("/api/v1/views/{view}")),
    ("counties.show_rules", "GET"): Rule(OFFICES, Ask("/api/v1/counties/140525/rules"), Ask(f"/api/v1/counties/{OUTSIDE_COUNTY}/rules"),
                                         ("reviewer", "county")),
    ("counties.put_rules", "PUT"): Rule(COUNTIES, Ask("/api/v1/counties/140525/rules", {"rev": 0, "rules": {"review_days": 5}}),
                                        Ask(f"/api/v1/counties/{OUTSIDE_COUNTY}/rules", {"rev": 0, "rules": {}}), ("county",)),
}
