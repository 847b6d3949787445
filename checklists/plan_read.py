"""A plan file's shape: from a parsed document to a Plan, noting every slip. What refers to what is plan_cross.py's."""

import datetime as dt
import re
from typing import Any

from checklists.fields import Fields, did_you_mean
from checklists.measures import (
    BASES,
    CLAUSE_KINDS,
    DOCUMENTS,
    HOLDINGS,
    LEVELS,
    MEASURES,
    METHODS,
    OPS,
    RECORD_KINDS,
    REPORT_KINDS,
    TASK_LEVELS,
    WINDOW_KINDS,
)
from checklists.plan_model import Clause, Indicator, MonthDay, Plan, Report, Season, Target, Window, month_day
from checklists.site_types import ATTRIBUTES, SITE_TYPES

_PLAN_KEYS = ("id", "title", "doc_number", "issuer", "region", "issued", "period", "notes", "seasons", "reports",
              "clauses", "indicators")
_COMMON = ("id", "clause", "title", "measure", "window", "target", "level", "effort", "note")
_SPECIAL = ("filter", "documents", "item", "items", "holding", "records", "per", "numerator_label", "denominator_label")
_PLAN_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_REGION = re.compile(r"[1-9][0-9]{1,11}")
_YEARS = (1990, 2100)  # of a plan's period
_DAY = r"(0?[1-9]|[12][0-9]|3[01])"
DUE = {  # kind -> (pattern, how to write it)
    "annual": (re.compile(r"\d\d-\d\d"), 'due: "11-20"（月-日）'),
    "quarterly": (re.compile(rf"(last-month-)?{_DAY}"), 'due: "20"（季后首月20日）或 due: "last-month-20"（季末月20日）'),
    "monthly": (re.compile(rf"(next-month-)?{_DAY}"), 'due: "15"（当月15日）或 due: "next-month-15"（次月15日）'),
}


def read_plan(top: Fields) -> Plan:
    """The plan as far as it can be read; every slip is in `top.mistakes`."""
    top.known(_PLAN_KEYS)
    id, region = top.text("id", most=64), top.text("region")
    if isinstance(top.data.get("id"), str) and not _PLAN_ID.fullmatch(id):
        top.wrong("id", f"编码“{id}”写法不对", "写成 yima-2022：小写英文、数字、连字符")
    if isinstance(top.data.get("region"), str) and not _REGION.fullmatch(region):
        top.wrong("region", f"区划代码“{region}”不对", '写成加引号的数字，如 region: "140525"')
    return Plan(
        id, top.text("title", most=200), top.text("doc_number", required=False), top.text("issuer"), region,
        top.date("issued", required=False), _period(top), top.texts("notes"),
        tuple(map(_season, top.children("seasons"))), tuple(map(_report, top.children("reports"))),
        tuple(map(_clause, top.children("clauses", required=True))), tuple(map(_indicator, top.children("indicators"))))


def _period(top: Fields) -> tuple[dt.date, dt.date]:
    period = top.child("period")
    start = end = None
    if period is not None:
        period.known(("from", "to"))
        start, end = period.date("from"), period.date("to")
        if start and end and start > end:
            period.wrong("to", f"结束日期{end}早于开始日期{start}", "改正先后")
        for key, day in (("from", start), ("to", end)):
            if day and not _YEARS[0] <= day.year <= _YEARS[1]:
                period.wrong(key, f"{day.year}年不像是计划的年份", f"写成{_YEARS[0]}至{_YEARS[1]}年")
    return start or dt.date(2000, 1, 1), end or dt.date(2000, 12, 31)


def _season(fields: Fields) -> Season:
    fields.known(("id", "title", "from", "to"))
    return Season(fields.code("id", most=30), fields.text("title", most=100), _month_day(fields, "from"), _month_day(fields, "to"))


def _month_day(fields: Fields, key: str) -> MonthDay:
    text = fields.text(key)
    try:
        return month_day(text) if text else (1, 1)
    except ValueError:
        fields.wrong(key, f"“{text}”不是月-日", f"写成 {key}: 02-15，两位月、两位日")
        return (1, 1)


def _report(fields: Fields) -> Report:
    fields.known(("id", "title", "kind", "due", "article", "quote", "from", "to"))
    kind = fields.word("kind", REPORT_KINDS)
    start, end = fields.date("from", required=False), fields.date("to", required=False)
    if start and end and start > end:
        fields.wrong("to", f"结束日期{end}早于开始日期{start}", "改正先后")
    return Report(fields.code("id"), fields.text("title", most=150), kind, _due(fields, kind), fields.text("article"),
                  fields.text("quote", required=False), start, end)


def _due(fields: Fields, kind: str) -> str:
    if kind == "once":
        day = fields.date("due")
        return day.isoformat() if day else ""
    due = fields.text("due")
    if not kind or not due:
        return due
    pattern, how = DUE[kind]
    good = bool(pattern.fullmatch(due))
    if good and kind == "annual":
        try:
            month_day(due)
        except ValueError:
            good = False
    if not good:
        fields.wrong("due", f"“{due}”不是{REPORT_KINDS[kind]}报送的期限", f"写成 {how}")
    return due


def _clause(fields: Fields) -> Clause:
    fields.known(("id", "article", "quote", "kind", "departments", "site_types", "items", "note"))
    return Clause(
        fields.code("id"), fields.text("article"), fields.text("quote"), fields.word("kind", CLAUSE_KINDS),
        fields.texts("departments"), fields.texts("site_types", vocabulary=SITE_TYPES), fields.texts("items"),
        fields.maybe_text("note"))


def _indicator(fields: Fields) -> Indicator:
    name = fields.word("measure", MEASURES)
    if name:
        _check_keys(fields, name)
    else:
        fields.known((*_COMMON, *_SPECIAL))
    per = _per(fields) if name in ("counted", "") else None
    return Indicator(
        fields.code("id"), fields.text("clause"), fields.text("title"), name, _filter(fields, name), _window(fields),
        _target(fields, name, per is not None),
        item=fields.maybe_text("item"), items=_items(fields, name),
        documents=fields.texts("documents", vocabulary=DOCUMENTS),
        holding=fields.word("holding", HOLDINGS, required=False) or None, records=_records(fields), per=per,
        numerator_label=fields.maybe_text("numerator_label"), denominator_label=fields.maybe_text("denominator_label"),
        level=fields.word("level", LEVELS, required=False) or None, effort=fields.flag("effort"),
        note=fields.maybe_text("note"))


def _check_keys(fields: Fields, name: str) -> None:
    """A key that another measure has is told from a key that nobody has."""
    measure = MEASURES[name]
    own = (*_COMMON, *measure.needs, *measure.may)
    for key in fields.data:
        if key in own or (key in _SPECIAL and not fields.has(key)):
            continue
        if key in _SPECIAL:
            users = [m for m, one in MEASURES.items() if key in (*one.needs, *one.may)]
            fields.wrong(key, f"“{key}”不用于measure: {name}", f"删去，或把measure改成{'、'.join(users)}")
        else:
            fields.wrong(key, f"不认识的键“{key}”", did_you_mean(key, own))
    for key in measure.needs:
        if not fields.has(key):
            fields.wrong(key, f"measure: {name}（{measure.title}）缺少“{key}”", f"补上“{key}”")


def _filter(fields: Fields, name: str) -> dict[str, Any]:
    chosen = fields.child("filter", required=False)
    if chosen is None:
        return {"site_types": [], "attributes": {}}
    chosen.known(("site_types", "attributes"))
    needs_types = bool(name) and MEASURES[name].sites
    types = list(chosen.texts("site_types", required=needs_types, vocabulary=SITE_TYPES))
    attributes = chosen.child("attributes", required=False)
    if attributes is not None:
        _check_attributes(attributes)
    return {"site_types": types, "attributes": dict(attributes.data) if attributes else {}}


def _check_attributes(attributes: Fields) -> None:
    for name, value in attributes.data.items():
        attribute = ATTRIBUTES.get(name)
        if attribute is None:
            attributes.wrong(name, f"不认识的属性“{name}”", did_you_mean(name, ATTRIBUTES))
            continue
        for one in value if isinstance(value, list) else [value]:
            problem = attribute.problem([one] if attribute.kind == "many" else one)
            if problem:
                remedy = did_you_mean(one, attribute.values) if attribute.values else f"按“{attribute.title}”的填法写"
                attributes.wrong(name, f"“{name}”{problem}", remedy)


def _window(fields: Fields) -> Window:
    window = fields.child("window")
    if window is None:
        return Window("period")
    window.known(("kind", "season", "deadline"))
    kind, season = window.word("kind", WINDOW_KINDS, default="period"), window.maybe_text("season")
    if kind == "season" and season is None:
        window.wrong("season", "缺少时段", "写上 season: 时段的编码")
    if kind != "season" and season is not None:
        window.wrong("season", f"kind: {kind}不用时段", "删去season，或改成 kind: season")
    return Window(kind, season, window.date("deadline", required=False))


def _target(fields: Fields, name: str, per: bool) -> Target:
    target = fields.child("target")
    if target is None:
        return Target(">=", 0, "")
    target.known(("op", "value", "unit", "inferred"))
    value, unit = target.number("value"), target.text("unit")
    if unit == "%" and value is not None and not 0 <= value <= 100:
        target.wrong("value", f"百分数{value}不在0到100之间", "65%写65")
    if unit == "%" and name == "counted":
        target.wrong("unit", "批次计数不会是百分数", "改成批次或批次/千人；合格率用measure: reported")
    if per and "人" not in unit:
        target.wrong("unit", f"按人口计数，单位却是“{unit}”", "写成 批次/千人")
    return Target(target.word("op", OPS, default=">="), 0 if value is None else value, unit, target.flag("inferred"))


def _items(fields: Fields, name: str) -> Any:
    value = fields.data.get("items")
    if value is None:
        return None
    if name == "closed" or isinstance(value, list):
        if name == "summed":
            fields.wrong("items", "summed的items要分分子和分母", "写成 items: {numerator: 检查项, denominator: 检查项}")
            return None
        return fields.texts("items") or None
    pair = fields.child("items")
    if pair is None:
        return None
    pair.known(("numerator", "denominator"))
    return {"numerator": pair.text("numerator"), "denominator": pair.text("denominator")}


def _records(fields: Fields) -> dict[str, Any] | None:
    records = fields.child("records", required=False)
    if records is None:
        return None
    records.known(("kind", "methods", "residue", "task_levels"))
    if isinstance(records.data.get("kind"), list):
        kinds = records.texts("kind", required=True, vocabulary=RECORD_KINDS)
    else:
        kinds = (records.word("kind", RECORD_KINDS),)
    return {
        "kind": [kind for kind in kinds if kind],
        "methods": list(records.texts("methods", vocabulary=METHODS)),
        "residue": records.flag("residue") if records.has("residue") else None,
        "task_levels": list(records.texts("task_levels", vocabulary=TASK_LEVELS)),
    }


def _per(fields: Fields) -> dict[str, Any] | None:
    per = fields.child("per", required=False)
    if per is None:
        return None
    per.known(("residents", "base", "assumed"))
    return {"residents": per.whole("residents", 1, 1_000_000) or 1, "base": per.word("base", BASES, default="resident"),
            "assumed": per.flag("assumed")}
