"""What offices do on the walk: review what came in, and report the numbers that only they have. Plausible, invented."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from math import ceil
from random import Random
from typing import Any

from inspect_api.demo.phones import Person

APPROVED, RETURNED, REJECTED = 0.84, 0.05, 0.02  # shares of what is reviewed; the rest still waits
REASON = "照片看不清，或与所填结果不一致，请到现场核对后更正"
DOCUMENT = "示例文件（演示数据）"
SHARES = {"county": 0.62, "municipal": 0.16, "provincial": 0.14, "national": 0.08}  # of a year's laboratory batches
RAPID = 0.35  # rapid tests beside them: reported, shown apart, never in the total


def review(office: Person, region: str, document_type: str, random: Random, step: Callable[[int], None]) -> list[str]:
    """Review the waiting visits of a region that are of one document type; returns the ids of the returned ones."""
    returned = []
    waiting = [v for v in office.pages("/api/v1/visits", "visits", region=region, review="received")
               if v["document_type"] == document_type and v["status"] == "signed" and v["replaced_by"] is None]
    for visit in waiting:
        drawn = random.random()
        if drawn < APPROVED:
            approve(office, visit["id"], visit["rev"])
        elif drawn < APPROVED + RETURNED:
            items = list(office.get(f"/api/v1/visits/{visit['id']}")["answers"])[:1]
            _decide(office, visit["id"], visit["rev"], decision="return", items=dict.fromkeys(items, REASON))
            office.tally.add(returned=1)
            returned.append(visit["id"])
        elif drawn < APPROVED + RETURNED + REJECTED:
            _decide(office, visit["id"], visit["rev"], decision="reject", reason="不是本主体的照片，重复填报")
            office.tally.add(rejected=1)
        step(1)
    return returned


def approve(office: Person, visit_id: str, rev: int) -> None:
    """Sign a visit."""
    _decide(office, visit_id, rev, decision="approve")
    office.tally.add(approved=1)


def _decide(office: Person, visit_id: str, rev: int, **decision: Any) -> None:
    office.ask("POST", f"/api/v1/visits/{visit_id}/review", json={"rev": rev, **decision})


def report(office: Person, table: dict[str, Any], random: Random, today: date, step: Callable[[int], None]) -> None:
    """Report every `reported` and `counted` indicator of a plan, in each of its windows that has begun.

    Records feed several indicators at once, so those that ask for the most are filled first and each next one only
    adds what is missing.
    """
    asked = sorted((i for i in table["indicators"] if i["form"]), key=lambda i: (i["measure"] != "counted", -_strictness(i)))
    for indicator in asked:
        for window in indicator["windows"]:
            if date.fromisoformat(window["start"]) >= today:
                continue
            post = _count if indicator["measure"] == "counted" else _number
            for body in post(office, table, indicator, window, random, today):
                office.ask("POST", f"/api/v1/plans/{table['plan']}/indicators/{indicator['id']}/reports",
                           json={"region": table["region"], "document": DOCUMENT, **body})
                office.tally.add(reports=1)
        step(1)


def _strictness(indicator: dict[str, Any]) -> int:
    records = indicator["form"]["records"] if indicator["measure"] == "counted" else {}
    return bool(records.get("residue")) + bool(records.get("task_levels")) - len(records.get("kind") or [])


def _number(office: Person, table: dict[str, Any], indicator: dict[str, Any], window: dict[str, Any], random: Random,
            today: date) -> Iterable[dict[str, Any]]:
    """A number near its target, more often reached than not."""
    op, goal = indicator["target"]["op"], indicator["target"]["value"]
    share = goal / 100 if indicator["target"]["unit"].startswith("%") else goal
    short = random.random() < 0.25
    if indicator["form"]["denominator"] is None:
        return [{"window": window["key"], "numerator": goal if op in (">=", "==", "<=") else goal + (1 if op == ">" else -1)}]
    whole = random.randint(60, 400)
    if op in (">=", ">"):
        most = min(share * 1.1, 1) if indicator["target"]["unit"].startswith("%") else share * 1.1
        part = whole * (share * random.uniform(0.9, 0.98) if short else share + random.uniform(0.3, 1) * (most - share))
    else:
        part = 0 if op == "==" and not goal else whole * share * random.uniform(0.9, 0.97)
    return [{"window": window["key"], "numerator": round(part) if short else ceil(part), "denominator": whole}]


def _count(office: Person, table: dict[str, Any], indicator: dict[str, Any], window: dict[str, Any], random: Random,
           today: date) -> Iterable[dict[str, Any]]:
    """The batches that are still missing: laboratory by the level of their task, rapid tests beside them."""
    now = current(office, table, indicator["id"], window["key"])
    records = indicator["form"]["records"]
    per = now["den"] or 1
    wanted = round(indicator["target"]["value"] * per * random.uniform(0.94, 1.08)) - now["num"]
    if wanted <= 0:
        return
    levels = {name: share for name, share in SHARES.items() if not records["task_levels"] or name in records["task_levels"]}
    kinds = records["kind"]
    end = min(date.fromisoformat(window["end"]), today - timedelta(days=1))
    for kind in kinds:
        for level, share in levels.items():
            count = round(wanted * share / sum(levels.values()) / len(kinds))
            if count:
                yield _batch(kind, "laboratory", level, count, end, records)
        if count := round(wanted * RAPID / len(kinds)):
            yield _batch(kind, "rapid", next(iter(levels)), count, end, records)


def _batch(kind: str, method: str, level: str, count: int, on: date, records: dict[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "method": method, "task_level": level, "count": count, "on": on.isoformat(),
            "residue": bool(records["residue"])}


def current(office: Person, table: dict[str, Any], indicator: str, window: str) -> dict[str, Any]:
    """An indicator's window as it stands now."""
    fresh = office.get(f"/api/v1/plans/{table['plan']}/indicators", region=table["region"])
    return next(w for i in fresh["indicators"] if i["id"] == indicator for w in i["windows"] if w["key"] == window)
