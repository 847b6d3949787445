"""Query strings and bodies of the offices' resources."""

from marshmallow import fields, validate

from checklists.measures import METHODS, RECORD_KINDS, TASK_LEVELS
from inspect_api.schemas.fields import CRS, REQUIRED, Strict, one_of, region_code, site_type, text, uuid

LEVELS = ("province", "city", "county", "town", "village", "grid")


def _limit(most: int, default: int) -> fields.Integer:
    return fields.Integer(load_default=default, validate=validate.Range(1, most, error=f"应为 1 至 {most}"),
                          metadata={"description": "每页条数"})


def _quantity() -> fields.Float:
    """A number that an office reports: not negative, not beyond what anything in a county can be."""
    return fields.Float(allow_nan=False, error_messages=REQUIRED, validate=validate.Range(0, 1e12, error="应在 0 至 1e12 之间"))


class Login(Strict):
    """A login from one device. The device's id is made by the device, once."""

    login = text(64, required=True)
    password = text(200, required=True)
    device_id = text(64, required=True)
    device_label = text(100, load_default="")


class ChecklistQuery(Strict):
    """Which checklist is in force."""

    site_type = site_type(required=True)
    region = region_code(required=True)


class RegionsQuery(Strict):
    """Regions under a prefix, page by page."""

    within = fields.String(load_default="", validate=validate.Regexp(r"[0-9]{0,14}\Z", error="应为数字"))
    level = one_of(LEVELS)
    after = fields.String(load_default="", validate=validate.Length(max=14))
    limit = _limit(1000, 200)


class Residents(Strict):
    """Residents of a region: of which year, counted on which base, from which source."""

    year = fields.Integer(required=True, validate=validate.Range(1990, 2100, error="应为 1990 至 2100"))
    base = one_of(("resident", "registered"), required=True)
    residents = fields.Integer(required=True, validate=validate.Range(0, 2_000_000_000, error="应为不小于 0 的整数"))
    source = text(200, required=True)


class RegionPut(Strict):
    """A region or grid to make or edit."""

    name = text(100)
    boundary = fields.Dict(allow_none=True, metadata={"description": "GeoJSON Polygon 或 MultiPolygon，WGS-84"})
    valid_from = fields.Date(allow_none=True)
    valid_to = fields.Date(allow_none=True)
    residents = fields.List(fields.Nested(Residents), validate=validate.Length(max=50))


class SitesQuery(Strict):
    """Sites of a region, page by page."""

    region = region_code(required=True)
    type = site_type()
    after = uuid()
    limit = _limit(200, 50)


class ImportQuery(Strict):
    """How a ledger is to be imported."""

    region = region_code(required=True, metadata={"description": "台账所属区域；行内未写网格时按所属乡镇或坐标定位"})
    crs = one_of(CRS, metadata={"description": "台账未注明坐标系时按此解释坐标"})
    all_or_nothing = fields.Boolean(load_default=False, metadata={"description": "有任何错误行时一行也不导入"})


class VisitsQuery(Strict):
    """Visits of a region, newest first."""

    region = region_code(required=True)
    review = one_of(("received", "returned", "approved", "rejected"))
    after = uuid()
    limit = _limit(200, 50)


class ReviewBody(Strict):
    """A decision about a visit. `rev` is the revision the reviewer saw."""

    decision = one_of(("approve", "return", "reject"), required=True)
    reason = text(1000, load_default="")
    items = fields.Dict(keys=fields.String(), values=fields.String(validate=validate.Length(1, 500, error="应为 1 至 500 个字符")),
                        load_default=dict, metadata={"description": "退回时逐项的原因：{检查项: 原因}"})
    rev = fields.Integer()


BASIS = {"validate": validate.OneOf(("received", "approved"), error="应为 received 或 approved"), "load_default": "received"}


class IndicatorsQuery(Strict):
    """Which numbers: of which region, on which basis, as of which day."""

    region = region_code(metadata={"description": "默认为计划的适用区域"})
    basis = fields.String(**BASIS, metadata={"description": "received 收到即计；approved 审核通过才计"})
    as_of = fields.Date(error_messages={"invalid": "日期应如 2022-09-30"}, metadata={"description": "默认今天"})


class HoldersQuery(Strict):
    """Which sites: those that hold a number back (missing), those that meet it, or those it does not concern."""

    region = region_code()
    basis = fields.String(**BASIS)
    state = one_of(("missing", "met", "none"), load_default="missing")
    window = text(40)
    after = uuid()
    limit = _limit(200, 50)


class ReportsQuery(Strict):
    """Reports that stand, of a region (default: the plan's)."""

    region = region_code()
    after = text(36, load_default="")
    limit = _limit(200, 50)


class ReportBody(Strict):
    """What an office reports: numbers for a `reported` indicator, or sampling batches for a `counted` one."""

    region = region_code(required=True)
    id = uuid(metadata={"description": "填报编号（可选）；同一编号重复发送只计一次"})
    window = text(40)
    numerator = _quantity()
    denominator = _quantity()
    kind = one_of(RECORD_KINDS)
    on = fields.Date(error_messages={"invalid": "日期应如 2022-09-30"})
    method = one_of(METHODS)
    task_level = one_of(TASK_LEVELS)
    residue = fields.Boolean()
    count = fields.Integer(strict=True, validate=validate.Range(1, 10_000_000, error="应为正整数"))
    document = text(200)
    note = text(500)


class QuarantineQuery(Strict):
    """Operations set aside, of a region; who answers for all may leave it out."""

    region = region_code(load_default="")
    after = fields.String(load_default="", validate=validate.Length(max=36))
    limit = _limit(200, 50)
