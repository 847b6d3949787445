"""Saved views: filters of the office's pages, kept under a name, each person's own."""

from flask_smorest import Blueprint

from inspect_api.http import Call, endpoint
from inspect_api.schemas.review import ViewBody, ViewsQuery
from inspect_api.services import views

blueprint = Blueprint("views", __name__, url_prefix="/api/v1/views", description="常用视图")


@endpoint(blueprint, "", action="view.own", query=ViewsQuery)
def list_views(call: Call, query: dict):
    """本人保存的视图。"""
    return views.own(call.connection, call.actor, query.get("page"))


@endpoint(blueprint, "", action="view.own", method="POST", body=ViewBody, status=201)
def make(call: Call, body: dict):
    """保存一个视图：页面、名称、筛选条件。"""
    return views.make(call.connection, call.actor, body, call.now)


@endpoint(blueprint, "/<string:view_id>", action="view.own", method="DELETE")
def remove(call: Call, view_id: str):
    """删除本人的一个视图。"""
    return views.remove(call.connection, call.actor, view_id)
