"""What offices enter: sampling batches over all indicators, their import, and which numbers of a plan still wait."""

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from inspect_api.auth import Actor
from inspect_api.db import reading
from inspect_api.http import Call, endpoint, now_ms
from inspect_api.problems import Problem
from inspect_api.resources.exports import XLSX, attachment
from inspect_api.schemas.reports import EntryQuery, RecordBody, RecordsImportQuery, RecordsQuery
from inspect_api.services import batch_import, entries, indicators, plans, records, templates
from inspect_api.services.days import day_of
from inspect_api.services.exports.book import Sent
from sync.ledger.batches import BatchRow

blueprint = Blueprint("records", __name__, url_prefix="/api/v1", description="填报")
_UPLOAD = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": {
    "type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}}}}}


@endpoint(blueprint, "/records", action="record.read", query=RecordsQuery)
def list_records(call: Call, query: dict):
    """抽检批次，新的在前；合计按类别、级别、种类，快检单列。"""
    return records.page(call.connection, call.within(query["region"]), query)


@endpoint(blueprint, "/records", action="indicator.report", method="POST", body=RecordBody, status=201)
def add(call: Call, body: dict):
    """填报一条抽检批次，不必指明指标；feeds 为用到它的指标。"""
    call.within(body["region"])
    return records.add(call.connection, body, call.now, call.actor.user_id)


@endpoint(blueprint, "/records/<string:record_id>", action="indicator.report", method="DELETE")
def withdraw(call: Call, record_id: str):
    """撤回一条抽检批次：不再计入，原文保留。"""
    row = records.find(call.connection, record_id)
    call.within(row["region"])
    return records.withdraw(call.connection, row, call.now, call.actor.user_id)


def _rows(_actor: Actor, _arguments: dict[str, Any]) -> tuple[str, list[BatchRow]]:
    file = request.files.get("file")
    if file is None:
        raise Problem("invalid", errors=[{"field": "file", "message": "请上传文件（.xlsx 或 .csv）"}])
    name = file.filename or ""
    return name, batch_import.parse(name, file.read())


@endpoint(blueprint, "/records/import", action="indicator.report", method="POST", query=RecordsImportQuery, before=_rows, document=_UPLOAD)
def import_records(call: Call, query: dict, given: tuple):
    """导入抽检批次和填报数值（XLSX 或 CSV）：逐行报告错误，可先试导入，可重复导入。"""
    name, rows = given
    return batch_import.run(call.connection, call.within(query["region"]), name, rows, query["dry_run"], query["all_or_nothing"], call.now,
                            call.actor.user_id)


def _template(actor: Actor, _arguments: dict[str, Any]) -> Response:
    with reading() as connection:
        asked = templates.asked(connection, actor.regions, day_of(now_ms()))
    return attachment(Sent(templates.entry(asked)), "填报模板.xlsx")


@endpoint(blueprint, "/records/template.xlsx", action="record.read", before=_template, database=False, document=XLSX)
def template(call: Call, given: Response):
    """填报模板：抽检批次、填报数值两张只有表头的表，填写说明里有今天可以填报的计划、指标和时段。"""
    return given


@endpoint(blueprint, "/plans/<string:plan_id>/entry", action="indicator.report", query=EntryQuery)
def entry(call: Call, plan_id: str, query: dict):
    """计划里由办公室填报的指标：已开始的每个时段，填了什么，还差哪些。"""
    plan = plans.find(call.connection, plan_id)
    region = indicators.check_region(call.connection, plan, query.get("region"))
    today = day_of(call.now)
    return entries.page(call.connection, plan, call.within(region.code), min(query.get("as_of") or today, today))
