"""Numerator and denominator, before they become a value: what tallies, records and reports are brought to."""

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Cell:
    """One indicator, window and region. `apart` holds what is shown beside it; not `filled`: nobody reported."""

    num: Any = 0
    den: Any = 0
    filled: bool = True
    apart: dict[str, Any] | None = None


Cells = dict[tuple[str, str, str], Cell]  # (indicator, window, "" or child code)
