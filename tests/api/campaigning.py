"""What the tests of tasks and campaigns share: days from now, campaigns as an office asks for them, a phone that pulls its tasks."""

from datetime import date, datetime, timedelta
from typing import Any

from tests.support.people import CHINA, Person, Phone, new_id
from tests.support.world import COUNTY


def today() -> date:
    """The local day of now."""
    return datetime.now(CHINA).date()


def day(days: int) -> str:
    """A day from now, as ISO text."""
    return (today() + timedelta(days=days)).isoformat()


def moment(hours: float = 0) -> str:
    """A local time from now, as Phone.visit takes it."""
    return (datetime.now(CHINA) + timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M")


def window(**more: Any) -> dict[str, Any]:
    """A campaign for the canteens in the second autumn of the small plan."""
    return {"region": COUNTY, "kind": "window", "plan": "small", "window": "autumn-2022", "site_types": ["school_canteen"]} | more


def gap(**more: Any) -> dict[str, Any]:
    """A campaign for what holds the year's canteens of the small plan back."""
    return {"region": COUNTY, "kind": "gap", "plan": "small", "indicator": "canteens", "window": "2022", "state": "missing"} | more


def started(person: Person, targets: dict[str, Any], status: int = 201, **more: Any) -> Any:
    """Start a campaign."""
    return person.post("/api/v1/campaigns", targets | {"id": new_id(), "title": "秋季开学检查", "due_on": day(20)} | more, status)


def pulled_tasks(phone: Phone) -> dict[str, dict[str, Any]]:
    """The tasks that a phone has after a pull from the beginning, by site or, without one, by grid."""
    found: dict[str, dict[str, Any]] = {}
    page = phone.get("/api/v1/sync/pull", limit=5000)
    for change in page["changes"]:
        if change["t"] == "task" and change["op"] == "put":
            found[change["row"]["site_id"] or change["row"]["grid"]] = change["row"]
    return found
