"""What an office asks of the audit log."""

from marshmallow import fields, validate

from inspect_api.schemas.fields import Strict, page_limit, text


class AuditQuery(Strict):
    """Entries of a county, or of the counties of a wider region; who answers for all may leave it out."""

    region = fields.String(load_default="", validate=validate.Regexp(r"([0-9]{2}|[0-9]{4}|[0-9]{6})?\Z", error="应为 2、4 或 6 位区划代码"))
    actor = text(36, metadata={"description": "用户编号，或 command-line"})
    action = text(40)
    noun = fields.String(validate=validate.Regexp(r"[a-z-]{1,20}\Z", error="应为小写字母"), metadata={"description": "action 的第一段，如 site"})
    subject = text(100)
    since = fields.Date(data_key="from", error_messages={"invalid": "日期应如 2022-09-30"})
    until = fields.Date(data_key="to", error_messages={"invalid": "日期应如 2022-09-30"})
    after = fields.String(load_default="", validate=validate.Length(max=60))
    limit = page_limit(200, 50)
