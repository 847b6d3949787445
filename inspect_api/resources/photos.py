"""Photos are looked at: whether one is there, the picture itself in three sizes, and the evidence of a visit."""

from collections.abc import Callable
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint
from werkzeug.http import is_resource_modified

from inspect_api.auth import Actor, may
from inspect_api.db import reading
from inspect_api.http import Call, endpoint
from inspect_api.problems import Problem
from inspect_api.schemas.asked import BlobQuery, PhotoQuery
from inspect_api.services.photos import evidence, looks, pictures, storage, storing
from inspect_api.services.photos.pictures import Picture

blueprint = Blueprint("photos", __name__, url_prefix="/api/v1", description="照片与佐证")
_PICTURES = {"responses": {"200": {"description": "照片", "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}}},
                           "206": {"description": "照片的一段"}, "304": {"description": "没有变化"}, "416": {"description": "范围不对"}}}


def _storage(work: Callable[[Actor, dict[str, Any]], Any]) -> Callable[[Actor, dict[str, Any]], Any]:
    """What is done with the storage before any connection is taken, with its errors as problems."""

    def before(actor: Actor, arguments: dict[str, Any]) -> Any:
        with storage.problems():
            return work(actor, arguments)

    return before


def _range(size: int, tag: str) -> tuple[int, int] | None:
    """The one range that is asked for (RFC 9110, 14.2); None for the whole. Several at once are answered with the whole."""
    asked, since = request.range, request.if_range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or (since.etag or since.date) and since.etag != tag:
        return None
    found = asked.range_for_length(size)
    if found is None:
        raise Problem("bad-range", f"共 {size} 字节", size=size)
    return found


def _send(actor: Actor, arguments: dict[str, Any]) -> Response:
    """The answer with a picture: whole, a range of it, or 304. Its address says what it is, so it is kept for ever."""
    query = arguments["query"]
    asked = next(((type_, query[type_]) for type_ in ("visit", "site") if query.get(type_)), None)
    picture: Picture = pictures.picture(actor, arguments["sha256"], query["size"], asked)
    headers = {"Cache-Control": _caching(picture, query), "Accept-Ranges": "bytes"}
    if not is_resource_modified(request.environ, etag=picture.tag, ignore_if_range=True):
        response = Response(status=304, headers=headers)
    else:
        part = _range(picture.size, picture.tag)
        start, end = part or (0, picture.size)
        response = Response(picture.read(start, end), status=206 if part else 200, mimetype=picture.mime, headers=headers,
                            direct_passthrough=True)
        response.content_length = end - start
        if part:
            response.content_range = f"bytes {start}-{end - 1}/{picture.size}"
    response.set_etag(picture.tag)
    return response


def _caching(picture: Picture, query: dict[str, Any]) -> str:
    """For ever, where the address names the content; where a stamp may change under it, after asking."""
    lasting = query["size"] == "full" or picture.tag.endswith(f"-{query.get('v') or '?'}")
    return "private, max-age=31536000, immutable" if lasting else "private, no-cache"


@endpoint(blueprint, "/photos/<string:sha256>", action="photo.read", query=PhotoQuery, before=_storage(_send), database=False, document=_PICTURES)
def show(call: Call, sha256: str, query: dict, given: Response):
    """一张照片：原图，或带水印的缩略图、屏幕图。凭引用它的检查或主体授权。"""
    return given


@endpoint(blueprint, "/blobs/<string:sha256>", action="photo.upload", method="HEAD", writes=False, query=BlobQuery)
def exists(call: Call, sha256: str, query: dict):
    """上传之前先问：本县（区）是否已有这张照片。"""
    region = call.within(query["region"]) if query.get("region") else call.actor.home
    if storing.find(call.connection, region[:6], sha256) is None:
        raise Problem("not-found")
    return Response(status=200, headers={"Cache-Control": "no-store"})


def _look(actor: Actor, arguments: dict[str, Any]) -> None:
    with reading() as connection:
        may(actor, "visit.read", evidence.visit_of(connection, arguments["visit_id"])["grid"])
    looks.look(arguments["visit_id"])


@endpoint(blueprint, "/visits/<string:visit_id>/photos", action="visit.read", before=_storage(_look))
def of_visit(call: Call, visit_id: str, given: None):
    """一次检查的照片和地点：哪些已到、哪些未到，各自的事实、水印和佐证程度。"""
    return evidence.page(call.connection, call.actor, visit_id)
