"""Documents that offices attach. They are refused by what they are, never by their name, and never shown: only kept on a disk."""

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from inspect_api.auth import Actor, may
from inspect_api.db import reading
from inspect_api.http import Call, endpoint
from inspect_api.problems import Problem
from inspect_api.resources.exports import disposition
from inspect_api.schemas.reports import DocumentQuery
from inspect_api.services import documents
from inspect_api.services.documents import Kept
from inspect_api.services.photos import storage
from media import papers

blueprint = Blueprint("documents", __name__, url_prefix="/api/v1", description="文件")
_FRAME = 64 * 1024  # bytes that the form around a file may take
_UPLOAD = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": {
    "type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}}}}}
_FILE = {"responses": {"200": {"description": "文件", "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}}


def _take(actor: Actor, arguments: dict[str, Any]) -> Kept:
    region = arguments["query"].get("region") or actor.home
    if not region:
        raise Problem("invalid", errors=[{"field": "region", "message": "必填：文件属于哪个区域"}])
    may(actor, "document.write", region)
    request.max_content_length = papers.MOST_BYTES + _FRAME
    if (request.content_length or 0) > request.max_content_length:
        raise Problem("too-large", "文件超过 20 MB，请压缩或拆分")
    file = request.files.get("file")
    if file is None:
        raise Problem("invalid", errors=[{"field": "file", "message": "请上传文件（PDF、JPEG、PNG、XLSX、DOCX）"}])
    with file.stream, storage.problems():
        return documents.keep(region, file.filename or "", file.stream)


@endpoint(blueprint, "/documents", action="document.write", method="POST", query=DocumentQuery, before=_take, status=201, document=_UPLOAD)
def add(call: Call, query: dict, given: Kept):
    """上传佐证文件（PDF、JPEG、PNG、XLSX、DOCX，不超过 20 MB）；按内容辨认，按 SHA-256 保存。"""
    return documents.store(call.connection, given, call.actor.user_id, call.now)


def _send(actor: Actor, arguments: dict[str, Any]) -> Response:
    with reading() as connection:
        row = documents.find(connection, actor, arguments["sha256"])
    with storage.problems():
        body = storage.backend(row.backend).read(documents.key(documents.org_of(row.region), row.sha256))
    response = Response(body, mimetype=row.mime, direct_passthrough=True)
    response.content_length = row.size
    response.headers["Content-Disposition"] = disposition(row.name)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


@endpoint(blueprint, "/documents/<string:sha256>", action="document.read", before=_send, database=False, document=_FILE)
def fetch(call: Call, sha256: str, given: Response):
    """一份佐证文件，作为附件下载。"""
    return given
