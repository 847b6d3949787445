"""On which days a site is visited, so that every stretch of time that a plan counts by gets its visit."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from random import Random
from typing import Any

ON_SITE = ("inspected", "marked", "summed", "closed")  # measures that a visit moves
MISSED = 0.1  # of the visits that would be due: work is left over everywhere
FRESH, LATELY = 0.4, 2  # of the visits in a stretch that still runs: made in its last so many days, and so handed in without delay
CHINA = timezone(timedelta(hours=8))

Span = tuple[date, date]


def spans(tables: Iterable[dict[str, Any]], county: str, today: date) -> list[Span]:
    """The stretches of days, both ends included, by which the plans over a county count visits; shortest first.

    `tables` are answers of `GET /plans/{id}/indicators`. What has not begun by yesterday is left out.
    """
    yesterday = today - timedelta(days=1)
    found = {(date.fromisoformat(window["start"]), min(date.fromisoformat(window["end"]), yesterday))
             for table in tables if county.startswith(table["region"])
             for indicator in table["indicators"] if indicator["measure"] in ON_SITE for window in indicator["windows"]}
    return sorted((span for span in found if span[0] <= span[1]), key=lambda span: (span[1] - span[0], span))


def settled(spans: Iterable[Span], today: date) -> date:
    """Before this day nothing is found wrong in a county with work of today: its findings would be years overdue, which nobody leaves so."""
    runs = any(end + timedelta(days=1) == today for _, end in spans)
    return today - timedelta(days=365) if runs else date.min


def days(wanted: Iterable[Span], random: Random, today: date) -> list[date]:
    """Days that between them fall into every span, but for the share MISSED that nobody got round to. Ordered."""
    chosen: list[date] = []
    for start, end in wanted:
        if end + timedelta(days=1) == today and random.random() < FRESH:
            start = max(start, today - timedelta(days=LATELY))
        if random.random() < MISSED or any(start <= day <= end for day in chosen):
            continue
        chosen.append(start + timedelta(days=random.randint(0, (end - start).days)))
    return sorted(chosen)


def moment(day: date, random: Random) -> str:
    """A time of the working day, as a phone in China writes it."""
    return datetime(day.year, day.month, day.day, random.randint(8, 17), random.randint(0, 59), tzinfo=CHINA).isoformat()
