"""Who may do what, as the tests have it: one table a room, and together every rule of the URL map.

A room has RULES and, if its paths name rows of its own, `made(app, people) -> {name: id}` that makes them.
"""

from tests.api.permitted import first
from tests.api.permitted.rule import Rule

ROOMS = (first,)

# (endpoint, method) -> Rule
RULES: dict[tuple[str, str], Rule] = {key: rule for room in ROOMS for key, rule in room.RULES.items()}
