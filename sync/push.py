"""What a server decides about a batch before it looks at any field: replayed, reused, new, waiting.

Pure: it is given the stored operations and gives back decisions. docs/sync-protocol.md, "Push".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sync.operation import Operation


class Stored(NamedTuple):
    """An operation answered before: who sent it from which device under which number, its payload's digest, the result."""

    op: str
    owner: str
    device_id: str
    n: int
    digest: str
    result: dict[str, Any]


WIRE_MS = 5_000


@dataclass(slots=True)
class Batch:
    """A push sorted out. `fresh` are to be done, in order; `results` already has the replays by position.

    `twins` maps the position of an operation that stands twice in the same batch to the position of the first.
    `reused` are operations whose `op` or `n` was used for another payload: a restored backup.
    """

    fresh: list[tuple[int, Operation]] = field(default_factory=list)
    results: dict[int, dict[str, Any]] = field(default_factory=dict)
    twins: dict[int, int] = field(default_factory=dict)
    reused: list[Operation] = field(default_factory=list)


def sort_out(operations: Iterable[Operation], stored: Iterable[Stored], device_id: str, owner: str) -> Batch:
    """Compare a batch with what was answered before, and with itself.

    Same `op` and payload of the same person: the stored result with `replay: true`, from another device too, for a
    restored phone comes back under a new id. Same `op`, or same `n` of this device, with
    another payload: reused.
    """
    stored = list(stored)
    by_op: Mapping[str, Stored] = {one.op: one for one in stored}
    by_n = {one.n: one for one in stored if one.device_id == device_id and one.n}
    seen_op: dict[str, tuple[int, str]] = {}
    seen_n: dict[int, str] = {}
    batch = Batch()
    for position, operation in enumerate(operations):
        known = by_op.get(operation.op) or (by_n.get(operation.n) if operation.n else None)
        if known is not None:
            if known.op == operation.op and known.digest == operation.digest and known.owner == owner:
                batch.results[position] = {**known.result, "replay": True}
            else:
                batch.reused.append(operation)
            continue
        first = seen_op.get(operation.op)
        if first is not None:
            if first[1] == operation.digest:
                batch.twins[position] = first[0]
            else:
                batch.reused.append(operation)
            continue
        if operation.n and operation.n in seen_n:
            batch.reused.append(operation)
            continue
        seen_op[operation.op] = (position, operation.digest)
        if operation.n:
            seen_n[operation.n] = operation.op
        batch.fresh.append((position, operation))
    return batch


def clock_offset(sent_at: int, received_at: int) -> int:
    """Milliseconds to add to the phone's times: the server's clock minus the phone's when it sent.

    The time on the wire is inside it, so a difference of a few seconds (WIRE_MS) is taken for the wire's and not
    for the clock's: a right clock must not move a visit of midnight into the day before.
    """
    offset = received_at - sent_at
    return 0 if abs(offset) < WIRE_MS else offset


def implausible(corrected_at: int, now: int, future_ms: int, earliest: int = 1_420_070_400_000) -> str | None:
    """Why a corrected capture time cannot be true, or None.

    After `now` by more than `future_ms`, or before 2015 (Order 49's predecessors; no phone of ours is older).
    A time long ago alone is no fault: a phone may have been offline for weeks.
    """
    if corrected_at > now + future_ms:
        return "采集时间在未来"
    if corrected_at < earliest:
        return "采集时间早于 2015 年"
    return None
