"""The page at /, and whether the server lives and is ready."""

import sqlalchemy as sa
from flask import make_response, render_template
from flask_smorest import Blueprint
from sqlalchemy.exc import DBAPIError

from inspect_api.demo.load import loaded
from inspect_api.http import Call, endpoint
from inspect_api.models import Region
from inspect_api.problems import CATALOGUE, Problem
from inspect_api.services.programmes import programmes

blueprint = Blueprint("home", __name__, description="服务状态")


@endpoint(blueprint, "/", action="public")
def page(call: Call):
    """说明页：这是什么，去哪里看。"""
    plans = list(programmes(call.connection).plans.values())
    names = call.connection.execute(sa.select(Region.code, Region.name).where(Region.code.in_({plan.region for plan in plans})))
    return make_response(render_template("home.html", plans=plans, regions=dict(names.tuples().all()),
                                         demo=loaded(call.connection) is not None))


@endpoint(blueprint, "/docs/problems", action="public")
def problems(call: Call):
    """错误代码表。"""
    return make_response(render_template("problems.html", catalogue=CATALOGUE))


@endpoint(blueprint, "/healthz", action="public")
def alive(call: Call):
    """进程在运行。"""
    return {"status": "ok"}


@endpoint(blueprint, "/readyz", action="public")
def ready(call: Call):
    """数据库可用，计划已载入。"""
    try:
        loaded = len(programmes(call.connection).plans)
    except DBAPIError as error:
        raise Problem("not-ready", "数据库不可用，或尚未建立数据表：flask db upgrade") from error
    if not loaded:
        raise Problem("not-ready", "还没有载入计划：flask plans load")
    return {"status": "ready", "plans": loaded}
