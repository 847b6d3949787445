"""What offices say of the people who log in, and what people say of their own password."""

from marshmallow import fields, validate

from inspect_api.auth import ROLES
from inspect_api.schemas.fields import REQUIRED, Strict, one_of, page_limit, region_code, text

LOGIN = validate.Regexp(r"[A-Za-z0-9][A-Za-z0-9._-]{1,63}\Z", error="应为 2 至 64 个字母、数字、点、横线或下划线")


def _regions(**more: object) -> fields.List:
    return fields.List(region_code(), validate=validate.Length(max=50, error="最多 50 个"), error_messages=REQUIRED, **more)


class UsersQuery(Strict):
    """Users who answer for a region or for a part of it; who answers for all may leave it out."""

    region = region_code(load_default="")
    role = one_of(ROLES)
    text = text(60, metadata={"description": "用户名或姓名"})
    active = fields.Boolean()
    after = fields.String(load_default="", validate=validate.Length(max=64))
    limit = page_limit(200, 50)


class UserBody(Strict):
    """Somebody new. The password is made by the server."""

    login = fields.String(required=True, validate=LOGIN, error_messages=REQUIRED)
    name = text(64, required=True)
    role = one_of(ROLES, required=True)
    regions = _regions(required=True)


class UserEdit(Strict):
    """What to change of a user, and the revision that the office saw."""

    rev = fields.Integer(required=True, strict=True, error_messages=REQUIRED)
    name = text(64, low=1)
    role = one_of(ROLES)
    regions = _regions()
    active = fields.Boolean(truthy={True}, falsy={False}, error_messages=REQUIRED)


class OwnPassword(Strict):
    """One's own password: the one so far, and the one from now on."""

    old = text(200, required=True)
    new = text(200, required=True, low=8)
