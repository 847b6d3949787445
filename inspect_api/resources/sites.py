"""Sites: found, added, edited, and the import of a ledger."""

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from inspect_api.auth import Actor, may
from inspect_api.db import reading
from inspect_api.http import Call, endpoint, now_ms, with_etag
from inspect_api.problems import Problem
from inspect_api.resources.exports import XLSX, attachment
from inspect_api.schemas.sites import ImportQuery, MapQuery, SiteBody, SiteEdit, SitesQuery
from inspect_api.services import editing, history, site_search, sites, templates
from inspect_api.services.days import day_of
from inspect_api.services.exports.book import Sent

blueprint = Blueprint("sites", __name__, url_prefix="/api/v1", description="监管主体")

_UPLOAD = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": {
    "type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}}}}}


@endpoint(blueprint, "/sites", action="site.read", query=SitesQuery)
def list_sites(call: Call, query: dict):
    """某区域的监管主体：查找、筛选、排序，附网格、最近一次检查、待整改问题数和许可证状态。"""
    call.within(query["region"])
    return sites.page(call.connection, query, day_of(call.now))


@endpoint(blueprint, "/sites/map", action="site.read", query=MapQuery)
def map_points(call: Call, query: dict):
    """地图上的点：[编号, 经度, 纬度, 类型, 状态]。"""
    call.within(query["region"])
    return with_etag(site_search.points(call.connection, query, day_of(call.now), call.now))


@endpoint(blueprint, "/sites", action="site.add", method="POST", body=SiteBody, status=201)
def add(call: Call, body: dict):
    """新增一个主体；台账里已有同一主体时告知是哪一个。"""
    if body.get("grid"):
        call.within(body["grid"])
    return editing.add_site(call.connection, call.actor, body, call.now)


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


def _ledger(actor: Actor, arguments: dict[str, Any]) -> tuple[str, list[sites.ParsedRow], dict[str, Any] | None]:
    query, file = arguments["query"], request.files.get("file")
    if file is None:
        raise Problem("invalid", errors=[{"field": "file", "message": "请上传台账文件（.xlsx 或 .csv）"}])
    name = file.filename or ""
    ledger = sites.parse(name, file.read(), query.get("crs"))
    if not query["dry_run"]:
        return name, ledger, None
    may(actor, "site.import", query["region"])
    with reading() as connection:  # a preview keeps nobody from writing
        return name, ledger, sites.preview(connection, query["region"], ledger, now_ms())


@endpoint(blueprint, "/sites/import", action="site.import", method="POST", query=ImportQuery, before=_ledger, document=_UPLOAD)
def import_ledger(call: Call, query: dict, given: tuple):
    """导入台账（CSV 或 XLSX）：逐行报告错误，可先预览，可重复导入，不产生重复主体。"""
    name, ledger, preview = given
    if preview is not None:
        return preview
    return sites.import_ledger(call.connection, call.within(query["region"]), name, ledger, query["all_or_nothing"],
                               call.actor.user_id, call.now)


def _template(_actor: Actor, _arguments: dict[str, Any]) -> Response:
    return attachment(Sent(templates.ledger()), "台账模板.xlsx")


@endpoint(blueprint, "/sites/template.xlsx", action="site.read", before=_template, database=False, document=XLSX)
def template(call: Call, given: Response):
    """台账模板：只有表头的“台账”和“填写说明”，全部是文本列，信用代码不会变成数字。"""
    return given
