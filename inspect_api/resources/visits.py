"""Visits as offices read and review them."""

from flask_smorest import Blueprint

from inspect_api.http import Call, endpoint
from inspect_api.schemas.asked import ReviewBody, VisitsQuery
from inspect_api.services import history, reviews, visits

blueprint = Blueprint("visits", __name__, url_prefix="/api/v1", description="检查与审核")


@endpoint(blueprint, "/visits", action="visit.read", query=VisitsQuery)
def list_visits(call: Call, query: dict):
    """某区域的检查，新的在前。"""
    return visits.page(call.connection, call.within(query["region"]), query.get("review"), query.get("after"),
                       query["limit"])


@endpoint(blueprint, "/visits/<string:visit_id>", action="visit.read")
def show(call: Call, visit_id: str):
    """一次检查的全部内容。"""
    visit = visits.one(call.connection, visit_id)
    call.within(visit["grid"])
    return visit


@endpoint(blueprint, "/visits/<string:visit_id>/history", action="history.read")
def visit_history(call: Call, visit_id: str):
    """草稿期间各字段的修改记录，新的在前。"""
    call.within(visits.one(call.connection, visit_id)["grid"])
    return history.of(call.connection, "visit", visit_id)


@endpoint(blueprint, "/visits/<string:visit_id>/review", action="visit.review", method="POST", body=ReviewBody)
def review(call: Call, visit_id: str, body: dict):
    """审核：通过、按项退回、驳回。不能审核自己的检查。"""
    call.within(visits.one(call.connection, visit_id)["grid"])
    return reviews.review(call.connection, call.actor, visit_id, body, call.now)
