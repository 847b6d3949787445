"""How facts are written in the reasons: metres, times and durations in Chinese, and every placeholder of the rules."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, timezone
from string import Formatter
from typing import Any

from media.evidence.facts import PhotoFacts, Twin
from media.evidence.readings import (
    after_visit,
    alike_elsewhere,
    at_same_site,
    before_visit,
    exif_gap,
    exif_reading,
    same_elsewhere,
    taken_at,
    visit_distance,
)

CHINA = timezone(timedelta(hours=8))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = int((datetime(1, 1, 2, tzinfo=UTC) - _EPOCH) / timedelta(milliseconds=1))
_LAST = int((datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH) / timedelta(milliseconds=1))


def metres(distance: float | None) -> str:
    """`120 米`, from a kilometre on `3.1 公里`; `未知` for None."""
    if distance is None:
        return "未知"
    return f"{round(distance)} 米" if round(distance) < 1000 else f"{distance / 1000:.1f} 公里"


def moment(at: int | None) -> str:
    """Milliseconds UTC as Beijing time, `2021-05-01 09:30`; beyond the years 1 to 9999 the nearest that can be written."""
    if at is None:
        return "未知"
    return f"{(_EPOCH + timedelta(milliseconds=min(max(at, _FIRST), _LAST))).astimezone(CHINA):%Y-%m-%d %H:%M}"


def duration(length: int) -> str:
    """Milliseconds as `3 天 2 小时`, `2 小时 5 分钟`, `25 分钟`: whole units, at most two, the sign dropped."""
    minutes = abs(length) // 60_000
    if not minutes:
        return "不到 1 分钟"
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "天"), (hours, "小时")] if days else [(hours, "小时"), (rest, "分钟")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count)


def _span(photo: PhotoFacts) -> str:
    return f"{moment(photo.visit_at)} 至 {moment(photo.visit_ended_at)}" if photo.visit_ended_at is not None else (
        f"{moment(photo.visit_at)} 起，结束时间未记录")


def _sites(twins: Iterable[Twin]) -> str:
    return str(len({twin.site_id for twin in twins}))


def _latest(twins: Iterable[Twin]) -> str:
    return moment(max((twin.at for twin in twins), default=None))


PLACEHOLDERS: dict[str, Callable[[Any], str]] = {
    "distance": lambda place: metres(place.distance_m),
    "accuracy": lambda place: metres(place.accuracy_m or None),
    "site_accuracy": lambda place: metres(place.site_accuracy_m or None),
    "crs": lambda place: place.crs or "未说明",
    "taken": lambda photo: moment(taken_at(photo)),
    "received": lambda photo: moment(photo.received_at),
    "exif": lambda photo: moment(exif_reading(photo)),
    "gap": lambda photo: duration(exif_gap(photo)),
    "before": lambda photo: duration(before_visit(photo)),
    "after": lambda photo: duration(after_visit(photo)),
    "visit": _span,
    "skew": lambda photo: f"{'慢' if photo.clock_offset_ms > 0 else '快'} {duration(photo.clock_offset_ms)}",
    "exif_distance": lambda photo: metres(photo.exif_distance_m),
    "visit_distance": lambda photo: metres(visit_distance(photo)),
    "same_sites": lambda photo: _sites(same_elsewhere(photo)),
    "same_latest": lambda photo: _latest(same_elsewhere(photo)),
    "alike_sites": lambda photo: _sites(alike_elsewhere(photo)),
    "alike_latest": lambda photo: _latest(alike_elsewhere(photo)),
    "earlier": lambda photo: _latest(at_same_site(photo)),
}


def written(text: str, facts: Any) -> str:
    """A rule's text with its placeholders filled from the facts that the rule looks at. What facts say is not read again
    for placeholders. Raises KeyError for a placeholder that is none."""
    return "".join(literal + (PLACEHOLDERS[name](facts) if name else "") for literal, name, _, _ in Formatter().parse(text))
