"""One push, from the locked device to the raised clock. docs/sync.md tells the protocol."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.auth import Actor
from inspect_api.models import Device, Quarantine
from inspect_api.models import Operation as OperationRow
from inspect_api.problems import Problem
from inspect_api.services.changes import append
from inspect_api.services.days import iso
from inspect_api.services.push import sites, visits
from inspect_api.services.push.workspace import Row, Workspace, read
from inspect_api.services.push.write import write
from sync.operation import Operation, Push
from sync.push import Batch, Stored, clock_offset, sort_out

HANDLERS: dict[tuple[str, str], Callable[[Workspace, Operation], Row]] = {
    ("site", "create"): sites.create,
    ("visit", "create"): visits.create,
    ("visit", "patch"): visits.patch,
}


def push(connection: Connection, actor: Actor, batch: Push, now: int) -> dict[str, Any] | Problem:
    """Take a batch in, whose forms are checked. Returns the answer's body, or a Problem to be told after the commit.

    A Problem is returned, not raised, where something is to be kept although the push is refused: the operations
    of a revoked device and of a restored backup go to quarantine.
    """
    device = connection.execute(sa.select(Device.__table__).where(Device.id == actor.device_id)
                                .with_for_update()).mappings().one()
    offset = clock_offset(batch.sent_at, now)
    sorted_out = sort_out(batch.operations, _stored(connection, batch.operations, device["id"]),
                          device["id"], actor.user_id)
    if device["revoked_at"] is not None:
        unseen = [one for _, one in sorted_out.fresh] + sorted_out.reused
        return _set_aside(connection, actor, unseen, "device-revoked", now)
    if sorted_out.reused:
        return _set_aside(connection, actor, sorted_out.reused, "op-reused", now)
    cursor = 0
    if sorted_out.fresh:
        cursor = _do(connection, actor, device["id"], sorted_out, now, offset)
    last_n = max([device["last_n"], *(one.n for one in batch.operations)])
    connection.execute(sa.update(Device).where(Device.id == device["id"]).values(
        seen_at=now, offset_ms=offset, last_n=last_n))
    for position, first in sorted_out.twins.items():
        sorted_out.results[position] = {**sorted_out.results[first], "replay": True}
    return {"results": [sorted_out.results[i] for i in range(len(batch.operations))],
            "cursor": str(cursor) if cursor else None, "server_time": iso(now), "offset_ms": offset}


def _stored(connection: Connection, operations: list[Operation], device_id: str) -> list[Stored]:
    table = OperationRow.__table__
    rows = connection.execute(sa.select(table.c.op, Device.user_id, table.c.device_id, table.c.n, table.c.digest, table.c.result)
                              .join(Device, Device.id == table.c.device_id).where(
        sa.or_(table.c.op.in_([one.op for one in operations]),
               sa.and_(table.c.device_id == device_id, table.c.n.in_([one.n for one in operations if one.n])))))
    return [Stored(*row) for row in rows]


def _do(connection: Connection, actor: Actor, device_id: str, batch: Batch, now: int, offset: int) -> int:
    work = read(connection, actor, device_id, now, offset, [one for _, one in batch.fresh])
    rejected: list[tuple[Operation, dict[str, Any]]] = []
    for position, operation in batch.fresh:
        result = {"n": operation.n, "op": operation.op, "id": operation.id, "status": "applied", "replay": False}
        try:
            result |= _handle(work, operation)
        except Problem as problem:
            work.failed.add(operation.id)
            result |= {"status": "rejected", "problem": problem.to_dict()}
            rejected.append((operation, result["problem"]))
        batch.results[position] = result
    changed = write(connection, work)
    _keep(connection, device_id, now, [(one, batch.results[position]) for position, one in batch.fresh])
    _quarantine(connection, work, rejected, now)
    return append(connection, changed)


def _handle(work: Workspace, operation: Operation) -> Row:
    if isinstance(operation.form, Problem):
        raise operation.form
    return HANDLERS[operation.type, operation.kind](work, operation)


def _keep(connection: Connection, device_id: str, now: int, done: list[tuple[Operation, Row]]) -> None:
    """Store each answer. An operation without a readable `n` gets a negative one of its own."""
    connection.execute(sa.insert(OperationRow.__table__), [
        {"op": one.op, "device_id": device_id, "n": one.n or -(int(one.digest[:15], 16) + 1), "digest": one.digest,
         "result": result, "at": now} for one, result in done])


def _quarantine(connection: Connection, work: Workspace, rejected: list[tuple[Operation, dict[str, Any]]], now: int) -> None:
    if rejected:
        connection.execute(sa.insert(Quarantine.__table__), [
            {"op": one.op, "device_id": work.device_id, "user_id": work.actor.user_id, "region": _region(work, one),
             "payload": one.raw, "problem": problem, "at": now} for one, problem in rejected])


def _region(work: Workspace, operation: Operation) -> str:
    """Where an office looks for it: the grid of the site or the visit it is about, else the sender's region."""
    about = (work.visits.get(operation.id) or work.sites.get(operation.id)
             or work.sites.get(str(operation.set.get("site_id"))))
    return about["grid"] if about and work.actor.covers(about["grid"]) else work.actor.home


def _set_aside(connection: Connection, actor: Actor, operations: list[Operation], code: str, now: int) -> Problem:
    """Keep operations that will not be answered one by one; doubles of a kept one are kept once."""
    problem = Problem(code, errors=[{"op": one.op, "n": one.n, "message": "内容已留存在待处理区"} for one in operations])
    keys = {one.digest[:32]: one for one in operations}
    known = set(connection.execute(sa.select(Quarantine.op).where(Quarantine.op.in_(list(keys)))).scalars())
    rows = [{"op": key, "device_id": actor.device_id, "user_id": actor.user_id, "region": actor.home,
             "payload": one.raw, "problem": {"code": code}, "at": now} for key, one in keys.items() if key not in known]
    if rows:
        connection.execute(sa.insert(Quarantine.__table__), rows)
    return problem
