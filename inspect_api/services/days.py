"""Instants and local days. A visit belongs to the local day of its corrected time."""

import time
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from flask import current_app

_EPOCH = date(1970, 1, 1)
_DAY_MS = 86_400_000
_FIRST_MS = (date.min - _EPOCH).days * _DAY_MS
_LAST_MS = ((date.max - _EPOCH).days + 1) * _DAY_MS - 1


@lru_cache(maxsize=4096)
def _day(number: int) -> date:
    return _EPOCH + timedelta(days=number)


def day_of(at_ms: int) -> date:
    """The local calendar day of an instant in milliseconds UTC."""
    return _day((at_ms + current_app.config["TIMEZONE_HOURS"] * 3_600_000) // _DAY_MS)


def today() -> date:
    """The local calendar day of now."""
    return day_of(time.time_ns() // 1_000_000)


def end_of_day(day: date) -> int:
    """The last millisecond of a local day, UTC."""
    return ((day - _EPOCH).days + 1) * _DAY_MS - current_app.config["TIMEZONE_HOURS"] * 3_600_000 - 1


def start_of_day(day: date) -> int:
    """The first millisecond of a local day, UTC."""
    return end_of_day(day) + 1 - _DAY_MS


def iso(at_ms: int | None) -> str | None:
    """RFC 3339 text in UTC of an instant, None stays None. What lies beyond the calendar is shown at its edge."""
    if at_ms is None:
        return None
    return datetime.fromtimestamp(min(max(at_ms, _FIRST_MS), _LAST_MS) / 1000, UTC).isoformat(timespec="milliseconds")


def local_text(at_ms: int) -> str:
    """An instant as people write it, in local time: 2021-05-01 09:30:05."""
    local = min(max(at_ms + current_app.config["TIMEZONE_HOURS"] * 3_600_000, _FIRST_MS), _LAST_MS)
    return datetime.fromtimestamp(local / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def zone_text() -> str:
    """The zone of local times: UTC+8."""
    return f"UTC{current_app.config['TIMEZONE_HOURS']:+g}"


def local_instant(text: str, zone: str | None) -> int | None:
    """Milliseconds UTC of a camera's time, 2021-05-01 09:30:05, in its own zone (+08:00) or in local time; None when it is none."""
    try:
        moment = datetime.fromisoformat(text + (zone or "+00:00"))
    except ValueError:
        return None
    return int(moment.timestamp() * 1000) - (0 if zone else current_app.config["TIMEZONE_HOURS"] * 3_600_000)
