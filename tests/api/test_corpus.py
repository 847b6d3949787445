"""What phones in the field send, recorded per protocol version: it stays accepted, and is answered as it was.

The requests of version 1 were recorded from the release that spoke nothing else. Never edit a recording: a phone that is
offline today will send exactly this. `{checklist:TYPE}` stands for the version then in force.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from sync.operation import OLDEST, SCHEMA
from tests.api.asking import assert_equal_to_rebuild
from tests.support.people import Person

CORPUS = Path(__file__).parents[1] / "corpus"
RECORDINGS = sorted(CORPUS.glob("*/*.json"))


def steps(app: Flask, path: Path) -> list[dict[str, Any]]:
    """The recorded requests, with the checklists that are in force now."""
    reader = Person(app, "county", "the one who reads the recording")
    text = re.sub(r"\{checklist:(\w+)\}", lambda found: reader.get(
        "/api/v1/checklists", site_type=found[1], region="140525")["version"], path.read_text("utf-8"))
    return json.loads(text)


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: f"version {path.parent.name}, {path.stem}")
def test_recorded_requests_are_answered_as_they_were(app: Flask, path: Path):
    people: dict[str, Person] = {}
    for number, step in enumerate(steps(app, path)):
        device = step["device"]
        if device not in people:
            people[device] = Person(app, step["who"], device)
        answer = people[device].ask(step["method"], step["path"], json=step.get("body"), query_string=step.get("query"))
        assert answer.status_code == step["status"], (number, answer.get_json())
        if "expect" in step:
            told = [one["problem"]["code"] if one["status"] == "rejected" else one["status"] for one in answer.get_json()["results"]]
            assert told == step["expect"], number
    assert_equal_to_rebuild(app)


def test_every_version_that_is_served_has_a_recording():
    assert {int(path.parent.name) for path in RECORDINGS} == set(range(OLDEST, SCHEMA + 1))
