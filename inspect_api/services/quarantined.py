"""Operations that were rejected, as offices look at them: listed, released, dismissed. None is ever deleted."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.auth import Actor
from inspect_api.db import prefix_range, row_by
from inspect_api.models import Operation as OperationRow
from inspect_api.models import Quarantine, User, Visit
from inspect_api.problems import Problem
from inspect_api.services import audit, unsettled
from inspect_api.services.changes import append
from inspect_api.services.days import iso
from inspect_api.services.push import check_forms, execute, keep, raise_refusal
from inspect_api.services.push.workspace import Row, Source
from sync.feed import Change, personal
from sync.operation import Operation, parse_operation

_SHOWN = ("op", "device_id", "user_id", "region", "payload", "problem", "row_id", "waits_for", "offset_ms", "state", "note",
          "settled_by")
_SETTLER = sa.alias(User.__table__, "settler")
_MOST_WAITING = 200  # operations released together with the one that they wait for


def page(connection: Connection, query: Row) -> dict[str, Any]:
    """{operations, next} of a region by operation id, or newest first: each with its payload as it came, the problem, and whose it is.

    With `row`, the id of a site or a visit, only those about it: on it, on a visit of that site, or that wait for it. With `counted` how
    many there are beside it. Raises Problem invalid.
    """
    table = Quarantine.__table__
    asked = (sa.select(*(table.c[name] for name in _SHOWN), table.c.site_id, table.c.at, table.c.settled_at, User.name.label("user"),
                       _SETTLER.c.name.label("settler"))
             .outerjoin(User, User.id == table.c.user_id).outerjoin(_SETTLER, _SETTLER.c.id == table.c.settled_by)
             .where(prefix_range(table.c.region, query["region"]), table.c.state == query["state"]))
    if query.get("row"):
        asked = asked.where(sa.or_(*(column == query["row"] for column in (table.c.row_id, table.c.site_id, table.c.waits_for))))
    rows, after = unsettled.paged(connection, asked, table.c.op, table.c.at, query)
    shown = [{**row, "at": iso(row["at"]), "settled_at": iso(row["settled_at"]), **_about(row["payload"])} for row in rows]
    arrived = _arrived(connection, shown)
    operations = [{name: value for name, value in row.items() if name not in ("type", "own_visit")} | {"arrived": row["own_visit"] in arrived}
                  for row in unsettled.described(connection, shown)]
    return {"operations": operations, "next": after} | (unsettled.counted(connection, asked) if query["counted"] else {})


def _about(payload: Any) -> Row:
    """What an operation says itself of its row; it may look like anything."""
    type_, given = unsettled.text(payload.get("t")) if isinstance(payload, dict) else "", unsettled.fields(payload)
    return {"type": type_, "site_name": unsettled.text(given.get("name")) if type_ == "site" else "",
            "checklist": unsettled.text(given.get("checklist")) or None,
            "own_visit": unsettled.text(payload.get("visit")) if isinstance(payload, dict) else ""}


def _arrived(connection: Connection, rows: list[Row]) -> set[str]:
    """The visits, unfinished when their phone was exported, that it has signed since."""
    own = sorted({row["own_visit"] for row in rows} - {""})
    return set(connection.execute(sa.select(Visit.id).where(Visit.id.in_(own), Visit.status == "signed")).scalars()) if own else set()


def find(connection: Connection, key: str, lock: bool = False) -> Row:
    """An operation in quarantine. Raises Problem not-found."""
    row = row_by(connection, Quarantine.__table__.c.op, key, lock)
    if row is None:
        raise Problem("not-found", f"待处理区没有操作 {key}")
    return row


def _open(connection: Connection, key: str) -> Row:
    row = find(connection, key, lock=True)
    if row["state"] != "open":
        raise Problem("state-changed", "该操作已处理")
    return row


def dismiss(connection: Connection, actor: Actor, key: str, reason: str, now: int) -> dict[str, Any]:
    """Settle an operation without doing it. Raises Problem not-found or state-changed."""
    row = _open(connection, key)
    _settle(connection, [key], "dismissed", actor, reason, now)
    audit.append(connection, row["region"][:6], now, actor.user_id, "quarantine.dismiss", key, {"reason": reason})
    return {"op": key, "state": "dismissed"}


def release(connection: Connection, actor: Actor, key: str, mended: Row, note: str, now: int) -> dict[str, Any]:
    """Do an operation after all, for the person who made it and under the scope of the office; then those that wait for its row.

    `mended` are fields of it that the office puts right first. Returns {op, state, result, released: [the others]}. Raises Problem
    not-found, state-changed, or what refuses the operation now: then it stays where it is.
    """
    row = _open(connection, key)
    operation = _operation(row, mended)
    if known := _done(connection, operation):
        _settle(connection, [key], "released", actor, note, now)
        audit.append(connection, row["region"][:6], now, actor.user_id, "quarantine.release", key, {"row": operation.id, "known": True})
        return {"op": key, "state": "released", "result": known | {"replay": True}, "released": []}
    source = _source(connection, actor, row, now, corrected="at" in mended)
    [result] = _execute(connection, source, [operation])
    raise_refusal(result)
    done = [(key, operation, result)]
    if operation.kind == "create":
        done += _waiting(connection, actor, operation.id, now)
    for one, made, outcome in done:
        _answer(connection, source, made, outcome)
        audit.append(connection, row["region"][:6], now, actor.user_id, "quarantine.release", one,
                     {"row": made.id, "status": outcome["status"], "note": note} | ({"set": mended} if one == key and mended else {}))
    _settle(connection, [one for one, _, _ in done], "released", actor, note, now)
    return {"op": key, "state": "released", "result": result, "released": [one for one, _, _ in done[1:]]}


def _operation(row: Row, mended: Row) -> Operation:
    payload = row["payload"]
    if mended and isinstance(payload, dict) and isinstance(payload.get("set"), dict):
        payload = payload | {"set": payload["set"] | mended}
    operation = parse_operation(payload, row["device_id"])
    operation.blind = row["blind"]
    check_forms([operation])
    return operation


def _done(connection: Connection, operation: Operation) -> Row | None:
    """The result of an operation that was done meanwhile: its phone came back under another id and pushed it again."""
    known = connection.execute(sa.select(OperationRow.result).where(
        OperationRow.op == operation.op, OperationRow.digest == operation.digest)).scalar()
    return known if known and known["status"] != "rejected" else None


def _source(connection: Connection, actor: Actor, row: Row, now: int, corrected: bool = False) -> Source:
    """The operation's own person, within the reach of the office that releases it. A time that the office gave needs no correction."""
    person = connection.execute(sa.select(User.login, User.name, User.role).where(User.id == row["user_id"])).first()
    role = person.role if person else "supervisor"
    acting = Actor(row["user_id"], person.login if person else "", person.name if person else "", role,
                   actor.regions or ("",), row["device_id"])
    return Source(acting, row["device_id"], now, 0 if corrected else row["offset_ms"], actor.user_id, "release")


def _execute(connection: Connection, source: Source, operations: list[Operation]) -> list[Row]:
    results = execute(connection, source, operations)
    for result in results:
        result.pop("region", None)
    return results


def _waiting(connection: Connection, actor: Actor, row_id: str, now: int) -> list[tuple[str, Operation, Row]]:
    """Do what waited for a row, in the order in which it was captured; what is refused now stays in quarantine."""
    table = Quarantine.__table__
    rows = connection.execute(sa.select(table).where(table.c.waits_for == row_id, table.c.state == "open")
                              .order_by(table.c.op).limit(_MOST_WAITING).with_for_update()).mappings().all()
    if not rows:
        return []
    by_sender: dict[tuple[str, str, int], list[tuple[str, Operation]]] = {}
    for row in rows:
        by_sender.setdefault((row["user_id"], row["device_id"], row["offset_ms"]), []).append((row["op"], _operation(dict(row), {})))
    done = []
    for waiting in by_sender.values():
        first = next(dict(row) for row in rows if row["op"] == waiting[0][0])
        waiting.sort(key=lambda one: one[1].n)
        results = _execute(connection, _source(connection, actor, first, now), [operation for _, operation in waiting])
        done += [(key, operation, result) for (key, operation), result in zip(waiting, results, strict=True)
                 if result["status"] != "rejected"]
    created = [operation.id for _, operation, _ in done if operation.kind == "create"]
    return done + [one for row in created for one in _waiting(connection, actor, row, now)]


def _answer(connection: Connection, source: Source, operation: Operation, result: Row) -> None:
    """From now on a repeat of the operation is told what became of it. One whose number was reused keeps its first answer."""
    table = OperationRow.__table__
    known = connection.execute(sa.select(table.c.result).where(table.c.op == operation.op)).first()
    if known is None:
        keep(connection, source, [(operation, result | {"n": operation.n})], numbered=False)
    elif known.result["status"] == "rejected":
        connection.execute(sa.update(table).where(table.c.op == operation.op).values(result=result))


def _settle(connection: Connection, keys: list[str], state: str, actor: Actor, note: str, now: int) -> None:
    connection.execute(sa.update(Quarantine).where(Quarantine.op.in_(keys)).values(
        state=state, settled_at=now, settled_by=actor.user_id, note=note))
    rows = connection.execute(sa.select(Quarantine.op, Quarantine.region, Quarantine.user_id).where(Quarantine.op.in_(keys)))
    append(connection, [Change(personal(row.region, row.user_id), "quarantine", row.op) for row in rows])
