"""Photos that a batch names: what is told of those that are there already, and what is written of the names."""

import re
from typing import Any

from sqlalchemy.engine import Connection

from inspect_api.services.photos import naming
from inspect_api.services.photos.naming import Key
from inspect_api.services.push.workspace import Row, Workspace
from sync.operation import Operation
from sync.receipt import photos_named

_SHA256 = re.compile(r"[0-9a-f]{64}")


def _keys(work: Workspace, visit: Row) -> list[Key]:
    org = work.sites[visit["site_id"]]["grid"][:6]
    return [(org, sha) for sha in photos_named(visit)]


def tell(connection: Connection, work: Workspace, operations: list[Operation], results: list[Row]) -> None:
    """Add to the result of each visit its receipt, or which photos are missing. Two statements at most."""
    named = {id_: _keys(work, visit) for id_, visit in work.visits.items() if id_ in work.new_visits or id_ in work.changed_visits}
    keys = {key for found in named.values() for key in found}
    naming.expect(connection, keys)
    told = [(result, work.visits[one.id]) for one, result in zip(operations, results, strict=True)
            if one.type == "visit" and result["status"] != "rejected" and one.id in work.visits]
    there = naming.stored(connection, keys | {key for _, visit in told for key in _keys(work, visit)})
    for result, visit in told:
        if result.get("rev") == visit["rev"]:  # of several changes in a batch the last one's
            result |= naming.told(visit, {sha: there[org, sha] for org, sha in _keys(work, visit) if (org, sha) in there})


def name_visits(connection: Connection, work: Workspace) -> None:
    """Write which photos the visits of the batch name now."""
    touched = {*work.new_visits, *(work.renamed - work.deleted_visits.keys())}
    naming.name(connection, "visit", {id_: _keys(work, work.visits[id_]) for id_ in touched},
                (work.renamed | work.deleted_visits.keys()) - work.new_visits.keys())


def name_quarantined(connection: Connection, rows: dict[str, Row]) -> None:
    """Write which photos the operations name that were set aside: they are kept for whoever looks at them."""
    named = {key: [(row["region"][:6], sha) for sha in _named(row["payload"])] for key, row in rows.items()}
    naming.expect(connection, {key for keys in named.values() for key in keys})
    naming.name(connection, "quarantine", named)


def _named(payload: Any) -> list[str]:
    """The photos that an operation of any shape names."""
    given = payload.get("set") if isinstance(payload, dict) else None
    if not isinstance(given, dict):
        return []
    answers, signature, captures = (given.get(name) for name in ("answers", "signature", "photos"))
    found: list[Any] = [*captures] if isinstance(captures, dict) else []
    if isinstance(signature, dict):
        found.append(signature.get("photo"))
    for answer in answers.values() if isinstance(answers, dict) else ():
        photos = answer.get("photos") if isinstance(answer, dict) else None
        found += photos if isinstance(photos, list) else []
    return sorted({one for one in found if isinstance(one, str) and _SHA256.fullmatch(one)})
