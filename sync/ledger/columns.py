"""Which column is which: counties name the same column in many ways, and put a title above the header."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sync.ledger.errors import LedgerError

HEADER_WITHIN = 10  # rows from the top in which the header is looked for


class Column(NamedTuple):
    """A column of the ledger: our key, our title, other names it goes by (spaces and brackets do not matter)."""

    key: str
    title: str
    synonyms: tuple[str, ...] = ()


COLUMNS: tuple[Column, ...] = (
    Column("name", "名称", ("单位名称", "主体名称", "经营者名称", "企业名称", "店名", "字号名称", "市场主体名称", "监管对象名称",
                          "监管主体名称", "食品经营者名称", "生产经营者名称", "经营主体名称", "学校名称", "店铺名称", "商户名称")),
    Column("type", "主体类型", ("类型", "业态", "主体业态", "经营业态", "单位类型", "类别", "主体类别", "监管类型", "监管对象类型")),
    Column("uscc", "统一社会信用代码", ("信用代码", "社会信用代码", "统一信用代码", "统一社会信用代码/注册号", "营业执照号", "营业执照编号",
                                "统一社会信用代码(身份证号码)", "社会统一信用代码")),
    Column("licence_number", "许可证编号", ("许可证号", "许可证号码", "食品经营许可证编号", "食品经营许可证号", "食品生产许可证编号",
                                     "经营许可证编号", "生产许可证编号", "许可编号")),
    Column("licence_until", "有效期至", ("许可证有效期至", "许可证有效期", "有效期", "有效期限", "有效期止", "许可有效期至", "到期日期",
                                    "有效期截止日期")),
    Column("registration_number", "登记证编号", ("备案号", "登记证号", "登记编号", "登记证编号/备案号", "登记证(备案)编号", "备案证号", "登记号",
                                           "小作坊登记证编号", "小经营店登记证编号", "小摊点备案卡编号")),
    Column("address", "地址", ("经营场所", "经营地址", "住所", "单位地址", "详细地址", "生产地址", "经营场所地址", "所在地址", "生产经营地址",
                              "地址/经营场所")),
    Column("lon", "经度", ("经度(E)", "东经", "x坐标经度", "lng", "lon", "longitude")),
    Column("lat", "纬度", ("纬度(N)", "北纬", "y坐标纬度", "lat", "latitude")),
    Column("lonlat", "经纬度", ("坐标", "经纬度坐标", "地理坐标", "定位坐标")),
    Column("crs", "坐标系", ("坐标系统", "坐标系类型", "坐标类型")),
    Column("grid", "网格编码", ("网格", "所属网格", "网格代码", "网格编号", "网格号")),
    Column("town", "所属乡镇", ("乡镇", "乡镇街道", "街道", "镇", "镇街", "所属乡镇(街道)", "乡镇(街道)", "所属镇街", "所在乡镇", "所属街道",
                              "乡(镇、街道)", "辖区")),
    Column("village", "所属村", ("村", "村居", "社区", "村(社区)", "所属村(社区)", "行政村", "所在村")),
    Column("contact", "负责人", ("法定代表人", "法人", "法定代表人(负责人)", "经营者", "联系人", "负责人姓名", "业主", "法人代表", "经营者姓名")),
    Column("phone", "电话", ("联系电话", "联系方式", "手机", "手机号", "手机号码", "电话号码", "负责人电话")),
    Column("risk_grade", "风险等级", ("风险分级", "风险等级(A-D)", "食品安全风险等级", "等级", "风险级别")),
    Column("premises", "场所序号", ("门店序号", "分店序号", "食堂序号")),
    Column("near_school", "是否校园周边", ("校园周边", "学校周边", "是否学校周边")),
    Column("online", "是否网络经营", ("网络经营", "是否网络餐饮", "网络餐饮", "是否入网", "是否从事网络经营")),
    Column("scale", "规模", ("经营规模", "企业规模", "餐馆规模")),
    Column("chain", "是否连锁", ("连锁", "连锁经营", "是否连锁经营")),
    Column("rural", "是否农村", ("农村", "城乡", "城乡分类", "是否农村地区")),
    Column("place", "所在场所", ("场所", "场所类型", "食堂所在场所", "所在场所类型")),
    Column("stage", "学段", ("办学阶段", "学校类型", "学校类别")),
    Column("nutrition_programme", "是否营养改善计划", ("营养改善计划", "营养餐", "是否营养餐学校", "是否实施营养改善计划")),
    Column("store_kind", "冷库性质", ("冷库类型", "自建或第三方")),
    Column("products", "产品", ("主要产品", "产品类别", "经营品种", "生产品种", "产品名称", "种养品种")),
    Column("filing_number", "备案编号", ("平台备案号", "网络食品交易备案号", "第三方平台备案号")),
    Column("note", "附注", ("备注", "说明")),
)

TITLES = {column.key: column.title for column in COLUMNS}


def fold(text: Any) -> str:
    """A text for comparing: full width to half, no white space, no stars and colons, lower case."""
    return re.sub(r"[\s*:★]+", "", unicodedata.normalize("NFKC", str(text if text is not None else ""))).lower()


_KEYS = {fold(name): column.key for column in COLUMNS for name in (column.title, *column.synonyms)}


def column_of(header: Any) -> str | None:
    """Our key for a header cell, or None. A remark in brackets, `名称（必填）`, does not matter."""
    text = fold(header)
    return _KEYS.get(text) or _KEYS.get(re.sub(r"[(\[【].*?[)\]】]", "", text))


class Header(NamedTuple):
    """Where the columns are: {position: our key}, {position: header text} of those not ours; `rows` of the file taken."""

    keys: dict[int, str]
    others: dict[int, str]
    rows: int


def _keys(cells: Sequence[Any]) -> dict[int, str]:
    return {i: key for i, cell in enumerate(cells) if (key := column_of(cell))}


def find_header(top: Iterable[Sequence[Any]]) -> Header | None:
    """The header among the first rows, or None: the first row that has 名称 and one more column of ours.

    A second header row under merged cells (坐标 above 经度, 纬度) is joined to it. Raises LedgerError double-column.
    """
    rows = list(top)
    for at, cells in enumerate(rows[:HEADER_WITHIN]):
        keys = _keys(cells)
        if "name" not in keys.values() or len(keys) < 2:
            continue
        below = rows[at + 1] if at + 1 < len(rows) else ()
        name_at = next(i for i, key in keys.items() if key == "name")
        second = _keys(below) if len(below) <= name_at or not fold(below[name_at]) else {}
        for i in second:
            keys[i] = second[i]
        _refuse_doubles(keys)
        others = {i: str(cell).strip() for i, cell in enumerate(cells) if i not in keys and fold(cell)}
        return Header(keys, others, at + (2 if second else 1))
    return None


def _refuse_doubles(keys: dict[int, str]) -> None:
    seen: dict[str, int] = {}
    for i, key in keys.items():
        if key in seen:
            raise LedgerError("double-column", f"第 {seen[key] + 1} 列与第 {i + 1} 列都是“{TITLES[key]}”")
        seen[key] = i
