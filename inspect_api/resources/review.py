"""The queue of a review office, and the approval of many clean visits at once."""

from flask import Response, request
from flask_smorest import Blueprint

from inspect_api.http import Call, as_json, endpoint
from inspect_api.schemas.review import ApproveBody, QueueQuery
from inspect_api.services import approving, waiting

blueprint = Blueprint("review", __name__, url_prefix="/api/v1/review", description="审核台")


@endpoint(blueprint, "/queue", action="review.read", query=QueueQuery)
def queue(call: Call, query: dict):
    """待审核的检查：等得最久的在前，并有各类的数量。可以反复询问：没有变化时为 304。"""
    call.within(query["region"])
    tag = waiting.tag(call.connection, query, call.now)
    if request.if_none_match.contains_weak(tag):
        answer = Response(status=304)
    else:
        answer = as_json(waiting.page(call.connection, query, call.now))
    answer.set_etag(tag, weak=True)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@endpoint(blueprint, "/approve", action="visit.review", method="POST", body=ApproveBody)
def approve(call: Call, body: dict):
    """一次通过多条没有问题的检查；不能批量通过的逐条说明原因，其余照常通过。"""
    return {"visits": approving.approve(call.connection, call.actor, call.action, body["visits"], body["note"], call.now)}
