"""Sampling batches over all indicators: lists with totals, import of files, and what a plan's offices still have to enter."""

import io
from typing import Any

import openpyxl
import pytest
from flask import Flask

from inspect_api.models import Audit, Record, ReportEntry
from tests.api.asking import count, pair, statements
from tests.api.small import INDICATORS, postgres_template, record, report, sqlite_template
from tests.api.test_at_once import at_once
from tests.support.people import Person
from tests.support.world import COUNTY, TOWN_A, TOWN_B

__all__ = ["postgres_template", "sqlite_template"]  # fixtures

HEADER = "区域,日期,类别,方式,任务级别,农兽药残留,批次数,依据,备注\n"


def batch(person: Person, status: int = 201, **fields: Any) -> Any:
    """A record that names no indicator."""
    return person.post("/api/v1/records", {"region": COUNTY, "kind": "food_sampling", "on": "2021-05-01", "method": "laboratory",
                                           "task_level": "county", "count": 10} | fields, status)


def send(person: Person, content: str | bytes, region: str = COUNTY, status: int = 200, name: str = "a.csv", **query: Any) -> Any:
    """Import a file."""
    data = content.encode() if isinstance(content, str) else content
    answer = person.ask("POST", "/api/v1/records/import", query_string={"region": region} | query, data={"file": (io.BytesIO(data), name)})
    assert answer.status_code == status, answer.get_json()
    return answer.get_json()


def sheets(**rows: list[list[Any]]) -> bytes:
    """A workbook of these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in rows.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


# Lists


def test_records_are_listed_over_all_indicators_newest_first_with_what_they_feed(app: Flask, as_county: Person):
    old = batch(as_county, on="2021-03-01", count=5)
    new = record(as_county, "residue", kind="agri_monitoring", on="2021-06-01", residue=True)["id"]
    page = as_county.get("/api/v1/records", region=COUNTY)
    assert [r["id"] for r in page["records"]] == [new, old["id"]]
    assert {f["indicator"] for f in page["records"][1]["feeds"]} >= {"food-tests", "all-tests"} and page["records"][1]["feeds"] == old["feeds"]
    assert (page["records"][0]["region_name"], page["records"][0]["created_by_name"]) == ("泽州县", "county")
    assert pair(as_county, "all-tests", "2021", plan="small")[0] == 15


def test_totals_are_by_category_level_and_kind_and_rapid_tests_stand_apart(app: Flask, as_county: Person):
    batch(as_county, count=10)
    batch(as_county, count=7, task_level="national")
    batch(as_county, count=500, method="rapid")
    batch(as_county, count=3, kind="agri_monitoring", residue=True)
    totals = as_county.get("/api/v1/records", region=COUNTY, limit=1)["totals"]
    assert (totals["laboratory"], totals["rapid"]) == (20, 500), "of all of them and not of one page"
    assert totals["kinds"]["food_sampling"] == {"laboratory": 17, "rapid": 500, "residue": 0, "levels": {"county": 10, "national": 7}}
    assert totals["kinds"]["agri_monitoring"]["residue"] == 3
    assert totals["levels"] == {"county": {"laboratory": 13, "rapid": 500}, "national": {"laboratory": 7, "rapid": 0}}
    only = as_county.get("/api/v1/records", region=COUNTY, method="laboratory", level="national")
    assert [r["count"] for r in only["records"]] == [7] and only["totals"]["rapid"] == 0


def test_records_come_page_by_page_of_a_time_and_a_region_in_a_constant_number_of_statements(app: Flask, as_county: Person, as_reviewer: Person):
    for day in (1, 1, 2, 3, 4):
        batch(as_county, on=f"2021-05-0{day}", note=str(count(app, Record)))
    batch(as_county, region=TOWN_B)
    mine = batch(as_reviewer, region=TOWN_A)["id"]
    found, after = [], {}
    while True:
        page = as_county.get("/api/v1/records", **{"region": COUNTY, "from": "2021-05-01", "to": "2021-05-03", "limit": 2}, **after)
        found += [(r["on"], r["id"]) for r in page["records"]]
        if not page["next"]:
            break
        after = {"after": page["next"]}
    assert found == sorted(set(found), reverse=True) and len(found) == 6
    assert [r["id"] for r in as_reviewer.get("/api/v1/records", region=TOWN_A)["records"]] == [mine]
    with statements(app) as one:
        as_county.get("/api/v1/records", region=COUNTY, limit=1)
    with statements(app) as all_:
        as_county.get("/api/v1/records", region=COUNTY)
    assert len(one) == len(all_)
    assert as_county.ask("GET", f"/api/v1/records?region={COUNTY}&after=2021-99-99.{mine}").status_code == 422


def test_a_withdrawn_record_is_in_no_list_and_no_total(app: Flask, as_county: Person, as_reviewer: Person):
    id_ = batch(as_county)["id"]
    assert as_reviewer.ask("DELETE", f"/api/v1/records/{id_}").status_code == 403
    assert as_county.ask("DELETE", f"/api/v1/records/{id_}").status_code == 200
    assert as_county.ask("DELETE", f"/api/v1/records/{id_}").status_code == 404
    page = as_county.get("/api/v1/records", region=COUNTY)
    assert (page["records"], page["totals"]["laboratory"]) == ([], 0) and count(app, Record) == 1
    again, once_more = batch(as_county), batch(as_county)
    assert again["id"] == once_more["id"] == id_, "the same content again is the same record"
    assert (again["created"], once_more["created"]) == (True, False)
    assert batch(as_county, region="14052599", status=404)["code"] == "unknown-region"


# Import


GOOD = HEADER + f"{TOWN_A},2021-05-01,食品抽检,实验室检验,县级,否,12,示例文1号,\n,2021年5月2日,农产品监测,快检,乡镇,是,3,,\n"


def test_a_file_is_tried_first_and_then_imported_and_a_second_time_changes_nothing(app: Flask, as_county: Person):
    tried = send(as_county, GOOD, dry_run=True)
    assert (tried["dry_run"], tried["batches"], tried["rejected"], count(app, Record)) == (True, 2, 0, 0)
    assert [(r["row"], r["change"], r["region"], r["count"]) for r in tried["rows"]] == [(2, "created", TOWN_A, 12), (3, "created", COUNTY, 3)]
    assert count(app, Audit, Audit.action == "record.import") == 0
    done = send(as_county, GOOD)
    assert (done["batches"], done["unchanged"], count(app, Record)) == (2, 0, 2)
    again = send(as_county, GOOD)
    assert (again["batches"], again["unchanged"], count(app, Record)) == (0, 2, 2)
    assert pair(as_county, "all-tests", "2021", plan="small")[0] == 12
    assert batch(as_county, region=TOWN_A, count=12, document="示例文1号")["id"] == next(
        r["id"] for r in as_county.get("/api/v1/records", region=TOWN_A)["records"]), "typed or imported, it is the same record"


BAD = HEADER + "".join(line + "\n" for line in (
    "天上,2021-05-01,食品抽检,实验室检验,县级,否,12,,", ",2021-13-01,食品抽检,实验室检验,县级,否,12,,", ",2021-05-01,抽奖,实验室检验,县级,否,12,,",
    ",2021-05-01,食品抽检,实验室检验,县级,否,1.5,,", ",,食品抽检,,县级,否,,,", ",2021-05-01,食品抽检,快检,县级,也许,1,,", ",2021-05-01,食品抽检,快检,县级,否,1,,",
    ",2021-05-01,食品抽检,快检,县级,否,1,,"))


def test_every_row_that_is_wrong_is_told_by_row_and_column_and_the_others_are_kept_or_none(app: Flask, as_county: Person):
    told = send(as_county, BAD, status=422, all_or_nothing=True)
    assert told["code"] == "ledger-rows" and count(app, Record) == 0
    done = send(as_county, BAD)
    assert [(e["row"], e["column"], e["code"]) for e in done["errors"]] == [
        (2, "区域", "unknown-region"), (3, "日期", "bad-date"), (4, "类别", "bad-value"), (5, "批次数", "bad-value"), (6, "日期", "required"),
        (6, "方式", "required"), (6, "批次数", "required"), (7, "农兽药残留", "bad-value"), (9, "批次数", "duplicate")]
    assert (done["batches"], done["rejected"], count(app, Record)) == (1, 7, 1)


def test_a_workbook_brings_batches_and_reported_numbers_and_a_number_that_overlaps_is_told(app: Flask, as_county: Person):
    report(as_county, window="2022")
    numbers = [["计划", "指标", "区域", "时段", "分子", "分母", "依据"], ["small", "合格率", "泽州县", "2021年", 97, 100, "农1号"],
               ["small", "pass-rate", TOWN_A, "2022", 9, 10, ""], ["small", "pass-rate", "", "2022", 120, 100, ""], ["small", "half", "", "", 1, 2, ""],
               ["另一份", "half", "", "", 1, 2, ""], ["small", "另一个", "", "", 1, "", ""]]
    file = sheets(抽检批次=[["日期", "类别", "方式", "任务级别", "批次数"], ["2021-05-01", "food_sampling", "laboratory", "county", 4]], 填报数值=numbers)
    done = send(as_county, file, name="a.xlsx")
    assert (done["batches"], done["numbers"], done["rejected"]) == (1, 1, 5)
    assert [(e["sheet"], e["row"], e["column"], e["code"]) for e in done["errors"]] == [
        ("填报数值", 3, "区域", "report-overlaps"), ("填报数值", 4, "分子", "invalid"), ("填报数值", 5, "指标", "not-reported"),
        ("填报数值", 6, "计划", "unknown-plan"), ("填报数值", 7, "指标", "unknown-indicator")]
    assert pair(as_county, "pass-rate", "2021", plan="small") == (97, 100) and count(app, ReportEntry) == 2


def test_a_number_of_a_region_outside_its_plan_is_told_and_not_kept(one_app: Flask):
    header = ["计划", "指标", "区域", "时段", "分子", "分母"]
    file = sheets(填报数值=[header, ["small", "pass-rate", "", "2021", 9, 10], ["small", "pass-rate", "140502", "2021", 9, 10], ["small", "pass-rate", COUNTY, "2021", 9, 10]])
    done = send(Person(one_app, "admin"), file, region="1405")
    assert [(e["row"], e["column"], e["code"]) for e in done["errors"]] == [(2, "区域", "unknown-region"), (3, "区域", "unknown-region")]
    assert (done["numbers"], count(one_app, ReportEntry)) == (1, 1)


def test_two_who_take_back_the_same_at_once_do_it_once(app: Flask, as_county: Person):
    record_id, report_id = batch(as_county)["id"], report(as_county)["id"]
    for path in (f"/api/v1/records/{record_id}", f"{INDICATORS}/pass-rate/reports/{report_id}"):
        answers = at_once(*(lambda person=person, path=path: person.ask("DELETE", path).status_code for person in (as_county, Person(app, "admin"))))
        assert sorted(answers) == [200, 404]
    assert count(app, Audit, Audit.action.in_(["record.withdraw", "indicator.report.withdraw"])) == 2


def test_a_trial_of_numbers_finds_rows_of_one_file_that_overlap_and_keeps_none(app: Flask, as_county: Person):
    file = sheets(填报数值=[["计划", "指标", "区域", "时段", "分子", "分母"], ["small", "pass-rate", COUNTY, "2021", 9, 10], ["small", "pass-rate", TOWN_A, "2021", 9, 10]])
    tried = send(as_county, file, dry_run=True)
    assert (tried["numbers"], [e["code"] for e in tried["errors"]], count(app, ReportEntry)) == (1, ["report-overlaps"], 0)


@pytest.mark.parametrize(("content", "reason"), [("", "empty-file"), ("名称,地址\n甲,乙\n", "no-header"), ("%PDF-1.4", "unknown-format"),
                                                 ("日期,时间,类别,批次数\n", "double-column")])
def test_a_file_that_is_none_says_why(one_app: Flask, content: str, reason: str):
    told = send(Person(one_app, "county"), content, status=422)
    assert (told["code"], told["reason"]) == ("broken-ledger", reason)


def test_the_template_has_only_headers_to_fill_in_and_a_guide_from_which_a_row_can_be_copied(one_app: Flask):
    county = Person(one_app, "county")
    book = openpyxl.load_workbook(io.BytesIO(county.ask("GET", "/api/v1/records/template.xlsx").data))
    assert book.sheetnames == ["抽检批次", "填报数值", "填写说明"]
    assert [book[name].max_row for name in ("抽检批次", "填报数值")] == [1, 1], "an example left in would be a number"
    guide = list(book["填写说明"].iter_rows(values_only=True))
    assert next(row[3] for row in guide if row[:2] == ("抽检批次", "方式")) == "实验室检验、快检"
    listed = guide[next(at for at, row in enumerate(guide) if row[3] == "分子是") + 1:]
    plan, indicator, window, numerator, denominator = next(row for row in listed if row[1] == "合格率")
    assert (window, numerator, denominator) == ("2021年", "合格批次", "监测批次")
    assert send(county, saved(book), name="t.xlsx", dry_run=True)["errors"] == []
    book["填报数值"].append([plan, indicator, None, window, 97, 100])
    book["抽检批次"].append([None, "2021-05-01", "食品抽检", "快检", "县级", None, 3])
    told = send(county, saved(book), name="t.xlsx", dry_run=True)
    assert (told["batches"], told["numbers"], told["errors"]) == (1, 1, [])


def test_a_number_that_would_replace_one_that_stands_is_told_with_both_and_by_its_titles(app: Flask, as_county: Person):
    report(as_county, window="2021", numerator=80, denominator=100)
    header = ["计划", "指标", "区域", "时段", "分子", "分母"]
    file = sheets(填报数值=[header, ["small", "合格率", "", "2021年", 97, 100], ["small", "pass-rate", "", "2021", 98, 100], ["small", "pass-rate", "", "2022", 9, 10]])
    tried = send(as_county, file, dry_run=True)
    first, second = tried["rows"]
    assert (first["change"], first["replaced"], first["numerator"]) == ("replaced", {"numerator": 80, "denominator": 100}, 97)
    assert (first["indicator_title"], first["window_title"], first["region_name"]) == ("合格率", "2021年", "泽州县")
    assert first["plan_title"] and (second["change"], "replaced" in second) == ("created", False)
    assert [(e["row"], e["code"]) for e in tried["errors"]] == [(3, "duplicate")]
    assert pair(as_county, "pass-rate", "2021", plan="small") == (80, 100)
    send(as_county, file)
    assert pair(as_county, "pass-rate", "2021", plan="small") == (97, 100)
    again = send(as_county, file)
    assert (again["numbers"], again["unchanged"], [r["change"] for r in again["rows"]]) == (0, 2, ["unchanged"] * 2)


def saved(book: openpyxl.Workbook) -> bytes:
    """A workbook as bytes."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


# What waits


def test_what_waits_for_entry_is_every_window_that_has_begun_with_what_stands_and_who_else_has_entered_it(app: Flask, as_county: Person, as_reviewer: Person):
    report(as_county, numerator=97, document="农1号", note="年报")
    page = as_county.get("/api/v1/plans/small/entry", as_of="2021-03-15")
    keys = [(e["indicator"], e["window"]["key"]) for e in page["entries"]]
    assert keys == [("pass-rate", "2021"), ("complaints", "2021-01"), ("complaints", "2021-02"), ("complaints", "2021-03")]
    first, second = page["entries"][:2]
    assert (first["entered"]["numerator"], first["document"], first["form"]) == (97, "农1号", {"numerator": "合格批次", "denominator": "监测批次"})
    assert (second["entered"], second["article"], second["quote"], second["note"]) == (None, "（二）", "抽检与填报", None) and page["waiting"] == 3
    town = as_reviewer.get("/api/v1/plans/small/entry", region=TOWN_A, as_of="2021-01-31")["entries"]
    assert [(e["entered"], e["elsewhere"]) for e in town] == [(None, [COUNTY]), (None, [])]
    as_reviewer.post(f"{INDICATORS}/complaints/reports", {"region": TOWN_A, "window": "2021-01", "numerator": 2}, 201)
    assert as_county.get("/api/v1/plans/small/entry", as_of="2021-01-31")["entries"][1]["elsewhere"] == [TOWN_A]
