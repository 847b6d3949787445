"""The photos of a bundle, given to the same service as an upload: checked, hashed, stored, and told to who waits for them."""

import base64
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import sqlalchemy as sa

from inspect_api.db import reading, transaction
from inspect_api.models import Photo, PhotoUse
from inspect_api.problems import Problem
from inspect_api.services import audit
from inspect_api.services.bundles.drafts import drafts
from inspect_api.services.bundles.operations import Loading, key
from inspect_api.services.bundles.reading import damage
from inspect_api.services.photos import storing, uploads
from media.tus import CONTENT_TYPE, TusError

_AT_ONCE = 500  # ids in one statement


@dataclass(slots=True)
class Photos:
    """What became of the photos: `left` are (name of the entry, why) of those that are not on the server."""

    stored: int = 0
    known: int = 0
    left: list[tuple[str, str]] = field(default_factory=list)


def take(loading: Loading, progress: Callable[[int, int], None], dry_run: bool = False) -> Photos:
    """Store every photo of the file that the server lacks; one that cannot be used holds up no other. `dry_run`: only look.

    Raises Problem storage-full; StorageError. What was stored by then stays.
    """
    bundle = loading.bundle
    names = list(dict.fromkeys([*bundle.listed, *bundle.entries]))
    named = _named(loading)
    done = Photos()
    try:
        for count, sha256 in enumerate(names, 1):
            _one(loading, sha256, named.get(sha256, set()), done, dry_run)
            progress(count, len(names))
    finally:
        if done.stored and not dry_run:
            transaction(lambda connection: audit.append(
                connection, loading.owner.actor.home[:6], loading.now(), loading.by, "sync.load-bundle", bundle.device_id,
                {"login": loading.owner.actor.login, "made_at": bundle.made_at, "photos": done.stored}))
    return done


def awaited(loading: Loading) -> int:
    """How many photos the operations of the file name that the server still lacks."""
    missing: set[tuple[str, str]] = set()
    ids = _row_ids(loading)
    for start in range(0, len(ids), _AT_ONCE):
        with reading() as connection:
            missing |= set(connection.execute(
                sa.select(PhotoUse.org, PhotoUse.sha256).join(Photo, sa.and_(Photo.org == PhotoUse.org, Photo.sha256 == PhotoUse.sha256))
                .where(PhotoUse.row_id.in_(ids[start:start + _AT_ONCE]), Photo.stored_at.is_(None))).tuples())
    return len(missing)


def _row_ids(loading: Loading) -> list[str]:
    """Ids under which photos of this bundle may be named: of its rows, and of what is in quarantine."""
    found = {id_ for one in loading.bundle.push.operations for id_ in (one.id, one.op, key(one))}
    return sorted(found | {operation.op for _, operation in drafts(loading)})


def _named(loading: Loading) -> dict[str, set[str]]:
    """{sha256: counties} in which the rows of this file name photos."""
    found: dict[str, set[str]] = defaultdict(set)
    ids = _row_ids(loading)
    for start in range(0, len(ids), _AT_ONCE):
        with reading() as connection:
            for sha256, org in connection.execute(sa.select(PhotoUse.sha256, PhotoUse.org).where(
                    PhotoUse.row_id.in_(ids[start:start + _AT_ONCE]))):
                found[sha256].add(org)
    return found


def _one(loading: Loading, sha256: str, orgs: set[str], done: Photos, dry_run: bool) -> None:
    actor = loading.owner.actor
    wanted = []
    with reading() as connection:
        for org in sorted(orgs or {actor.home[:6]}):
            if storing.find(connection, org, sha256) is None:
                wanted.append(org)
    if not wanted:
        done.known += 1
        return
    entry = loading.bundle.entries.get(sha256)
    name = entry.filename if entry else f"photos/{sha256}"
    if (why := damage(loading.bundle, sha256)) is not None:
        done.left.append((name, why))
        return
    try:
        for org in () if dry_run else wanted:
            _store(loading, sha256, org)
        done.stored += 1
    except TusError as error:
        done.left.append((name, error.message))
    except Problem as problem:
        if problem.code == "storage-full":
            raise
        done.left.append((name, problem.detail or str(problem)))


def _store(loading: Loading, sha256: str, org: str) -> None:
    """Upload a photo whose bytes have the hash that names it. Bytes that an earlier upload of the phone left and that are not the
    photo's are found out and forgotten by the first attempt.
    """
    actor, info = loading.owner.actor, loading.bundle.entries[sha256]
    told = {"sha256": sha256}
    if org != actor.home[:6]:
        told["region"] = next((own for own in actor.regions if own.startswith(org)), org)
    headers = {"Upload-Length": str(info.file_size), "Content-Type": CONTENT_TYPE, "Upload-Metadata": ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())}
    for attempt in (1, 2):
        with loading.bundle.archive.open(info) as entry:
            try:
                uploads.create(actor, headers, uploads.Body(entry.read, info.file_size), loading.now())
                return
            except Problem as problem:
                if problem.code != "hash-mismatch" or attempt == 2:
                    raise
