"""The ledger of sites, users, plans and the audit log."""

from typing import Any

from flask import Flask

from tests.api.asking import load_plan
from tests.api.permitted.rule import COUNTIES, LOGGED_IN, OFFICES, OUTSIDE_COUNTY, Ask, Rule
from tests.api.small import PLAN
from tests.support.people import Person
from tests.support.world import COUNTY, GRID_A1, GRID_B1, PASSWORD, TOWN_A, TOWN_B

SHOP: dict[str, Any] = {"type": "small_shop", "name": "新开的店"}
USER = {"login": "somebody", "name": "某某", "role": "supervisor", "regions": [GRID_A1]}
PLANS = "/api/v1/plans"


def made(app: Flask, people: dict[str, Person]) -> dict[str, str]:
    """Users to be changed, here and beyond, and a plan to be withdrawn."""
    near, far = (people["admin"].post("/api/v1/users", USER | {"login": f"at-{region}", "regions": [region]}, 201)["id"]
                 for region in (GRID_A1, OUTSIDE_COUNTY))
    load_plan(app, PLAN.replace("id: small\n", "id: soon-gone\n"))
    return {"user": near, "far_user": far}


def publish(people: dict[str, Person]) -> dict[str, str]:
    """A plan as it was just checked."""
    return {"text": PLAN, "digest": people["admin"].post(f"{PLANS}/check", {"text": PLAN})["digest"]}


# (endpoint, method) -> Rule
RULES: dict[tuple[str, str], Rule] = {
    ("sites.map_points", "GET"): Rule(LOGGED_IN, Ask(f"/api/v1/sites/map?region={GRID_A1}"), Ask(f"/api/v1/sites/map?region={OUTSIDE_COUNTY}")),
    ("sites.template", "GET"): Rule(LOGGED_IN, Ask("/api/v1/sites/template.xlsx")),
    ("sites.add", "POST"): Rule(OFFICES, Ask("/api/v1/sites", SHOP | {"grid": GRID_A1}), Ask("/api/v1/sites", SHOP | {"grid": GRID_B1}),
                                ("reviewer",)),
    ("users.list_users", "GET"): Rule(OFFICES, Ask(f"/api/v1/users?region={TOWN_A}"), Ask(f"/api/v1/users?region={TOWN_B}"), ("reviewer",)),
    ("users.add", "POST"): Rule(COUNTIES, Ask("/api/v1/users", USER), Ask("/api/v1/users", USER | {"login": "x2", "regions": [OUTSIDE_COUNTY]}),
                                ("county",)),
    ("users.edit", "PATCH"): Rule(COUNTIES, Ask("/api/v1/users/{user}", {"rev": 1, "name": "改名"}),
                                  Ask("/api/v1/users/{far_user}", {"rev": 1, "name": "改名"}), ("county",)),
    ("users.reset_password", "POST"): Rule(COUNTIES, Ask("/api/v1/users/{user}/password"), Ask("/api/v1/users/{far_user}/password"), ("county",)),
    ("sessions.change_password", "POST"): Rule(LOGGED_IN, Ask("/api/v1/sessions/password", {"old": PASSWORD, "new": PASSWORD})),
    ("plans.check_plan", "POST"): Rule(COUNTIES, Ask(f"{PLANS}/check", {"text": PLAN})),
    ("plans.publish", "POST"): Rule(COUNTIES, Ask(PLANS, publish)),
    ("plans.withdraw", "POST"): Rule(COUNTIES, Ask(f"{PLANS}/soon-gone/withdraw", {"reason": "有新的"}),
                                     Ask(f"{PLANS}/wuqing-2022/withdraw", {"reason": "有新的"}), ("county",)),
    ("plans.list_versions", "GET"): Rule(LOGGED_IN, Ask(f"{PLANS}/zezhou-2021/versions")),
    ("plans.show_version", "GET"): Rule(LOGGED_IN, Ask(f"{PLANS}/zezhou-2021/versions/1")),
    ("plans.show_changes", "GET"): Rule(LOGGED_IN, Ask(f"{PLANS}/zezhou-2021/versions/1/changes")),
    ("audit.list_entries", "GET"): Rule(COUNTIES, Ask(f"/api/v1/audit?region={COUNTY}"), Ask(f"/api/v1/audit?region={OUTSIDE_COUNTY}"), ("county",)),
}
