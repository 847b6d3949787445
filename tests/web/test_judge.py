"""The phone judges answers as the server does: the same real checklists, the same answers, good and bad ones."""

import datetime as dt
import json
import os
import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from checklists.answers import Validator
from checklists.bank import load_bank
from checklists.compile import Checklist, compile_checklists
from checklists.plan import load_plans
from checklists.verdict import judge
from tests.web.packages import ready

EACH = 40
SHA = "0123456789abcdef" * 4
ASIDE = ("not_applicable", "not_observed")
NONSENSE: tuple[Any, ...] = ("", "x", 7, -1, 2.5, True, [], [1], [2, 1], ["a", 2], {}, {"held": 1}, {"held": True, "until": "2025-02-30"})


def _day(chance: random.Random, at: dt.date) -> str:
    return (at + dt.timedelta(days=chance.choice((-400, -31, -30, -7, -1, 0, 1, 300)))).isoformat()


def _number(item: dict[str, Any], chance: random.Random) -> float | int:
    edges = [item[key] for key in ("min", "max", "pass_min", "pass_max") if item.get(key) is not None]
    return chance.choice([*edges, edges[0] - 1, edges[1] + 1, chance.randint(int(edges[0]), int(edges[1])), edges[0] + 0.25])


VALUES: dict[str, Callable[[dict[str, Any], random.Random, dt.date], Any]] = {
    "choice": lambda item, chance, at: chance.choice([option["value"] for option in item["options"]]),
    "number": lambda item, chance, at: _number(item, chance),
    "count_pair": lambda item, chance, at: chance.choice(([0, 0], [7, 100], [9, 10], [10, 10], [3, 2], [-1, 5], [0, 8], [1, 1_000_001])),
    "text": lambda item, chance, at: chance.choice(("查了", " ", "字" * 500, "𠮷" * 500, "字" * 5001)),
    "date": lambda item, chance, at: _day(chance, at),
    "certificate": lambda item, chance, at: {"held": chance.random() < 0.7, **({"until": _day(chance, at)} if chance.random() < 0.6 else {}),
                                             **({"number": chance.choice(("JY1", "1" * 101))} if chance.random() < 0.4 else {})},
}


def _answer(item: dict[str, Any], chance: random.Random, at: dt.date) -> Any:
    if (luck := chance.random()) < 0.03:
        return {"value": chance.choice(NONSENSE)}
    answer: dict[str, Any] = {}
    if luck < 0.15:
        answer["mark"] = chance.choice(ASIDE)
    elif item["kind"] == "mark":
        answer["mark"] = chance.choice(("pass", "pass", "pass", "fail"))
    elif item["kind"] != "photo":
        answer["value"] = VALUES[item["kind"]](item, chance, at)
    if luck > 0.97:
        answer["mark"] = chance.choice(("pass", "none"))
    if chance.random() < 0.2:
        answer["note"] = chance.choice(("看过", "", "𠮷" * 2000, "长" * 2001))
    if chance.random() < 0.5:
        answer["photos"] = chance.choice(([SHA], [SHA, SHA[::-1]], [], ["x"], [SHA] * 51))
    return answer


def _cases(checklists: list[Checklist], chance: random.Random) -> list[dict[str, Any]]:
    cases = []
    for number, checklist in enumerate(checklists):
        validator = Validator(checklist)
        items = [item for section in checklist.content["sections"] for item in section["items"]]
        for _ in range(EACH):
            at = dt.date(2025, 1, 1) + dt.timedelta(days=chance.randint(0, 500))
            share = chance.choice((0.0, 0.5, 0.9, 1.0))
            answers = {item["link_id"]: _answer(item, chance, at) for item in items if chance.random() < share}
            if chance.random() < 0.1:
                answers["nobody.asks"] = {"mark": "pass"}
            found = validator.judge(answers, at)
            counts = validator.counts(found.marks)
            verdicts = {document: judge(document, checklist.site_type, counts) for document in ("patrol", "inspection")}
            cases.append({
                "checklist": number, "day": at.isoformat(), "answers": answers,
                "judged": {"marks": found.marks, "missing": found.missing, "wantingPhotos": found.wanting_photos,
                           "findings": [finding._asdict() | {"due_on": finding.due_on.isoformat()} for finding in found.findings],
                           "errors": sorted(f"{error.link_id} {error.code}" for error in found.errors)},
                "verdicts": {document: {"result": verdict.result, "reason": verdict.reason} for document, verdict in verdicts.items()},
            })
    return cases


def test_the_phone_comes_to_the_same_marks_findings_gaps_and_verdicts_as_the_server(tmp_path: Path):
    web = ready()
    bank = load_bank()
    checklists = list(compile_checklists(load_plans().values(), bank).values())
    told = tmp_path / "cases.json"
    content = [{**checklist.content, "version": checklist.version} for checklist in checklists]
    told.write_text(json.dumps({"checklists": content, "cases": _cases(checklists, random.Random(20250501))}), encoding="utf-8")
    done = subprocess.run(["npx", "--no-install", "vitest", "run", "tests/visit/judge.test.ts"], cwd=web, env=os.environ | {"JUDGE_CASES": str(told)},
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{done.stdout[-8000:]}\n{done.stderr[-3000:]}"
    assert "1 passed" in done.stdout, done.stdout[-2000:]
