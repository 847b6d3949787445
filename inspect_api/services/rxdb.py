"""RxDB's replication protocol on the same core: documents in, documents out, merged per field like any push.

RxDB sends `assumedMasterState` and `newDocumentState` and expects back the documents in which the server differs from what
the client believes. It numbers nothing, and repeats a write whose answer was lost as it was: the fields that changed,
with the values they had, say the same however often they are sent. docs/sync-protocol.md, "RxDB".
"""

import hashlib
import uuid
from collections.abc import Callable
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from uuid_utils import uuid7

from inspect_api.auth import Actor
from inspect_api.db import prefix_range
from inspect_api.models import Change, Conflict, Device, History, Site, Visit
from inspect_api.problems import Problem
from inspect_api.services import site_fields
from inspect_api.services.days import iso
from inspect_api.services.pull import read
from inspect_api.services.push import check_forms, execute, quarantine
from inspect_api.services.push.visits import DETAILS
from inspect_api.services.push.workspace import Source
from sync.deep import deep_text
from sync.feed import PUT, belongs, organisation, personal
from sync.fields import NESTED, flat, nest, nested
from sync.operation import Operation, parse_instant

Doc = dict[str, Any]

_BORN = ("site_id", "checklist", "document_type", "at", "replaces")  # of a visit, given once
_VISIT = ("status", "answers", *DETAILS)
TYPES: dict[str, tuple[str, ...]] = {"site": site_fields.WRITABLE, "visit": (*_BORN, *_VISIT)}  # what a client may write
_BLANK = (*site_fields.TEXTS, "operator_word", "note")  # texts of which "" and nothing are one
# Fields that can be taken away again, as can members of objects.
_CLEARABLE = (*_BLANK, *site_fields.OPTIONAL, "place", "end_place", "ended_at", "signature")
_INITIAL = {"active": True, "review": "received"}  # what a new row has whatever its client says


def _site(row: Doc) -> Doc:
    return {"id": row["id"], **site_fields.document(row)}


def _visit(row: Doc) -> Doc:
    return {"id": row["id"], "site_id": row["site_id"], "checklist": row["checklist"], "document_type": row["document_type"],
            "at": iso(row["phone_at"]), "replaces": row["replaces"], "status": row["status"], "answers": row["answers"],
            **row["details"], "review": row["review"], "review_note": row["review_note"]}


_DOCUMENT: dict[str, Callable[[Doc], Doc]] = {"site": _site, "visit": _visit}


def pull(connection: Connection, actor: Actor, type_: str, cursor: str | None, limit: int) -> dict[str, Any]:
    """{documents, checkpoint: {cursor}}: what changed of one type. RxDB stops at a page that is not full: one is, while there is more."""
    ids: dict[str, None] = {}
    lost = [] if cursor else _departed(connection, actor, type_)
    has_more = True
    while has_more and len(ids) < limit:
        page = read(connection, actor, cursor, limit - len(ids), (type_,))
        ids |= dict.fromkeys(entry.id for entry in page.entries)
        lost += _lost(connection, actor, type_, page.drop)
        cursor, has_more = page.cursor, page.has_more
    ids |= dict.fromkeys(lost)
    # As they are now, whatever an entry said: of a row that moved, RxDB must not hear last that it left a place.
    held = _held(connection, actor, type_, list(ids))
    return {"documents": [held.get(id_, _gone(id_)) for id_ in ids], "checkpoint": {"cursor": cursor}}


def _departed(connection: Connection, actor: Actor, type_: str) -> list[str]:
    """What is gone from the actor's scope. A first pull must tell it: its client may hold what it pushed before it ever pulled
    (RxDB keeps no checkpoint of an empty page).
    """
    within = [sa.and_(prefix_range(Change.org, region[:6]), prefix_range(Change.bucket, region)) for region in actor.regions or ("",)]
    rows = connection.execute(sa.select(Change.id, Change.bucket).where(sa.or_(*within), Change.type == type_, Change.op != PUT))
    return [row.id for row in rows if belongs(row.bucket, actor.user_id)]


def _lost(connection: Connection, actor: Actor, type_: str, drop: list[str]) -> list[str]:
    """What lay in buckets that are no longer in the actor's scope; RxDB knows documents, not buckets."""
    buckets = [bucket for place in drop for bucket in (place, personal(place, actor.user_id))]
    return list(connection.execute(sa.select(Change.id).where(
        Change.org.in_(sorted({organisation(bucket) for bucket in buckets})), Change.bucket.in_(buckets),
        Change.type == type_)).scalars()) if buckets else []


def _gone(id_: str) -> Doc:
    return {"id": id_, "_deleted": True}


def push(connection: Connection, actor: Actor, type_: str, rows: list[Doc], now: int) -> list[Doc] | Problem:
    """Take writes in. Returns the documents that are not now what their client believes: merged, refused, or out of its scope.

    What is refused is kept in quarantine, a value that is not taken in the conflict log. Of a revoked device everything is
    kept in quarantine, and the Problem is returned, to be told after the commit.
    """
    device = connection.execute(sa.select(Device.__table__).where(Device.id == actor.device_id).with_for_update()).mappings().one()
    source = Source(actor, device["id"], now, 0, actor.user_id)
    ids = [row["newDocumentState"]["id"] for row in rows]
    held = _held(connection, actor, type_, ids)
    own = _own(connection, device["id"], type_, rows, held)
    operations = [operation for row in rows for operation in _operations(type_, row, held.get(row["newDocumentState"]["id"]), own, now)]
    if device["revoked_at"] is not None:
        quarantine(connection, source, [(_key(one.digest), one, actor.home, {"code": "device-revoked"}) for one in operations])
        return Problem("device-revoked")
    check_forms(operations)
    results = execute(connection, source, operations)
    _forget_repeated(connection, device["id"], operations, results)
    quarantine(connection, source, [(_key(one.digest), one, result["region"], result["problem"])
                                    for one, result in zip(operations, results, strict=True) if result["status"] == "rejected"])
    connection.execute(sa.update(Device).where(Device.id == device["id"]).values(seen_at=now))
    after = _held(connection, actor, type_, ids)
    told = {row["newDocumentState"]["id"]: row for row in rows}
    return [after.get(id_, _gone(id_)) for id_, row in told.items() if not _agreed(row, after.get(id_), held.get(id_))]


def _held(connection: Connection, actor: Actor, type_: str, ids: list[str]) -> dict[str, Doc]:
    """The documents as the server holds them, of those that the actor may see."""
    table = Site.__table__ if type_ == "site" else Visit.__table__
    rows = connection.execute(sa.select(table).where(table.c.id.in_(sorted(set(ids))))).mappings()
    return {row["id"]: _DOCUMENT[type_](dict(row)) | {"_deleted": False} for row in rows
            if actor.covers(row["grid"]) and (type_ == "site" or row["inspector_id"] == actor.user_id)}


def _own(connection: Connection, device_id: str, type_: str, rows: list[Doc], held: dict[str, Doc]) -> dict[tuple[str, str], list[Any]]:
    """{(row, field): [[before, after]]}, newest first: what this device did to a field and nobody else touched since.

    RxDB forgets that a write was taken when its answer is a conflict and the document was changed meanwhile: it then holds the next
    write against what it had read before the first. Nobody is in conflict with themselves. Read only of rows that have changed.
    """
    ids = [row["newDocumentState"]["id"] for row in rows
           if (assumed := row.get("assumedMasterState")) and (ours := held.get(row["newDocumentState"]["id"]))
           and any(not _alike(name, assumed.get(name), ours.get(name)) for name in TYPES[type_])]
    if not ids:
        return {}
    found: dict[tuple[str, str], list[Any]] = {}
    ended = set()
    for row in connection.execute(sa.select(History.row_id, History.device_id, History.changes).where(
            History.type == type_, History.row_id.in_(sorted(set(ids)))).order_by(History.row_id, History.rev.desc())):
        for field, change in row.changes.items():
            if row.device_id != device_id:
                ended.add((row.row_id, field))
            elif (row.row_id, field) not in ended:
                found.setdefault((row.row_id, field), []).append(change)
    return found


def _forget_repeated(connection: Connection, device_id: str, operations: list[Operation], results: list[Doc]) -> None:
    """A repeat of a write whose answer was lost is not another conflict: take back what this transaction logged a second time."""
    new = {one["id"]: (operation.id, one["field"], _text(one["kept"]), _text(one["theirs"]))
           for operation, result in zip(operations, results, strict=True) for one in result.get("conflicts", ())}
    if not new:
        return
    rows = connection.execute(sa.select(Conflict.row_id, Conflict.field, Conflict.kept, Conflict.theirs).where(
        Conflict.row_id.in_(sorted({row_id for row_id, *_ in new.values()})), Conflict.device_id == device_id,
        Conflict.state == "open", Conflict.id.not_in(list(new))))
    known = {(row.row_id, row.field, _text(row.kept), _text(row.theirs)) for row in rows}
    if repeated := [id_ for id_, conflict in new.items() if conflict in known]:
        connection.execute(sa.delete(Conflict).where(Conflict.id.in_(repeated)))


def _key(digest: str) -> str:
    """The key of a write in quarantine, and the `op` under which it can be released: the same for each repeat."""
    return str(uuid.UUID(digest[:32]))


def _text(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _alike(name: str, one: Any, other: Any) -> bool:
    """Whether two values of a field say the same: absent is null, an empty text is none, and an instant has many spellings."""
    if name in _BLANK and not one and not other:
        return True
    if name == "at" and one and other:
        try:
            return parse_instant(one) == parse_instant(other)
        except (ValueError, OverflowError):
            pass
    return one == other


def _clearable(name: str) -> bool:
    return name in _CLEARABLE or nested(name)[1] is not None


def _agreed(row: Doc, ours: Doc | None, held: Doc | None) -> bool:
    """Whether the client, its write done, believes what the server holds, which `held` something before.

    What it could not have said (its review, the grid of its point) its next pull tells, if it made or changed the row. Told here,
    each create whose answer was lost would be a conflict, and what was changed meanwhile would have nothing to be held against.
    """
    new, assumed = row["newDocumentState"], row.get("assumedMasterState")
    if ours is None or new.get("_deleted"):
        return ours is None and bool(new.get("_deleted"))
    later = assumed is None or assumed.get("_deleted") or ours != held
    mine, yours, before = flat(ours), flat(new), flat(assumed or {})
    return all(_alike(name, mine.get(name), yours.get(name))
               or yours.get(name) is None and not _clearable(name) and (later or _alike(name, mine.get(name), before.get(name)))
               for name in {**mine, **yours} if not name.startswith("_"))


def _parts(type_: str, document: Doc, creating: bool) -> tuple[Doc, Doc]:
    """(the fields that a client may write, flat; the values that it may not)."""
    barred = ("active",) if creating else _BORN
    fields, rest = {}, {}
    for name, value in document.items():
        if name in TYPES[type_] and name not in barred and (name not in NESTED or value is None or isinstance(value, dict)):
            fields[name] = value
        elif name != "id" and not name.startswith("_") and value is not None:
            rest[name] = value
    return flat(fields), rest


def _operations(type_: str, row: Doc, ours: Doc | None, own: dict[tuple[str, str], list[Any]], now: int) -> list[Operation]:
    """What a write comes to: a create or a patch; what a client may not write, by itself, for quarantine; a deletion. Often nothing."""
    new, assumed = row["newDocumentState"], row.get("assumedMasterState")
    try:
        text = _text([type_, row])
    except orjson.JSONEncodeError:
        raw = deep_text(row)
        return [Operation(0, str(uuid7()), "", new["id"], "", None, {}, {}, now, hashlib.sha256(raw.encode()).hexdigest(), raw, "内容嵌套过深")]

    def made(kind: str, set_: Doc, was: Doc, part: str = "") -> Operation:
        digest = hashlib.sha256(text + (kind + part).encode()).hexdigest()
        return Operation(0, str(uuid7()), type_, new["id"], kind, None, was, set_, now, digest, {
            "n": now, "op": _key(digest), "t": type_, "id": new["id"], "kind": kind, "base": None, "was": was, "set": set_, "at": iso(now)})

    if assumed is not None and assumed.get("_deleted"):
        assumed = None
    creating = assumed is None and ours is None
    if creating and new.get("_deleted"):
        return []
    fields, rest = _parts(type_, new, creating)
    before, rest_before = _parts(type_, assumed, False) if assumed is not None else (None, ours or _INITIAL)
    operations = []
    if creating:
        operations.append(made("create", nest({name: value for name, value in fields.items() if value is not None}), {}))
    else:
        if before is None:  # of an object that is there, a member that is not is said to be none
            fields = {name: None for name in flat(ours) if isinstance(new.get(nested(name)[0]), dict) and nested(name)[1]} | fields
        else:  # nothing is said of the members of what should be an object and is none
            before = {name: value for name, value in before.items() if nested(name)[0] not in rest}
        set_, was = _patch(flat(ours or {}), before, fields, {field: done for (id_, field), done in own.items() if id_ == new["id"]})
        if set_:
            operations.append(made("patch", nest(set_), nest(was)))
    if rest := {name: value for name, value in rest.items() if not _alike(name, rest_before.get(name), value)}:
        operations.append(made("patch", rest, {name: rest_before.get(name) for name in rest}, "rest"))
    if new.get("_deleted") and ours is not None:
        operations.append(made("delete", {}, {}))
    return operations


def _patch(ours: Doc, before: Doc | None, wanted: Doc, own: dict[str, list[Any]]) -> tuple[Doc, Doc]:
    """({field: value}, {field: what the client had read}) of what a client changed, all flat.

    Without `before` (a create whose answer was lost, and then the client began anew) that is all in which it differs, and nothing
    was read: what it says goes to the conflict log.
    """
    set_, was = {}, {}
    for name in {**(before or {}), **wanted}:
        value, held = wanted.get(name), ours.get(name)
        read_ = held if before is None else before.get(name)
        if _alike(name, value, read_) or value is None and not _clearable(name):
            continue
        done = [after for earlier, after in own.get(name, ()) if _alike(name, earlier, read_)]
        if any(_alike(name, after, value) for after in done) and not _alike(name, read_, held):
            continue  # a repeat that comes late: the same device has gone on from there
        set_[name] = "" if value is None and name in _BLANK else value
        if before is not None:
            was[name] = held if done or _alike(name, read_, held) else read_
    return set_, was
