"""Workbooks to fill in. A sheet that is read has its header only: an example left in would be a row like any other.

Examples, what each column takes, and what may be reported today stand on a sheet of their own, which no import takes for a table.
"""

from collections.abc import Sequence
from datetime import date
from typing import IO, NamedTuple

from sqlalchemy.engine import Connection

from checklists.measures import METHODS, RECORD_KINDS, TASK_LEVELS
from checklists.windows import windows
from inspect_api.services.batch_import import TITLES
from inspect_api.services.exports.book import Column, written
from inspect_api.services.programmes import programmes
from sync.ledger import template_rows
from sync.ledger.batches import SHEETS

_GUIDE = "填写说明"
_WORDS = {"kind": tuple(RECORD_KINDS.values()), "method": tuple(METHODS.values()), "task_level": tuple(TASK_LEVELS.values()),
          "residue": ("是", "否")}
_REGION = "单位所在县、乡镇的名称，与系统里一致；不填时算在导入页所选的辖区"
_HOW = {
    "batches": {"region": (_REGION, "示例镇"), "on": ("必填，年-月-日", "2026-05-01"), "kind": ("必填", "食品抽检"), "method": ("必填，快检单列", "实验室检验"),
                "task_level": ("必填", "县级"), "residue": ("不填为否", "否"), "count": ("必填，1 以上的整数", "12"),
                "document": ("文件名或文号", "示例文〔2026〕1号"), "note": ("可不填", "")},
    "numbers": {"plan": ("必填，计划的名称，从下表照抄", ""), "indicator": ("必填，指标的名称，从下表照抄", ""), "region": (_REGION, "示例镇"),
                "window": ("时段的名称，从下表照抄；只有一个时段的指标可以不填", ""), "numerator": ("必填，不小于 0 的数，下表写明是什么", "97"),
                "denominator": ("下表写明是什么；没有的不填", "100"), "document": ("文件名或文号", "示例文〔2026〕2号"), "note": ("可不填", "")}}
_LEDGER = {"名称": "必填", "主体类型": "必填，用系统里的业态名称", "有效期至": "年-月-日，或“长期”", "经度": "与纬度一起填，并写坐标系", "坐标系": "WGS84、CGCS2000、GCJ02 或 BD09",
           "网格编码": "不填时按坐标、所属乡镇、所属村来定", "风险等级": "A、B、C 或 D"}


class Asked(NamedTuple):
    """A number that may be reported: its plan, indicator and window by their titles, and what its two numbers are."""

    plan: str
    indicator: str
    window: str
    numerator: str
    denominator: str


def asked(connection: Connection, regions: Sequence[str], today: date) -> list[Asked]:
    """What offices of these regions (none: of all) may report today: every window that has begun, of the plans that hold there."""
    return [Asked(plan.title, indicator.title, window.title, indicator.numerator_label or "数值", indicator.denominator_label or "（不填）")
            for plan in programmes(connection).plans.values()
            if not regions or any(region.startswith(plan.region) or plan.region.startswith(region) for region in regions)
            for indicator in plan.indicators if indicator.measure == "reported"
            for window in windows(plan, indicator) if window.start <= today]


def entry(numbers: Sequence[Asked]) -> IO[bytes]:
    """The workbook for batches and reported numbers; `numbers` are listed in its guide. The open file."""
    with written("填报模板") as (book, file):
        for key, columns in SHEETS.items():
            kinds = {"count": "integer", "numerator": "number", "denominator": "number"}
            with book.sheet(TITLES[key], [Column(column.title, 18, kinds.get(column.key, "text"), _WORDS.get(column.key, ()))
                                          for column in columns]):
                pass
        with book.sheet(_GUIDE, [Column("表", 34, "long"), Column("列", 40, "long"), Column("怎么填", 40, "long"), Column("可用的词", 40, "long"),
                                 Column("例", 24, "long")]) as sheet:
            for key, columns in SHEETS.items():
                for column in columns:
                    how, example = _HOW[key][column.key]
                    sheet.add([TITLES[key], column.title, how, "、".join(_WORDS.get(column.key, ())), example])
            sheet.add([])
            sheet.add(["今天可以填报的数值：计划", "指标", "时段", "分子是", "分母是"])
            for number in numbers:
                sheet.add(number)
            if not numbers:
                sheet.add(["（没有）"])
    return file


def ledger() -> IO[bytes]:
    """The workbook for a ledger of sites. The open file."""
    header, *examples = template_rows()
    with written("监管主体台账") as (book, file):
        with book.sheet("台账", [Column(title, 18) for title in header]):
            pass
        with book.sheet(_GUIDE, [Column("列", 20), Column("怎么填", 40, "long"), Column("例一", 26), Column("例二", 26)]) as sheet:
            for title, *cells in zip(header, *examples, strict=True):
                sheet.add([title, _LEDGER.get(title) or ("填“是”或“否”" if title.startswith("是否") else "可不填"), *cells])
    return file
