"""What is asked about rectifications and notices."""

from marshmallow import ValidationError, fields, validate

from inspect_api.models.rectification import STATES
from inspect_api.schemas.fields import (
    REQUIRED,
    Strict,
    one_of,
    page_limit,
    region_code,
    site_type,
    text,
    uuid,
)

_SHA256 = validate.Regexp(r"[0-9a-f]{64}\Z", error="应为 SHA-256（小写十六进制）")
_DAY = {"error_messages": {**REQUIRED, "invalid": "日期应如 2026-03-01"}}


def _names(most: int) -> fields.List:
    return fields.List(fields.String(validate=_SHA256), load_default=list, validate=validate.Length(max=most, error=f"最多 {most} 个"))


class RectificationsQuery(Strict):
    """Rectifications of a region in one state."""

    region = region_code(required=True)
    state = one_of(STATES, load_default="open")
    site_type = site_type()
    site = uuid()
    key = fields.Boolean(metadata={"description": "true 只看重点项，false 只看一般项"})
    text = text(100, metadata={"description": "主体名称中的文字"})
    sort = one_of(("due", "newest"), load_default="due")
    after = fields.String(validate=validate.Regexp(r"(\d{4}-\d{2}-\d{2})?_[0-9a-f-]{36}\Z", error="应为上一页的 next"))
    limit = page_limit(200, 50)


class Step(Strict):
    """What every step has: the number of steps that the office saw."""

    rev = fields.Integer(strict=True, metadata={"description": "看到的步数；已变则为 state-changed"})


class DeadlineBody(Step):
    """Another deadline, and why."""

    due_on = fields.Date(required=True, **_DAY)
    reason = text(500, required=True)


class EvidenceBody(Step):
    """What the shop handed in to show that it mended."""

    note = text(2000, load_default="")
    photos = _names(30)
    documents = _names(10)


class SuperviseBody(Step):
    """挂账督办, or its end."""

    on = fields.Boolean(required=True, error_messages=REQUIRED)
    reason = text(500, required=True)


class ReasonBody(Step):
    """Why."""

    reason = text(500, required=True)


class SignOffBody(Step):
    """The township's sign-off: by the recheck that proves it, or with a reason why without one."""

    note = text(500, load_default="")
    without_recheck = text(500, load_default="")


def _each_once(findings: list[str]) -> None:
    if len(set(findings)) < len(findings):
        raise ValidationError("同一问题只能列一次")


class NoticeBody(Strict):
    """Which findings of a site a notice is about. `id` is made by the client, once for each click."""

    id = uuid(metadata={"description": "由客户端生成；同一编号重复发送得到同一份通知书"})
    findings = fields.List(uuid(), required=True, error_messages=REQUIRED, validate=[
        validate.Length(1, 50, error="应为 1 至 50 项"), _each_once])
    due_on = fields.Date(**_DAY)
