"""整改: lists, one whole, and the steps that offices take."""

from flask_smorest import Blueprint

from inspect_api.http import Call, endpoint
from inspect_api.problems import Problem
from inspect_api.schemas.rectifications import (
    DeadlineBody,
    EvidenceBody,
    ReasonBody,
    RectificationsQuery,
    SignOffBody,
    SuperviseBody,
)
from inspect_api.services.days import day_of
from inspect_api.services.rectification import detail, lists, steps

blueprint = Blueprint("rectifications", __name__, url_prefix="/api/v1", description="整改")
_ONE = "/rectifications/<string:rectification_id>"


def _within(call: Call, case_id: str) -> str:
    grid = lists.grid_of(call.connection, case_id)
    if grid is None:
        raise Problem("not-found", f"没有编号为“{case_id}”的整改")
    call.within(grid)
    return case_id


@endpoint(blueprint, "/rectifications", action="rectification.read", query=RectificationsQuery)
def list_rectifications(call: Call, query: dict):
    """某区域某状态的整改，按期限或新旧排列，并附各状态的数量。"""
    call.within(query["region"])
    return lists.page(call.connection, query, day_of(call.now))


@endpoint(blueprint, _ONE, action="rectification.read")
def show(call: Call, rectification_id: str):
    """一项整改的全部内容：检查项、不符合情况、每一步、复查、重复发生、可进行的操作。"""
    return detail.one(call.connection, _within(call, rectification_id), day_of(call.now))


@endpoint(blueprint, _ONE + "/deadline", action="rectification.write", method="POST", body=DeadlineBody)
def deadline(call: Call, rectification_id: str, body: dict):
    """改变整改期限。"""
    return steps.take(call.connection, call.actor, _within(call, rectification_id), "deadline", body, call.now)


@endpoint(blueprint, _ONE + "/evidence", action="rectification.write", method="POST", body=EvidenceBody)
def evidence(call: Call, rectification_id: str, body: dict):
    """登记主体报来的整改材料。"""
    return steps.take(call.connection, call.actor, _within(call, rectification_id), "evidence", body, call.now)


@endpoint(blueprint, _ONE + "/supervise", action="rectification.write", method="POST", body=SuperviseBody)
def supervise(call: Call, rectification_id: str, body: dict):
    """挂账督办，或解除。"""
    kind = "supervise" if body["on"] else "unsupervise"
    return steps.take(call.connection, call.actor, _within(call, rectification_id), kind, body, call.now)


@endpoint(blueprint, _ONE + "/escalate", action="rectification.write", method="POST", body=ReasonBody)
def escalate(call: Call, rectification_id: str, body: dict):
    """超期的上报县（区）。"""
    return steps.take(call.connection, call.actor, _within(call, rectification_id), "escalate", body, call.now)


@endpoint(blueprint, _ONE + "/sign-off", action="rectification.write", method="POST", body=SignOffBody)
def sign_off(call: Call, rectification_id: str, body: dict):
    """销号：凭证明已整改的复查；没有复查的应写明理由。"""
    return steps.take(call.connection, call.actor, _within(call, rectification_id), "sign_off", body, call.now)


@endpoint(blueprint, _ONE + "/reopen", action="rectification.write", method="POST", body=ReasonBody)
def reopen(call: Call, rectification_id: str, body: dict):
    """重新打开已销号的整改。"""
    return steps.take(call.connection, call.actor, _within(call, rectification_id), "reopen", body, call.now)
