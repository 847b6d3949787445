"""Values of phones that were not taken, and the office's choice."""

from flask_smorest import Blueprint

from inspect_api.http import Call, endpoint
from inspect_api.schemas.asked import ConflictsQuery, ResolveBody
from inspect_api.services import conflicts

blueprint = Blueprint("conflicts", __name__, url_prefix="/api/v1/sync", description="冲突")


@endpoint(blueprint, "/conflicts", action="conflict.read", query=ConflictsQuery)
def list_conflicts(call: Call, query: dict):
    """多人改了同一字段：服务器保留的值、手机的值、现在的值。"""
    call.within(query["region"])
    return conflicts.page(call.connection, query)


@endpoint(blueprint, "/conflicts/<string:conflict_id>/resolve", action="conflict.settle", method="POST", body=ResolveBody)
def resolve(call: Call, conflict_id: str, body: dict):
    """选定一个值；选手机的值等同于一次修改，留有历史。"""
    call.within(conflicts.find(call.connection, conflict_id)["region"])
    return conflicts.resolve(call.connection, call.actor, conflict_id, body, call.now)
