"""What offices ask of the ledger of sites, and what they send to it."""

from marshmallow import fields, validate

from inspect_api.schemas.fields import (
    CRS,
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
from inspect_api.schemas.pushed import SiteCreate, SitePatch

SORTS = ("id", "name", "newest")


class SitesFilter(Strict):
    """Which sites of a region."""

    region = region_code(required=True)
    text = text(60, metadata={"description": "名称、地址、许可证号、登记证号、信用代码、负责人、电话；空格隔开的词都要有"})
    type = site_type()
    risk_grade = one_of((*GRADES, "none"))
    grid = region_code(metadata={"description": "恰在此网格（或村、乡镇）"})
    active = fields.Boolean()
    has_place = fields.Boolean()
    never_visited = fields.Boolean()
    open_findings = fields.Boolean()
    licence_expires_within = fields.Integer(validate=validate.Range(0, 3650, error="应为 0 至 3650"),
                                            metadata={"description": "许可证在多少天内到期；已过期的也算"})


class SitesQuery(SitesFilter):
    """Sites of a region, page by page."""

    sort = one_of(SORTS, load_default="id")
    after = fields.String(validate=validate.Length(max=1000))
    limit = page_limit(200, 50)


class MapQuery(SitesFilter):
    """Sites of a region for a map: those that are open, if nothing else is asked."""

    active = fields.Boolean(load_default=True)


class ImportQuery(Strict):
    """How a ledger is to be imported."""

    region = region_code(required=True, metadata={"description": "台账所属区域；行内未写网格时按所属乡镇或坐标定位"})
    crs = one_of(CRS, metadata={"description": "台账未注明坐标系时按此解释坐标"})
    all_or_nothing = fields.Boolean(load_default=False, metadata={"description": "有任何错误行时一行也不导入"})
    dry_run = fields.Boolean(load_default=False, metadata={"description": "只看会导入什么，什么也不写"})


class SiteEdit(Strict):
    """An office's edit of a site: the fields to change, and the revision that the office saw."""

    rev = fields.Integer(required=True, strict=True, error_messages=REQUIRED)
    set = fields.Nested(SitePatch, required=True, error_messages=REQUIRED)


class SiteBody(SiteCreate):
    """A site that an office adds. `id`: the same one sent again adds nothing."""

    id = uuid()
