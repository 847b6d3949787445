"""The lists that offices work with, as sheets: each with its columns, its filters, and rows read in keyset pages.

A page is read with a connection of its own, so that a long export holds none.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from typing import IO, Any, NamedTuple

import sqlalchemy as sa
from flask import current_app

from checklists.bank import load_bank
from checklists.measures import DOCUMENTS, METHODS, RECORD_KINDS, TASK_LEVELS
from checklists.verdict import RESULTS
from inspect_api.db import prefix_range, reading
from inspect_api.models import Finding, Record, Region, Site, Task, User, Visit
from inspect_api.models.rectification import STAGES
from inspect_api.problems import Problem
from inspect_api.services import site_search
from inspect_api.services.days import end_of_day, start_of_day, today
from inspect_api.services.exports.book import Column, written
from inspect_api.services.exports.report import type_title
from inspect_api.services.rectification.lists import in_state
from inspect_api.services.tasks import in_care_of, is_overdue

MOST = 300_000  # rows of one export
_PAGE = 2_000
Row = Any
REVIEWS = {"received": "待审核", "returned": "已退回", "approved": "已通过", "rejected": "未采纳"}
TASK_STATES = {"open": "进行中", "done": "已完成", "withdrawn": "已撤回"}


class Table(NamedTuple):
    """A list as a sheet.

    `select(query)` is the statement without order, `keys` the columns by which it is paged (with its own index), `cells(row, place)` one
    row; `place(grid)` is [town, grid] by name.
    """

    title: str
    columns: list[Column]
    select: Callable[[dict[str, Any]], Any]
    keys: tuple[Any, ...]
    cells: Callable[[Row, Callable[[str], list[str | None]]], list[Any]]


def _names(region: str) -> Callable[[str], list[str | None]]:
    with reading() as connection:
        names = dict(connection.execute(sa.select(Region.code, Region.name).where(
            sa.or_(prefix_range(Region.code, region), Region.code == region[:9]))).tuples().all())
    return lambda grid: [names.get(grid[:9]), names.get(grid) if len(grid) > 9 else None]


def _pages(table: Table, query: dict[str, Any]) -> Iterator[list[Row]]:
    statement, last = table.select(query).order_by(*table.keys).limit(_PAGE), None
    while True:
        page = statement if last is None else statement.where(
            sa.tuple_(*table.keys) > sa.tuple_(*(sa.literal(value, key.type) for value, key in zip(last, table.keys, strict=True))))
        with reading() as connection:
            rows = connection.execute(page).all()
        yield rows
        if len(rows) < _PAGE:
            return
        last = [getattr(rows[-1], key.key) for key in table.keys]


def write(name: str, query: dict[str, Any]) -> IO[bytes]:
    """The list called `name` with these filters, in a temporary file. Raises Problem too-large beyond MOST rows."""
    table, place = TABLES[name], _names(query["region"])
    with written(f"{table.title}（{today()}）") as (book, file), book.sheet(table.title, table.columns) as sheet:
        for rows in _pages(table, query):
            if sheet.rows + len(rows) > MOST:
                raise Problem("too-large", f"超过 {MOST} 行，请按乡镇或时间分开导出")
            for row in rows:
                sheet.add(table.cells(row, place))
    return file


def _at(at_ms: int | None) -> datetime | None:
    """An instant in local time, without a zone: a spreadsheet knows none."""
    if at_ms is None:
        return None
    zone = timezone(timedelta(hours=current_app.config["TIMEZONE_HOURS"]))
    return datetime.fromtimestamp(min(max(at_ms, 0), 4_102_444_800_000) / 1000, zone).replace(tzinfo=None, microsecond=0)


def _where(*wanted: tuple[Any, Any]) -> list[Any]:
    """`column == value` for those values that are given."""
    return [column == value for column, value in wanted if value is not None]


def _between(column: Any, query: dict[str, Any], last: Callable[[date], Any] = lambda day: day,
             first: Callable[[date], Any] = lambda day: day) -> list[Any]:
    """From a day to a day, both included, of what is given."""
    return ([column >= first(query["from_"])] if query.get("from_") else []) + ([column <= last(query["to"])] if query.get("to") else [])


def _sites(query: dict[str, Any]) -> Any:
    return site_search.select(Site.__table__).where(*site_search.conditions(query, today()))


def _site_cells(row: Row, place: Any) -> list[Any]:
    return [row.id, *place(row.grid), row.grid, row.name, type_title(row.type), row.address, row.contact, row.phone, row.uscc, row.licence_number,
            row.licence_until, row.registration_number, row.risk_grade, row.lon, row.lat, row.active, _at(row.last_at),
            row.open_findings or 0]


_PLACE = [Column("乡镇（街道）", 14), Column("网格", 18)]
SITES = Table("主体台账", [Column("编号", 14), *_PLACE, Column("网格编码", 17), Column("名称", 30, "long"), Column("主体类型", 14), Column("地址", 34, "long"),
                      Column("负责人", 10), Column("电话", 14), Column("统一社会信用代码", 22), Column("许可证编号", 20), Column("有效期至", 11, "date"),
                      Column("登记证编号", 18), Column("风险等级", 9), Column("经度（WGS-84）", 12, "number"), Column("纬度（WGS-84）", 12, "number"),
                      Column("在营", 6), Column("最近检查", 17, "instant"), Column("待整改问题", 9, "integer")], _sites, (Site.grid, Site.id), _site_cells)


def _visits(query: dict[str, Any]) -> Any:
    return (sa.select(Visit.id, Visit.grid, Visit.at, Visit.received_at, Visit.document_type, Visit.verdict, Visit.review, Visit.late,
                      Visit.failed_key, Visit.failed_general, Visit.replaces, Visit.replaced_by, Site.name.label("site"), Site.type,
                      User.name.label("inspector"))
            .join(Site, Site.id == Visit.site_id).join(User, User.id == Visit.inspector_id)
            .where(prefix_range(Visit.grid, query["region"]), Visit.status == "signed", *_where((Visit.review, query.get("review")),
                   (Site.type, query.get("site_type")), (Visit.document_type, query.get("document_type"))),
                   *_between(Visit.at, query, end_of_day, start_of_day)))


def _visit_cells(row: Row, place: Any) -> list[Any]:
    return [row.id, *place(row.grid), row.site, type_title(row.type), DOCUMENTS.get(row.document_type, row.document_type), row.inspector,
            _at(row.at), _at(row.received_at), row.late, RESULTS.get(row.verdict, row.verdict), row.failed_key, row.failed_general,
            REVIEWS[row.review], row.replaces is not None, row.replaced_by is not None]


VISITS = Table("检查记录", [Column("编号", 14), *_PLACE, Column("主体", 30, "long"), Column("主体类型", 14), Column("种类", 10), Column("检查人", 10),
                        Column("检查时间", 17, "instant"), Column("送达时间", 17, "instant"), Column("较晚送达", 9), Column("结论", 11),
                        Column("重点项不合格", 9, "integer"), Column("一般项不合格", 9, "integer"), Column("审核", 9), Column("是更正", 8), Column("已被更正", 9)],
               _visits, (Visit.grid, Visit.id), _visit_cells)


def _rectifications(query: dict[str, Any]) -> Any:
    states = in_state(query["state"], today()) if query.get("state") else []
    named = [Site.name.contains(query["text"], autoescape=True)] if query.get("text") else []
    return (sa.select(Finding.__table__, Site.name.label("site"), Site.type, Site.address).join(Site, Site.id == Finding.site_id)
            .where(prefix_range(Finding.grid, query["region"]), *states, *named,
                   *_where((Site.type, query.get("site_type")), (Finding.site_id, query.get("site")), (Finding.key, query.get("key"))),
                   *_between(Finding.opened_on, query)))


def _rectification_cells(row: Row, place: Any) -> list[Any]:
    bank = load_bank().items
    overdue = max((today() - row.due_on).days, 0) if row.waits == "mend" else 0
    return [row.id, *place(row.grid), row.site, type_title(row.type), row.address,
            bank[row.link_id].question if row.link_id in bank else row.link_id, row.key, row.action, row.opened_on, row.due_on, row.closed_on, STAGES[row.stage], overdue or None, row.supervised, row.escalated,
            row.notice_number, row.repeats or None]


RECTIFICATIONS = Table("整改", [Column("编号", 14), *_PLACE, Column("主体", 30, "long"), Column("主体类型", 14), Column("地址", 30, "long"),
                              Column("检查项", 40, "long"), Column("重点项", 8), Column("整改要求", 34, "long"), Column("发现日期", 11, "date"),
                              Column("整改期限", 11, "date"), Column("整改日期", 11, "date"), Column("环节", 18), Column("超期天数", 9, "integer"),
                              Column("挂账督办", 9), Column("已上报县", 9), Column("通知书", 22), Column("此前重复次数", 9, "integer")],
                       _rectifications, (Finding.grid, Finding.id), _rectification_cells)


def _tasks(query: dict[str, Any]) -> Any:
    some = [is_overdue(today())] if query.get("overdue") else []
    if query.get("person"):
        with reading() as connection:
            some.append(in_care_of(connection, query["person"]))
    return (sa.select(Task.__table__, Site.name.label("site"), User.name.label("maker")).outerjoin(Site, Site.id == Task.site_id)
            .outerjoin(User, User.id == Task.created_by)
            .where(prefix_range(Task.grid, query["region"]), *some, *_where(
                (Task.state, query.get("state")), (Task.campaign_id, query.get("campaign")), (Task.site_id, query.get("site")))))


def _task_cells(row: Row, place: Any) -> list[Any]:
    return [row.id, *place(row.grid), row.site, row.title, row.note, row.due_on, TASK_STATES[row.state], row.result, row.maker,
            _at(row.created_at), _at(row.updated_at)]


TASKS = Table("任务", [Column("编号", 14), *_PLACE, Column("主体", 28, "long"), Column("任务", 34, "long"), Column("说明", 34, "long"),
                     Column("期限", 11, "date"), Column("状态", 9), Column("办理结果", 34, "long"), Column("下达人", 10), Column("下达时间", 17, "instant"),
                     Column("更新时间", 17, "instant")], _tasks, (Task.grid, Task.id), _task_cells)


def _records(query: dict[str, Any]) -> Any:
    return (sa.select(Record.__table__, Region.name.label("place"), User.name.label("maker")).outerjoin(Region, Region.code == Record.region)
            .outerjoin(User, User.id == Record.created_by)
            .where(prefix_range(Record.region, query["region"]), Record.withdrawn_at.is_(None), *_where(
                (Record.kind, query.get("kind")), (Record.method, query.get("method")), (Record.task_level, query.get("level"))),
                *_between(Record.on, query)))


def _record_cells(row: Row, place: Any) -> list[Any]:
    return [row.id, row.region, row.place, row.on, RECORD_KINDS[row.kind], METHODS[row.method], TASK_LEVELS[row.task_level], row.residue,
            row.count, row.document, row.note, row.maker]


RECORDS = Table("抽检批次", [Column("编号", 14), Column("区域代码", 16), Column("区域", 18), Column("日期", 11, "date"), Column("类别", 14), Column("方式", 12),
                        Column("任务级别", 10), Column("农兽药残留", 10), Column("批次数", 9, "integer"), Column("依据", 28, "long"), Column("备注", 28, "long"),
                        Column("填报人", 10)], _records, (Record.on, Record.id), _record_cells)

TABLES = {"sites": SITES, "visits": VISITS, "rectifications": RECTIFICATIONS, "tasks": TASKS, "records": RECORDS}
