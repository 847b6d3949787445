"""Reports, what offices enter, documents and exports."""

import io
from typing import Any

from flask import Flask

from tests.api.permitted.rule import OFFICES, OUTSIDE_COUNTY, Ask, Rule
from tests.support.people import Person
from tests.support.world import GRID_A1, TOWN_A, TOWN_B

PLAN = "zezhou-2021"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
BATCHES = "日期,类别,方式,任务级别,批次数\n2021-05-02,食品抽检,快检,县级,4\n".encode()


def frozen(region: str, report: str = "") -> dict[str, Any]:
    """A report of a region, as of a day of its plan."""
    return {"plan": PLAN, "region": region, "report": report, "as_of": "2021-09-30"}


def batch(region: str) -> dict[str, Any]:
    """A record of batches."""
    return {"region": region, "kind": "food_sampling", "on": "2021-05-01", "method": "laboratory", "task_level": "county", "count": 3}


def made(app: Flask, people: dict[str, Person]) -> dict[str, str]:
    """Reports, records and documents of both towns."""
    county = people["county"]
    names = {}
    for prefix, town in (("", TOWN_A), ("far_", TOWN_B)):
        names[f"{prefix}frozen"] = county.post("/api/v1/reports", frozen(town, "annual-report"), 201)["id"]
        names[f"{prefix}record"] = county.post("/api/v1/records", batch(town), 201)["id"]
        answer = county.ask("POST", f"/api/v1/documents?region={town}", data={"file": (io.BytesIO(PDF + prefix.encode()), "a.pdf")})
        names[f"{prefix}document"] = answer.get_json()["sha256"]
    return names


def _lists(name: str, where: str) -> Ask:
    return Ask(f"/api/v1/{name}?region={where}")


def _region(name: str) -> Rule:
    return Rule(OFFICES, _lists(name, TOWN_A), _lists(name, TOWN_B), ("reviewer",))


# (endpoint, method) -> Rule
RULES: dict[tuple[str, str], Rule] = {
    ("reports.show_calendar", "GET"): _region("reports/calendar"),
    ("reports.list_reports", "GET"): _region("reports"),
    ("reports.freeze", "POST"): Rule(OFFICES, Ask("/api/v1/reports", frozen(GRID_A1)), Ask("/api/v1/reports", frozen(TOWN_B)), ("reviewer",)),
    ("reports.show", "GET"): Rule(OFFICES, Ask("/api/v1/reports/{frozen}"), Ask("/api/v1/reports/{far_frozen}"), ("reviewer",)),
    ("reports.open_rectifications", "GET"): Rule(OFFICES, Ask("/api/v1/reports/{frozen}/rectifications"),
                                                 Ask("/api/v1/reports/{far_frozen}/rectifications"), ("reviewer",)),
    ("reports.revise", "POST"): Rule(OFFICES, Ask("/api/v1/reports/{frozen}/revise", {}), Ask("/api/v1/reports/{far_frozen}/revise", {}), ("reviewer",)),
    ("reports.download", "GET"): Rule(OFFICES, Ask("/api/v1/reports/{frozen}.xlsx"), Ask("/api/v1/reports/{far_frozen}.xlsx"), ("reviewer",)),
    ("records.list_records", "GET"): _region("records"),
    ("records.add", "POST"): Rule(OFFICES, Ask("/api/v1/records", batch(TOWN_A)), Ask("/api/v1/records", batch(TOWN_B)), ("reviewer",)),
    ("records.withdraw", "DELETE"): Rule(OFFICES, Ask("/api/v1/records/{record}"), Ask("/api/v1/records/{far_record}"), ("reviewer",)),
    ("records.import_records", "POST"): Rule(OFFICES, Ask(f"/api/v1/records/import?region={TOWN_A}&dry_run=true", BATCHES),
                                             Ask(f"/api/v1/records/import?region={TOWN_B}&dry_run=true", BATCHES), ("reviewer",)),
    ("records.template", "GET"): Rule(OFFICES, Ask("/api/v1/records/template.xlsx")),
    ("records.entry", "GET"): Rule(OFFICES, Ask(f"/api/v1/plans/{PLAN}/entry?region={TOWN_A}"), Ask(f"/api/v1/plans/{PLAN}/entry?region={TOWN_B}"),
                                   ("reviewer",)),
    ("documents.add", "POST"): Rule(OFFICES, Ask(f"/api/v1/documents?region={TOWN_A}", PDF),
                                    Ask(f"/api/v1/documents?region={OUTSIDE_COUNTY}", PDF), ("reviewer", "county")),
    ("documents.fetch", "GET"): Rule(OFFICES, Ask("/api/v1/documents/{document}"), Ask("/api/v1/documents/{far_document}"), ("reviewer",)),
    **{(f"exports.{name}", "GET"): _region(f"exports/{name}.xlsx") for name in ("sites", "visits", "rectifications", "tasks", "records")},
}
