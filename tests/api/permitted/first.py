"""Pages, sessions, plans, sites, visits, tasks and sync.

In paths {visit} {far_visit} {version} {device_a} {device_b} and the like stand for what `World` of test_permissions.py makes.
"""

from typing import Any

from tests.api.permitted.rule import COUNTIES, EVERYBODY, LOGGED_IN, OFFICES, OUTSIDE_COUNTY, Ask, Rule
from tests.support.world import GRID_A1, PASSWORD, TOWN_A, TOWN_B, site_id

INDICATOR = "/api/v1/plans/zezhou-2021/indicators/cold-store-inspected"
REPORTED = "/api/v1/plans/zezhou-2021/indicators/agri-routine-pass-rate/reports"
MENDED = {"set": {"at": "2021-05-01T09:30:00+08:00"}, "note": "手机时间不对"}
PUSH = {"device_id": "{device}", "schema": 1, "sent_at": "2021-05-01T00:00:00Z", "ops": []}


def report(region: str) -> dict[str, Any]:
    """A report of two numbers."""
    return {"region": region, "numerator": 1, "denominator": 1}


# (endpoint, method) -> Rule
RULES: dict[tuple[str, str], Rule] = {
    ("api-docs.openapi_json", "GET"): Rule(EVERYBODY, Ask("/api/openapi.json")),
    ("swagger_ui.show", "GET"): Rule(EVERYBODY, Ask("/api/docs/")),
    ("home.page", "GET"): Rule(EVERYBODY, Ask("/")),
    ("home.problems", "GET"): Rule(EVERYBODY, Ask("/docs/problems")),
    ("home.alive", "GET"): Rule(EVERYBODY, Ask("/healthz")),
    ("home.ready", "GET"): Rule(EVERYBODY, Ask("/readyz")),
    ("apps.field_show", "GET"): Rule(EVERYBODY, Ask("/field/")),
    ("apps.field_fetch", "GET"): Rule(EVERYBODY, Ask("/field/index.html")),
    ("apps.office_show", "GET"): Rule(EVERYBODY, Ask("/office/")),
    ("apps.office_fetch", "GET"): Rule(EVERYBODY, Ask("/office/index.html")),
    ("apps.settings", "GET"): Rule(EVERYBODY, Ask("/api/v1/app")),
    ("sessions.log_in", "POST"): Rule(EVERYBODY, Ask("/api/v1/sessions", {
        "login": "county", "password": PASSWORD, "device_id": "walk"})),
    ("sessions.who", "GET"): Rule(LOGGED_IN, Ask("/api/v1/sessions/current")),
    ("sessions.log_out", "DELETE"): Rule(LOGGED_IN, Ask("/api/v1/sessions/current")),
    ("devices.list_devices", "GET"): Rule(OFFICES, Ask(f"/api/v1/sync/devices?region={TOWN_A}"),
                                          Ask(f"/api/v1/sync/devices?region={TOWN_B}"), ("reviewer",)),
    ("devices.revoke", "POST"): Rule(COUNTIES, Ask("/api/v1/devices/{device_a}/revoke"),
                                      Ask("/api/v1/devices/{far_device}/revoke"), ("county",)),
    ("plans.list_plans", "GET"): Rule(LOGGED_IN, Ask("/api/v1/plans")),
    ("plans.show_plan", "GET"): Rule(LOGGED_IN, Ask("/api/v1/plans/zezhou-2021")),
    ("plans.show_coverage", "GET"): Rule(LOGGED_IN, Ask("/api/v1/plans/zezhou-2021/coverage")),
    ("checklists.in_force", "GET"): Rule(LOGGED_IN, Ask("/api/v1/checklists?site_type=cold_store&region=140525")),
    ("checklists.by_version", "GET"): Rule(LOGGED_IN, Ask("/api/v1/checklists/{version}")),
    ("indicators.show", "GET"): Rule(LOGGED_IN, Ask(f"/api/v1/plans/zezhou-2021/indicators?region={GRID_A1}"),
                                     Ask("/api/v1/plans/jincheng-chengqu-2022/indicators")),
    ("indicators.sites", "GET"): Rule(LOGGED_IN, Ask(f"{INDICATOR}/sites?region={GRID_A1}"),
                                      Ask(f"{INDICATOR}/sites?region={TOWN_B}"), ("supervisor", "reviewer")),
    ("indicators.report", "POST"): Rule(OFFICES, Ask(REPORTED, report(TOWN_A)), Ask(REPORTED, report(TOWN_B)), ("reviewer",)),
    ("indicators.list_reports", "GET"): Rule(LOGGED_IN, Ask(f"{REPORTED}?region={GRID_A1}"), Ask(f"{REPORTED}?region={TOWN_B}"),
                                             ("supervisor", "reviewer")),
    ("indicators.withdraw_report", "DELETE"): Rule(OFFICES, Ask(f"{REPORTED}/{{report}}"), Ask(f"{REPORTED}/{{far_report}}"), ("reviewer",)),
    ("regions.list_regions", "GET"): Rule(LOGGED_IN, Ask("/api/v1/regions?within=1405")),
    ("regions.show", "GET"): Rule(LOGGED_IN, Ask("/api/v1/regions/140525")),
    ("regions.put", "PUT"): Rule(COUNTIES, Ask(f"/api/v1/regions/{TOWN_A}", {"name": "镇"}),
                                 Ask(f"/api/v1/regions/{OUTSIDE_COUNTY}", {"name": "城区"}), ("county",)),
    ("sites.list_sites", "GET"): Rule(LOGGED_IN, Ask(f"/api/v1/sites?region={GRID_A1}"),
                                      Ask(f"/api/v1/sites?region={OUTSIDE_COUNTY}")),
    ("sites.show", "GET"): Rule(LOGGED_IN, Ask(f"/api/v1/sites/{site_id(1)}"), Ask(f"/api/v1/sites/{site_id(3)}"),
                                ("supervisor", "reviewer")),
    ("sites.edit", "PATCH"): Rule(OFFICES, Ask(f"/api/v1/sites/{site_id(2)}", {"rev": 1, "set": {"phone": "1"}}),
                                  Ask(f"/api/v1/sites/{site_id(6)}", {"rev": 1, "set": {"phone": "1"}}), ("reviewer",)),
    ("sites.site_history", "GET"): Rule(LOGGED_IN, Ask(f"/api/v1/sites/{site_id(1)}/history"), Ask(f"/api/v1/sites/{site_id(3)}/history"),
                                        ("supervisor", "reviewer")),
    ("tasks.list_tasks", "GET"): Rule(LOGGED_IN, Ask(f"/api/v1/tasks?region={GRID_A1}"), Ask(f"/api/v1/tasks?region={OUTSIDE_COUNTY}")),
    ("tasks.make", "POST"): Rule(OFFICES, Ask("/api/v1/tasks", {"site_id": site_id(1), "title": "复查"}),
                                 Ask("/api/v1/tasks", {"grid": TOWN_B, "title": "复查"}), ("reviewer",)),
    ("tasks.withdraw", "POST"): Rule(OFFICES, Ask("/api/v1/tasks/{task}/withdraw"), Ask("/api/v1/tasks/{far_task}/withdraw"), ("reviewer",)),
    ("sites.import_ledger", "POST"): Rule(COUNTIES, Ask("/api/v1/sites/import?region=140525", "ledger"),
                                          Ask(f"/api/v1/sites/import?region={OUTSIDE_COUNTY}", "ledger"), ("county",)),
    ("visits.list_visits", "GET"): Rule(LOGGED_IN, Ask(f"/api/v1/visits?region={GRID_A1}"),
                                        Ask(f"/api/v1/visits?region={OUTSIDE_COUNTY}")),
    ("visits.show", "GET"): Rule(LOGGED_IN, Ask("/api/v1/visits/{visit}"), Ask("/api/v1/visits/{far_visit}"),
                                 ("supervisor", "reviewer")),
    ("visits.visit_history", "GET"): Rule(LOGGED_IN, Ask("/api/v1/visits/{visit}/history"), Ask("/api/v1/visits/{far_visit}/history"),
                                          ("supervisor", "reviewer")),
    ("photos.of_visit", "GET"): Rule(LOGGED_IN, Ask("/api/v1/visits/{visit}/photos"), Ask("/api/v1/visits/{far_visit}/photos"),
                                     ("supervisor", "reviewer")),
    ("visits.review", "POST"): Rule(OFFICES, Ask("/api/v1/visits/{visit}/review", {"decision": "approve"}),
                                    Ask("/api/v1/visits/{far_visit}/review", {"decision": "approve"}), ("reviewer",)),
    ("sync.push_operations", "POST"): Rule(LOGGED_IN, Ask("/api/v1/sync/push", PUSH)),
    ("sync.pull_changes", "GET"): Rule(LOGGED_IN, Ask("/api/v1/sync/pull?limit=3")),
    ("rxdb.pull_documents", "GET"): Rule(LOGGED_IN, Ask("/api/v1/rxdb/site/pull?limit=3")),
    ("rxdb.push_documents", "POST"): Rule(LOGGED_IN, Ask("/api/v1/rxdb/site/push", [])),
    ("quarantine.list_operations", "GET"): Rule(OFFICES, Ask(f"/api/v1/sync/quarantine?region={TOWN_A}"),
                                                Ask(f"/api/v1/sync/quarantine?region={TOWN_B}"), ("reviewer",)),
    ("quarantine.release", "POST"): Rule(OFFICES, Ask("/api/v1/sync/quarantine/{set_aside}/release", MENDED),
                                         Ask("/api/v1/sync/quarantine/{far_set_aside}/release", MENDED), ("reviewer",)),
    ("quarantine.dismiss", "POST"): Rule(OFFICES, Ask("/api/v1/sync/quarantine/{useless}/dismiss", {"reason": "重复"}),
                                         Ask("/api/v1/sync/quarantine/{far_useless}/dismiss", {"reason": "重复"}), ("reviewer",)),
    ("conflicts.list_conflicts", "GET"): Rule(OFFICES, Ask(f"/api/v1/sync/conflicts?region={TOWN_A}"),
                                              Ask(f"/api/v1/sync/conflicts?region={TOWN_B}"), ("reviewer",)),
    ("conflicts.resolve", "POST"): Rule(OFFICES, Ask("/api/v1/sync/conflicts/{conflict}/resolve", {"choose": "theirs"}),
                                        Ask("/api/v1/sync/conflicts/{far_conflict}/resolve", {"choose": "theirs"}), ("reviewer",)),
}
