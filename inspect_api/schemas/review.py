"""What is asked about reviews: the queue, approvals of many, saved views, the rules of a county."""

from typing import Any

import orjson
from marshmallow import ValidationError, fields, validate

from checklists.verdict import RESULTS
from inspect_api.models.review import SECOND_APPROVAL
from inspect_api.models.visits import FLAGS, QUEUES
from inspect_api.schemas.fields import (
    GRADES,
    REQUIRED,
    Strict,
    one_of,
    page_limit,
    region_code,
    site_type,
    text,
    uuid,
)

_PLACE = r"[0-9]{1,15}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z"  # where a page ended: an instant and an id
_VIEW_BYTES = 4_000


def _after() -> fields.String:
    return fields.String(validate=validate.Regexp(_PLACE, error="应为上一页的 next"))


def _days(most: int) -> fields.Integer:
    return fields.Integer(strict=True, error_messages=REQUIRED, validate=validate.Range(0, most, error=f"应为 0 至 {most} 天"))


class Queues(fields.String):
    """Names of queues with commas between them."""

    def _deserialize(self, value: Any, *args: Any, **more: Any) -> list[str]:
        names = super()._deserialize(value, *args, **more).split(",")
        if not set(names) <= set(QUEUES):
            raise ValidationError(f"应为 {'、'.join(QUEUES)}，用逗号隔开")
        return sorted(set(names))


class QueueQuery(Strict):
    """Visits that wait, of a region; who answers for all may leave it out."""

    region = region_code(load_default="")
    queue = Queues(load_default=lambda: [name for name in QUEUES if name != "returned"],
                   metadata={"description": "new 新报、again 更正后重报、second 待复审、returned 已退回，可用逗号并列；默认除 returned 外全部"})
    flagged = fields.Boolean()
    flag = one_of(FLAGS)
    overdue = fields.Boolean()
    site_type = site_type()
    document_type = one_of(("patrol", "inspection"))
    verdict = one_of(RESULTS)
    inspector = text(36)
    text = text(100)
    sort = one_of(("oldest", "newest"), load_default="oldest")
    after = _after()
    limit = page_limit(200, 50)


class SeenVisit(Strict):
    """A visit that was seen, and in which revision."""

    id = uuid(required=True)
    rev = fields.Integer(required=True, strict=True, error_messages=REQUIRED)


def _each_once(visits: list[dict[str, Any]]) -> None:
    if len({one["id"] for one in visits}) < len(visits):
        raise ValidationError("同一次检查只能列一次")


class ApproveBody(Strict):
    """Visits to approve at once."""

    visits = fields.List(fields.Nested(SeenVisit), required=True, error_messages=REQUIRED, validate=[
        validate.Length(1, 100, error="一次应为 1 至 100 条"), _each_once])
    note = text(1000, load_default="")


class SiteVisitsQuery(Strict):
    """Visits of a site, newest first."""

    after = _after()
    limit = page_limit(200, 20)


def _page(required: bool = False) -> fields.String:
    return fields.String(required=required, error_messages=REQUIRED,
                         validate=validate.Regexp(r"[a-z][a-z-]{0,19}\Z", error="应为页面的英文名"))


def _is_small(query: dict[str, Any]) -> None:
    try:
        size = len(orjson.dumps(query))
    except TypeError:  # it is nested deeper than JSON is written
        size = _VIEW_BYTES + 1
    if size > _VIEW_BYTES:
        raise ValidationError("筛选条件过长")


class ViewsQuery(Strict):
    """Saved views of one's own, of one page or of all."""

    page = _page()


class ViewBody(Strict):
    """A view to keep: which page, under which name, which filters."""

    page = _page(required=True)
    name = text(60, required=True)
    query = fields.Dict(keys=fields.String(), required=True, error_messages=REQUIRED, validate=_is_small)


def _visits_a_year() -> fields.Integer:
    return fields.Integer(required=True, strict=True, error_messages=REQUIRED, validate=validate.Range(0, 52, error="应为每年 0 至 52 次"))


Frequencies = Strict.from_dict({grade: _visits_a_year() for grade in GRADES}, name="Frequencies")


class RulesFields(Strict):
    """Rules of a county. One that is not given has its default."""

    second_approval = one_of(SECOND_APPROVAL)
    review_days = _days(365)
    frequencies = fields.Nested(Frequencies)
    silent_days = _days(365)
    late_days = _days(365)


class RulesBody(Strict):
    """The rules of a county, whole, and the revision that the office saw (0: none yet)."""

    rev = fields.Integer(required=True, strict=True, error_messages=REQUIRED)
    rules = fields.Nested(RulesFields, required=True, error_messages=REQUIRED)
