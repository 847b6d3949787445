"""What is asked about tasks and campaigns, and about how numbers came to be."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from checklists.site_types import SITE_TYPES
from inspect_api.models.campaigns import KINDS
from inspect_api.models.campaigns import STATES as CAMPAIGN_STATES
from inspect_api.schemas.asked import BASIS, STATES, HoldersQuery, IndicatorsQuery
from inspect_api.schemas.fields import REQUIRED, Strict, one_of, page_limit, region_code, text, uuid

MOST_SITES = 5000  # of one campaign
_DAY = {"invalid": "日期应如 2025-03-01", "required": "必填", "null": "不能为空"}
_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_PLACE = rf"(([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}|-)\.)?{_UUID}\Z"  # where a page ended: an id, in the order of days a day and an id


class TasksQuery(Strict):
    """Tasks of a region."""

    region = region_code(required=True)
    state = one_of(STATES)
    campaign = uuid()
    site = uuid()
    grid = region_code()
    person = text(36, metadata={"description": "某人辖区内的任务（网格员）"})
    overdue = fields.Boolean(metadata={"description": "未办且已过期限"})
    sort = one_of(("id", "due"), load_default="id", metadata={"description": "id 按布置先后；due 按期限先后，无期限的在最后"})
    after = fields.String(validate=validate.Regexp(_PLACE, error="应为上一页的 next"))
    limit = page_limit(200, 50)


class Targets(Strict):
    """Whom a campaign is for, by its kind.

    window: `plan`, `window`, `site_types`. risk: nothing more. gap: `plan`, `indicator`, optional `window`, `basis`, and `sites` or `state` missing.
    """

    region = region_code(required=True, metadata={"description": "县（区）或其下的区域"})
    kind = one_of(KINDS, required=True)
    per = one_of(("site", "grid"), load_default="site", metadata={"description": "site 每户一条；grid 每个网格一条"})
    plan = text(64)
    window = text(40)
    site_types = fields.List(one_of(SITE_TYPES), validate=validate.Length(1, len(SITE_TYPES), error="至少选一种主体"))
    indicator = text(64)
    basis = fields.String(**BASIS)
    state = one_of(("missing",))
    sites = fields.List(uuid(), validate=validate.Length(1, MOST_SITES, error=f"应为 1 至 {MOST_SITES} 个主体"))

    @validates_schema
    def fits(self, given: dict[str, Any], **_: Any) -> None:
        """The fields that a kind needs, and none that it does not know."""
        needs = {"window": {"plan", "window", "site_types"}, "risk": set(), "gap": {"plan", "indicator"}}.get(given.get("kind", ""))
        if needs is None:
            return
        may = {"window": set(), "risk": {"site_types"}, "gap": {"window", "sites", "state"}}[given["kind"]]
        told = {"plan", "window", "site_types", "indicator", "state", "sites"} & given.keys()
        errors = {name: ["必填"] for name in needs - told} | {name: ["这种任务不用此字段"] for name in told - needs - may}
        if given["kind"] == "gap" and len({"state", "sites"} & told) != 1:
            errors["sites"] = ["sites 与 state 应恰好填一个"]
        if not (6 <= len(given.get("region", "")) <= 14):
            errors["region"] = ["应为一个县（区）或其下的区域"]
        if errors:
            raise ValidationError(errors)


class CampaignBody(Targets):
    """A campaign. Its `id` is the client's: sent twice, it is made once."""

    id = uuid(required=True)
    title = text(200, required=True)
    note = text(1000, load_default="")
    due_on = fields.Date(required=True, error_messages=_DAY)


class CampaignsQuery(Strict):
    """Campaigns that concern a region, newest first."""

    region = region_code(required=True)
    state = one_of(CAMPAIGN_STATES)
    after = uuid()
    limit = page_limit(50, 20)


class CampaignQuery(Strict):
    """How far a campaign has come in a region (default: its own)."""

    region = region_code()


class EndBody(Strict):
    """Take the open tasks of a campaign back. `rev` is the revision that was seen."""

    rev = fields.Integer(strict=True, error_messages=REQUIRED)


class BoardQuery(IndicatorsQuery):
    """Which numbers, and of which windows."""

    windows = one_of(("all", "current"), load_default="all", metadata={"description": "current 只要各指标当前的时段"})


class GapQuery(HoldersQuery):
    """Which sites; `without_task` leaves out those that have an open task for this indicator."""

    without_task = fields.Boolean()


class ExplainQuery(Strict):
    """Which number is to explain itself."""

    region = region_code()
    window = text(40)
    basis = fields.String(**BASIS)


class TrendQuery(Strict):
    """Which number, over which days (default: its window)."""

    region = region_code()
    window = text(40)
    basis = fields.String(**BASIS)
    from_ = fields.Date(data_key="from", error_messages=_DAY)
    to = fields.Date(error_messages=_DAY)
