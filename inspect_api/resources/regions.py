"""Divisions and grids."""

from flask_smorest import Blueprint

from inspect_api.http import Call, endpoint, with_etag
from inspect_api.schemas.asked import RegionPut, RegionsQuery
from inspect_api.services import regions

blueprint = Blueprint("regions", __name__, url_prefix="/api/v1", description="区划与网格")


@endpoint(blueprint, "/regions", action="region.read", query=RegionsQuery)
def list_regions(call: Call, query: dict):
    """某前缀下的区划，按代码分页。区划代码是公开的，不限辖区；主体数量只限辖区内。"""
    if query.get("counts"):
        call.within(query["within"])
    return with_etag(regions.page(call.connection, query))


@endpoint(blueprint, "/regions/<string:code>", action="region.read")
def show(call: Call, code: str):
    """一个区划：边界、人口（年份与口径）、下级。"""
    return regions.one(call.connection, code)


@endpoint(blueprint, "/regions/<string:code>", action="region.write", method="PUT", body=RegionPut)
def put(call: Call, code: str, body: dict):
    """新建或修改区划、网格：名称、边界、有效期、人口。"""
    return regions.put(call.connection, call.actor, call.within(code), body, call.now)
