"""Uploads as tus 1.0.0 describes them: created, continued, asked about, ended; and what happens when one is whole.

No transaction is open while bytes come in. What a request is told is durable by then: a photo that is whole is in its
backend and in the database, a part of one is on the disk.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa
from flask import current_app

from inspect_api.auth import Actor, may
from inspect_api.db import reading
from inspect_api.models import PhotoUse, Quarantine, Visit
from inspect_api.problems import Problem
from inspect_api.services.photos import storing
from inspect_api.services.photos.finishing import finish, not_refused
from inspect_api.services.photos.storage import staging
from media import tus
from media.staging import Ended, Upload, WrongChecksum, new_id
from media.turn import Superseded, TooMuch, WrongOffset

_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a request: how to read it, and its length as told; None when it comes in chunks of unknown number."""

    read: Callable[[int], bytes]
    length: int | None


@dataclass(frozen=True, slots=True)
class State:
    """An upload after a request: the upload and how many of its bytes are durable."""

    upload: Upload
    offset: int


def create(actor: Actor, headers: Mapping[str, str], body: Body, now: int) -> State:
    """A new upload, with the bytes that came along; or the one that this device has for the same photo already.

    Raises TusError; Problem out-of-scope, invalid (no county to belong to), device-revoked, storage-full, what ended the
    upload before, and what `_receive` raises; StorageError.
    """
    config = current_app.config
    told = tus.creation(headers, config["UPLOAD_MAX_BYTES"])
    region = _region(actor, told.metadata)
    comes = body.length != 0 and headers.get("Content-Type") == tus.CONTENT_TYPE
    if body.length and not comes:
        tus.check_body(headers)
    if actor.revoked:
        _check_named(actor, region, told.sha256)
    id_ = new_id(region[:6], actor.device_id, told.sha256) if told.sha256 else new_id()
    found = staging().find(id_)
    if found and found.length != told.length:
        raise tus.TusError("bad-upload", "Upload-Length", f"此照片已有一个 {found.length} 字节的上传")
    if found and _is_forgotten(not_refused(found)):
        found = None
    fresh = found or Upload(id=id_, device_id=actor.device_id, user_id=actor.user_id, region=region, length=told.length,
                            metadata=headers.get("Upload-Metadata", ""), sha256=told.sha256, created=now, expires=0)
    upload = replace(fresh, expires=now + config["UPLOAD_DAYS"] * _DAY_MS)
    if told.sha256 and not comes and upload.done is None and _is_stored(region[:6], told.sha256):
        upload = replace(upload, done=told.sha256)
    _check_room(upload)
    if not comes:
        return state(staging().keep(upload), now)
    if found or not told.sha256:  # else a repeat finds the bytes by the photo's name, and the record can wait for the end
        upload = staging().keep(upload)
    return _receive(upload, None, body, tus.checksum(headers), now)


def resume(actor: Actor, id_: str, headers: Mapping[str, str], body: Body, now: int) -> State:
    """More bytes of an upload. Raises TusError; what `find` and `_receive` raise."""
    tus.check_body(headers)
    offset, checksum = tus.number(headers, "Upload-Offset"), tus.checksum(headers)
    upload = find(actor, id_, now)
    if upload.done is not None:
        return _over(upload, offset)
    if body.length is not None and offset <= upload.length < offset + body.length:
        raise _too_much(upload)
    _check_room(upload)
    upload = replace(upload, expires=now + current_app.config["UPLOAD_DAYS"] * _DAY_MS)
    return _receive(upload, offset, body, checksum, now)


def find(actor: Actor, id_: str, now: int) -> Upload:
    """An upload of this device. Raises Problem unknown-upload, upload-expired, or what ended the upload."""
    upload = staging().find(id_)
    if upload is None or (upload.device_id, upload.user_id) != (actor.device_id, actor.user_id):
        raise Problem("unknown-upload", id_[:64])
    if _is_forgotten(not_refused(upload)):
        raise Problem("unknown-upload", id_)
    if upload.expires < now:
        raise Problem("upload-expired")
    return upload


def state(upload: Upload, now: int) -> State:
    """How far an upload is. One that has all its bytes and was not finished, because the storage was down, is finished now."""
    if upload.done is not None:
        return State(upload, upload.length)
    offset = staging().offset(upload.id)
    if offset == upload.length:
        return State(finish(upload, None, now), upload.length)
    return State(upload, offset)


def end(upload: Upload) -> None:
    """Forget an upload (Termination). A photo that came of it stays: it is evidence by then."""
    with staging().alone(upload.id):
        staging().forget(upload.id)


def _over(upload: Upload, offset: int | None) -> State:
    """What is told of an upload that had ended when a body for it came. Raises Problem wrong-offset, or what ended it."""
    not_refused(upload)
    if offset not in (None, upload.length):
        raise _wrong_offset(upload.length)
    return State(upload, upload.length)


def _region(actor: Actor, metadata: Mapping[str, str]) -> str:
    """Where a photo belongs: as its client says, else where its user is at home. It decides the organisation that keeps it."""
    region = metadata.get("region") or actor.home
    if metadata.get("region"):
        may(actor, "photo.upload", region)
    if not re.fullmatch(r"[0-9]{6,14}", region):
        raise Problem("invalid", errors=[{"field": "Upload-Metadata.region", "message": "请注明照片所属的县（区）或网格的区划代码"}])
    return region


def _check_named(actor: Actor, region: str, sha256: str | None) -> None:
    """A device that was revoked may still hand in the photos that its own work names, and no others. Raises Problem device-revoked."""
    visit = sa.select(Visit.id).where(Visit.id == PhotoUse.row_id, Visit.device_id == actor.device_id).exists()
    aside = sa.select(Quarantine.op).where(Quarantine.op == PhotoUse.row_id, Quarantine.device_id == actor.device_id).exists()
    with reading() as connection:
        named = connection.execute(sa.select(PhotoUse.row_id).where(
            PhotoUse.sha256 == (sha256 or ""), sa.or_(
                sa.and_(PhotoUse.org == region[:6], PhotoUse.type == "visit", visit),
                sa.and_(PhotoUse.org == region[:6], PhotoUse.type == "site", PhotoUse.device_id == actor.device_id),
                sa.and_(PhotoUse.type == "quarantine", aside))).limit(1)).first()
    if named is None:
        raise Problem("device-revoked", "停用的设备只能补交本机检查和主体所用的照片")


def _is_forgotten(upload: Upload) -> bool:
    """Whether the database knows nothing of the photo that an upload became: a backup was restored. The phone sends it again."""
    if upload.done is None or _is_stored(upload.region[:6], upload.done):
        return False
    with staging().alone(upload.id):
        staging().forget(upload.id)
    return True


def _is_stored(org: str, sha256: str) -> bool:
    with reading() as connection:
        return storing.find(connection, org, sha256) is not None


def _check_room(upload: Upload) -> None:
    if upload.done is None and staging().room() - upload.length < current_app.config["UPLOAD_KEEP_FREE"]:
        raise Problem("storage-full", retry_after=600)


def _wrong_offset(offset: int) -> Problem:
    return Problem("wrong-offset", f"已收到 {offset} 字节", offset=offset)


def _too_much(upload: Upload) -> Problem:
    return Problem("upload-too-large", f"超过了创建时所报的 {upload.length} 字节，这一段未保存")


def _receive(upload: Upload, offset: int | None, body: Body, checksum: tus.Checksum | None, now: int) -> State:
    """Take a body in; finish the upload when it is whole.

    Raises Problem wrong-offset, superseded, upload-too-large, checksum-mismatch, cut-short (what came is kept), and what
    `finishing.finish` raises; StorageError.
    """
    try:
        written = staging().write(upload, offset, body.read, checksum)
    except WrongOffset as error:
        raise _wrong_offset(error.offset) from None
    except Ended as error:
        return _over(error.upload, offset)
    except Superseded:
        raise Problem("superseded") from None
    except TooMuch:
        raise _too_much(upload) from None
    except WrongChecksum:
        raise Problem("checksum-mismatch") from None
    if written.offset == upload.length:
        return State(finish(upload, written, now), upload.length)
    upload = staging().keep(upload)
    if upload.is_over:
        return _over(upload, None)
    durable = staging().flush(upload.id)
    if body.length is not None and written.body < body.length:
        raise Problem("cut-short", f"应有 {body.length} 字节，收到 {written.body} 字节；已保存到 {durable}", offset=durable)
    return State(upload, durable)


def told_as(error: tus.TusError) -> Problem:
    """The Problem of a header that breaks the protocol."""
    return Problem(error.code, error.message, errors=[{"field": error.header, "message": error.message}])
