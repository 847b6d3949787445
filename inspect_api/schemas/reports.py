"""Reports, their calendar, and what offices enter."""

from marshmallow import fields, validate

from checklists.measures import METHODS, RECORD_KINDS, TASK_LEVELS
from inspect_api.schemas.fields import Strict, one_of, region_code, text, uuid

_DAY = {"error_messages": {"invalid": "日期应如 2022-09-30", "required": "必填", "null": "不能为空"}}


def _limit(most: int = 200, default: int = 50) -> fields.Integer:
    return fields.Integer(load_default=default, validate=validate.Range(1, most, error=f"应为 1 至 {most}"))


class CalendarQuery(Strict):
    """Deadlines of the plans over a region, from a day to a day (default: the current year)."""

    region = region_code(required=True)
    from_ = fields.Date(data_key="from", **_DAY)
    to = fields.Date(**_DAY)


class FrozenQuery(Strict):
    """Reports of a region and all below it, newest first."""

    region = region_code(required=True)
    plan = text(64)
    after = uuid()
    limit = _limit()


class RevisionQuery(Strict):
    """Which revision of a report; default: the newest."""

    revision = fields.Integer(validate=validate.Range(1, 10_000, error="应为不小于 1 的整数"))


class OpenRowsQuery(RevisionQuery):
    """Frozen open rectifications, a chunk at a time: `next` of one answer is `after` of the following one."""

    after = fields.Integer(load_default=-1, validate=validate.Range(-1, 1_000_000, error="应为整数"))


class FreezeBody(Strict):
    """Which report is to be frozen, and as of which day (default: today)."""

    plan = text(64, required=True)
    region = region_code(required=True)
    report = text(64, load_default="", metadata={"description": "计划里报送要求的 id；自行报送的不填"})
    as_of = fields.Date(**_DAY)
    note = text(500, load_default="")


class ReviseBody(Strict):
    """Why a report is compared anew."""

    note = text(500, load_default="")


class EntryQuery(Strict):
    """What a plan's offices have to enter, in a region (default: the plan's), as of a day (default: today)."""

    region = region_code()
    as_of = fields.Date(**_DAY)


class RecordsQuery(Strict):
    """Batches of a region and all below it, newest first."""

    region = region_code(required=True)
    kind = one_of(RECORD_KINDS)
    method = one_of(METHODS)
    level = one_of(TASK_LEVELS)
    from_ = fields.Date(data_key="from", **_DAY)
    to = fields.Date(**_DAY)
    after = fields.String(validate=validate.Regexp(r"\d{4}-\d\d-\d\d\.[0-9a-f-]{36}\Z", error="应为上一页的 next"))
    limit = _limit()


class RecordBody(Strict):
    """Batches of one kind, method and level on one day."""

    region = region_code(required=True)
    id = uuid(metadata={"description": "编号（可选）；同一编号重复发送只计一次"})
    kind = one_of(RECORD_KINDS, required=True)
    on = fields.Date(required=True, **_DAY)
    method = one_of(METHODS, required=True)
    task_level = one_of(TASK_LEVELS, required=True)
    residue = fields.Boolean(load_default=False)
    count = fields.Integer(required=True, strict=True, validate=validate.Range(1, 10_000_000, error="应为正整数"))
    document = text(200, load_default="")
    documents = fields.List(fields.String(validate=validate.Regexp(r"[0-9a-f]{64}\Z", error="应为 SHA-256")), load_default=list,
                            validate=validate.Length(max=20, error="最多 20 份"))
    note = text(500, load_default="")


class RecordsImportQuery(Strict):
    """How a file of batches and reported numbers is to be imported."""

    region = region_code(required=True)
    dry_run = fields.Boolean(load_default=False, metadata={"description": "只检查，不写入"})
    all_or_nothing = fields.Boolean(load_default=False, metadata={"description": "有任何错误行时一行也不导入"})


class DocumentQuery(Strict):
    """Where a document belongs; default: the home of who sends it."""

    region = region_code()
