"""The end of an upload: verified, checked, given to the backend, and known to the database. It may be tried any number of times."""

import threading
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from inspect_api.db import transaction
from inspect_api.problems import Problem
from inspect_api.services.photos import examining, storing
from inspect_api.services.photos.storage import backend, original, staging
from media import images
from media.staging import Upload, digest_of
from media.turn import Written

_LARGE = 4_000_000  # bytes; the app sends a tenth of that. A larger one is not held in this process's memory
_CHECKING = threading.Lock()  # large ones are checked one at a time


def not_refused(upload: Upload) -> Upload:
    """The upload itself. Raises the Problem that it was refused for."""
    if upload.refused is not None:
        raise Problem(**upload.refused)
    return upload


def finish(upload: Upload, written: Written | None, now: int) -> Upload:
    """Verify a whole upload, give it to the backend, and note that the photo is stored. Safe to repeat at any point.

    Raises Problem hash-mismatch (forgotten: send anew), bad-photo (refused for good), unknown-upload (another request has
    just ended it); StorageError (nothing is lost: again).
    """
    with staging().alone(upload.id):
        upload = staging().find(upload.id) or upload
        part = staging().part(upload.id)
        if upload.is_over:
            staging().forget(upload.id, upload=False)
            return not_refused(upload)
        if not part.exists() or part.stat().st_size != upload.length:
            raise Problem("unknown-upload", upload.id)
        sha256 = (written and written.sha256) or digest_of(part)
        if upload.sha256 not in (None, sha256):
            staging().forget(upload.id)
            raise Problem("hash-mismatch", f"所报 {upload.sha256}，收到 {sha256}")
        picture = _checked(upload, part)
        store = backend()
        _give(upload, original(upload.region[:6], sha256), sha256)
        arrived = storing.Arrived(upload.region[:6], sha256, upload.length, _facts(picture), store.name, upload.user_id, upload.device_id)
        transaction(lambda connection: storing.store(connection, arrived, now))
        done = replace(upload, done=sha256)
        staging().save(done)
        staging().forget(upload.id, upload=False)
    examining.soon(arrived.org, sha256)
    return done


def _facts(picture: images.Picture) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(picture).items() if value is not None}


def _checked(upload: Upload, part: Path) -> images.Picture:
    try:
        if upload.length <= _LARGE:
            return images.check(part)
        with _CHECKING:
            return images.check_apart(part)
    except images.BadImage as error:
        refused = {"code": "bad-photo", "detail": error.text,
                   "errors": [{"field": "photo", "code": error.code, "message": error.text}]}
        staging().save(replace(upload, refused=refused))
        staging().forget(upload.id, upload=False)
        raise Problem(**refused) from None


def _give(upload: Upload, key: str, sha256: str) -> None:
    given = staging().give(upload.id)
    try:
        backend().put(key, given, sha256)
    finally:
        given.unlink(missing_ok=True)
