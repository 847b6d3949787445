"""Every page of the desk, in the demo county after its walk: for pictures and for the check of what screen readers get."""

from datetime import date
from typing import Any
from urllib.parse import quote

from inspect_api.demo.phones import Person, Tally
from tests.office.world import COUNTY, DEMO_PASSWORD, PLAN

# name, path with {what} was found in the county
PAGES = (
    ("review", "/review"),
    ("review-flagged", "/review?queue=flagged"),
    ("visit", "/visits/{visit}"),
    ("unsettled", "/review/unsettled"),
    ("settings", "/settings"),
    ("rectifications", "/rectifications"),
    ("rectification", "/rectifications/{rectification}"),
    ("notice-make", "/sites/{unmended}/notice"),
    ("notice", "/notices/{notice}"),
    ("indicators", "/indicators?plan={plan}"),
    ("board", "/indicators/{plan}/board"),
    ("indicator", "/indicators/{plan}/{indicator}"),
    ("tasks", "/tasks"),
    ("tasks-single", "/tasks?tab=single"),
    ("task-new", "/tasks/new"),
    ("task-new-risk", "/tasks/new?kind=risk"),
    ("task-new-site", "/tasks/new?kind=site"),
    ("campaign", "/tasks/{campaign}"),
    ("plans", "/plans"),
    ("plan", "/plans/{plan}"),
    ("plan-versions", "/plans/{plan}?tab=versions"),
    ("plan-check", "/plans/check"),
    ("plan-edit", "/plans/check?plan={plan}"),
    ("sites", "/ledger/sites"),
    ("site", "/sites/{site}"),
    ("site-new", "/ledger/sites/new"),
    ("sites-import", "/ledger/sites/import"),
    ("map", "/ledger/map"),
    ("regions", "/ledger/regions"),
    ("users", "/ledger/users"),
    ("devices", "/ledger/devices"),
    ("audit", "/ledger/audit"),
    ("reports", "/reports"),
    ("report", "/reports/{report}"),
    ("report-towns", "/reports/{report}?tab=towns"),
    ("report-open", "/reports/{report}?tab=open"),
    ("report-print", "/reports/{report}/print"),
    ("entry", "/entry?plan={plan}"),
    ("records", "/entry/records"),
    ("records-import", "/entry/import"),
)


def found(url: str) -> dict[str, str]:
    """What the pages of one thing show: one of each, chosen so that there is much to see. Freezes a report for it."""
    county = Person(url, f"county-{COUNTY}", DEMO_PASSWORD, Tally())
    try:
        return _found(county)
    finally:
        county.close()


def _found(county: Person) -> dict[str, str]:
    def first(path: str, key: str, test: Any = lambda row: True, **query: Any) -> dict[str, Any]:
        page = county.get(path, region=COUNTY, **query)
        row = next(filter(test, page[key]), None)
        return row or first(path, key, test, **query | {"after": page["next"]})

    waiting = first("/api/v1/review/queue", "visits", lambda row: row["findings"]["general"] and row["photos"]["named"])
    line = first("/api/v1/rectifications", "rectifications", lambda row: row["notice_number"], state="open")
    notice = next(step["data"]["notice"] for step in county.get(f"/api/v1/rectifications/{line['id']}")["steps"]
                  if step["data"].get("notice"))
    report = county.ask("POST", "/api/v1/reports", json={"plan": PLAN, "region": COUNTY, "as_of": date.today().isoformat()})
    table = county.get(f"/api/v1/plans/{PLAN}/indicators", region=COUNTY, windows="current")
    behind = next(one for one in table["indicators"] if one["measure"] == "marked" and one["windows"][0]["state"] == "behind")
    return {name: quote(value) for name, value in {
        "visit": waiting["id"], "rectification": line["id"], "notice": notice, "site": waiting["site"]["id"],
        "unmended": line["site"]["id"], "plan": PLAN, "indicator": behind["id"], "report": report["id"],
        "campaign": first("/api/v1/campaigns", "campaigns")["id"]}.items()}
