"""The operations of a bundle, handed to the same push as if the phone had sent them."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from inspect_api.db import is_unprepared, reading, transaction
from inspect_api.models import Device, Quarantine
from inspect_api.models import Operation as OperationRow
from inspect_api.problems import Problem
from inspect_api.services import audit
from inspect_api.services.bundles.owner import Owner
from inspect_api.services.bundles.reading import Bundle
from inspect_api.services.push import check_forms, push
from sync.operation import Operation, Push

log = structlog.get_logger()
Row = dict[str, Any]
_TOLD = ("seen_at", "offset_ms", "unsent", "app", "schema")  # of a device: what it says of itself when it is in contact


@dataclass(slots=True)
class Outcome:
    """What became of operations: each `rejected` one as (n, problem), `aside` in quarantine for the reason `code`, those that
    `failed` as n. `statuses` counts the new results, `known` those that had been answered before.
    """

    statuses: Counter = field(default_factory=Counter)
    known: int = 0
    rejected: list[tuple[int, Row]] = field(default_factory=list)
    aside: int = 0
    code: str = ""
    failed: list[int] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """What became of more."""
        self.statuses += other.statuses
        self.known += other.known
        self.rejected += other.rejected
        self.aside += other.aside
        self.code = other.code or self.code
        self.failed += other.failed


@dataclass(frozen=True, slots=True)
class Loading:
    """One load: the file, its owner, by whose hand, the clock (milliseconds UTC), operations in one push."""

    bundle: Bundle
    owner: Owner
    by: str
    now: Callable[[], int]
    most: int

    def parts(self) -> Iterator[list[Operation]]:
        """The operations in their order, as many at a time as a push may have."""
        operations = self.bundle.push.operations
        for start in range(0, len(operations), self.most):
            yield operations[start:start + self.most]


def known(loading: Loading) -> int:
    """How many of the operations were answered before, or are kept in quarantine."""
    count = 0
    for part in loading.parts():
        with reading() as connection:
            digests = dict(connection.execute(sa.select(OperationRow.op, OperationRow.digest).where(
                OperationRow.op.in_([one.op for one in part]))).tuples().all())
            kept = _kept(connection, part)
        count += sum(digests.get(one.op) == one.digest or key(one) in kept for one in part)
    return count


def take(loading: Loading, progress: Callable[[int, int], None]) -> Outcome:
    """Do all operations, a transaction for each part. Repeated, it finds every one answered and changes nothing.

    One that fails by a defect of the server fails alone and stays in the file. Raises Problem; OperationalError.
    """
    check_forms(loading.bundle.push.operations)
    done, total = Outcome(), len(loading.bundle.push.operations)
    count = 0
    for part in loading.parts():
        done.add(_try(loading, part))
        count += len(part)
        progress(count, total)
    return done


def _try(loading: Loading, part: list[Operation]) -> Outcome:
    try:
        return transaction(lambda connection: _push(connection, loading, part, loading.now()))
    except (Problem, OperationalError):  # no operation's fault: the database is away
        raise
    except Exception as error:
        if isinstance(error, DBAPIError) and is_unprepared(error):
            raise
        if len(part) == 1:
            log.error("bundle", device=loading.bundle.device_id, n=part[0].n, exc_info=error)
            return Outcome(failed=[part[0].n])
        done = _try(loading, part[:len(part) // 2])
        done.add(_try(loading, part[len(part) // 2:]))
        return done


def _push(connection: Connection, loading: Loading, part: list[Operation], now: int) -> Outcome:
    bundle, owner = loading.bundle, loading.owner
    device = connection.execute(sa.select(Device.__table__).where(Device.id == bundle.device_id).with_for_update()).mappings().one()
    before = _kept(connection, part)
    batch = Push(bundle.device_id, now - owner.offset, part, bundle.push.schema, bundle.push.acked, device["unsent"], device["app"])
    answer = push(connection, owner.actor, batch, now)
    # A file is no contact: what the phone last told of itself stands.
    connection.execute(sa.update(Device).where(Device.id == bundle.device_id).values({name: device[name] for name in _TOLD}))
    done = _told(answer) if isinstance(answer, dict) else _refused(connection, loading, part, answer, now)
    added = len(_kept(connection, part) - before)
    if fresh := sum(done.statuses.values()) + (added if isinstance(answer, Problem) else 0):
        audit.append(connection, owner.actor.home[:6], now, loading.by, "sync.load-bundle", bundle.device_id, {
            "login": owner.actor.login, "made_at": bundle.made_at, "operations": fresh, "numbers": [part[0].n, part[-1].n]})
    return done


def _told(answer: Row) -> Outcome:
    done = Outcome()
    for result in answer["results"]:
        if result["replay"]:
            done.known += 1
        else:
            done.statuses[result["status"]] += 1
        if result["status"] == "rejected":
            done.rejected.append((result["n"], result["problem"]))
    return done


def _refused(connection: Connection, loading: Loading, part: list[Operation], problem: Problem, now: int) -> Outcome:
    """A push that was refused as a whole: what it set aside is kept; the rest of a batch with reused numbers is done after all."""
    told = {(error["op"], error["n"]) for error in problem.errors}
    kept = _kept(connection, part)
    rest = [one for one in part if (one.op, one.n) not in told or key(one) not in kept]
    done = Outcome(aside=len(part) - len(rest), code=problem.code)
    if problem.code == "device-revoked":
        done.known = len(rest)
    elif rest and len(rest) < len(part):
        done.add(_push(connection, loading, rest, now))
        done.code = problem.code
    return done


def key(operation: Operation) -> str:
    """The key under which a push that is refused as a whole keeps an operation."""
    return operation.digest[:32]


def _kept(connection: Connection, part: list[Operation]) -> set[str]:
    return set(connection.execute(sa.select(Quarantine.op).where(Quarantine.op.in_([key(one) for one in part]))).scalars())
