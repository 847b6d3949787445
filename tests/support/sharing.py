"""How `make test` shares the tests among its processes: test by test, but for places whose tests stay together.

`--dist loadgroup` would do it, but its groups are not seen with this version of pytest (it takes the ids of tests from elsewhere).
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# The tests of a place run in one process, one after the other, for they share something dear or load the machine so that two at once
# would only wait for each other. They begin first, in this order: begun last, one process would end long after the others.
TOGETHER = ("tests/chaos/", "tests/e2e/", "tests/web/", "tests/api/test_demo_walk.py")


def place(nodeid: str) -> str | None:
    """The place of a test that stays with others."""
    return next((start for start in TOGETHER if nodeid.startswith(start)), None)


def turn(item: pytest.Item) -> int:
    """When a test comes, as a key to sort by."""
    found = place(item.nodeid)
    return len(TOGETHER) if found is None else TOGETHER.index(found)


class Sharing(LoadScopeScheduling):
    """Gives each process what comes next: a place, or a single test."""

    def __init__(self, config: pytest.Config):
        config.option.loadscopereorder = False  # else a place is the sooner the more tests it has
        super().__init__(config, Producer("sharing", enabled=False))  # a line for each test would bury what failed

    def _split_scope(self, nodeid: str) -> str:
        return place(nodeid) or nodeid
