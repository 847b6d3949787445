"""The checklists that phones are served."""

from flask_smorest import Blueprint

from inspect_api.http import Call, endpoint, immutable, with_etag
from inspect_api.schemas.asked import ChecklistQuery
from inspect_api.services import plans

blueprint = Blueprint("checklists", __name__, url_prefix="/api/v1", description="检查表")


@endpoint(blueprint, "/checklists", action="checklist.read", query=ChecklistQuery)
def in_force(call: Call, query: dict):
    """某类主体在某区域现行的检查表：县级及其上级计划要求的并集。"""
    return with_etag(plans.checklist(call.connection, query["region"], query["site_type"]))


@endpoint(blueprint, "/checklists/<string:version>", action="checklist.read")
def by_version(call: Call, version: str):
    """按版本取检查表。版本一经发布不再变化。"""
    return immutable(with_etag(plans.checklist_version(call.connection, version)))
