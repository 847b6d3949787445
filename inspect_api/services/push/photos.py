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
    """Note which photos are named, and add to the result of each visit its receipt, or which are missing. Three statements at most."""
    named = {id_: _keys(work, visit) for id_, visit in work.visits.items() if id_ in work.new_visits or id_ in work.changed_visits}
    keys = {key for found in named.values() for key in found}
    naming.expect(connection, keys | {key for found in _site_names(work)[0].values() for key in found})
    told = [(result, work.visits[one.id]) for one, result in zip(operations, results, strict=True)
            if one.type == "visit" and result["status"] != "rejected" and one.id in work.visits]
    there = naming.stored(connection, keys | {key for _, visit in told for key in _keys(work, visit)})
    for result, visit in told:
        if result.get("rev") == visit["rev"]:  # of several changes in a batch the last one's
            result |= naming.told(visit, {sha: there[org, sha] for org, sha in _keys(work, visit) if (org, sha) in there})


def tell_sites(connection: Connection, work: Workspace, operations: list[Operation], results: list[Row]) -> None:
    """Add to the result of each operation that gave photos to a site which photos of it are missing. Once the names are written: one statement."""
    told = [(result, work.sites[one.id]) for one, result in zip(operations, results, strict=True)
            if one.type == "site" and result["status"] != "rejected" and "photos" in one.form]
    there = naming.stored_of(connection, "site", {site["id"] for _, site in told})
    for result, site in told:
        missing = sorted(site["photos"].keys() - there[site["id"]].keys())
        if missing and result["rev"] == site["rev"]:  # of several changes in a batch the last one's
            result["photos_missing"] = missing


def _site_names(work: Workspace) -> tuple[dict[str, list[Key]], list[tuple[str, str]]]:
    """({site: the photos that it names now and did not before}, [(site, photo) that it names no more])."""
    more, less = {}, []
    for id_ in (*work.new_sites, *work.old_sites):
        before, after = work.old_sites.get(id_, {"photos": {}})["photos"].keys(), work.sites[id_]["photos"].keys()
        if after - before:
            more[id_] = [(work.sites[id_]["grid"][:6], sha) for sha in after - before]
        less += [(id_, sha) for sha in before - after]
    return more, less


def name_sites(connection: Connection, work: Workspace) -> None:
    """Write which photos the sites of the batch name now. What was named in another county stays there, with its photos."""
    more, less = _site_names(work)
    naming.forget(connection, "site", less)
    naming.name(connection, "site", more, device_id=work.source.device_id or None)


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
