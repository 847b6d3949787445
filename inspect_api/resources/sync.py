"""Phones push what was captured and pull what changed. The protocol is in docs/sync-protocol.md."""

import gzip
import zlib
from typing import Any

import orjson
from flask import current_app, request
from flask_smorest import Blueprint

from inspect_api.auth import Actor
from inspect_api.http import Call, endpoint, now_ms, tagged
from inspect_api.problems import Problem
from inspect_api.schemas.answered import answers
from inspect_api.schemas.asked import PullQuery
from inspect_api.services.days import iso
from inspect_api.services.pull import pull
from inspect_api.services.push import check_forms, push
from sync.operation import SCHEMA, Push, PushError, TooOld, parse_push

blueprint = Blueprint("sync", __name__, url_prefix="/api/v1", description="手机同步")

_PUSH_DOCUMENT = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": {
        "type": "object", "required": ["device_id", "sent_at", "ops"], "properties": {
            "device_id": {"type": "string"}, "schema": {"type": "integer"}, "acked": {"type": "integer"},
            "unsent": {"type": "integer"}, "app": {"type": "string"},
            "sent_at": {"type": "string", "format": "date-time"},
            "ops": {"type": "array", "items": {
                "type": "object", "required": ["n", "op", "t", "id", "kind", "set", "at"], "properties": {
                    "n": {"type": "integer"}, "op": {"type": "string", "format": "uuid"},
                    "t": {"type": "string", "enum": ["visit", "site", "task"]}, "id": {"type": "string", "format": "uuid"},
                    "kind": {"type": "string", "enum": ["create", "patch", "delete"]},
                    "base": {"type": ["integer", "null"]}, "was": {"type": "object"}, "set": {"type": "object"},
                    "at": {"type": "string", "format": "date-time"}}}}}}}}},
    **answers(200, "Pushed", "每个操作一个结果")}


def inflate(data: bytes, encoding: str, most: int) -> bytes:
    """A request body, inflated up to `most` bytes. Raises Problem too-large, malformed-body, unsupported-media-type."""
    if encoding in ("", "identity"):
        inflated = data
    elif encoding == "gzip":
        try:
            inflater = zlib.decompressobj(wbits=31)
            inflated = inflater.decompress(data, most + 1)
            if not inflater.eof and len(inflated) <= most:
                raise Problem("malformed-body", "gzip 内容不完整")
        except (zlib.error, gzip.BadGzipFile) as error:
            raise Problem("malformed-body", f"gzip 内容无法解压：{error}") from None
    else:
        raise Problem("unsupported-media-type", "Content-Encoding 支持 gzip")
    if len(inflated) > most:
        raise Problem("too-large", f"解压后超过 {most} 字节", limit=most)
    return inflated


def read_json(actor: Actor) -> Any:
    """The document that a device sends with the current request. Raises a Problem that says why it cannot be read."""
    if request.mimetype != "application/json":
        raise Problem("unsupported-media-type", "请使用 application/json")
    if seconds := current_app.extensions["throttle"].wait(actor.device_id, now_ms()):
        raise Problem("too-many-requests", retry_after=seconds)
    data = request.get_data(cache=False)
    if request.content_length is not None and len(data) < request.content_length:
        raise Problem("cut-short", f"应有 {request.content_length} 字节，收到 {len(data)} 字节")
    body = inflate(data, request.headers.get("Content-Encoding", "").lower(),
                   current_app.config["PUSH_MAX_BYTES"])
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Problem("malformed-json", f"第 {error.lineno} 行第 {error.colno} 列：{error.msg}") from None


def read_push(actor: Actor, _arguments: dict) -> Push:
    """The push of the current request. Raises a Problem that says where it is unreadable."""
    document = read_json(actor)
    most = current_app.config["PUSH_MAX_OPERATIONS"]
    if isinstance(document, dict) and isinstance(document.get("ops"), list) and len(document["ops"]) > most:
        raise Problem("batch-too-large", f"一次最多 {most} 个操作，收到 {len(document['ops'])} 个", limit=most)
    try:
        batch = parse_push(document, actor.device_id, current_app.config["SYNC_OLDEST_SCHEMA"])
    except TooOld as error:
        raise Problem("client-too-old", str(error), oldest_schema=error.oldest) from None
    except PushError as error:
        raise Problem("invalid", errors=[{"field": error.field, "message": error.message}]) from None
    if batch.device_id != actor.device_id:
        raise Problem("device-mismatch", f"会话绑定的设备是 {actor.device_id}")
    check_forms(batch.operations)
    return batch


@endpoint(blueprint, "/sync/push", action="sync.push", method="POST", before=read_push, document=_PUSH_DOCUMENT)
def push_operations(call: Call, given: Push):
    """推送手机上采集的操作：可重复发送，效果只有一次；个别操作有误不影响整批。"""
    return push(call.connection, call.actor, given, call.now)


@endpoint(blueprint, "/sync/pull", action="sync.pull", query=PullQuery,
          document=answers(200, "Page", "变化的行与新的游标", _304="没有变化", _410="需要重新拉取"))
def pull_changes(call: Call, query: dict):
    """拉取本人辖区内的变化：检查表、主体、任务、区划，和本人检查的审核情况。"""
    if query["schema"] < current_app.config["SYNC_OLDEST_SCHEMA"]:
        raise Problem("client-too-old", oldest_schema=current_app.config["SYNC_OLDEST_SCHEMA"])
    limit = min(query["limit"], current_app.config["PULL_MAX_CHANGES"])
    return tagged(pull(call.connection, call.actor, query.get("cursor"), limit) | {"schema": SCHEMA},
                  server_time=iso(call.now))
