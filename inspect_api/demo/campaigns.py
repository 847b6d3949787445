"""What a county asks its grids to do after the walk: go to the sites of one township that were not visited as often as their risk grade wants."""

from datetime import date, timedelta
from random import Random
from uuid import UUID

from inspect_api.demo.phones import Person

_PATH = "/api/v1/campaigns"


def start(office: Person, town: str, random: Random, today: date) -> None:
    """Start a campaign in a township, unless everybody is on the way already."""
    targets = {"region": town, "kind": "risk", "per": "site"}
    if 0 < office.ask("POST", f"{_PATH}/preview", json=targets)["tasks"] <= 200:
        office.ask("POST", _PATH, json=targets | {"id": str(UUID(int=random.getrandbits(128), version=4)), "title": "风险分级超期未查主体走访",
                                                  "note": "带上检查表，拍门头照片", "due_on": (today + timedelta(days=21)).isoformat()})
