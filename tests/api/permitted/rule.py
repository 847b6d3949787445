"""How a route's permission is told: who may ask it inside their regions, and how it answers outside."""

from typing import Any, NamedTuple

from inspect_api.auth import ROLES

OUTSIDE_COUNTY = "140502"  # 晋城城区: a neighbour under another office
EVERYBODY = {"nobody": 200, **dict.fromkeys(ROLES, 200)}
LOGGED_IN = {"nobody": 401, **dict.fromkeys(ROLES, 200)}
OFFICES = LOGGED_IN | {"supervisor": 403}
COUNTIES = OFFICES | {"reviewer": 403}


class Ask(NamedTuple):
    """One request: path and body, where the asker may."""

    path: str
    body: Any = None


class Rule(NamedTuple):
    """What one endpoint answers.

    `expected` is the status by role for `inside`; the success status may be another 2xx. `outside` is a request for a
    region that is not the asker's: 403 out-of-scope for every role of `outside_for`; None where no region is concerned.
    """

    expected: dict[str, int]
    inside: Ask
    outside: Ask | None = None
    outside_for: tuple[str, ...] = ("supervisor", "reviewer", "county")
