"""Who may do what, as the tests have it: one table a room, and together every rule of the URL map.

A room has RULES and, if its paths name rows of its own, `made(app, people) -> {name: id}` that makes them; `name@role` is
what {name} stands for when that role asks.
"""

from tests.api.permitted import campaigns, first, ledger, rectifications, reports, review
from tests.api.permitted.rule import Rule

ROOMS = (first, ledger, review, reports, rectifications, campaigns)

# (endpoint, method) -> Rule
RULES: dict[tuple[str, str], Rule] = {key: rule for room in ROOMS for key, rule in room.RULES.items()}
