"""Lists as workbooks. A file is written before anything is answered, without a transaction, and sent from the disk."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from flask import Response
from flask_smorest import Blueprint

from inspect_api.auth import Actor, may
from inspect_api.http import Call, endpoint
from inspect_api.schemas.exports import (
    RecordsExport,
    RectificationsExport,
    TasksExport,
    VisitsExport,
)
from inspect_api.schemas.sites import SitesFilter
from inspect_api.services.days import today
from inspect_api.services.exports import tables
from inspect_api.services.exports.book import Sent
from inspect_api.services.exports.turn import turn

blueprint = Blueprint("exports", __name__, url_prefix="/api/v1", description="导出")
MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSX = {"responses": {"200": {"description": "Excel 工作簿", "content": {MIME: {"schema": {"type": "string", "format": "binary"}}}}}}


def attachment(sent: Sent, name: str, mime: str = MIME) -> Response:
    """A finished file to be kept under `name`, which may be Chinese (RFC 6266)."""
    response = Response(sent, mimetype=mime, direct_passthrough=True)
    response.content_length = sent.size
    response.headers["Content-Disposition"] = disposition(name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def disposition(name: str) -> str:
    """The header that has a browser keep a file under its name, and never show it."""
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"


def _written(name: str) -> Callable[[Actor, dict[str, Any]], Response]:
    def before(actor: Actor, arguments: dict[str, Any]) -> Response:
        query = arguments["query"]
        may(actor, "export.read", query["region"])
        with turn():
            file = tables.write(name, query)
        return attachment(Sent(file), f"{tables.TABLES[name].title}_{query['region']}_{today()}.xlsx")

    return before


def _export(name: str, query: type) -> Callable:
    return endpoint(blueprint, f"/exports/{name}.xlsx", action="export.read", query=query, before=_written(name), database=False, document=XLSX)


@_export("sites", SitesFilter)
def sites(call: Call, query: dict, given: Response):
    """导出主体台账。"""
    return given


@_export("visits", VisitsExport)
def visits(call: Call, query: dict, given: Response):
    """导出检查记录。"""
    return given


@_export("rectifications", RectificationsExport)
def rectifications(call: Call, query: dict, given: Response):
    """导出整改清单。"""
    return given


@_export("tasks", TasksExport)
def tasks(call: Call, query: dict, given: Response):
    """导出任务。"""
    return given


@_export("records", RecordsExport)
def records(call: Call, query: dict, given: Response):
    """导出抽检批次。"""
    return given
