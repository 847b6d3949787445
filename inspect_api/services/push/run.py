"""One push, from the locked device to what is sealed. docs/sync-protocol.md tells the protocol."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.auth import Actor
from inspect_api.models import Device, Quarantine
from inspect_api.models import Operation as OperationRow
from inspect_api.problems import Problem
from inspect_api.services.changes import append, when_sealed
from inspect_api.services.days import iso
from inspect_api.services.push import closing, photos, sites, tasks, visits
from inspect_api.services.push.workspace import Row, Source, Workspace, read
from inspect_api.services.push.write import write
from sync.feed import Change, personal
from sync.numbers import arrived
from sync.operation import Operation, Push, is_uuid
from sync.push import Batch, Stored, clock_offset, sort_out

HANDLERS: dict[tuple[str, str], Callable[[Workspace, Operation], Row]] = {
    ("site", "create"): sites.create,
    ("site", "patch"): sites.patch,
    ("visit", "create"): visits.create,
    ("visit", "patch"): visits.patch,
    ("visit", "delete"): visits.delete,
    ("task", "patch"): tasks.patch,
}


def push(connection: Connection, actor: Actor, batch: Push, now: int) -> dict[str, Any] | Problem:
    """Take a batch in, whose forms are checked. Returns the answer's body, or a Problem to be told after the commit.

    A Problem is returned, not raised, where something is to be kept although the push is refused: the operations
    of a revoked device and of a restored backup go to quarantine.
    """
    device = connection.execute(sa.select(Device.__table__).where(Device.id == actor.device_id)
                                .with_for_update()).mappings().one()
    offset = clock_offset(batch.sent_at, now)
    source = Source(actor, device["id"], now, offset, actor.user_id)
    sorted_out = sort_out(batch.operations, _stored(connection, batch.operations, device["id"]),
                          device["id"], actor.user_id)
    if device["revoked_at"] is not None:
        unseen = [one for _, one in sorted_out.fresh] + sorted_out.reused
        _heard(connection, device, batch, now, offset, actor)
        return _set_aside(connection, source, unseen, "device-revoked")
    if sorted_out.reused:
        return _set_aside(connection, source, sorted_out.reused, "op-reused")
    if sorted_out.fresh:
        _do(connection, source, sorted_out)
    gaps = _heard(connection, device, batch, now, offset, actor)
    for position, first in sorted_out.twins.items():
        sorted_out.results[position] = {**sorted_out.results[first], "replay": True}
    answer = {"results": [sorted_out.results[i] for i in range(len(batch.operations))], "cursor": None,
              "server_time": iso(now), "offset_ms": offset} | ({"gaps": gaps} if gaps else {})
    when_sealed(connection, lambda seq: answer.update(cursor=str(seq) if seq else None))
    return answer


_STORED = (sa.select(OperationRow.op, Device.user_id, OperationRow.device_id, OperationRow.n, OperationRow.digest, OperationRow.result)
           .join(Device, Device.id == OperationRow.device_id)
           .where(sa.or_(OperationRow.op.in_(sa.bindparam("ops", expanding=True)),
                         sa.and_(OperationRow.device_id == sa.bindparam("device"),
                                 OperationRow.n.in_(sa.bindparam("numbers", expanding=True))))))


def _stored(connection: Connection, operations: list[Operation], device_id: str) -> list[Stored]:
    rows = connection.execute(_STORED, {"ops": [one.op for one in operations], "device": device_id,
                                        "numbers": [one.n for one in operations if one.n]})
    return [Stored(*row) for row in rows]


def _heard(connection: Connection, device: Any, batch: Push, now: int, offset: int, actor: Actor) -> list[list[int]]:
    """Note what the push tells of its device. Returns the numbers that never arrived."""
    last, gaps = arrived(device["last_n"], device["gaps"] or [], (one.n for one in batch.operations))
    connection.execute(sa.update(Device).where(Device.id == device["id"]).values(
        seen_at=now, offset_ms=offset, last_n=last, gaps=gaps or None, acked=max(device["acked"], min(batch.acked, last)),
        unsent=batch.unsent, app=batch.app or device["app"], schema=batch.schema, region=actor.home))
    return gaps


def execute(connection: Connection, source: Source, operations: list[Operation], log_conflicts: bool = True) -> list[Row]:
    """Do operations whose forms are checked: a result for each, in order. What is rejected changes nothing.

    A result has `n`, `op`, `id`, `status` and what the handler says, or a `problem` and the `region` of who is to look at it.
    """
    work = read(connection, source, operations)
    results = []
    for operation in operations:
        result: Row = {"n": operation.n, "op": operation.op, "id": operation.id, "status": "applied", "replay": False}
        try:
            result |= _handle(work, operation)
        except Problem as problem:
            if operation.kind == "create":
                work.failed.add(operation.id)
            result |= {"status": "rejected", "problem": problem.to_dict(), "region": _region(work, operation)}
        results.append(result)
    if not log_conflicts:
        work.conflicts.clear()
    closing.close(work)
    photos.tell(connection, work, operations, results)
    write(connection, work)
    photos.tell_sites(connection, work, operations, results)
    return results


def raise_refusal(result: Row) -> None:
    """Raise the Problem of a rejected operation, so that what was done for an office is undone as a whole and told."""
    if result["status"] == "rejected":
        problem = result["problem"]
        raise Problem(problem["code"], problem["detail"], problem.get("errors", ()))


def _do(connection: Connection, source: Source, batch: Batch) -> None:
    fresh = [one for _, one in batch.fresh]
    results = execute(connection, source, fresh)
    rejected = [(one, result.pop("region"), result["problem"]) for one, result in zip(fresh, results, strict=True)
                if result["status"] == "rejected"]
    for (position, _), result in zip(batch.fresh, results, strict=True):
        batch.results[position] = result
    keep(connection, source, list(zip(fresh, results, strict=True)))
    quarantine(connection, source, [(one.op, one, region, problem) for one, region, problem in rejected])


def quarantine(connection: Connection, source: Source, rejected: list[tuple[str, Operation, str, dict[str, Any]]]) -> None:
    """Keep operations that were refused, each under a key, in a region, with a problem; doubles of a kept one are kept once."""
    keys = sorted({key for key, *_ in rejected})
    known = set(connection.execute(sa.select(Quarantine.op).where(Quarantine.op.in_(keys))).scalars()) if keys else set()
    rows = {key: _kept(source, key, operation, region, problem) for key, operation, region, problem in rejected if key not in known}
    if rows:
        connection.execute(sa.insert(Quarantine.__table__), list(rows.values()))
        photos.name_quarantined(connection, rows)
        append(connection, [Change(personal(row["region"], row["user_id"]), "quarantine", key) for key, row in rows.items()])


def _handle(work: Workspace, operation: Operation) -> Row:
    if isinstance(operation.form, Problem):
        raise operation.form
    return HANDLERS[operation.type, operation.kind](work, operation)


def keep(connection: Connection, source: Source, done: list[tuple[Operation, Row]], numbered: bool = True) -> None:
    """Store each answer. An operation without a readable `n`, or not `numbered`, gets a negative one of its own."""
    connection.execute(sa.insert(OperationRow.__table__), [
        {"op": one.op, "device_id": source.device_id, "digest": one.digest,
         "n": one.n if numbered and one.n else -(int(one.digest[:15], 16) + 1),
         "result": result, "at": source.now, "collected": False} for one, result in done])


def _kept(source: Source, key: str, operation: Operation, region: str, problem: dict[str, Any]) -> Row:
    """An operation as quarantine keeps it."""
    return {"op": key, "device_id": source.device_id, "user_id": source.actor.user_id, "region": region,
            "payload": operation.raw, "problem": problem, "at": source.now, "row_id": operation.id,
            "site_id": _site_of(operation), "waits_for": problem.get("waits_for", ""), "offset_ms": source.offset, "blind": operation.blind, "state": "open",
            "note": ""}


def _site_of(operation: Operation) -> str:
    """The site that a quarantined operation on something else is about, if it names one."""
    named = operation.set.get("site_id")
    return named if is_uuid(named) else ""


def _region(work: Workspace, operation: Operation) -> str:
    """Where an office looks for it: the grid of the site or the visit it is about, else the sender's region."""
    about = (work.visits.get(operation.id) or work.sites.get(operation.id) or work.tasks.get(operation.id)
             or work.sites.get(str(operation.set.get("site_id"))))
    return about["grid"] if about and work.actor.covers(about["grid"]) else work.actor.home


def _set_aside(connection: Connection, source: Source, operations: list[Operation], code: str) -> Problem:
    """Keep operations that will not be answered one by one; doubles of a kept one are kept once."""
    problem = Problem(code, errors=[{"op": one.op, "n": one.n, "message": "内容已留存在待处理区"} for one in operations])
    quarantine(connection, source, [(one.digest[:32], one, source.actor.home, {"code": code}) for one in operations])
    return problem
