"""A frozen report as a workbook: the numbers, the townships, what is still to be mended, the clauses, and what all this is."""

from collections.abc import Iterator
from typing import IO, Any

from checklists.measures import CLAUSE_KINDS, MEASURES, OPS
from checklists.site_types import SITE_TYPES
from inspect_api.services.days import local_text
from inspect_api.services.exports.book import Book, Column, written
from inspect_api.services.pace import STATES
from inspect_api.services.rollup import BASES

Row = dict[str, Any]
BASIS_TITLES = {"received": "已收到", "approved": "已审核通过"}
_PAIR = [(title, name) for title in BASIS_TITLES.values() for name in ("分子", "分母", "完成值", "状态")]
_NUMBERS = [Column(f"{name}（{title}）", 11, "text" if name == "状态" else "number") for title, name in _PAIR]
_INDICATORS = [Column("条款", 12), Column("指标", 34, "long"), Column("计量方式", 10), Column("要求级别", 9), Column("目标", 14), Column("时段", 14),
               Column("开始", 11, "date"), Column("结束", 11, "date"), Column("截止日期", 11, "date"), *_NUMBERS, Column("另列", 26, "long"),
               Column("原文", 50, "long")]
_PARTS = [Column("区域代码", 16), Column("区域", 16), Column("条款", 12), Column("指标", 34, "long"), Column("目标", 14), Column("时段", 14), *_NUMBERS]
_OPEN = [Column("序号", 6, "integer"), Column("乡镇（街道）", 14), Column("网格", 18), Column("主体", 28, "long"), Column("主体类型", 14),
         Column("地址", 30, "long"), Column("检查项", 40, "long"), Column("重点项", 8), Column("整改要求", 34, "long"), Column("发现日期", 11, "date"), Column("整改期限", 11, "date"),
         Column("超期天数", 9, "integer")]
_CLAUSES = [Column("条款", 14), Column("原文", 70, "long"), Column("类别", 12), Column("责任单位", 24, "long"), Column("落实方式", 18),
            Column("现场检查项", 44, "long"), Column("指标", 36, "long"), Column("报送", 30, "long")]
_ABOUT = [Column("项目", 22), Column("内容", 100, "long")]


def target_text(target: Row) -> str:
    """不低于 97%（推定）."""
    unit, value = target["unit"], f"{target['value']:g}"
    shown = value + unit if unit.startswith("%") else f"{value} {unit}".strip()
    return f"{OPS[target['op']]} {shown}" + ("（推定）" if target["inferred"] else "")


def write(report: Row, open_rows: Iterator[Row], zone: str) -> IO[bytes]:
    """The workbook of one revision (a row of snapshots.find with `region_name`, `plan_title`, `made_by_name`) in a temporary file."""
    with written(f"{report['title']}（截至 {report['as_of']}）") as (book, file):
        content = report["content"]
        _indicators(book, content)
        _parts(book, content)
        _open(book, open_rows)
        _clauses(book, content)
        _about(book, report, zone)
    return file


def _numbers(cell: Row, unit: str, first: int) -> tuple[list[Any], dict[int, str]]:
    """The cells of both bases, and which of them are per cents: those from column `first` on."""
    cells, kinds = [], {}
    for n, basis in enumerate(BASES):
        one = cell[basis]
        cells += [one["num"], one["den"], one["value"], STATES[one["state"]]]
        if unit.startswith("%"):
            kinds[first + n * 4 + 2] = "percent"
    return cells, kinds


_APART = {"rapid": "快检 {} 批次（不计入）", "national": "其中国家级 {} 批次", "provincial": "其中省级 {} 批次", "residents": "人口 {}",
          "year": "{} 年数据", "note": "{}"}


def _indicators(book: Book, content: Row) -> None:
    with book.sheet("指标", _INDICATORS) as sheet:
        for one in content["indicators"]:
            for window in one["windows"]:
                cells, kinds = _numbers(window, one["target"]["unit"], 9)
                apart = "；".join(_APART[name].format(value) for name, value in (window.get("apart") or {}).items() if name in _APART)
                sheet.add([one["article"], one["title"], MEASURES[one["measure"]].title, one["level"], target_text(one["target"]),
                           window["title"], window["start"], window["end"], window["deadline"], *cells, apart, one["quote"]], kinds)


def _parts(book: Book, content: Row) -> None:
    with book.sheet("分乡镇", _PARTS) as sheet:
        for one in content["indicators"]:
            for window in one["windows"]:
                for part in window["breakdown"]:
                    cells, kinds = _numbers(part, one["target"]["unit"], 6)
                    sheet.add([part["region"], part["name"], one["article"], one["title"], target_text(one["target"]), window["title"],
                               *cells], kinds)


def _open(book: Book, rows: Iterator[Row]) -> None:
    with book.sheet("未完成整改", _OPEN) as sheet:
        for number, row in enumerate(rows, 1):
            sheet.add([number, row["town_name"], row["grid_name"], row["name"], type_title(row["type"]), row["address"], row["question"],
                       row["key"], row["action"], row["opened_on"], row["due_on"], row["days_over"]])


def type_title(site_type: str) -> str:
    """What a type of site is called."""
    return SITE_TYPES.get(site_type, site_type)


def _clauses(book: Book, content: Row) -> None:
    with book.sheet("条款", _CLAUSES) as sheet:
        for row in content["clauses"]:
            named = ["\n".join(one["title"] for one in row[name]) for name in ("items", "indicators", "reports")]
            sheet.add([row["article"], row["quote"], CLAUSE_KINDS[row["kind"]], "、".join(row["departments"]), row["served_title"], *named])


def _about(book: Book, report: Row, zone: str) -> None:
    explains, open_ = report["content"]["explains"], report["content"]["rectifications"]
    changed = [f"{c['name']} {c['title']}" + (f"（{c['window_title']}，{BASIS_TITLES[c['basis']]}）" if c["indicator"] else "")
               + f"：{_cell(c['before'])} → {_cell(c['after'])}" for c in report["changes"]]
    lines = [
        ("报表", report["title"]), ("计划", report["plan_title"]), ("区域", f"{report['region_name']}（{report['region']}）"),
        ("截至", report["as_of"].isoformat()), ("版次", f"第 {report['revision']} 版"),
        ("生成时间", f"{local_text(report['made_at'])}（{zone}）"), ("生成人", report["made_by_name"]), ("说明", report["reason"]),
        ("较晚送达的检查", f"{explains['late']} 次（检查在截止日之前，送达较晚，均按检查时间计入）"),
        ("更正的检查", f"{explains['corrections']} 次"),
        *([("照片未传齐的检查", f"{explains['waiting_photos']} 次")] if "waiting_photos" in explains else []),  # not in the oldest reports
        ("待审核", f"{explains['waiting']} 次（计入“已收到”，未计入“已审核通过”）"),
        ("退回待更正", f"{explains['returned']} 次"), ("待处理的手机操作", f"{explains['quarantined']} 条"), ("待选择的修改冲突", f"{explains['conflicts']} 条"),
        ("未完成整改", f"{open_['open']} 项，其中超期 {open_['overdue']} 项、重点项 {open_['key']} 项"),
        ("数字的含义", "“已收到”为全部已签字、没有判为“不采纳”的检查；“已审核通过”为其中经办公室审核通过的。分母为零显示“无对象”，不按 100% 计。"
                   "快检单列，不计入批次；国家级、省级任务计入并单列。全覆盖类目标为推定的 100%。"),
        ("内容摘要（SHA-256）", report["digest"]),
        *(("本版修订之处", line) for line in changed)]
    with book.sheet("说明", _ABOUT) as sheet:
        for line in lines:
            sheet.add(line)


def _cell(cell: Row | None) -> str:
    if cell is None:
        return "无"
    if "open" in cell:
        return f"{cell['open']} 项（超期 {cell['overdue']}）"
    return f"{cell['num']:g}" + ("" if cell["den"] is None else f"/{cell['den']:g}")
