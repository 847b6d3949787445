"""Visits as offices read and review them."""

from flask_smorest import Blueprint

from inspect_api.http import Call, endpoint
from inspect_api.schemas.asked import ReviewBody, VisitsQuery
from inspect_api.schemas.review import SiteVisitsQuery
from inspect_api.services import history, reviews, sites, trail, visits

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
    call.within(visits.grid_of(call.connection, visit_id))
    return history.of(call.connection, "visit", visit_id)


@endpoint(blueprint, "/visits/<string:visit_id>/review", action="visit.review", method="POST", body=ReviewBody)
def review(call: Call, visit_id: str, body: dict):
    """审核：通过、按项退回、驳回。不能审核自己的检查；县里要求两人审核的，第二人通过才算数。"""
    call.within(visits.grid_of(call.connection, visit_id))
    return reviews.review(call.connection, call.actor, visit_id, body, call.now)


@endpoint(blueprint, "/visits/<string:visit_id>/trail", action="visit.read")
def visit_trail(call: Call, visit_id: str):
    """这次检查及其所更正的检查，历次审核意见：何时、何人、为何。"""
    call.within(visits.grid_of(call.connection, visit_id))
    return trail.of(call.connection, visit_id)


@endpoint(blueprint, "/sites/<string:site_id>/visits", action="visit.read", query=SiteVisitsQuery)
def of_site(call: Call, site_id: str, query: dict):
    """某主体的历次检查，新的在前。"""
    call.within(sites.one(call.connection, site_id)["grid"])
    return visits.of_site(call.connection, site_id, query.get("after"), query["limit"])
