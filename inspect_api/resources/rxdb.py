"""RxDB's replication plugin as a client. docs/sync-protocol.md, "RxDB"."""

from typing import Any

from flask import current_app
from flask_smorest import Blueprint

from inspect_api.auth import Actor
from inspect_api.http import Call, endpoint
from inspect_api.problems import Problem
from inspect_api.resources.sync import read_json
from inspect_api.schemas.asked import RxdbQuery
from inspect_api.services import rxdb
from sync.operation import is_uuid

blueprint = Blueprint("rxdb", __name__, url_prefix="/api/v1/rxdb", description="RxDB 复制协议")

_PUSH = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "array", "items": {
    "type": "object", "required": ["newDocumentState"], "properties": {
        "assumedMasterState": {"type": ["object", "null"]}, "newDocumentState": {"type": "object"}}}}}}},
    "responses": {"200": {"description": "与服务器不一致的文档，现在的样子"}}}


def _known(type_: str) -> str:
    if type_ not in rxdb.TYPES:
        raise Problem("not-found", f"没有 {type_} 这一集合，应为 {'、'.join(rxdb.TYPES)}")
    return type_


@endpoint(blueprint, "/<string:type_>/pull", action="sync.pull", query=RxdbQuery)
def pull_documents(call: Call, type_: str, query: dict):
    """RxDB 的 pull：checkpoint 里的 cursor 原样带回。"""
    if query["limit"] > (most := current_app.config["PULL_MAX_CHANGES"]):  # a page of less than RxDB asks for would be its last one
        raise Problem("invalid", errors=[{"field": "limit", "message": f"应为 1 至 {most}：请调小 pull.batchSize"}])
    return rxdb.pull(call.connection, call.actor, _known(type_), query.get("cursor") or None, query["limit"])


def _rows(actor: Actor, arguments: dict[str, Any]) -> list[dict[str, Any]]:
    _known(arguments["type_"])
    rows = read_json(actor)
    most = current_app.config["PUSH_MAX_OPERATIONS"]
    if not isinstance(rows, list):
        raise Problem("invalid", errors=[{"field": "", "message": "应为列表"}])
    if len(rows) > most:
        raise Problem("batch-too-large", f"一次最多 {most} 个文档，收到 {len(rows)} 个", limit=most)
    errors = [{"field": f"{n}.newDocumentState.id", "message": "应为文档编号"} for n, row in enumerate(rows) if not _readable(row)]
    if errors:
        raise Problem("invalid", errors=errors)
    return rows


def _readable(row: Any) -> bool:
    if not isinstance(row, dict) or not isinstance(row.get("newDocumentState"), dict):
        return False
    id_, assumed = row["newDocumentState"].get("id"), row.get("assumedMasterState")
    return is_uuid(id_) and (assumed is None or isinstance(assumed, dict))


@endpoint(blueprint, "/<string:type_>/push", action="sync.push", method="POST", before=_rows, document=_PUSH)
def push_documents(call: Call, type_: str, given: list):
    """RxDB 的 push：逐字段合并；返回与客户端所想不同的文档。"""
    return rxdb.push(call.connection, call.actor, type_, given, call.now)
