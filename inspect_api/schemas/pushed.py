"""What a phone may write: the `set` of an operation on a visit or a site."""

from marshmallow import Schema, ValidationError, fields, validate

from inspect_api.schemas.fields import (
    GRADES,
    REQUIRED,
    CreditCode,
    Place,
    Strict,
    known_attributes,
    one_of,
    region_code,
    site_type,
    text,
    uuid,
)
from sync.operation import parse_instant

DOCUMENT_TYPES = ("patrol", "inspection")


def _answers(value: object) -> None:
    """Only that it is an object: what each answer holds is judged by the checklist's validator."""
    if not isinstance(value, dict):
        raise ValidationError("应为对象：{检查项: 答案}")


def _instant(value: str) -> None:
    try:
        parse_instant(value)
    except (ValueError, OverflowError) as error:
        raise ValidationError(str(error)) from None


class Officer(Strict):
    """A law-enforcement officer of a supervision inspection (Order 49, article 20: two of them, with certificates)."""

    name = text(64, required=True)
    certificate = text(64, required=True)


class Signature(Strict):
    """The operator's signature, or why there is none. `photo` is the SHA-256 of its picture."""

    kind = one_of(("signed", "refused", "absent"), required=True)
    name = text(64)
    photo = fields.String(validate=validate.Regexp(r"[0-9a-f]{64}\Z", error="应为照片的 SHA-256"))
    reason = text(500)


class VisitPatch(Strict):
    """Fields of a visit that may still change while it is a draft."""

    status = one_of(("draft", "signed"))
    answers = fields.Raw(validate=_answers)
    place = fields.Nested(Place)
    end_place = fields.Nested(Place)
    ended_at = fields.String(validate=_instant)
    officers = fields.List(fields.Nested(Officer), validate=validate.Length(max=10))
    signature = fields.Nested(Signature)
    operator_word = text(1000)
    note = text(2000)


class VisitCreate(VisitPatch):
    """A new visit. `at` is the phone's time at its beginning; `replaces` makes it an amendment."""

    site_id = uuid(required=True)
    checklist = fields.String(required=True, error_messages=REQUIRED,
                              validate=validate.Regexp(r"[0-9a-f]{64}\Z", error="应为检查表版本（64 位十六进制）"))
    document_type = one_of(DOCUMENT_TYPES, required=True)
    at = fields.String(required=True, error_messages=REQUIRED)
    replaces = uuid(allow_none=True)


class SiteCreate(Strict):
    """A site found on the street. Without a grid it is placed by its point."""

    type = site_type(required=True)
    name = text(200, required=True)
    grid = region_code()
    address = text(300)
    contact = text(100)
    phone = text(40)
    uscc = CreditCode(allow_none=True, error_messages=REQUIRED)
    licence_number = text(64, allow_none=True)
    licence_until = fields.Date(allow_none=True, error_messages={"invalid": "日期应如 2025-03-01"})
    registration_number = text(64, allow_none=True)
    risk_grade = one_of(GRADES, allow_none=True)
    attributes = fields.Dict(validate=known_attributes)
    place = fields.Nested(Place)


VISIT_CREATE: Schema = VisitCreate()
VISIT_PATCH: Schema = VisitPatch()
SITE_CREATE: Schema = SiteCreate()
