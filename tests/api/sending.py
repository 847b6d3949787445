"""A push to be spoilt: as an object, and as raw bytes."""

from typing import Any

from tests.support.people import Person, Phone
from tests.support.world import GRID_A2, site_id

DAY = "2021-05-01 09:30"
PASS, FAIL = {"kitchen.bright": {"mark": "pass"}}, {"kitchen.bright": {"mark": "fail", "note": "大屏不亮"}}
INSPECTED = "cold-store-inspected"


def good(phone: Phone, **more: Any) -> dict[str, Any]:
    """A visit that is right in everything."""
    return phone.visit(4, DAY, {}, **more)


def send(phone: Phone, data: bytes, **headers: str) -> Any:
    """POST raw bytes to the push."""
    return phone.ask("POST", "/api/v1/sync/push", data=data, headers={"Content-Type": "application/json"} | headers)


def envelope(phone: Phone, *operations: Any, **more: Any) -> dict[str, Any]:
    """A push as an object, to be spoilt."""
    return {"device_id": phone.device, "schema": 1, "sent_at": phone.now(), "ops": list(operations)} | more


def batch_of(phone: Phone) -> list[dict[str, Any]]:
    """A site found on the street with its visit, a visit that fails an item, one that is wrong, a draft and its patch."""
    found = phone.operation("create", "site", {"type": "cold_store", "name": "新冷库", "grid": GRID_A2})
    draft = phone.visit(2, DAY, PASS, status="draft")
    return [found, phone.visit(found["id"], DAY, {}, site_type="cold_store"), phone.visit(1, DAY, FAIL), phone.visit(3, DAY, {}),
            draft, phone.operation("patch", "visit", {"status": "signed"}, draft["id"])]


def troubles(prefix: str, phone: Phone, site: int, county: Person) -> dict[str, str]:
    """A conflict, two operations in quarantine and a task at a site where a phone is at home: their ids by name."""
    where, phone.schema = site_id(site), 2
    first, late = (phone.operation("patch", "site", {"name": name}, where, base=1) for name in ("先改的", "后改的"))
    odd = [phone.visit(site, "2099-05-01 09:30", {}) for _ in range(2)]
    results = phone.push(first, late, *odd)["results"]
    assert [one["status"] for one in results] == ["applied", "conflict", "rejected", "rejected"]
    task = county.post("/api/v1/tasks", {"site_id": where, "title": "复查"}, 201)
    return {f"{prefix}conflict": results[1]["conflicts"][0]["id"], f"{prefix}set_aside": odd[0]["op"], f"{prefix}useless": odd[1]["op"],
            f"{prefix}task": task["id"]}
