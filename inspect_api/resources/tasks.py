"""Tasks for grids and sites."""

from flask_smorest import Blueprint

from inspect_api.http import Call, endpoint
from inspect_api.schemas.asked import TaskBody
from inspect_api.schemas.tasks import TasksQuery
from inspect_api.services import tasks
from inspect_api.services.days import day_of

blueprint = Blueprint("tasks", __name__, url_prefix="/api/v1", description="任务")


@endpoint(blueprint, "/tasks", action="task.read", query=TasksQuery)
def list_tasks(call: Call, query: dict):
    """某区域的任务，可按状态、行动、主体、网格、逾期筛选，按期限排序。"""
    call.within(query["region"])
    return tasks.page(call.connection, query, day_of(call.now))


@endpoint(blueprint, "/tasks", action="task.write", method="POST", body=TaskBody, status=201)
def make(call: Call, body: dict):
    """布置任务到主体或网格；下次同步即到手机。"""
    grid = call.within(tasks.where(call.connection, body))
    return tasks.make(call.connection, call.actor, body, grid, call.now)


@endpoint(blueprint, "/tasks/<string:task_id>/withdraw", action="task.write", method="POST")
def withdraw(call: Call, task_id: str):
    """撤回未完成的任务。"""
    call.within(tasks.find(call.connection, task_id)["grid"])
    return tasks.withdraw(call.connection, call.actor, task_id, call.now)
