"""责令改正通知书: served about findings of a site, and printed."""

from flask_smorest import Blueprint

from inspect_api.http import Call, endpoint
from inspect_api.schemas.rectifications import NoticeBody
from inspect_api.services import notices, sites

blueprint = Blueprint("notices", __name__, url_prefix="/api/v1", description="责令改正通知书")


@endpoint(blueprint, "/sites/<string:site_id>/notices", action="rectification.write", method="POST", body=NoticeBody, status=201)
def make(call: Call, site_id: str, body: dict):
    """就某主体的问题出具通知书，按县（区）和年度连续编号。"""
    call.within(sites.one(call.connection, site_id)["grid"])
    return notices.make(call.connection, call.actor, site_id, body, call.now)


@endpoint(blueprint, "/notices/<string:notice_id>", action="rectification.read")
def show(call: Call, notice_id: str):
    """一份通知书的全部内容，供打印。"""
    notice = notices.find(call.connection, notice_id)
    call.within(sites.one(call.connection, notice["site_id"])["grid"])
    return notices.shown(notice)
