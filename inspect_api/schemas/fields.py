"""Field types that several schemas share, with messages that a clerk understands."""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate
from stdnum.cn import uscc as uscc_number
from stdnum.exceptions import ValidationError as NumberError

from checklists.site_types import SITE_TYPES, check_attributes

CRS = ("WGS84", "GCJ02", "BD09", "CGCS2000")
GRADES = ("A", "B", "C", "D")
MOST_INTEGER = (1 << 63) - 1  # that a column holds


class Strict(Schema):
    """A schema that refuses unknown fields, with Chinese messages."""

    class Meta:
        """Unknown fields are an error: a misspelt field must not vanish."""

        unknown = RAISE

    error_messages = {"unknown": "没有这个字段", "type": "应为对象"}


REQUIRED = {"required": "必填", "null": "不能为空", "invalid": "类型不正确", "validator_failed": "不正确"}


def text(length: int, required: bool = False, low: int | None = None, **more: Any) -> fields.String:
    """A text of `low` (default: 1 when required) to `length` characters; NUL is refused (PostgreSQL cannot store it)."""

    def check(value: str) -> None:
        if "\x00" in value:
            raise ValidationError("不能含有空字符")

    low = (1 if required else 0) if low is None else low
    return fields.String(required=required, error_messages=REQUIRED,
                         validate=[validate.Length(low, length, error=f"长度应为 {low} 至 {length} 个字符"), check], **more)


def region_code(required: bool = False, **more: Any) -> fields.String:
    """A region code: 2 to 14 digits, a prefix of the national code, or a grid."""
    return fields.String(required=required, error_messages=REQUIRED,
                         validate=validate.Regexp(r"[0-9]{2,14}\Z", error="区划代码应为 2 至 14 位数字"), **more)


def one_of(values: Any, required: bool = False, **more: Any) -> fields.String:
    """One of a few keys."""
    values = tuple(values)
    return fields.String(required=required, error_messages=REQUIRED,
                         validate=validate.OneOf(values, error=f"应为 {'、'.join(values)} 之一"), **more)


def page_limit(most: int, default: int) -> fields.Integer:
    """How many rows a page has."""
    return fields.Integer(load_default=default, validate=validate.Range(1, most, error=f"应为 1 至 {most}"),
                          metadata={"description": "每页条数"})


def site_type(required: bool = False, **more: Any) -> fields.String:
    """A key of checklists.site_types.SITE_TYPES."""
    return fields.String(required=required, error_messages=REQUIRED, validate=validate.OneOf(
        tuple(SITE_TYPES), error="没有这种主体类型"), **more)


def uuid(required: bool = False, **more: Any) -> fields.String:
    """A UUID in canonical lower-case form."""
    return fields.String(required=required, error_messages=REQUIRED, validate=validate.Regexp(
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", error="应为小写 UUID"), **more)


class CreditCode(fields.String):
    """统一社会信用代码 by GB 32100-2015, check digit included; kept in its compact form of 18 characters."""

    def _deserialize(self, value: Any, *args: Any, **more: Any) -> str:
        try:
            return uscc_number.validate(super()._deserialize(value, *args, **more))
        except NumberError:
            raise ValidationError("统一社会信用代码不正确（18 位，末位为校验码）") from None


def known_attributes(value: dict) -> None:
    """Only attributes that checklists.site_types knows, each with a value of its kind; null takes one away."""
    if problems := check_attributes({name: one for name, one in value.items() if one is not None}):
        raise ValidationError(problems)


class Place(Strict):
    """A captured place, as given. `accuracy` in metres; `mock` when the phone says the place is simulated."""

    lon = fields.Float(required=True, allow_nan=False, error_messages=REQUIRED,
                       validate=validate.Range(-180, 180, error="经度应在 -180 至 180 之间"))
    lat = fields.Float(required=True, allow_nan=False, error_messages=REQUIRED,
                       validate=validate.Range(-90, 90, error="纬度应在 -90 至 90 之间"))
    crs = one_of(CRS, required=True)
    accuracy = fields.Float(allow_none=True, allow_nan=False, validate=validate.Range(0, 1e6, error="精度应为不小于 0 的米数"))
    source = text(20)
    mock = fields.Boolean(allow_none=True)
