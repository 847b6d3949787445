"""What is answered on a visit: a few dozen papers a site type, written anew each week, and judged once for each day on which one is handed in."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import orjson

from checklists.state import Fact, Programme, fact
from checklists.verdict import judge
from inspect_api.demo.answers import FAILED
from inspect_api.demo.answers import answers as plausible
from inspect_api.fill.shape import Shape
from inspect_api.services.programmes import Published

ITEMS = 25  # questions that are answered on a visit: those of indicators first
CLEAN, FAULTY = 12, 24  # papers of a week: without a failed item, and with one or two


class Paper(NamedTuple):
    """Answers and what they come to on one day. `text` is their JSON."""

    text: str
    answers: dict[str, Any]
    fact: Fact
    failed_key: int
    failed_general: int
    verdicts: dict[str, str]  # by document type


class Papers:
    """The papers of all site types. The faulty ones of a type fail on the same items in every week, as the same shops do."""

    def __init__(self, shape: Shape, checklists: Mapping[str, Mapping[str, Any]], judges: Mapping[str, Published],
                 programmes: Mapping[str, Programme], rules: Mapping[str, str]):
        self.shape, self.judges, self.rules = shape, judges, rules
        self.asked = {kind: _some(checklist, [item for track in programmes[kind].tracks for item in track.items])
                      for kind, checklist in checklists.items()}
        self._week, self._written, self._judged = -1, {}, {}

    def paper(self, kind: str, number: int, day: date) -> Paper:
        """The numbered paper of a site type (the first CLEAN ones find nothing), as judged on a day. Days are asked for in order."""
        week = day.toordinal() // 7
        if week != self._week:
            self._week, self._written, self._judged = week, {}, {}
        key = (kind, number, day)
        if key not in self._judged:
            self._judged[key] = self._judge(kind, self._answers(kind, number, day), day)
        return self._judged[key]

    def _answers(self, kind: str, number: int, day: date) -> dict[str, Any]:
        key = (kind, number)
        if key not in self._written:
            given = plausible(self.asked[kind], self.shape.random(kind, number, self._week), day, 0.9999, lambda item, mark: None)
            if number >= CLEAN:
                _spoil(given, self.asked[kind], self.shape.random(kind, number))
            self._written[key] = given
        return self._written[key]

    def _judge(self, kind: str, given: dict[str, Any], day: date) -> Paper:
        validator = self.judges[kind].validator
        judged = validator.judge(given, day)
        if judged.errors:
            raise ValueError(f"{kind}: {judged.errors[0]}")
        key = sum(finding.key for finding in judged.findings)
        counts = validator.counts(judged.marks)
        return Paper(orjson.dumps(given).decode(), given, fact(0, "", day, "", judged), key, len(judged.findings) - key,
                     {document: judge(document, kind, counts, self.rules).result for document in ("patrol", "inspection")})


def _some(checklist: Mapping[str, Any], wanted: list[str]) -> dict[str, Any]:
    """The checklist with ITEMS of its items: `wanted` ones, then the first; what an item depends on goes with it. Photos are left out."""
    items = {item["link_id"]: item for section in checklist["sections"] for item in section["items"]}
    chosen: set[str] = set()

    def take(link_id: str) -> None:
        if (condition := items[link_id]["enable_when"]) is not None:
            take(condition["item"])
        chosen.add(link_id)

    for link_id in [*(link for link in wanted if link in items), *items]:
        if len(chosen) < ITEMS and items[link_id]["kind"] != "photo":
            take(link_id)
    return {"sections": [{**section, "items": [item for item in section["items"] if item["link_id"] in chosen]} for section in checklist["sections"]]}


def _spoil(given: dict[str, Any], checklist: Mapping[str, Any], random: Any) -> None:
    """One or two of the marks fail, of items on which no other depends."""
    items = [item for section in checklist["sections"] for item in section["items"]]
    parents = {item["enable_when"]["item"] for item in items if item["enable_when"]}
    free = [item["link_id"] for item in items if item["kind"] == "mark" and item["link_id"] not in parents and given.get(item["link_id"])]
    for link_id in random.sample(free, min(len(free), random.choice((1, 1, 2)))):
        given[link_id] = {"mark": "fail", "note": random.choice(FAILED)}
