"""One row of a ledger to the fields of one site, with everything that is wrong with it at once, cell by cell."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from sync.ledger.codes import credit_code, licence_warning
from sync.ledger.columns import TITLES, fold
from sync.ledger.errors import RowError
from sync.ledger.place import place_of
from sync.ledger.types import NAMES, site_type_of
from sync.ledger.values import CellError, day, many_of, number_text, one_of, text, yes_no

SCALES = {"大型": "large", "特大型": "large", "大": "large", "中型": "medium", "中": "medium", "小型": "small", "小": "small",
          "微型": "micro", "微小": "micro", "large": "large", "medium": "medium", "small": "small", "micro": "micro"}
PLACES = {"学校": "school", "养老机构": "elderly_home", "养老院": "elderly_home", "敬老院": "elderly_home", "医院": "hospital",
          "医疗机构": "hospital", "建筑工地": "construction_site", "工地": "construction_site", "景区": "scenic_area",
          "旅游景区": "scenic_area", "交通枢纽": "transport_hub", "车站": "transport_hub", "机关": "government",
          "政府机关": "government", "企业": "enterprise", "企事业单位": "enterprise"}
STAGES = {"幼儿园": "kindergarten", "托幼机构": "kindergarten", "小学": "primary", "初中": "junior", "高中": "senior",
          "中职": "senior", "大学": "college", "高校": "college", "大专院校": "college"}
STORES = {"自建": "own", "自有": "own", "自建冷库": "own", "第三方": "third_party", "第三方冷库": "third_party"}
RURAL = {"农村": True, "乡村": True, "城区": False, "城市": False, "城镇": False}
PRODUCTS = {"婴幼儿配方乳粉": "infant_formula", "婴配乳粉": "infant_formula", "婴幼儿配方食品": "infant_formula",
            "特殊医学用途配方食品": "medical_food", "特医食品": "medical_food", "保健食品": "health_food",
            "婴幼儿辅助食品": "infant_supplement", "婴幼儿辅食": "infant_supplement", "复配食品添加剂": "compound_additive",
            "乳制品": "dairy", "乳品": "dairy", "肉制品": "meat", "肉": "meat", "畜禽": "meat", "肉类": "meat", "食用油": "edible_oil",
            "食用植物油": "edible_oil", "白酒": "liquor", "酒类": "liquor", "酒": "liquor", "粮食": "grain", "粮食加工品": "grain",
            "蔬菜": "vegetables", "水果": "fruit", "水产品": "aquatic", "水产": "aquatic", "禽蛋": "eggs", "鸡蛋": "eggs", "茶叶": "tea",
            "农药": "pesticide", "兽药": "veterinary_drug", "饲料": "feed", "种子": "seed", "化肥": "fertilizer", "肥料": "fertilizer"}


def _rural(value: Any) -> bool | None:
    """城乡 is written as a word as often as 是 and 否."""
    word = fold(value)
    return RURAL[word] if word in RURAL else yes_no(value)


def _grade(value: Any) -> str | None:
    line = text(value)
    if line is None:
        return None
    grade = fold(line).removesuffix("风险").removesuffix("级").upper()
    if grade not in ("A", "B", "C", "D"):
        raise CellError("bad-grade", f"风险等级“{line}”应为 A、B、C、D（《食品生产经营风险分级管理办法》）")
    return grade


# field -> how its cell is read; the fields of a site first, then its attributes
FIELDS: dict[str, Callable[[Any], Any]] = {
    "name": partial(text, most=200),
    "address": partial(text, most=300),
    "contact": partial(text, most=100),
    "phone": partial(text, most=40),
    "uscc": credit_code,
    "licence_number": number_text,
    "registration_number": number_text,
    "risk_grade": _grade,
    "grid": partial(text, most=100),
    "town": partial(text, most=100),
    "village": partial(text, most=100),
    "premises": partial(text, most=20),
    "note": partial(text, most=500),
}
ATTRIBUTES: dict[str, Callable[[Any], Any]] = {
    "near_school": yes_no,
    "online": yes_no,
    "scale": partial(one_of, words=SCALES),
    "chain": yes_no,
    "rural": _rural,
    "place": partial(one_of, words=PLACES),
    "stage": partial(one_of, words=STAGES),
    "nutrition_programme": yes_no,
    "store_kind": partial(one_of, words=STORES),
    "products": partial(many_of, words=PRODUCTS),
    "filing_number": number_text,
}

SiteFields = dict[str, Any]


def parse_row(cells: Mapping[str, Any], row: int = 0, default_crs: str | None = None,
              ) -> tuple[SiteFields, list[RowError], list[RowError]]:
    """(fields, errors, warnings) of one row. With errors the fields are what could be read, and not to be stored.

    `fields`: type, name, address, contact, phone (texts, "" when empty), uscc, licence_number, licence_until (date, None
    for 长期), registration_number, risk_grade, attributes; `place`, `lon`, `lat` (WGS-84) or None; and, for the importer
    to resolve: grid, town, village (as written), premises, note. `default_crs` is used where the ledger names none.
    """
    fields: SiteFields = {"place": None, "lon": None, "lat": None, "type": None, "licence_until": None, "attributes": {}}
    errors: list[RowError] = []
    warnings: list[RowError] = []

    def read(key: str, how: Callable[[Any], Any]) -> Any:
        try:
            return how(cells.get(key))
        except CellError as error:
            errors.append(RowError(row, TITLES[key], error.code, error.message))
            return None

    for key, how in FIELDS.items():
        fields[key] = read(key, how)
    if fields["name"] is None and not _has_error(errors, "name"):
        errors.append(RowError(row, TITLES["name"], "required", "名称不能为空"))
    given = read("type", _type)
    if given:
        fields["type"], fields["attributes"] = given
    for key, how in ATTRIBUTES.items():
        value = read(key, how)
        if value is not None and value != []:
            fields["attributes"][key] = value
    _licence(fields, read("licence_until", day), cells, row, warnings)
    _place(fields, cells, row, default_crs, errors, warnings)
    for key in ("name", "address", "contact", "phone"):
        fields[key] = fields[key] or ""
    return fields, errors, warnings


def _has_error(errors: list[RowError], key: str) -> bool:
    """Whether the column already has an error."""
    return any(error.column == TITLES[key] for error in errors)


def _type(value: Any) -> tuple[str, dict[str, Any]]:
    line = text(value)
    if line is None:
        raise CellError("required", "主体类型不能为空")
    found = site_type_of(line)
    if found is None:
        raise CellError("unknown-type", f"无法识别的主体类型“{line}”，可填：{'、'.join(names[0] for names in NAMES.values())}")
    return found


def _licence(fields: SiteFields, until: date | str | None, cells: Mapping[str, Any], row: int,
             warnings: list[RowError]) -> None:
    fields["licence_until"] = until if isinstance(until, date) else None
    number = fields["licence_number"]
    if number is None:
        return
    if found := licence_warning(number):
        warnings.append(RowError(row, TITLES["licence_number"], *found))
    if until is None and not fold(cells.get("licence_until")):
        warnings.append(RowError(row, TITLES["licence_until"], "licence-no-expiry", "有许可证编号而没有有效期，将按长期有效处理；请补填"))


def _place(fields: SiteFields, cells: Mapping[str, Any], row: int, default_crs: str | None, errors: list[RowError],
           warnings: list[RowError]) -> None:
    try:
        found, notes = place_of(cells, default_crs)
    except CellError as error:
        column = "crs" if error.code == "unknown-crs" else "lonlat" if fold(cells.get("lonlat")) else "lon"
        errors.append(RowError(row, TITLES[column], error.code, error.message))
        return
    fields.update(found or {})
    warnings.extend(RowError(row, TITLES[key], code, message) for key, code, message in notes)
    if not found and not any(fields[key] for key in ("grid", "town", "village")):
        warnings.append(RowError(row, TITLES["grid"], "region-missing", "没有网格、乡镇，也没有可用的坐标，无法确定属于哪个网格"))
