"""What a change of plans moves in the numbers is computed anew: of all sites under the plan, of some types, or of none."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from sqlalchemy.engine import Connection

from checklists.plan import Plan
from checklists.state import moved_types
from inspect_api.services import rollup

Replaced = tuple[Plan | None, Plan | None]  # a plan as it was in force before and as it is now; None: not in force


def renumber(connection: Connection, changes: Iterable[Replaced], trusted: Collection[str],
             progress: Callable[[int, int], None] | None = None) -> None:
    """Bring the numbers up to date after these changes. The caller holds the plans, and has stored them.

    Under the regions of `trusted` what is stored is known to be what the code of today makes of the visits and of the plans as they were:
    there, only what a change moves is computed. Elsewhere everything is.
    """
    moved: dict[str, set[str]] = defaultdict(set)
    whole: set[str] = set()
    for before, after in _in_place(changes):
        region = (after or before).region
        if any(region.startswith(one) for one in trusted):
            moved[region] |= moved_types(before, after)
        else:
            whole.add(region)
    for region in sorted(one for one in whole if not _under(one, whole - {one})):
        rollup.rebuild(connection, region, progress)
    for region, types in sorted(moved.items()):
        if types and not _under(region, whole):
            rollup.rebuild(connection, region, progress, types=types)


def _in_place(changes: Iterable[Replaced]) -> Iterable[Replaced]:
    """The changes, a plan that moved to another region being gone from the one and new in the other."""
    for before, after in changes:
        if before and after and before.region != after.region:
            yield before, None
            yield None, after
        else:
            yield before, after


def _under(region: str, others: Collection[str]) -> bool:
    return any(region.startswith(one) for one in others)
