"""Query strings and bodies of the offices' resources."""

from marshmallow import fields, validate

from checklists.measures import METHODS, RECORD_KINDS, TASK_LEVELS
from inspect_api.schemas.fields import REQUIRED, Strict, one_of, region_code, site_type, text, uuid
from inspect_api.schemas.fields import page_limit as _limit
from sync.operation import SCHEMA

STATES = ("open", "done", "withdrawn")  # of a task
LEVELS = ("province", "city", "county", "town", "village", "grid")


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
    boundary = one_of(("simplified",), metadata={"description": "带上简化的边界，供地图使用"})
    counts = one_of(("sites",), metadata={"description": "带上每个区划内主体的数量"})
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
    new = fields.Boolean(load_default=False, metadata={"description": "只新建：已有这个代码时拒绝"})
    boundary = fields.Dict(allow_none=True, metadata={"description": "GeoJSON Polygon 或 MultiPolygon，WGS-84"})
    valid_from = fields.Date(allow_none=True)
    valid_to = fields.Date(allow_none=True)
    residents = fields.List(fields.Nested(Residents), validate=validate.Length(max=50))


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
    documents = fields.List(fields.String(validate=validate.Regexp(r"[0-9a-f]{64}\Z", error="应为 SHA-256")),
                            validate=validate.Length(max=20, error="最多 20 份"))
    note = text(500)
    replaces = uuid(allow_none=True, metadata={"description": "填报时所见的现有填报的编号，没有则为 null；已不是它时拒绝（可选，仅数值填报）"})


class PullQuery(Strict):
    """Where a pull goes on. Without a cursor it begins anew."""

    cursor = fields.String(validate=validate.Length(max=20_000), metadata={"description": "上次拉取得到的游标；不带则从头拉取"})
    limit = _limit(100_000, 500)
    schema = fields.Integer(load_default=SCHEMA, metadata={"description": "手机应用的协议版本"})


class RxdbQuery(Strict):
    """Where RxDB goes on: the cursor of its checkpoint."""

    cursor = fields.String(validate=validate.Length(max=20_000))
    limit = _limit(100_000, 100)


class QuarantineQuery(Strict):
    """Operations set aside, of a region; who answers for all may leave it out."""

    region = region_code(load_default="")
    state = one_of(("open", "released", "dismissed"), load_default="open")
    row = text(64)
    sort = one_of(("id", "newest"), load_default="id", metadata={"description": "newest：最新的在前"})
    counted = fields.Boolean(load_default=False, metadata={"description": "另答 count 与 more：共有几条，最多数到 1000"})
    after = fields.String(load_default="", validate=validate.Length(max=60))
    limit = _limit(200, 50)


class ReleaseBody(Strict):
    """Have a quarantined operation done after all; `set` mends fields of it first."""

    set = fields.Dict(load_default=dict, metadata={"description": "需要更正的字段，如 {\"at\": \"2025-05-01T09:30:00+08:00\"}"})
    note = text(500, load_default="")


class DismissBody(Strict):
    """Settle a quarantined operation without doing it: why."""

    reason = text(500, required=True)


class ConflictsQuery(Strict):
    """Values of phones that were not taken, in a region."""

    region = region_code(load_default="")
    state = one_of(("open", "kept", "theirs"), load_default="open")
    row = text(64)
    sort = one_of(("id", "newest"), load_default="id", metadata={"description": "newest：最新的在前"})
    counted = fields.Boolean(load_default=False, metadata={"description": "另答 count 与 more：共有几条，最多数到 1000"})
    after = fields.String(load_default="", validate=validate.Length(max=60))
    limit = _limit(200, 50)


class ResolveBody(Strict):
    """Which value stands from now on. `rev` is the row's revision that the office saw."""

    choose = one_of(("kept", "theirs"), required=True)
    rev = fields.Integer(strict=True)
    note = text(500, load_default="")


class DevicesQuery(Strict):
    """Devices of a region; `silent_days`: only those not heard from for so long."""

    region = region_code(load_default="")
    text = text(60, metadata={"description": "姓名、用户名、设备名称或编号"})
    silent_days = fields.Integer(validate=validate.Range(0, 3650, error="应为 0 至 3650"))
    kind = one_of(("phone", "browser"), metadata={"description": "手机，或办公端的浏览器"})
    unsent = fields.Boolean(metadata={"description": "只要上次联系时还有（或没有）未上传内容的"})
    revoked = fields.Boolean(metadata={"description": "只要已停用（或没有停用）的"})
    sort = one_of(("id", "silent"), load_default="id", metadata={"description": "silent：失联最久的在前"})
    after = fields.String(load_default="", validate=validate.Length(max=90))
    limit = _limit(200, 50)


class TaskReason(Strict):
    """The indicator that a task serves."""

    plan = text(64, required=True)
    indicator = text(64, required=True)


class TaskBody(Strict):
    """A task for a site, or for a whole grid."""

    id = uuid(metadata={"description": "由客户端生成（可选）；同一编号重复发送只布置一次"})
    site_id = uuid()
    grid = region_code()
    title = text(200, required=True)
    note = text(1000, load_default="")
    reason = fields.Nested(TaskReason)
    due_on = fields.Date(error_messages={"invalid": "日期应如 2025-03-01"})


class PhotoQuery(Strict):
    """Which picture of a photo, seen through which visit or site. `v` is the version of its stamp, as the visit's page gives it."""

    size = one_of(("thumb", "screen", "full"), load_default="full")
    visit = uuid()
    site = uuid()
    v = text(12)


class BlobQuery(Strict):
    """Where a photo would belong, for who answers for more than one county."""

    region = region_code()
