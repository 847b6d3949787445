"""What a phone may write: the `set` of an operation on a visit or a site."""

from typing import Any

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
PHOTO_SOURCES = ("camera", "gallery")


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


def sha256(**more: Any) -> fields.String:
    """The SHA-256 of a photo, as it is named everywhere."""
    return fields.String(validate=validate.Regexp(r"[0-9a-f]{64}\Z", error="应为照片的 SHA-256"), **more)


class Signature(Strict):
    """The operator's signature, or why there is none. `photo` is the SHA-256 of its picture."""

    kind = one_of(("signed", "refused", "absent"), required=True)
    name = text(64)
    photo = sha256()
    reason = text(500)


class Capture(Strict):
    """What the phone tells of a photo: its own time, where it was, and whether its camera took it just then."""

    at = fields.String(validate=_instant, allow_none=True, error_messages=REQUIRED)
    source = one_of(PHOTO_SOURCES, allow_none=True)
    place = fields.Nested(Place, allow_none=True)


def captures(**more: Any) -> fields.Dict:
    """{sha256: capture} of photos, where null takes one back."""
    return fields.Dict(keys=sha256(), values=fields.Nested(Capture, allow_none=True), error_messages=REQUIRED, **more)


class VisitPatch(Strict):
    """Fields of a visit that may still change while it is a draft."""

    status = one_of(("draft", "signed"))
    answers = fields.Raw(validate=_answers, error_messages=REQUIRED)
    place = fields.Nested(Place, allow_none=True)
    end_place = fields.Nested(Place, allow_none=True)
    ended_at = fields.String(validate=_instant, allow_none=True, error_messages=REQUIRED)
    officers = fields.List(fields.Nested(Officer), validate=validate.Length(max=10), error_messages=REQUIRED)
    signature = fields.Nested(Signature, allow_none=True)
    photos = captures(validate=validate.Length(max=200, error="一次检查最多 200 张照片"))
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


class SitePatch(Strict):
    """Fields of a site that a person may change. `active` is false when it has closed for good."""

    type = site_type()
    name = text(200, low=1)
    grid = region_code()
    active = fields.Boolean(truthy={True}, falsy={False}, error_messages=REQUIRED)
    address = text(300)
    contact = text(100)
    phone = text(40)
    uscc = CreditCode(allow_none=True, error_messages=REQUIRED)
    licence_number = text(64, allow_none=True)
    licence_until = fields.Date(allow_none=True, error_messages={"invalid": "日期应如 2025-03-01"})
    registration_number = text(64, allow_none=True)
    risk_grade = one_of(GRADES, allow_none=True)
    attributes = fields.Dict(validate=known_attributes, error_messages=REQUIRED)
    photos = captures()
    place = fields.Nested(Place, allow_none=True)


class SiteCreate(SitePatch):
    """A site found on the street. Without a grid it is placed by its point."""

    class Meta(Strict.Meta):
        """A new site is open."""

        exclude = ("active",)

    type = site_type(required=True)
    name = text(200, required=True)


class TaskPatch(Strict):
    """What a phone says of a task."""

    state = one_of(("open", "done"))
    result = text(1000)


class Nothing(Strict):
    """A deletion says nothing but what it deletes."""


VISIT_CREATE: Schema = VisitCreate()
VISIT_PATCH: Schema = VisitPatch()
SITE_CREATE: Schema = SiteCreate()
SITE_PATCH: Schema = SitePatch()
TASK_PATCH: Schema = TaskPatch()
NOTHING: Schema = Nothing()
