"""Logging in and out."""

from flask import request
from flask_smorest import Blueprint

from inspect_api import auth
from inspect_api.db import reading
from inspect_api.http import Call, as_json, endpoint
from inspect_api.problems import Problem
from inspect_api.schemas.answered import answers
from inspect_api.schemas.asked import Login
from inspect_api.schemas.users import OwnPassword
from inspect_api.services import users
from inspect_api.services.limits import limits

blueprint = Blueprint("sessions", __name__, url_prefix="/api/v1", description="登录")


def _user(_actor: auth.Actor, arguments: dict) -> dict:
    body = arguments["body"]
    with reading() as connection:
        user = auth.find_user(connection, body["login"])
    return auth.check_password(user, body["password"])


@endpoint(blueprint, "/sessions", action="public", method="POST", body=Login, before=_user, status=201,
          document=answers(201, "LoggedIn", "令牌、本人和限制"))
def log_in(call: Call, body: dict, given: dict):
    """登录，得到绑定到本设备的令牌。"""
    token = auth.open_session(call.connection, call.now, given, body["device_id"], body["device_label"])
    return {"token": token, "user": {"id": given["id"], "login": given["login"], "name": given["name"],
                                     "role": given["role"], "regions": given["regions"]}, "limits": limits()}


@endpoint(blueprint, "/sessions/current", action="session.read", document=answers(200, "WhoIsIt", "本人、辖区和限制"))
def who(call: Call):
    """当前登录的人、角色和辖区。"""
    actor = call.actor
    return {"id": actor.user_id, "login": actor.login, "name": actor.name, "role": actor.role,
            "regions": list(actor.regions), "device_id": actor.device_id, "limits": limits()}


@endpoint(blueprint, "/sessions/current", action="session.read", method="DELETE")
def log_out(call: Call):
    """退出登录，令牌作废。"""
    auth.log_out(call.connection, call.now, request.headers["Authorization"])
    return as_json({"revoked": True})


def _new_password(actor: auth.Actor, arguments: dict) -> tuple[dict, str]:
    user = _user_of(actor)
    try:
        auth.check_password(user, arguments["body"]["old"])
    except Problem:  # the login itself is good, so not 401
        raise Problem("invalid", errors=[{"field": "old", "message": "原密码不正确"}]) from None
    return user, auth.hash_password(arguments["body"]["new"])


def _user_of(actor: auth.Actor) -> dict | None:
    with reading() as connection:
        return auth.find_user(connection, actor.login)


@endpoint(blueprint, "/sessions/password", action="password.own", method="POST", body=OwnPassword, before=_new_password)
def change_password(call: Call, body: dict, given: tuple):
    """改自己的密码：其他设备上的登录随之失效。"""
    user, hashed = given
    users.give_password(call.connection, user, hashed, call.now, call.actor.user_id, keep=auth.token_digest(request.headers["Authorization"]))
    return {"changed": True}
