"""Plans, clause by clause: public documents that everyone who is logged in may read; counties check, publish and withdraw them."""

from flask_smorest import Blueprint

from checklists.bank import load_bank
from checklists.plan import coverage
from inspect_api.http import Call, endpoint, with_etag
from inspect_api.schemas.plans import DiffQuery, PlanPublish, PlansQuery, PlanText, PlanWithdraw
from inspect_api.services import plan_versions, plans, publishing

blueprint = Blueprint("plans", __name__, url_prefix="/api/v1", description="政府计划")


@endpoint(blueprint, "/plans", action="plan.read", query=PlansQuery)
def list_plans(call: Call, query: dict):
    """已载入的计划；state 可要已停用的。"""
    return {"plans": plans.listed(call.connection, query["state"])}


@endpoint(blueprint, "/plans/check", action="plan.check", method="POST", body=PlanText, writes=False)
def check_plan(call: Call, body: dict):
    """检查计划文件：逐行指出错误；无误时预览条款、指标和检查表的变化。什么也不写。"""
    return publishing.check(call.connection, call.actor, body["text"], body["name"])


@endpoint(blueprint, "/plans", action="plan.publish", method="POST", body=PlanPublish, status=201)
def publish(call: Call, body: dict):
    """发布预览过的计划：检查表随之发布，指标重新汇总。"""
    return publishing.publish(call.connection, call.actor, body, call.now)


@endpoint(blueprint, "/plans/<string:plan_id>", action="plan.read")
def show_plan(call: Call, plan_id: str):
    """一份计划：条款原文、指标、报送期限。"""
    return with_etag(plans.find(call.connection, plan_id).summary())


@endpoint(blueprint, "/plans/<string:plan_id>/withdraw", action="plan.publish", method="POST", body=PlanWithdraw)
def withdraw(call: Call, plan_id: str, body: dict):
    """停用计划：检查表和指标不再有它，文本和检查都保留。"""
    call.within(plans.find(call.connection, plan_id).region)
    plans.withdraw(call.connection, plan_id, call.now, call.actor.user_id, body["reason"])
    return {"id": plan_id, "in_force": False}


@endpoint(blueprint, "/plans/<string:plan_id>/versions", action="plan.read")
def list_versions(call: Call, plan_id: str):
    """计划的历次文本，新的在前。"""
    return plan_versions.listed(call.connection, plan_id)


@endpoint(blueprint, "/plans/<string:plan_id>/versions/<int:n>", action="plan.read")
def show_version(call: Call, plan_id: str, n: int):
    """某一版的全文。"""
    return plan_versions.one(call.connection, plan_id, n)


@endpoint(blueprint, "/plans/<string:plan_id>/versions/<int:n>/changes", action="plan.read", query=DiffQuery)
def show_changes(call: Call, plan_id: str, n: int, query: dict):
    """两版之间逐条的变化。"""
    return plan_versions.between(call.connection, plan_id, query.get("since", n - 1), n)


@endpoint(blueprint, "/plans/<string:plan_id>/coverage", action="plan.read")
def show_coverage(call: Call, plan_id: str):
    """每个条款由哪些检查项、指标或填报支撑，或者为什么没有。"""
    plan, bank = plans.find(call.connection, plan_id), load_bank()
    rows = coverage(plan, bank)
    used = dict.fromkeys(id_ for row in rows for id_ in row["items"])
    return {"plan": plan_id, "clauses": rows, "items": {id_: bank.items[id_].question for id_ in used},
            "indicators": {one.id: one.title for one in plan.indicators}, "reports": {one.id: one.title for one in plan.reports}}
