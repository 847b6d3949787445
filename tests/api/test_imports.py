"""A county's ledger: every bad row named, good rows kept or none, and no doubles however often it is imported."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask

from inspect_api.db import reading, transaction
from inspect_api.models import Audit, Change, Site
from inspect_api.services import sites
from sync.location import from_wgs84
from tests.api.asking import assert_equal_to_rebuild, count, pair, pushed, write
from tests.support.people import Person, Phone
from tests.support.world import COUNTY, GRID_A1, GRID_A2, GRID_B1, NOW, TOWN_A, site_id

HEADER = "名称,主体类型,网格编码,所属乡镇,统一社会信用代码,许可证编号,有效期至,登记证编号,地址,经度,纬度,坐标系,风险等级\n"
GOOD = HEADER + (f"甲食堂,学校食堂,{GRID_A1},,,,,,某街1号,,,,\n"
                 f"乙冷库,冷库,{GRID_A2},,92140525DEMT000250,,,,某街2号,,,,B\n"
                 f"丙饭店,餐饮服务单位,{GRID_A1},,,JY21405259900024,2027-03-01,,某街3号,,,,\n")
BAD = GOOD + ("丁店,小餐饮,14052599999999,,,,,,某街4号,,,,\n"
              f"戊店,皇宫,{GRID_A1},,,,,,某街5号,,,,\n"
              f"己店,小餐饮,{GRID_A1},,91140500MA0000000X,,,,某街6号,,,,\n"
              f"甲食堂,学校食堂,{GRID_A1},,,,,,某街1号,,,,\n"
              f"庚店,小餐饮,{GRID_A1},,,,第三天,,某街7号,,,,E\n")
BAD_ROWS = {5: "网格编码", 6: "主体类型", 7: "统一社会信用代码", 8: "名称", 9: "有效期至"}


def upload(person: Person, data: str | bytes, name: str = "台账.csv", status: int = 200, region: str = COUNTY, **query: Any) -> Any:
    """Import a ledger."""
    content = data.encode() if isinstance(data, str) else data
    answer = person.ask("POST", "/api/v1/sites/import", query_string={"region": region} | query,
                        data={"file": (io.BytesIO(content), name)})
    assert answer.status_code == status, answer.get_json()
    return answer.get_json()


def workbook(text: str) -> bytes:
    """The same ledger as an XLSX."""
    book = openpyxl.Workbook()
    for line in text.splitlines():
        book.active.append(line.split(","))
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def counts(told: dict[str, Any]) -> tuple[int, ...]:
    """(created, updated, unchanged, rejected)."""
    return tuple(told[name] for name in ("created", "updated", "unchanged", "rejected"))


def test_every_bad_row_is_named_with_row_column_and_reason_and_the_good_ones_are_kept(app: Flask, as_county: Person):
    before = count(app, Site)
    told = upload(as_county, BAD)
    assert counts(told) == (3, 0, 0, 5) and count(app, Site) == before + 3
    for row, column in BAD_ROWS.items():
        assert any((e["row"], e["column"]) == (row, column) and e["message"] and e["code"] for e in told["errors"]), (row, told["errors"])
    assert any(e["row"] == 9 and e["column"] == "风险等级" for e in told["errors"]), "every mistake of a row, not only the first"
    assert {e["row"] for e in told["errors"]} == set(BAD_ROWS)


def test_all_or_nothing_keeps_no_row_when_one_is_bad(app: Flask, as_county: Person):
    before = count(app, Site)
    problem = upload(as_county, BAD, status=422, all_or_nothing="true")
    assert problem["code"] == "ledger-rows" and {e["row"] for e in problem["errors"]} == set(BAD_ROWS)
    assert count(app, Site) == before
    assert counts(upload(as_county, GOOD, all_or_nothing="true")) == (3, 0, 0, 0)


@pytest.mark.parametrize("spell", [str.encode, lambda text: text.encode("gbk"), lambda text: text.encode("utf-8-sig"),
                                   lambda text: text.encode("utf-16"), workbook], ids=["utf-8", "gbk", "bom", "utf-16", "xlsx"])
def test_a_ledger_imported_again_in_any_encoding_makes_no_doubles(app: Flask, as_county: Person, spell: Any):
    upload(as_county, GOOD)
    before = count(app, Site)
    assert counts(upload(as_county, spell(GOOD), name="again.dat")) == (0, 0, 3, 0)
    assert count(app, Site) == before


def test_next_month_s_ledger_updates_what_changed_and_an_empty_cell_takes_nothing_away(app: Flask, as_county: Person):
    upload(as_county, GOOD)
    changed = GOOD.replace(",B\n", ",\n").replace("2027-03-01", "2029-03-01").replace(f"甲食堂,学校食堂,{GRID_A1}", f"甲食堂,学校食堂,{GRID_A2}")
    assert counts(upload(as_county, changed)) == (0, 2, 1, 0)
    sites = {s["name"]: s for s in as_county.get("/api/v1/sites", region=COUNTY, limit=200)["sites"]}
    assert sites["乙冷库"]["risk_grade"] == "B" and sites["甲食堂"]["grid"] == GRID_A2
    assert (sites["丙饭店"]["licence_until"], sites["丙饭店"]["rev"]) == ("2029-03-01", 2)
    assert_equal_to_rebuild(app)


def test_a_site_that_went_to_another_county_is_not_fetched_back_by_a_ledger(app: Flask, as_county: Person):
    upload(as_county, GOOD)
    write(app, lambda c: c.execute(sa.update(Site.__table__).where(Site.name == "甲食堂").values(grid="140502")))
    told = upload(as_county, GOOD)
    assert counts(told) == (1, 0, 2, 0) and counts(upload(as_county, GOOD)) == (0, 0, 3, 0)
    with app.app_context(), reading() as connection:
        assert sorted(connection.execute(sa.select(Site.grid).where(Site.name == "甲食堂")).scalars()) == ["140502", GRID_A1]


def test_the_numbers_follow_an_import_and_a_move_of_a_visited_site(app: Flask, as_supervisor: Phone, as_county: Person):
    assert pair(as_county, "cold-store-inspected") == (0, 1)
    upload(as_county, GOOD)
    assert pair(as_county, "cold-store-inspected") == (0, 2)
    store = next(s for s in as_county.get("/api/v1/sites", region=GRID_A2)["sites"] if s["name"] == "乙冷库")
    pushed(as_supervisor, as_supervisor.visit(store["id"], "2021-05-01 09:30", {}, site_type="cold_store"))
    assert pair(as_county, "cold-store-inspected", region=GRID_A2) == (1, 1)
    upload(as_county, GOOD.replace(f"乙冷库,冷库,{GRID_A2}", f"乙冷库,冷库,{GRID_A1}"))
    assert pair(as_county, "cold-store-inspected", region=GRID_A2) == (0, 0)
    assert pair(as_county, "cold-store-inspected", region=GRID_A1) == (1, 2)
    assert_equal_to_rebuild(app)


def test_a_row_is_placed_by_its_point_else_its_town_else_the_region(app: Flask, as_county: Person):
    lon, lat = from_wgs84(112.8085, 35.505, "GCJ02")
    town = as_county.get(f"/api/v1/regions/{TOWN_A}")["name"]
    told = upload(as_county, HEADER + f"点上的店,小餐饮,,,,,,,a,{lon},{lat},GCJ02,\n镇里的店,小餐饮,,{town},,,,,b,,,,\n"
                                      "某处的店,小餐饮,,,,,,,c,,,,\n错镇的店,小餐饮,,没有这个镇,,,,,d,,,,\n")
    assert counts(told) == (3, 0, 0, 1)
    grids = {s["name"]: s["grid"] for s in as_county.get("/api/v1/sites", region=COUNTY, limit=200)["sites"]}
    assert (grids["点上的店"], grids["镇里的店"], grids["某处的店"]) == (GRID_A1, TOWN_A, COUNTY)
    assert any(w["code"] == "region-missing" for w in told["warnings"])
    assert_equal_to_rebuild(app)


BROKEN: dict[str, tuple[str, bytes, str]] = {
    "an empty file": ("a.csv", b"", "empty-file"), "an old xls": ("a.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old-xls"),
    "a zip that is no workbook": ("a.xlsx", b"PK\x03\x04" + b"\0" * 100, "broken-xlsx"),
    "a workbook cut in the middle": ("a.xlsx", workbook(GOOD)[:-200], "broken-xlsx"),
    "a text called xlsx": ("a.xlsx", b"name,type", "broken-xlsx"), "a web page": ("a.xls", b"<html><table></table></html>", "html-not-excel"),
    "a picture": ("a.png", b"\x89PNG\r\n\x1a\n", "unknown-format"), "no header": ("a.csv", "一,二\n三,四\n".encode(), "no-header"),
    "a quote that never ends": ("a.csv", ('名称,主体类型\n"甲,学校食堂\n' * 3 + '"x"y').encode(), "broken-csv"),
    "a column twice": ("a.csv", "名称,主体类型,类型\n甲,学校食堂,学校食堂\n".encode(), "double-column"),
}


@pytest.mark.parametrize("name,data,reason", BROKEN.values(), ids=list(BROKEN))
def test_a_file_that_is_no_ledger_says_what_it_is_and_changes_nothing(one_app: Flask, name: str, data: bytes, reason: str):
    before = count(one_app, Site)
    problem = upload(Person(one_app, "county"), data, name=name, status=422)
    assert (problem["code"], problem["reason"]) == ("broken-ledger", reason) and problem["detail"]
    assert count(one_app, Site) == before and count(one_app, Audit, Audit.action == "site.import") == 0


def test_an_import_without_a_file_or_into_a_region_that_is_not_there_is_refused(one_app: Flask):
    county, admin = Person(one_app, "county"), Person(one_app, "admin")
    answer = county.ask("POST", f"/api/v1/sites/import?region={COUNTY}")
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "file")
    answer = county.ask("POST", "/api/v1/sites/import", data={"file": (io.BytesIO(GOOD.encode()), "a.csv")})
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "region")
    assert upload(admin, GOOD, region="99", status=404)["code"] == "unknown-region"


def test_a_file_name_with_anything_in_it_is_taken(app: Flask, as_county: Person):
    assert counts(upload(as_county, GOOD, name="台" * 300 + "\x00.csv")) == (3, 0, 0, 0)


# By the command line


def run(app: Flask, *words: str) -> Any:
    """Run `flask …`."""
    return app.test_cli_runner().invoke(args=list(words))


def test_the_command_tells_bad_rows_and_keeps_good_ones_and_a_second_run_makes_no_doubles(app: Flask, tmp_path: Path):
    ledger = tmp_path / "台账.csv"
    ledger.write_text(BAD, "utf-8")
    before = count(app, Site)
    first = run(app, "sites", "import", str(ledger), "--region", COUNTY)
    assert first.exit_code == 1 and "新增 3，更新 0，没有变化 0，未导入 5 行" in first.output
    for row, column in BAD_ROWS.items():
        assert f"错误 第 {row} 行 {column}" in first.output
    assert "新增 0，更新 0，没有变化 3" in run(app, "sites", "import", str(ledger), "--region", COUNTY).output
    assert count(app, Site) == before + 3
    assert_equal_to_rebuild(app)


def test_the_command_may_import_all_or_nothing(app: Flask, tmp_path: Path):
    ledger, before = tmp_path / "台账.xlsx", count(app, Site)
    ledger.write_bytes(workbook(BAD))
    told = run(app, "sites", "import", str(ledger), "--region", COUNTY, "--all-or-nothing")
    assert told.exit_code == 1 and "ledger-rows" in told.output and "第 5 行" in told.output and count(app, Site) == before
    ledger.write_bytes(workbook(GOOD))
    told = run(app, "sites", "import", str(ledger), "--region", COUNTY, "--all-or-nothing")
    assert told.exit_code == 0 and count(app, Site) == before + 3


def test_the_command_says_that_a_file_is_broken_without_a_stack_trace(one_app: Flask, tmp_path: Path):
    ledger = tmp_path / "broken.xlsx"
    ledger.write_bytes(b"PK\x03\x04nothing")
    told = run(one_app, "sites", "import", str(ledger), "--region", COUNTY)
    assert told.exit_code == 1 and "broken-ledger" in told.output and "Traceback" not in told.output
    assert run(one_app, "sites", "import", str(ledger), "--region", "99").exit_code == 1
    assert run(one_app, "sites", "import", "not-there.csv", "--region", COUNTY).exit_code == 2


def test_a_site_that_moves_takes_its_visits_along_and_leaves_its_old_grid_s_feed(app: Flask, as_supervisor: Phone, as_county: Person):
    visit = as_supervisor.visit(1, "2021-05-01 09:30", {})
    as_supervisor.push(visit)
    row = dict.fromkeys(("uscc", "licence_number", "licence_until", "registration_number", "risk_grade", "place", "lon", "lat")) | {"type": "school_canteen", "name": "第一小学食堂", "address": "", "contact": "",
                                                     "phone": "", "attributes": {}, "grid": GRID_B1, "natural_key": "test:1"}
    with app.app_context():
        transaction(lambda c: sites.store(c, COUNTY, [row], "tests", NOW))
        with reading() as connection:
            feed = {(one.bucket, one.op) for one in connection.execute(sa.select(Change).where(Change.id == site_id(1)))}
        with reading() as connection:
            own = {(one.bucket, one.op) for one in connection.execute(sa.select(Change).where(Change.id == visit["id"]))}
    assert feed == {(GRID_A1, "moved"), (GRID_B1, "put")}
    assert own == {(f"{GRID_A1}/user-supervisor", "moved"), (f"{GRID_B1}/user-supervisor", "put")}
    person = Person(app, "other-reviewer")
    person.post(f"/api/v1/visits/{visit['id']}/review", {"decision": "approve"})
    assert Person(app, "reviewer").ask("GET", f"/api/v1/visits/{visit['id']}").status_code == 403
    assert_equal_to_rebuild(app)


def test_two_shops_of_one_name_in_two_villages_without_an_address_are_two_and_in_one_village_an_error(app: Flask, as_county: Person):
    lines = ["名称,主体类型,网格编码", f"小卖部,小经营店,{GRID_A1}", f"小卖部,小经营店,{GRID_B1}", f"小卖部,小经营店,{GRID_B1}"]
    answer = as_county.ask("POST", f"/api/v1/sites/import?region={COUNTY}",
                           data={"file": (io.BytesIO("\n".join(lines).encode()), "台账.csv")}).get_json()
    assert (answer["created"], answer["rejected"]) == (2, 1)
    assert answer["errors"][0]["code"] == "duplicate-site"


def test_coordinates_of_an_unnamed_system_are_read_as_the_importer_says(app: Flask, as_county: Person):
    lines = ["名称,主体类型,地址,经度,纬度", "坐标店,小经营店,某街1号,112.8050,35.5050"]

    def send(**query: str) -> Any:
        return as_county.ask("POST", "/api/v1/sites/import", query_string={"region": COUNTY} | query,
                             data={"file": (io.BytesIO("\n".join(lines).encode()), "台账.csv")}).get_json()

    assert "crs-missing" in [w["code"] for w in send()["warnings"]]
    assert send(crs="WGS84")["updated"] == 1
    [found] = [one for one in as_county.get("/api/v1/sites", region=GRID_A1)["sites"] if one["name"] == "坐标店"]
    assert (found["lon"], found["lat"]) == (112.805, 35.505)


def test_an_unknown_town_is_told_in_the_town_s_column_beside_the_row_s_other_errors(app: Flask, as_county: Person):
    lines = ["名称,主体类型,所属乡镇", "某店,皇宫,没有镇"]
    errors = as_county.ask("POST", f"/api/v1/sites/import?region={COUNTY}",
                           data={"file": (io.BytesIO("\n".join(lines).encode()), "台账.csv")}).get_json()["errors"]
    assert {error["column"] for error in errors} == {"主体类型", "所属乡镇"}
