"""What a county decides about its own work."""

from flask_smorest import Blueprint

from inspect_api.http import Call, endpoint
from inspect_api.schemas.review import RulesBody
from inspect_api.services import rules

blueprint = Blueprint("counties", __name__, url_prefix="/api/v1/counties", description="县（区）规则")


@endpoint(blueprint, "/<string:org>/rules", action="rules.read")
def show_rules(call: Call, org: str):
    """县（区）的规则：是否两人审核、各种期限、检查频次。县内各办公室都能看。"""
    rules.check_reader(call.actor, org)
    return rules.one(call.connection, org)


@endpoint(blueprint, "/<string:org>/rules", action="rules.write", method="PUT", body=RulesBody)
def put_rules(call: Call, org: str, body: dict):
    """修改县（区）的规则，整体替换；未写的为默认值。"""
    return rules.put(call.connection, call.actor, call.within(org), body["rules"], body["rev"], call.now)
