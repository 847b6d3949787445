"""What a plan is: a government document as data. Frozen; made by plan_read.py, kept as JSON by whoever stores it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from checklists.measures import COMPARE

MonthDay = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Season:
    """A stretch of every year, both ends included; `start` after `end` runs over new year."""

    id: str
    title: str
    start: MonthDay
    end: MonthDay


@dataclass(frozen=True, slots=True)
class Report:
    """What an office must send. `due`: see windows.due_dates; `start`..`end` narrow the plan's period."""

    id: str
    title: str
    kind: str
    due: str
    article: str
    quote: str = ""
    start: dt.date | None = None
    end: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """One demand in the document's own words. `kind`: field, target, report or organizational."""

    id: str
    article: str
    quote: str
    kind: str
    departments: tuple[str, ...] = ()
    site_types: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Over what time an indicator counts; `deadline` when the text names a day."""

    kind: str
    season: str | None = None
    deadline: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What the number must reach; per cents are 0..100. `inferred`: the text says 全覆盖 and no number."""

    op: str
    value: float
    unit: str
    inferred: bool = False

    def met(self, value: float) -> bool:
        """Whether a value reaches the target. `>` and `>=` differ."""
        return COMPARE[self.op](value, self.value)


@dataclass(frozen=True, slots=True)
class Indicator:
    """A target clause made countable.

    `filter` always has `site_types` (list) and `attributes` (mapping). `item` is one id; `items` a list of ids
    (closed) or `{numerator, denominator}` (summed). `documents` which kinds of visit count (inspected); empty: both. `records` {kind: [..], methods: [..], residue: bool|None,
    task_levels: [..]}; `per` {residents, base, assumed}.
    """

    id: str
    clause: str
    title: str
    measure: str
    filter: Mapping[str, Any]
    window: Window
    target: Target
    item: str | None = None
    items: tuple[str, ...] | Mapping[str, str] | None = None
    documents: tuple[str, ...] = ()
    holding: str | None = None
    records: Mapping[str, Any] | None = None
    per: Mapping[str, Any] | None = None
    numerator_label: str | None = None
    denominator_label: str | None = None
    level: str | None = None
    effort: bool = False
    note: str | None = None

    def item_ids(self) -> tuple[str, ...]:
        """Every item that it counts: numerator before denominator."""
        if isinstance(self.items, Mapping):
            return (self.items["numerator"], self.items["denominator"])
        return tuple(self.items) if self.items else (self.item,) if self.item else ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A document: its head, its clauses in order, what it counts and what must be reported when."""

    id: str
    title: str
    doc_number: str
    issuer: str
    region: str
    issued: dt.date | None
    period: tuple[dt.date, dt.date]
    notes: tuple[str, ...] = ()
    seasons: tuple[Season, ...] = ()
    reports: tuple[Report, ...] = ()
    clauses: tuple[Clause, ...] = ()
    indicators: tuple[Indicator, ...] = ()

    def clause(self, id: str) -> Clause:
        """The clause of an id. Raises KeyError."""
        return _find(self.clauses, id)

    def indicator(self, id: str) -> Indicator:
        """The indicator of an id. Raises KeyError."""
        return _find(self.indicators, id)

    def season(self, id: str) -> Season:
        """The season of an id. Raises KeyError."""
        return _find(self.seasons, id)

    def to_dict(self) -> dict[str, Any]:
        """The whole plan as JSON: dates as ISO texts, month-days as `MM-DD`, `period` and seasons with from and to."""
        return _json(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Plan":
        """The inverse of `to_dict`, for plans that were checked before they were stored."""
        return cls(
            **{key: data[key] for key in ("id", "title", "doc_number", "issuer", "region")},
            issued=_date(data.get("issued")),
            period=(_date(data["period"]["from"]), _date(data["period"]["to"])),
            notes=tuple(data["notes"]),
            seasons=tuple(Season(s["id"], s["title"], month_day(s["from"]), month_day(s["to"])) for s in data["seasons"]),
            reports=tuple(Report(**_renamed(r)) for r in data["reports"]),
            clauses=tuple(Clause(**_tuples(c, "departments", "site_types", "items")) for c in data["clauses"]),
            indicators=tuple(_indicator(i) for i in data["indicators"]),
        )

    def summary(self) -> dict[str, Any]:
        """What an office reads of a plan on the wire: document, clauses, indicators, reports."""
        articles = {clause.id: clause.article for clause in self.clauses}
        whole = self.to_dict()
        return {
            **{key: whole[key] for key in ("id", "title", "doc_number", "issuer", "region", "period")},
            "clauses": whole["clauses"],
            "indicators": [{"id": i["id"], "clause": i["clause"], "article": articles.get(i["clause"], ""),
                            **{key: i[key] for key in ("title", "measure", "target", "level", "window", "note")}}
                           for i in whole["indicators"]],
            "reports": [{key: r[key] for key in ("id", "title", "kind", "due", "article")} for r in whole["reports"]],
        }


_WIRE_NAMES = {"start": "from", "end": "to"}


def month_day(text: str) -> MonthDay:
    """`MM-DD` -> (month, day). Raises ValueError for a day that no year has."""
    if len(text) != 5 or text[2] != "-" or not (text[:2] + text[3:]).isdecimal():
        raise ValueError(text)
    day = dt.date(2000, int(text[:2]), int(text[3:]))  # 2000 is a leap year
    return day.month, day.day


def _md(day: MonthDay) -> str:
    return f"{day[0]:02d}-{day[1]:02d}"


def _find(things: tuple[Any, ...], id: str) -> Any:
    for thing in things:
        if thing.id == id:
            return thing
    raise KeyError(id)


def _json(value: Any) -> Any:
    if isinstance(value, Plan):
        whole = {f.name: _json(getattr(value, f.name)) for f in fields(value)}
        start, end = value.period
        whole["period"] = {"from": start.isoformat(), "to": end.isoformat()}
        return whole
    if isinstance(value, Season):
        return {"id": value.id, "title": value.title, "from": _md(value.start), "to": _md(value.end)}
    if isinstance(value, Report | Clause | Indicator | Window | Target):
        return {_WIRE_NAMES.get(f.name, f.name): _json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _json(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_json(one) for one in value]
    return value


def _date(text: str | None) -> Any:
    return None if text is None else dt.date.fromisoformat(text)


def _renamed(report: Mapping[str, Any]) -> dict[str, Any]:
    rest = {key: value for key, value in report.items() if key not in ("from", "to")}
    return {**rest, "start": _date(report.get("from")), "end": _date(report.get("to"))}


def _tuples(data: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: tuple(value) if key in keys else value for key, value in data.items()}


def _indicator(data: Mapping[str, Any]) -> Indicator:
    window, items = data["window"], data.get("items")
    return Indicator(**{
        **data,
        "window": Window(window["kind"], window.get("season"), _date(window.get("deadline"))),
        "target": Target(**data["target"]),
        "documents": tuple(data["documents"]),
        "items": tuple(items) if isinstance(items, list) else items,
    })
