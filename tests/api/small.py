"""The small plan of these tests, put in force over the small county, and short ways to ask about it."""

from pathlib import Path
from typing import Any

from flask import Flask

from tests.api.asking import load_plan, pushed, window
from tests.support.databases import templates
from tests.support.people import Person, Phone
from tests.support.world import COUNTY, fill

PLAN = (Path(__file__).parent / "small_plan.yaml").read_text("utf-8")
INDICATORS = "/api/v1/plans/small/indicators"
PASS, FAIL = {"kitchen.bright": {"mark": "pass"}}, {"kitchen.bright": {"mark": "fail"}}


def _fill(app: Flask) -> None:
    fill(app)
    load_plan(app, PLAN)


sqlite_template, postgres_template = templates("module", _fill)


def seen(person: Person, indicator: str, key: str | None = None, **query: Any) -> dict[str, Any]:
    """One window of an indicator of the plan of these tests."""
    return window(person, indicator, key, plan="small", **query)


def visit(app: Flask, site: int, at: str, answers: dict[str, Any], **more: Any) -> str:
    """A signed visit by whoever's site it is."""
    phone = Phone(app, "other-supervisor" if site in (3, 6) else "supervisor", device=f"d{site}{at}{len(more)}")
    return pushed(phone, phone.visit(site, at, answers, **more))


def record(person: Person, indicator: str = "all-tests", status: int = 201, **fields: Any) -> Any:
    """Report a batch of sampling."""
    return person.post(f"{INDICATORS}/{indicator}/reports", {
        "region": COUNTY, "kind": "food_sampling", "on": "2021-05-01", "method": "laboratory", "task_level": "county",
        "count": 10} | fields, status)


def report(person: Person, indicator: str = "pass-rate", status: int = 201, **fields: Any) -> Any:
    """Report two numbers."""
    return person.post(f"{INDICATORS}/{indicator}/reports", {"region": COUNTY, "window": "2021", "numerator": 97,
                                                             "denominator": 100} | fields, status)


def named(problem: dict[str, Any]) -> tuple[str, set[str]]:
    """The code of a problem and the fields that it names."""
    return problem["code"], {error["field"] for error in problem.get("errors", [])}
