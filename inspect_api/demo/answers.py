"""Plausible invented answers to a checklist: what a careful supervisor of an average site would have tapped in."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from checklists.kinds import KINDS, photo
from checklists.marks import ASIDE

Answer = dict[str, Any]
Show = Callable[[Mapping[str, Any], str | None], str | None]
WORDS = ("现场查看，记录齐全", "经营者在场，情况属实", "与台账一致", "已当场提醒", "示例记录")
FAILED = ("现场发现，已拍照", "经营者承认，答应整改", "已当场指出", "台账缺最近几天")
NOT_OBSERVED, NOT_APPLICABLE = 0.02, 0.02  # of the questions that need only a tap


def answers(checklist: Mapping[str, Any], random: Random, day: date, quality: float, show: Show | None = None) -> dict[str, Answer]:
    """{link_id: answer} for every item that the answers before it enable, none of them in error on `day`.

    `quality` is the share of items that pass, 1 for a site that has mended everything. `show` names a photo of an item with its
    mark, None when nobody took one; without it photos are named that do not exist.
    """
    show = show or (lambda item, mark: hashlib.sha256(random.randbytes(16)).hexdigest())
    given: dict[str, Answer] = {}
    said: dict[str, Any] = {}  # what conditions look at: the option of a choice, the mark of anything else
    for item in (item for section in checklist["sections"] for item in section["items"]):
        condition = item["enable_when"]
        if condition and said.get(condition["item"]) not in condition["in"]:
            continue
        answer = _answer(item, random, day, random.random() < quality, quality < 1)
        mark, error = KINDS[item["kind"]].compile_validator(item)(answer, day)
        if error:
            raise ValueError(f"{item['link_id']}: {error[1]}")
        given[item["link_id"]] = _with_evidence(item, answer, mark, random, show)
        said[item["link_id"]] = answer.get("value") if item["kind"] == "choice" else mark
    return given


def _answer(item: Mapping[str, Any], random: Random, day: date, right: bool, aside: bool) -> Answer:
    if item["kind"] == "mark":
        drawn = random.random()
        if aside and drawn < NOT_OBSERVED:
            return {"mark": "not_observed"}
        if aside and not item["key"] and drawn > 1 - NOT_APPLICABLE:
            return {"mark": "not_applicable"}
        return {"mark": "pass" if right else "fail"}
    if item["kind"] == "photo":
        return {}  # the photos are the answer
    return {"value": VALUES[item["kind"]](item, random, day, right)}


def _with_evidence(item: Mapping[str, Any], answer: Answer, mark: str | None, random: Random, show: Show) -> Answer:
    rule, is_photo = item["photo"], item["kind"] == "photo"
    wanted = {"never": False, "on_fail": mark == "fail", "on_pass": mark == "pass", "always": mark not in ASIDE}[rule["when"]]
    least = photo.least(item) if is_photo else rule["min"] if wanted else 0
    taken = [name for _ in range(least) if (name := show(item, mark))]
    if taken or is_photo:
        answer["photos"] = list(dict.fromkeys(taken))
    if mark == "fail":
        answer["note"] = random.choice(FAILED)
    return answer


def _choice(item: Mapping[str, Any], random: Random, day: date, right: bool) -> str:
    options = item["options"]
    wanted = [o for o in options if o.get("mark") in (("pass", None) if right else ("fail",))]
    return random.choice(wanted or options)["value"]


def _number(item: Mapping[str, Any], random: Random, day: date, right: bool) -> float:
    low, high = item["min"], item["max"]
    pass_low = low if item.get("pass_min") is None else item["pass_min"]
    pass_high = high if item.get("pass_max") is None else item["pass_max"]
    ranges = [(pass_low, min(pass_high, pass_low + 60))]
    if not right:
        ranges = [(a, b) for a, b in ((max(low, pass_low - 5), pass_low), (pass_high, min(high, pass_high + 5))) if a < b] or ranges
    a, b = random.choice(ranges)
    if isinstance(a, int) and isinstance(b, int) and b - a > 3:
        return random.randint(a, b)
    return min(max(round(random.uniform(a, b), 1), a), b)


def _count_pair(item: Mapping[str, Any], random: Random, day: date, right: bool) -> list[int]:
    of = random.randint(2, 20)
    have = of if right else random.randint(of // 2, of - 1)
    return [have, of]


def _date(item: Mapping[str, Any], random: Random, day: date, right: bool) -> str:
    age = 30 if item.get("max_age_days") is None else item["max_age_days"]
    back = random.randint(0, age) if right else age + random.randint(1, 30)
    return (day - timedelta(days=back)).isoformat()


def _certificate(item: Mapping[str, Any], random: Random, day: date, right: bool) -> Answer:
    if not right and random.random() < 0.5:
        return {"held": False}
    value: Answer = {"held": True, "number": f"示例-{random.randint(1000, 9999)}"}
    if item["validity"] or not right:
        days = random.randint(30, 900) if right else -random.randint(1, 90)
        value["until"] = (day + timedelta(days=days)).isoformat()
    return value


def _text(item: Mapping[str, Any], random: Random, day: date, right: bool) -> str:
    return random.choice(WORDS)[:item.get("max_length", 500)]


VALUES: dict[str, Callable[[Mapping[str, Any], Random, date, bool], Any]] = {
    "choice": _choice, "number": _number, "count_pair": _count_pair, "date": _date, "certificate": _certificate, "text": _text,
}
