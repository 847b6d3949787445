"""Reports: when they are due, frozen, read, revised, and as a workbook. See docs/api.md, Frozen reports."""

from datetime import date
from typing import Any

from flask import Response
from flask_smorest import Blueprint

from inspect_api.auth import Actor, may
from inspect_api.db import reading
from inspect_api.http import Call, endpoint, with_etag
from inspect_api.resources.exports import XLSX, attachment
from inspect_api.schemas.reports import (
    CalendarQuery,
    FreezeBody,
    FrozenQuery,
    OpenRowsQuery,
    ReviseBody,
    RevisionQuery,
)
from inspect_api.services import calendar, indicators, plans, snapshots
from inspect_api.services.days import day_of, today, zone_text
from inspect_api.services.exports import report as workbook
from inspect_api.services.exports.book import Sent
from inspect_api.services.exports.turn import turn
from inspect_api.services.programmes import programmes
from inspect_api.services.snapshots import Drawn

blueprint = Blueprint("reports", __name__, url_prefix="/api/v1", description="报表")


@endpoint(blueprint, "/reports/calendar", action="report.read", query=CalendarQuery)
def show_calendar(call: Call, query: dict):
    """报送日历：本区域适用计划的每个报送期限，是否已生成报表。"""
    region, day = call.within(query["region"]), day_of(call.now)
    first, last = query.get("from_") or date(day.year, 1, 1), query.get("to") or date(day.year, 12, 31)
    return calendar.page(call.connection, region, programmes(call.connection).over(region), first, last, day)


@endpoint(blueprint, "/reports", action="report.read", query=FrozenQuery)
def list_reports(call: Call, query: dict):
    """已生成的报表，新的在前；stale 表示此后又有截止日之前的检查送达。"""
    return snapshots.page(call.connection, call.within(query["region"]), query.get("plan"), query.get("after"), query["limit"])


def _draw(actor: Actor, arguments: dict[str, Any]) -> Drawn:
    """Work out the numbers before the transaction: a past day costs the visits of the region."""
    body = arguments["body"]
    with reading(steady=True) as connection:
        plan = plans.find(connection, body["plan"])
        may(actor, "report.make", body["region"])
        region = indicators.check_region(connection, plan, body["region"])
        as_of = body.get("as_of") or today()
        snapshots.refuse_known(connection, plan.id, region.code, body["report"], as_of)
        with turn():
            return snapshots.draw(connection, plan, region, body["report"], as_of, today())


@endpoint(blueprint, "/reports", action="report.make", method="POST", body=FreezeBody, status=201, before=_draw)
def freeze(call: Call, body: dict, given: Drawn):
    """生成报表：把某区域截至某日的数字固定下来，以后不再变动。"""
    return snapshots.freeze(call.connection, given, body["note"], call.actor.user_id, call.now)


@endpoint(blueprint, "/reports/<string:report_id>", action="report.read", query=RevisionQuery)
def show(call: Call, report_id: str, query: dict):
    """一份报表的某一版（默认最新）：全部数字、说明、修订之处。"""
    call.within(snapshots.region_of(call.connection, report_id))
    return with_etag(snapshots.one(call.connection, report_id, query.get("revision")))


@endpoint(blueprint, "/reports/<string:report_id>/rectifications", action="report.read", query=OpenRowsQuery)
def open_rectifications(call: Call, report_id: str, query: dict):
    """报表固定下来的未完成整改清单，逐段读取。"""
    call.within(snapshots.region_of(call.connection, report_id))
    revision = query.get("revision") or snapshots.find(call.connection, report_id)["revision"]
    rows, last = snapshots.rows_of(call.connection, report_id, revision, query["after"])
    return {"rectifications": rows, "next": last}


def _draw_again(actor: Actor, arguments: dict[str, Any]) -> tuple[int, Drawn]:
    with reading(steady=True) as connection:
        may(actor, "report.make", snapshots.region_of(connection, arguments["report_id"]))
        was = snapshots.find(connection, arguments["report_id"])
        plan = plans.find(connection, was["plan"])
        region = indicators.check_region(connection, plan, was["region"])
        with turn():
            return was["revision"], snapshots.draw(connection, plan, region, was["report"], was["as_of"], today())


@endpoint(blueprint, "/reports/<string:report_id>/revise", action="report.make", method="POST", body=ReviseBody, before=_draw_again)
def revise(call: Call, report_id: str, body: dict, given: tuple[int, Drawn]):
    """按同一截止日重新计算；数字有变化才另存一版，并逐格列出变化。"""
    return snapshots.revise(call.connection, report_id, *given, body["note"], call.actor.user_id, call.now)


def _workbook(actor: Actor, arguments: dict[str, Any]) -> Response:
    with reading() as connection:
        may(actor, "report.read", snapshots.region_of(connection, arguments["report_id"]))
        row = snapshots.find(connection, arguments["report_id"], arguments["query"].get("revision"))
        row |= snapshots.names_of(connection, row)
        with turn():
            file = workbook.write(row, snapshots.all_rows(connection, row["id"], row["revision"]), zone_text())
    return attachment(Sent(file), f"{row['title']}_{row['as_of']}_第{row['revision']}版.xlsx")


@endpoint(blueprint, "/reports/<string:report_id>.xlsx", action="report.read", query=RevisionQuery, before=_workbook, database=False,
          document=XLSX)
def download(call: Call, report_id: str, query: dict, given: Response):
    """报表的 Excel 工作簿：指标、分乡镇、未完成整改、条款、说明。"""
    return given
