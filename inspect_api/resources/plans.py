"""The plans in force, clause by clause. They are public documents: everyone who is logged in may read them."""

from flask_smorest import Blueprint

from checklists.bank import load_bank
from checklists.plan import coverage
from inspect_api.http import Call, endpoint, with_etag
from inspect_api.services import plans
from inspect_api.services.programmes import programmes

blueprint = Blueprint("plans", __name__, url_prefix="/api/v1", description="政府计划")


@endpoint(blueprint, "/plans", action="plan.read")
def list_plans(call: Call):
    """已载入的计划。"""
    return {"plans": [{"id": plan.id, "title": plan.title, "doc_number": plan.doc_number, "issuer": plan.issuer,
                       "region": plan.region, "period": plan.summary()["period"], "clauses": len(plan.clauses),
                       "indicators": len(plan.indicators)} for plan in programmes(call.connection).plans.values()]}


@endpoint(blueprint, "/plans/<string:plan_id>", action="plan.read")
def show_plan(call: Call, plan_id: str):
    """一份计划：条款原文、指标、报送期限。"""
    return with_etag(plans.find(call.connection, plan_id).summary())


@endpoint(blueprint, "/plans/<string:plan_id>/coverage", action="plan.read")
def show_coverage(call: Call, plan_id: str):
    """每个条款由哪些检查项、指标或填报支撑。"""
    return {"plan": plan_id, "clauses": coverage(plans.find(call.connection, plan_id), load_bank())}
