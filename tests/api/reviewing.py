"""What the tests of reviews share: visits of today that nothing is to be said of, the queue, and whether every row is in its place."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from inspect_api.db import reading
from inspect_api.models import Visit
from inspect_api.services.queue import SINCE, WAITS
from tests.api.asking import numbers, pushed
from tests.support.people import CHINA, Person, Phone
from tests.support.world import COUNTY, TOWN_A

PASS, FAIL = {"kitchen.bright": {"mark": "pass"}}, {"kitchen.bright": {"mark": "fail", "note": "大屏不亮"}}  # a key item
GENERAL = {"canteen.safety-staff": {"mark": "fail"}}
PLACE = {"lon": 112.805, "lat": 35.505, "crs": "WGS84", "accuracy": 20, "source": "gps", "mock": False}
QUEUE, APPROVE, RULES = "/api/v1/review/queue", "/api/v1/review/approve", f"/api/v1/counties/{COUNTY}/rules"


def ago(**much: Any) -> str:
    """A local time before now, as a phone's visit has it."""
    return (datetime.now(UTC) - timedelta(**much)).astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


def clean(phone: Phone, site: int | str = 1, answers: dict[str, Any] = PASS, **more: Any) -> str:
    """A visit of an hour ago, with its place; nothing failed in it unless `answers` say so."""
    return pushed(phone, phone.visit(site, ago(hours=1), answers, **{"place": PLACE} | more))


def review(person: Person, visit: str, decision: str = "approve", status: int = 200, **more: Any) -> dict[str, Any]:
    """A decision about a visit."""
    return person.post(f"/api/v1/visits/{visit}/review", {"decision": decision} | more, status)


def queue(person: Person, **asked: Any) -> dict[str, Any]:
    """The queue of town A."""
    return person.get(QUEUE, **{"region": TOWN_A} | asked)


def waiting(person: Person, **asked: Any) -> dict[str, str]:
    """{visit: the queue in which it waits}, of all queues."""
    return {one["id"]: one["queue"] for one in queue(person, **{"queue": "new,again,second,returned"} | asked)["visits"]}


def rules(county: Person, **given: Any) -> dict[str, Any]:
    """Set the rules of the county."""
    seen = county.get(RULES)
    answer = county.ask("PUT", RULES, json={"rev": seen["rev"], "rules": given})
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def counted(app: Flask) -> set[str]:
    """The newest visit of each site that counts on basis approved."""
    return {state["last"][1] for (_, basis), state in numbers(app)["states"].items() if basis == "approved" and state["last"]}


def assert_all_in_place(app: Flask) -> None:
    """Every visit waits where the rest of its row says, and since then."""
    with app.app_context(), reading() as connection:
        rows = connection.execute(sa.select(Visit.id, Visit.queue, Visit.queued_at, WAITS.label("waits"), SINCE.label("since"))).all()
    assert rows
    assert {row.id: row.queue for row in rows} == {row.id: row.waits for row in rows}
    assert {row.id: row.queued_at for row in rows if row.queue} == {row.id: row.since for row in rows if row.queue}
