"""Ledgers as counties really send them: made here with openpyxl and as bytes, ugly cases included."""

import csv
import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from sync import ledger
from sync.ledger import LEDGER_ERRORS, ROW_CODES, Duplicates, LedgerError, natural_key, parse_row, read_ledger
from sync.ledger import row as one_row
from sync.ledger.columns import COLUMNS, column_of
from sync.ledger.types import IMPLIED, NAMES, site_type_of

USCC, OTHER_USCC = "91110000600037341L", "92140525DEMT000250"  # the first is the example of python-stdnum
HEADER = ["单位名称", "主体类型", "统一社会信用代码", "许可证编号", "有效期至", "地址"]
SHOP = ["禾小满便利店", "食品销售单位", OTHER_USCC, "JY11405259900024", "2027-03-01", "示例路2号"]


def xlsx(*rows, sheets=None):
    book = openpyxl.Workbook()
    for title, content in (sheets or {"Sheet1": rows}).items():
        sheet = book.create_sheet(title)
        for row in content:
            sheet.append(row)
    del book["Sheet"]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def comma(*rows, encoding="utf-8", delimiter=","):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def cells_of(data, name="台账.xlsx"):
    return [row.cells for row in read_ledger(name, data)]


def refusal(data, name="台账.xlsx"):
    with pytest.raises(LedgerError) as caught:
        list(read_ledger(name, data))
    return caught.value.code


def codes(cells, **more):
    _, errors, warnings = parse_row({"name": "禾小满", "type": "餐饮", "town": "南村镇", **cells}, 7, **more)
    assert all(found.row == 7 and found.code in ROW_CODES and found.message for found in errors + warnings)
    return [e.code for e in errors], [w.code for w in warnings]


def fields_of(**cells):
    fields, errors, _ = parse_row({"name": "禾小满", "type": "餐饮", "town": "南村镇", **cells})
    assert errors == []
    return fields


# the file


def test_the_site_types_are_those_of_the_checklists():
    from checklists.site_types import SITE_TYPES

    assert set(NAMES) == set(SITE_TYPES) and {key for key, _ in IMPLIED.values()} <= set(SITE_TYPES)
    assert {key: site_type_of(title)[0] for key, title in SITE_TYPES.items()} == {key: key for key in SITE_TYPES}


@pytest.mark.parametrize("name,words", [("scale", one_row.SCALES), ("place", one_row.PLACES), ("stage", one_row.STAGES),
                                        ("store_kind", one_row.STORES), ("products", one_row.PRODUCTS)])
def test_the_attributes_and_their_values_are_those_of_the_checklists(name, words):
    from checklists.site_types import ATTRIBUTES

    assert set(words.values()) == set(ATTRIBUTES[name].values) and set(one_row.ATTRIBUTES) == set(ATTRIBUTES)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_csv_is_read_in_every_encoding_and_with_every_separator(encoding, delimiter):
    (found,) = read_ledger("台账.csv", comma(HEADER, SHOP, encoding=encoding, delimiter=delimiter))
    assert found.row_number == 2
    assert found.cells["name"] == "禾小满便利店" and found.cells["licence_until"] == "2027-03-01"


def test_rare_characters_of_gb18030_survive():
    (cells,) = cells_of(comma(HEADER, ["㛃䶮小吃", *SHOP[1:]], encoding="gb18030"), "a.csv")
    assert cells["name"] == "㛃䶮小吃"


def test_a_path_is_read_as_well_as_bytes(tmp_path):
    file = tmp_path / "台账.xlsx"
    file.write_bytes(xlsx(HEADER, SHOP))
    assert [row.cells["name"] for row in read_ledger(file.name, file)] == ["禾小满便利店"]


def test_a_header_under_a_title_with_spaces_breaks_and_full_width_is_found():
    title = ["泽州县食品经营主体台账（2022年）"]
    odd = ["序号", "单 位\n名 称（必填）", "＊主体类型", "统一社会\n信用代码", "许可证号：", "有效期至", "经营场所", "所属分局"]
    rows = list(read_ledger("a.xlsx", xlsx(title, [], odd, [1, *SHOP, "一所"])))
    assert [row.row_number for row in rows] == [4]
    assert rows[0].cells == dict(zip(["name", "type", "uscc", "licence_number", "licence_until", "address"], SHOP, strict=True))
    assert rows[0].others == {"序号": 1, "所属分局": "一所"}


def test_a_header_of_two_rows_under_merged_cells_is_joined():
    (cells,) = cells_of(xlsx(["名称", "主体类型", "坐标", None], [None, None, "经度", "纬度"], ["禾小满", "小餐饮", 112.85123, 35.51234]))
    assert cells == {"name": "禾小满", "type": "小餐饮", "lon": 112.85123, "lat": 35.51234}


def test_blank_rows_totals_signatures_and_repeated_headers_are_left_out_and_numbers_stay():
    data = xlsx(HEADER, SHOP, [], HEADER, ["合计", "1家"], ["第二家", *SHOP[1:]], ["填表人：张三"], ["合计饭店", *SHOP[1:]])
    assert [(r.row_number, r.cells["name"]) for r in read_ledger("a.xlsx", data)] == [
        (2, "禾小满便利店"), (6, "第二家"), (8, "合计饭店")]


def test_a_line_break_inside_a_csv_cell_starts_no_new_row():
    data = comma(HEADER, ["禾小满\n便利店", *SHOP[1:]], ["第二家", *SHOP[1:]])
    assert [row.row_number for row in read_ledger("a.csv", data)] == [2, 3]


def test_the_first_visible_sheet_with_a_header_is_read():
    data = xlsx(sheets={"说明": [["请按要求填写"]], "台账": [HEADER, SHOP]})
    assert [cells["name"] for cells in cells_of(data)] == ["禾小满便利店"]


def test_a_wrong_extent_written_by_the_program_does_not_cut_the_rows():
    source, out = zipfile.ZipFile(io.BytesIO(xlsx(HEADER, SHOP))), io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for part in source.namelist():
            target.writestr(part, source.read(part).replace(b'<dimension ref="A1:F2"', b'<dimension ref="A1"'))
    assert b'ref="A1"' in zipfile.ZipFile(out).read("xl/worksheets/sheet1.xml")
    assert cells_of(out.getvalue())[0]["address"] == "示例路2号"


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize("code,name,data", [
    ("empty-file", "a.csv", b""),
    ("empty-file", "a.csv", b" \r\n"),
    ("empty-file", "a.xlsx", xlsx()),
    ("old-xls", "a.xls", OLE + "Workbook".encode("utf-16-le")),
    ("password-protected", "a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le")),
    ("broken-xlsx", "a.xlsx", xlsx(HEADER, SHOP)[:-400]),
    ("broken-xlsx", "a.xlsx", b"not a zip"),
    ("html-not-excel", "a.xls", "<html><table><tr><td>名称</td></tr></table></html>".encode()),
    ("unknown-format", "a.pdf", b"%PDF-1.7"),
    ("unknown-format", "a.csv", b"a,b\0c"),
    ("unknown-encoding", "a.csv", b"\xff\x81\xff\xff,\xff"),
    ("broken-csv", "a.csv", ",".join(HEADER).encode() + b'\n"abc"x,1\n'),
    ("no-header", "a.csv", "甲,乙\n1,2\n".encode()),
    ("no-header", "a.csv", comma(*[["第一行"]] * 10, HEADER, SHOP)),
    ("double-column", "a.csv", comma(["名称", "地址", "经营场所"], ["甲", "乙", "丙"])),
])
def test_a_file_that_cannot_be_read_is_named_and_says_what_to_do(code, name, data):
    assert refusal(data, name) == code


def test_a_zip_that_is_no_workbook_and_a_bomb_are_refused(monkeypatch):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("readme.txt", "0" * 100_000)
    assert refusal(out.getvalue()) == "broken-xlsx"
    monkeypatch.setattr(ledger.reading, "MAX_UNPACKED", 10_000)
    assert refusal(out.getvalue()) == "too-large"


def test_every_message_of_the_file_errors_is_chinese():
    assert all(any("\u4e00" <= c <= "\u9fff" for c in text) for text in [*LEDGER_ERRORS.values(), *ROW_CODES.values()])


def test_no_two_columns_share_a_name():
    names = [name for column in COLUMNS for name in (column.title, *column.synonyms)]
    assert [name for column in COLUMNS for name in (column.title, *column.synonyms) if column_of(name) != column.key] == []
    assert len(names) == len(set(names))


# the row


def test_a_full_row_becomes_a_site():
    fields, errors, warnings = parse_row({
        "name": " 云帆小学\n食堂 ", "type": "小学食堂", "uscc": "９１１１００００６０００３７３４１ｌ", "licence_number": "jy3140525 9900017",
        "licence_until": datetime(2027, 3, 1), "address": "示例路1号", "lon": "112.899123", "lat": 35.617456, "crs": "高德",
        "town": "南村镇", "contact": "张示例", "phone": 13800000000.0, "risk_grade": "Ｂ级", "near_school": "否",
        "nutrition_programme": "√", "rural": "农村", "products": "蔬菜、水果/蔬菜", "scale": "中型"}, 5)
    assert (errors, warnings) == ([], [])
    assert fields["name"] == "云帆小学 食堂" and fields["type"] == "school_canteen"
    assert fields["uscc"] == USCC and fields["licence_number"] == "JY31405259900017"
    assert fields["licence_until"] == date(2027, 3, 1) and fields["risk_grade"] == "B" and fields["phone"] == "13800000000"
    assert fields["attributes"] == {"stage": "primary", "near_school": False, "nutrition_programme": True, "rural": True,
                                    "products": ["vegetables", "fruit"], "scale": "medium"}
    assert fields["place"]["crs"] == "GCJ02" and fields["place"]["lon"] == 112.899123
    assert 0.002 < abs(fields["lon"] - 112.899123) < 0.02  # what we compute with is WGS-84, hundreds of metres away


@pytest.mark.parametrize("text", ["2025.3.1", "2025年3月1日", "20250301", "2025/3/1", "2025-03-01 00:00:00", "２０２５-０３-０１", "45717",
                                  "2020.3.2-2025.3.1", "2020年3月2日至2025年3月1日", "20200302-20250301", date(2025, 3, 1),
                                  datetime(2025, 3, 1), 45717, 20250301, " 2025 . 3 . 1 "])
def test_dates_are_read_in_the_forms_people_write(text):
    assert fields_of(licence_until=text)["licence_until"] == date(2025, 3, 1)


def test_long_term_has_no_last_day_and_a_missing_one_is_warned_of():
    for text in ("长期", "长期有效", "2020-01-01至长期"):
        assert fields_of(licence_until=text)["licence_until"] is None
        assert codes({"licence_number": "JY11405259900024", "licence_until": text}) == ([], [])
    assert codes({"licence_number": "JY11405259900024"}) == ([], ["licence-no-expiry"])


@pytest.mark.parametrize("text", ["2025年3月", "25.3.1", "2025.13.1", "2025-02-30", "明年", "1925-03-01", 9])
def test_a_date_that_is_none_is_an_error(text):
    assert codes({"licence_until": text}) == (["bad-date"], [])


@pytest.mark.parametrize("given,code", [
    ("911100006000373410", "bad-uscc"), ("9111000060003734", "bad-uscc"), ("140525600012345", "bad-uscc"), ("NOTACODE", "bad-uscc"),
    (9.2140525e17, "uscc-as-number"), (911405256000373000, "uscc-as-number"), ("9.11405E+17", "uscc-as-number")])
def test_a_wrong_credit_code_is_an_error(given, code):
    assert codes({"uscc": given}) == ([code], [])


@pytest.mark.parametrize("given", ["无", "/", "-", "", None, " 暂无 "])
def test_the_many_marks_of_nothing_are_nothing(given):
    fields = fields_of(uscc=given, licence_number=given, phone=given)
    assert fields["uscc"] is None and fields["licence_number"] is None and fields["phone"] == ""


def test_a_rural_collective_has_a_credit_code_that_begins_with_a_letter():
    from stdnum.cn.uscc import calc_check_digit

    code = "N2140525MF0000001" + calc_check_digit("N2140525MF0000001")
    assert fields_of(uscc=code)["uscc"] == code
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert codes({"uscc": wrong}) == (["bad-uscc"], [])


def test_a_wrong_licence_number_only_warns():
    assert codes({"licence_number": "JY11405259900024", "licence_until": "长期"}) == ([], [])
    assert codes({"licence_number": "JY11405259900025", "licence_until": "长期"}) == ([], ["licence-check-digit"])
    assert codes({"licence_number": "SC1234", "licence_until": "长期"}) == ([], ["licence-form"])
    assert codes({"licence_number": "晋食小字140525001", "licence_until": "长期"}) == ([], [])
    assert codes({"licence_number": 1.14052599e+19, "licence_until": "长期"}) == (["number-as-float"], [])


@pytest.mark.parametrize("cells,errors", [
    ({"lon": 35.5, "lat": 112.8}, ["coordinates-swapped"]),
    ({"lonlat": "35.5123,112.8512"}, ["coordinates-swapped"]),
    ({"lon": 38_412_345.6, "lat": 3_931_234.5}, ["coordinates-out-of-range"]),
    ({"lon": "112.8512"}, ["coordinates-incomplete"]),
    ({"lon": "东边", "lat": "35.5"}, ["bad-coordinates"]),
    ({"lonlat": "112.8512"}, ["bad-coordinates"]),
    ({"lon": 112.8512, "lat": 35.5123, "crs": "北京54"}, ["unknown-crs"]),
])
def test_wrong_coordinates_are_errors(cells, errors):
    assert codes(cells, default_crs="WGS84") == (errors, [])


@pytest.mark.parametrize("cells", [
    {"lon": "112.8512", "lat": "35.5123"}, {"lonlat": "112.8512，35.5123"}, {"lonlat": "112.8512 35.5123"},
    {"lon": "东经112.8512°", "lat": "北纬35.5123°"}, {"lon": "112°51′4.32″", "lat": "35度30分44.28秒"}])
def test_coordinates_are_read_in_many_forms(cells):
    fields, errors, warnings = parse_row({"name": "甲", "type": "餐饮", **cells}, default_crs="WGS84")
    assert (errors, warnings) == ([], [])
    assert (fields["lon"], fields["lat"]) == (pytest.approx(112.8512), pytest.approx(35.5123))


def test_coordinates_without_a_system_are_not_guessed():
    fields, errors, warnings = parse_row({"name": "甲", "type": "餐饮", "lon": 112.8512, "lat": 35.5123})
    assert errors == [] and fields["place"] is None and fields["lon"] is None
    assert [w.code for w in warnings] == ["crs-missing", "region-missing"]
    assert codes({"lon": 112.8, "lat": 35.5}, default_crs="GCJ02") == ([], ["coordinates-rough"])


def test_all_that_is_wrong_with_a_row_is_told_at_once():
    _, errors, _ = parse_row({"type": "宇宙飞船", "uscc": "1", "licence_until": "?", "risk_grade": "E", "online": "也许", "products": "石油",
                              "address": "#REF!"}, 9)
    assert {e.code for e in errors} == {"formula-error", "bad-uscc", "bad-grade", "required", "unknown-type", "bad-date", "bad-value"}
    assert [e.column for e in errors if e.code == "bad-value"] == ["是否网络经营", "产品"]


@pytest.mark.parametrize("text,expected", [("学 校 食 堂", "school_canteen"), ("餐饮服务单位（其他）", "catering"), ("小餐饮", "small_shop"),
                                           ("cold_store", "cold_store"), ("农民专业合作社", "farm"), ("奶站", "milk_station")])
def test_site_types_go_by_many_names(text, expected):
    assert fields_of(type=text)["type"] == expected


def test_a_column_wins_over_what_the_type_implies():
    assert fields_of(type="第三方冷库")["attributes"] == {"store_kind": "third_party"}
    assert fields_of(type="第三方冷库", store_kind="自建")["attributes"] == {"store_kind": "own"}


# twice


def test_duplicates_are_reported_with_both_row_numbers():
    seen = Duplicates()
    first = {"type": "catering", "uscc": USCC, "licence_number": "JY1", "name": "禾小满", "address": "示例路 1 号"}
    assert seen.check(3, first) == []
    found = seen.check(9, {**first, "name": "禾小满 ", "address": "示例路１号"})
    assert [(e.row, e.other_row, e.code) for e in found] == [
        (9, 3, "duplicate-uscc"), (9, 3, "duplicate-licence"), (9, 3, "duplicate-name-address")]
    assert all("第 3 行" in e.message for e in found)
    assert seen.check(10, {"type": "food_retail", "uscc": USCC, "name": "另一家", "address": "示例路2号"}) == []
    assert seen.check(11, {**first, "premises": "2", "licence_number": "JY2", "address": "示例路3号"}) == []
    assert [e.other_row for e in seen.check(12, {"type": "market", "licence_number": "JY2", "name": "x"})] == [11]


def test_the_natural_key_is_the_same_however_the_row_was_typed():
    a = fields_of(address="示例路 1 号", name="禾小满（总店）")
    b = fields_of(address="示例路１号", name="禾小满(总店)")
    assert natural_key(a) == natural_key(b) != natural_key(fields_of(address="示例路2号", name="禾小满（总店）"))
    assert natural_key(fields_of(uscc=USCC)) == natural_key(fields_of(uscc=USCC.lower(), name="改了名"))
    assert natural_key(fields_of(uscc=USCC)) != natural_key(fields_of(uscc=USCC, premises="2"))
    assert len(natural_key(fields_of(name="长" * 200, address="长" * 300))) <= 120


def test_the_template_reads_back_without_an_error_or_a_warning():
    for data, name in ((xlsx(*ledger.template_rows()), "a.xlsx"), (comma(*ledger.template_rows(), encoding="gbk"), "a.csv")):
        rows = list(read_ledger(name, data))
        assert len(rows) == 2 and all(parse_row(row.cells, row.row_number)[1:] == ([], []) for row in rows)
        assert set(rows[0].cells) == {column.key for column in COLUMNS} - {"lonlat"}
