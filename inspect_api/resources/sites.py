"""Sites, and the import of a ledger."""

from flask import request
from flask_smorest import Blueprint

from inspect_api.auth import Actor
from inspect_api.http import Call, endpoint
from inspect_api.problems import Problem
from inspect_api.schemas.asked import ImportQuery, SiteEdit, SitesQuery
from inspect_api.services import editing, history, sites

blueprint = Blueprint("sites", __name__, url_prefix="/api/v1", description="监管主体")

_UPLOAD = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": {
    "type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}}}}}


@endpoint(blueprint, "/sites", action="site.read", query=SitesQuery)
def list_sites(call: Call, query: dict):
    """某区域的监管主体。"""
    return sites.page(call.connection, call.within(query["region"]), query.get("type"), query.get("after"), query["limit"])


@endpoint(blueprint, "/sites/<string:site_id>", action="site.read")
def show(call: Call, site_id: str):
    """一个监管主体。"""
    site = sites.one(call.connection, site_id)
    call.within(site["grid"])
    return site


@endpoint(blueprint, "/sites/<string:site_id>", action="site.edit", method="PATCH", body=SiteEdit)
def edit(call: Call, site_id: str, body: dict):
    """修改主体：rev 为所见的版本；其间被他人改过的字段不会被覆盖。"""
    call.within(sites.one(call.connection, site_id)["grid"])
    return editing.edit_site(call.connection, call.actor, site_id, body["rev"], body["set"], call.now)


@endpoint(blueprint, "/sites/<string:site_id>/history", action="history.read")
def site_history(call: Call, site_id: str):
    """主体各字段的修改记录，新的在前。"""
    call.within(sites.one(call.connection, site_id)["grid"])
    return history.of(call.connection, "site", site_id)


def _ledger(_actor: Actor, arguments: dict) -> tuple[str, list[sites.ParsedRow]]:
    file = request.files.get("file")
    if file is None:
        raise Problem("invalid", errors=[{"field": "file", "message": "请上传台账文件（.xlsx 或 .csv）"}])
    name = file.filename or ""
    return name, sites.parse(name, file.read(), arguments["query"].get("crs"))


@endpoint(blueprint, "/sites/import", action="site.import", method="POST", query=ImportQuery, before=_ledger, document=_UPLOAD)
def import_ledger(call: Call, query: dict, given: tuple):
    """导入台账（CSV 或 XLSX）：逐行报告错误，可重复导入，不产生重复主体。"""
    name, ledger = given
    return sites.import_ledger(call.connection, call.within(query["region"]), name, ledger, query["all_or_nothing"],
                               call.actor.user_id, call.now)
