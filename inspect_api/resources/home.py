"""The page at /, and whether the server lives and is ready."""

import sqlalchemy as sa
from flask import make_response, render_template
from flask_smorest import Blueprint

from inspect_api.http import Call, endpoint
from inspect_api.models import Site, Visit
from inspect_api.problems import CATALOGUE, Problem
from inspect_api.services.programmes import programmes

blueprint = Blueprint("home", __name__, description="服务状态")


@endpoint(blueprint, "/", action="public")
def page(call: Call):
    """说明页：这是什么，去哪里看。"""
    sites, visits = (call.connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                     for table in (Site, Visit))
    return make_response(render_template("home.html", plans=list(programmes(call.connection).plans.values()),
                                         sites=sites, visits=visits))


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
    loaded = len(programmes(call.connection).plans)
    if not loaded:
        raise Problem("not-ready", "还没有载入计划：flask plans load")
    return {"status": "ready", "plans": loaded}
