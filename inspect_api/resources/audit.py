"""Who did what, for who answers for a county."""

from flask_smorest import Blueprint

from inspect_api.http import Call, endpoint
from inspect_api.schemas.audit import AuditQuery
from inspect_api.services import audit_log

blueprint = Blueprint("audit", __name__, url_prefix="/api/v1", description="审计")


@endpoint(blueprint, "/audit", action="audit.read", query=AuditQuery)
def list_entries(call: Call, query: dict):
    """审计日志，新的在前；链条由 flask audit verify 证明。"""
    call.within(query["region"])
    return audit_log.page(call.connection, query)
