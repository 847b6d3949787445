"""The people who log in, as an office keeps them."""

from typing import Any

from flask_smorest import Blueprint

from inspect_api.auth import Actor
from inspect_api.http import Call, endpoint
from inspect_api.schemas.users import UserBody, UserEdit, UsersQuery
from inspect_api.services import people

blueprint = Blueprint("users", __name__, url_prefix="/api/v1", description="用户")


def _password(_actor: Actor, _arguments: dict[str, Any]) -> tuple[str, str]:
    return people.new_password()


@endpoint(blueprint, "/users", action="user.read", query=UsersQuery)
def list_users(call: Call, query: dict):
    """辖区内的用户，按用户名。"""
    call.within(query["region"])
    return people.page(call.connection, query)


@endpoint(blueprint, "/users", action="user.write", method="POST", body=UserBody, before=_password, status=201)
def add(call: Call, body: dict, given: tuple):
    """新增用户；初始密码只在此告知一次。"""
    return people.add(call.connection, call.actor, body, given, call.now)


@endpoint(blueprint, "/users/<string:user_id>", action="user.write", method="PATCH", body=UserEdit)
def edit(call: Call, user_id: str, body: dict):
    """修改姓名、角色、辖区，停用或启用；rev 为所见的版本。"""
    return people.edit(call.connection, call.actor, user_id, body, call.now)


@endpoint(blueprint, "/users/<string:user_id>/password", action="user.write", method="POST", before=_password)
def reset_password(call: Call, user_id: str, given: tuple):
    """重置密码：新密码只在此告知一次，原有登录全部失效。"""
    return people.reset_password(call.connection, call.actor, user_id, given, call.now)
