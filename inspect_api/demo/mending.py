"""What a township does about findings on the walk: a few rectifications in every stage, so that there is something to look at."""

from datetime import date, timedelta
from random import Random
from typing import Any

from inspect_api.demo.phones import Person

_PATH = "/api/v1/rectifications"


def rectify(office: Person, town: str, random: Random, today: date) -> None:
    """Sign some off, serve a notice, take in evidence, extend a deadline, put one under supervision, hand one to the county."""
    def step(row: dict[str, Any], action: str, **fields: Any) -> None:
        office.ask("POST", f"{_PATH}/{row['id']}/{action}", json=fields)
        office.tally.add(rectified=1)

    for row in office.get(_PATH, region=town, state="to_sign", limit=random.randint(3, 8))["rectifications"]:
        step(row, "sign-off", note="复查合格，同意销号")
    rows = office.get(_PATH, region=town, limit=6)["rectifications"]
    steps = [("supervise", {"on": True, "reason": "超期未改，挂账督办"}), ("evidence", {"note": "店主已报整改说明，待复查"}),
             ("deadline", {"due_on": (today + timedelta(days=15)).isoformat(), "reason": "设备订货需要时间"})]
    for row, (action, fields) in zip(rows, steps, strict=False):
        step(row, action, **fields)
    for row in rows[3:4]:
        office.ask("POST", f"/api/v1/sites/{row['site']['id']}/notices",
                   json={"findings": [row["id"]], "due_on": (today + timedelta(days=7)).isoformat()})
        office.tally.add(rectified=1)
    for row in rows[:1]:
        if row["days_left"] <= -7:
            step(row, "escalate", reason="多次催促未改，请县里协调")
