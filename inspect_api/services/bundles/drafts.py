"""Unfinished visits of a bundle. They are not signed, so they count nowhere: they are kept whole in quarantine, for a person to look at.

A phone that comes back goes on with its visit and creates it, signed, under its own id, which must be free then. So what is kept
here has an id of its own, and an office that releases it makes a draft beside the phone's visit, never in its place.
"""

import uuid

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.db import transaction
from inspect_api.models import Quarantine, Site, Visit
from inspect_api.problems import Problem
from inspect_api.services import audit
from inspect_api.services.bundles.operations import Loading
from inspect_api.services.push import quarantine
from inspect_api.services.push.workspace import Source
from sync.operation import Operation, is_uuid, parse_operation

_IDS = uuid.UUID("7d0f1c3e-90a4-4d0c-8a55-3f1c2f6f0a21")
NO_NUMBER = 2**53 - 1  # a draft was never numbered, and the form of an operation wants a number


def drafts(loading: Loading) -> list[tuple[str, Operation]]:
    """(id of the visit on the phone, operation that would create it as a draft) of each unfinished visit.

    Operation and visit have ids of their own, the same for every load of the same content.
    """
    found = []
    for raw in loading.bundle.drafts:
        digest = parse_operation(raw, loading.bundle.device_id).digest
        op = str(uuid.uuid5(_IDS, f"{loading.bundle.device_id}\0{digest}"))
        own = str(raw.get("id")) if isinstance(raw, dict) else ""
        if is_uuid(own):
            id_ = str(uuid.uuid5(_IDS, f"{loading.bundle.device_id}\0{own}"))
            raw = {"n": NO_NUMBER, "op": op, "t": "visit", "id": id_, "kind": "create", "base": None, "was": {},
                   "set": raw.get("set"), "at": raw.get("at"), "visit": own}
        operation = parse_operation(raw, loading.bundle.device_id)
        operation.op = op
        found.append((own, operation))
    return found


def set_aside(loading: Loading) -> tuple[int, int]:
    """Keep unfinished visits whole in quarantine. Returns (kept now, kept before); those signed meanwhile are in neither."""
    found = drafts(loading)
    return transaction(lambda connection: _set_aside(connection, loading, found, loading.now())) if found else (0, 0)


def _set_aside(connection: Connection, loading: Loading, found: list[tuple[str, Operation]], now: int) -> tuple[int, int]:
    bundle, actor = loading.bundle, loading.owner.actor
    signed = set(connection.execute(sa.select(Visit.id).where(
        Visit.id.in_([own for own, _ in found]), Visit.status == "signed")).scalars())
    open_ = [operation for own, operation in found if own not in signed]
    before = set(connection.execute(sa.select(Quarantine.op).where(Quarantine.op.in_([one.op for one in open_]))).scalars())
    grids = dict(connection.execute(sa.select(Site.id, Site.grid).where(
        Site.id.in_([str(one.set.get("site_id")) for one in open_]))).tuples().all())
    problem = Problem("unfinished-draft", f"手机 {bundle.device_id} 导出时还没有签字").to_dict()
    rows = []
    for one in open_:
        grid = grids.get(str(one.set.get("site_id")), "")
        rows.append((one.op, one, grid if grid and actor.covers(grid) else actor.home, problem))
    quarantine(connection, Source(actor, bundle.device_id, now, loading.owner.offset, actor.user_id), rows)
    added = len({one.op for one in open_} - before)
    if added:
        audit.append(connection, actor.home[:6], now, loading.by, "sync.load-bundle", bundle.device_id, {
            "login": actor.login, "made_at": bundle.made_at, "drafts": added})
    return added, len(before)
