"""Operations that were set aside, and what an office does with them."""

from flask_smorest import Blueprint

from inspect_api.http import Call, endpoint
from inspect_api.schemas.asked import DismissBody, QuarantineQuery, ReleaseBody
from inspect_api.services import quarantined

blueprint = Blueprint("quarantine", __name__, url_prefix="/api/v1/sync", description="待处理区")


@endpoint(blueprint, "/quarantine", action="quarantine.read", query=QuarantineQuery)
def list_operations(call: Call, query: dict):
    """被拒而留存的操作：原文与原因。"""
    call.within(query["region"])
    return quarantined.page(call.connection, query)


@endpoint(blueprint, "/quarantine/<string:op>/release", action="quarantine.settle", method="POST", body=ReleaseBody)
def release(call: Call, op: str, body: dict):
    """放行：以采集人的名义、在本办公室辖区内重新执行，等待它的操作一并执行。"""
    call.within(quarantined.find(call.connection, op)["region"])
    return quarantined.release(call.connection, call.actor, op, body["set"], body["note"], call.now)


@endpoint(blueprint, "/quarantine/<string:op>/dismiss", action="quarantine.settle", method="POST", body=DismissBody)
def dismiss(call: Call, op: str, body: dict):
    """不予执行并写明原因；内容仍保留。"""
    call.within(quarantined.find(call.connection, op)["region"])
    return quarantined.dismiss(call.connection, call.actor, op, body["reason"], call.now)
