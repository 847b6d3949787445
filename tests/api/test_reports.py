"""Reports frozen as of a day: when they are due, that they stay as they are, and how a revision tells what changed."""

import io
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from flask import Flask

from inspect_api.models import Audit, Snapshot, SnapshotRows, Visit
from inspect_api.services import snapshots, stale
from tests.api.asking import count, load_plan, statements
from tests.api.campaigning import day, today
from tests.api.small import FAIL, PASS, PLAN, postgres_template, report, sqlite_template, visit
from tests.support.people import CHINA, Person
from tests.support.world import COUNTY, TOWN_A, TOWN_B

__all__ = ["postgres_template", "sqlite_template"]  # fixtures

REPORTS = """
reports:
  - {id: monthly, title: 每月信息, kind: monthly, due: "15", article: （三）, quote: 抽检与填报, from: 2021-05-01, to: 2021-07-31}
  - {id: quarterly, title: 季度小结, kind: quarterly, due: "20", article: （三）, quote: 季度}
  - {id: annual, title: 年度总结, kind: annual, due: "11-20", article: （三）, quote: 年度}
"""
WITH_REPORTS = PLAN.replace("clauses:\n", REPORTS.lstrip() + "clauses:\n", 1)


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """No push is on its way when a report is frozen, unless a test says so."""
    monkeypatch.setattr(stale, "SETTLING_MS", 0)


def freeze(person: Person, status: int = 201, **given: Any) -> Any:
    """Freeze the small plan's report of the county."""
    return person.post("/api/v1/reports", {"plan": "small", "region": COUNTY, "as_of": "2021-06-30"} | given, status)


def shown(person: Person, id_: str, **query: Any) -> dict[str, Any]:
    """A report whole."""
    return person.get(f"/api/v1/reports/{id_}", **query)


def cell(whole: dict[str, Any], indicator: str, basis: str = "received", part: str | None = None) -> tuple[Any, Any]:
    """(numerator, denominator) of an indicator's last window in a report."""
    window = next(i for i in whole["content"]["indicators"] if i["id"] == indicator)["windows"][-1]
    found = window if part is None else next(p for p in window["breakdown"] if p["region"] == part)
    return found[basis]["num"], found[basis]["den"]


# The calendar


def test_the_calendar_has_every_deadline_of_the_plans_over_a_region_with_its_clause_and_the_window_that_it_is_about(app: Flask, as_county: Person):
    load_plan(app, WITH_REPORTS, "small.yaml")
    page = as_county.get("/api/v1/reports/calendar", **{"region": COUNTY, "from": "2021-05-01", "to": "2021-11-30"})
    small = [(d["report"], d["due_on"], d["window"]["title"], d["state"]) for d in page["deadlines"] if d["plan"] == "small"]
    assert small == [
        ("monthly", "2021-05-15", "2021年5月", "overdue"), ("monthly", "2021-06-15", "2021年6月", "overdue"),
        ("monthly", "2021-07-15", "2021年7月", "overdue"), ("quarterly", "2021-07-20", "2021年第二季度", "overdue"),
        ("quarterly", "2021-10-20", "2021年第三季度", "overdue"), ("annual", "2021-11-20", "2021年", "overdue")]
    one = next(d for d in page["deadlines"] if d["plan"] == "zezhou-2021" and d["report"] == "annual-report")
    assert (one["due_on"], one["article"], one["window"]["to"]) == ("2021-11-20", "（五十三）", "2021-12-31") and one["quote"]
    assert {d["plan"] for d in page["deadlines"]} == {"small", "zezhou-2021"}, "plans of other counties are not over this one"
    assert as_county.get("/api/v1/reports/calendar", region=COUNTY)["from"] == f"{today().year}-01-01"


def test_a_deadline_is_done_once_a_report_of_its_time_is_frozen_in_just_that_region(app: Flask, as_county: Person, as_reviewer: Person):
    load_plan(app, WITH_REPORTS, "small.yaml")
    made = freeze(as_county, report="monthly", as_of="2021-06-14")

    def states(person: Person, region: str) -> dict[str, Any]:
        page = person.get("/api/v1/reports/calendar", **{"region": region, "from": "2021-05-01", "to": "2021-07-31"})
        return {d["due_on"]: (d["state"], d["snapshot"]) for d in page["deadlines"] if d["report"] == "monthly"}

    county = states(as_county, COUNTY)
    assert county["2021-06-15"] == ("done", {"id": made["id"], "revision": 1, "as_of": "2021-06-14"})
    assert county["2021-05-15"][0] == county["2021-07-15"][0] == "overdue"
    assert states(as_reviewer, TOWN_A)["2021-06-15"] == ("overdue", None)


# Frozen


def test_a_report_has_both_bases_the_townships_what_explains_them_what_is_open_and_every_clause(app: Flask, as_county: Person):
    visit(app, 1, "2021-05-01 09:00", PASS)
    failed = visit(app, 2, "2021-05-02 09:00", FAIL)
    visit(app, 2, "2021-07-02 09:00", PASS)
    as_county.post(f"/api/v1/visits/{failed}/review", {"decision": "approve"})
    made = freeze(as_county, note="半年报")
    whole = shown(as_county, made["id"])
    assert cell(whole, "half") == (1, 2) and cell(whole, "half", "approved") == (0, 2), "the visit of July is not of June"
    assert cell(whole, "half", part=TOWN_A) == (1, 2)
    assert (whole["title"], whole["as_of"], whole["revision"], whole["reason"]) == ("泽州县 工作情况", "2021-06-30", 1, "半年报")
    assert whole["content"]["explains"]["late"] == 2 and whole["content"]["explains"]["waiting"] == 1, "by what was made until then"
    open_ = whole["content"]["rectifications"]
    assert (open_["open"], open_["overdue"]) == (1, 1) and [part["region"] for part in open_["breakdown"]] == [TOWN_A]
    [row] = as_county.get(f"/api/v1/reports/{made['id']}/rectifications")["rectifications"]
    assert (row["name"], row["item"], row["town_name"]) == ("第二小学食堂", "kitchen.bright", open_["breakdown"][0]["name"]) and row["days_over"] > 0
    clauses = {c["clause"]: c for c in whole["content"]["clauses"]}
    assert clauses["c1"]["served_by"] == "items" and "half" in [i["id"] for i in clauses["c1"]["indicators"]]
    assert len(whole["digest"]) == 64 and as_county.ask("GET", f"/api/v1/reports/{made['id']}", headers={
        "If-None-Match": as_county.ask("GET", f"/api/v1/reports/{made['id']}").headers["ETag"]}).status_code == 304


def test_a_report_stays_as_it_was_whatever_happens_and_is_made_once(app: Flask, as_county: Person):
    visit(app, 1, "2021-05-01 09:00", PASS)
    made = freeze(as_county)
    before = shown(as_county, made["id"])
    visit(app, 2, "2021-05-02 09:00", PASS)
    again = freeze(as_county, status=409)
    assert (again["code"], again["report_id"]) == ("conflict", made["id"])
    after = shown(as_county, made["id"])
    assert after["content"] == before["content"] and after["digest"] == before["digest"]
    assert not before["stale"] and after["stale"]
    assert count(app, Snapshot) == 1 and count(app, Audit, Audit.action == "report.freeze") == 1


def test_a_late_visit_makes_the_report_stale_and_a_revision_lists_cell_by_cell_what_changed(app: Flask, as_county: Person):
    visit(app, 1, "2021-05-01 09:00", PASS)
    made = freeze(as_county)
    visit(app, 1, "2021-07-01 09:00", FAIL)
    assert not as_county.get("/api/v1/reports", region=COUNTY)["reports"][0]["stale"], "a visit of July is nothing to June"
    visit(app, 2, "2021-06-30 23:30", PASS)
    [listed] = as_county.get("/api/v1/reports", region=COUNTY)["reports"]
    assert listed["stale"] and (listed["revision"], listed["plan_title"]) == (1, "测试计划：数字")
    told = as_county.post(f"/api/v1/reports/{made['id']}/revise", {"note": "迟到的检查"})
    assert told["revision"] == 2
    half = [(c["region"], c["basis"], c["before"]["num"], c["after"]["num"]) for c in told["changes"] if c["indicator"] == "half"]
    assert half == [("", "received", 1, 2), (TOWN_A, "received", 1, 2)]
    first, second = shown(as_county, made["id"], revision=1), shown(as_county, made["id"])
    assert cell(first, "half") == (1, 2) and cell(second, "half") == (2, 2)
    assert [r["revision"] for r in second["revisions"]] == [1, 2] and second["changes"] == told["changes"] and not second["stale"]
    same = as_county.post(f"/api/v1/reports/{made['id']}/revise", {})
    assert (same["revision"], same["changes"]) == (2, []) and count(app, Snapshot) == 2
    assert as_county.ask("GET", f"/api/v1/reports/{made['id']}?revision=3").status_code == 404


def test_a_late_visit_that_moves_no_number_makes_no_revision_and_the_report_is_stale_no_more(app: Flask, as_county: Person):
    visit(app, 1, "2021-05-01 09:00", PASS)
    made = freeze(as_county)
    visit(app, 6, "2021-05-03 09:00", {})  # a shop that no indicator of this plan counts
    assert shown(as_county, made["id"])["stale"]
    time.sleep(0.01)
    assert as_county.post(f"/api/v1/reports/{made['id']}/revise", {})["changed"] == 0
    assert not shown(as_county, made["id"])["stale"]


def test_a_visit_of_the_day_itself_that_comes_after_the_report_makes_it_stale_though_nothing_is_late(app: Flask, as_county: Person):
    moment = datetime.now(CHINA)
    if moment.hour == 0 and moment.minute == 0:
        time.sleep(60)  # so that a minute ago is today
    made = freeze(as_county, as_of=moment.date().isoformat())
    visit(app, 1, (moment - timedelta(minutes=1)).strftime("%Y-%m-%d %H:%M"), PASS)
    assert count(app, Visit, Visit.late) == 0
    assert shown(as_county, made["id"])["stale"]


def test_a_visit_that_may_have_been_on_its_way_while_the_report_was_frozen_counts_as_later(app: Flask, as_county: Person, monkeypatch: pytest.MonkeyPatch):
    visit(app, 1, "2021-05-01 09:00", PASS)
    made = freeze(as_county)
    assert not shown(as_county, made["id"])["stale"]
    monkeypatch.undo()
    assert shown(as_county, made["id"])["stale"]


def test_a_finding_that_was_mended_in_time_after_all_is_a_change_of_the_open_rectifications(app: Flask, as_county: Person):
    visit(app, 3, "2021-05-01 09:00", FAIL)
    made = freeze(as_county)
    visit(app, 3, "2021-05-05 09:00", PASS)
    told = as_county.post(f"/api/v1/reports/{made['id']}/revise", {})
    open_ = {c["region"]: (c["before"], c["after"]) for c in told["changes"] if c["indicator"] is None}
    assert open_ == {"": ({"open": 1, "overdue": 1}, {"open": 0, "overdue": 0}), TOWN_B: ({"open": 1, "overdue": 1}, None)}
    assert as_county.get(f"/api/v1/reports/{made['id']}/rectifications", revision=2) == {"rectifications": [], "next": None}
    assert len(as_county.get(f"/api/v1/reports/{made['id']}/rectifications", revision=1)["rectifications"]) == 1


def test_what_an_office_signed_off_without_a_recheck_is_open_up_to_the_day_before_and_in_no_list_of_then(
        app: Flask, as_county: Person):
    visit(app, 3, "2021-05-01 09:00", FAIL)
    [case] = [row["id"] for row in as_county.get("/api/v1/rectifications", region=COUNTY)["rectifications"]]
    steps = f"/api/v1/rectifications/{case}"
    today = datetime.now(CHINA).date()
    before = today - timedelta(days=1)

    def open_(day: date) -> tuple[int, int, int]:
        report = freeze(as_county, as_of=day.isoformat()) if day not in made else as_county.post(f"/api/v1/reports/{made[day]}/revise", {})
        made[day] = report["id"]
        whole = shown(as_county, report["id"])["content"]["rectifications"]
        rows = as_county.get(f"/api/v1/reports/{report['id']}/rectifications")["rectifications"]
        return whole["open"], whole["overdue"], len(rows)

    made: dict[date, str] = {}
    as_county.post(f"{steps}/sign-off", {"without_recheck": "已停业"})
    assert as_county.get("/api/v1/rectifications", region=COUNTY)["counts"]["open"] == 0
    assert open_(today) == (0, 0, 0)
    assert open_(before) == (1, 1, 1), "it was to be mended until it was signed off"
    as_county.post(f"{steps}/reopen", {"reason": "又开业了"})
    assert open_(today) == (1, 1, 1)
    as_county.post(f"{steps}/sign-off", {"without_recheck": "又停业了"})
    assert open_(today) == (0, 0, 0)
    visit(app, 3, "2021-06-01 09:00", PASS)
    assert open_(date(2021, 5, 31)) == (1, 0, 1) and open_(date(2021, 6, 1)) == (0, 0, 0)


def test_two_who_freeze_or_revise_at_once_make_one(app: Flask, as_county: Person):
    visit(app, 1, "2021-05-01 09:00", PASS)
    people = [as_county, Person(app, "admin"), Person(app, "county", device="other")]

    def all_at_once(path: str, body: dict[str, Any]) -> list[int]:
        with ThreadPoolExecutor(3) as pool:
            return sorted(pool.map(lambda person: person.ask("POST", path, json=body).status_code, people))

    body = {"plan": "small", "region": COUNTY, "as_of": "2021-06-30"}
    assert all_at_once("/api/v1/reports", body) == [201, 409, 409]
    [made] = as_county.get("/api/v1/reports", region=COUNTY)["reports"]
    visit(app, 2, "2021-05-01 09:00", PASS)
    assert all_at_once(f"/api/v1/reports/{made['id']}/revise", {}) == [200, 200, 200]
    assert count(app, Snapshot) == 2


def test_what_was_drawn_before_another_revision_was_made_does_not_take_its_place(app: Flask, as_county: Person, monkeypatch: pytest.MonkeyPatch):
    made = freeze(as_county)
    path, draw = f"/api/v1/reports/{made['id']}/revise", snapshots.draw

    def overtaken(*arguments: Any) -> Any:
        drawn = draw(*arguments)
        monkeypatch.setattr(snapshots, "draw", draw)
        visit(app, 1, "2021-05-01 09:00", PASS)
        assert other.post(path, {})["revision"] == 2
        return drawn

    other = Person(app, "admin")
    monkeypatch.setattr(snapshots, "draw", overtaken)
    assert as_county.post(path, {}, 409)["code"] == "state-changed"
    assert cell(shown(as_county, made["id"]), "half") == (1, 2), "the newer one stands"


def test_lists_come_page_by_page_of_a_region_and_what_lies_in_it_in_a_constant_number_of_statements(app: Flask, as_county: Person, as_reviewer: Person):
    made = [freeze(as_county, as_of=day)["id"] for day in ("2021-03-31", "2021-06-30", "2021-09-30")]
    town = freeze(as_reviewer, region=TOWN_A)["id"]
    first = as_county.get("/api/v1/reports", region=COUNTY, limit=2)
    second = as_county.get("/api/v1/reports", region=COUNTY, limit=2, after=first["next"])
    assert [r["id"] for r in first["reports"] + second["reports"]] == [town, *reversed(made)] and second["next"] is None
    assert [r["id"] for r in as_reviewer.get("/api/v1/reports", region=TOWN_A)["reports"]] == [town]
    assert as_county.get("/api/v1/reports", region=COUNTY, plan="zezhou-2021")["reports"] == []
    with statements(app) as one:
        as_county.get("/api/v1/reports", region=COUNTY, limit=1)
    with statements(app) as all_:
        as_county.get("/api/v1/reports", region=COUNTY)
    assert len(one) == len(all_)


WRONG = {
    "a day to come": ({"as_of": "2099-01-01"}, 422, "invalid"), "no such report": ({"report": "weekly"}, 422, "invalid"),
    "no such plan": ({"plan": "none"}, 404, "unknown-plan"), "no such region": ({"region": "14052599"}, 404, "unknown-region"),
    "outside the plan": ({"plan": "jincheng-chengqu-2022"}, 422, "invalid"), "a field too many": ({"colour": 1}, 422, "invalid")}


@pytest.mark.parametrize("name", WRONG)
def test_a_report_that_cannot_be_is_refused(one_app: Flask, name: str):
    given, status, code = WRONG[name]
    assert freeze(Person(one_app, "county"), status=status, **given)["code"] == code
    assert count(one_app, Snapshot) == 0


def test_the_command_names_what_is_due_freezes_it_once_and_leaves_what_is_done(one_app: Flask):
    county = Person(one_app, "county")
    load_plan(one_app, WITH_REPORTS, "small.yaml")
    freeze(county, report="monthly", as_of="2021-05-15")

    def run(*options: str) -> str:
        done = one_app.test_cli_runner().invoke(args=["reports", "due", "--region", COUNTY, "--since", "2021-05-01", *options])
        assert done.exit_code == 0, done.output
        return done.output

    assert "2021-05-15" not in run() and "2021-06-15" in run() and count(one_app, Snapshot) == 1
    run("--freeze")
    [quarter] = [r for r in county.get("/api/v1/reports", region=COUNTY, plan="small")["reports"] if r["as_of"] == "2021-07-20"]
    assert (quarter["report"], quarter["reason"], quarter["made_by"]) == ("quarterly", "到期自动生成", "command-line")
    assert "没有到期未生成的报表" in run("--freeze")
    assert one_app.test_cli_runner().invoke(args=["audit", "verify"]).exit_code == 0


def test_the_command_revises_what_is_stale_and_nothing_else(one_app: Flask):
    county = Person(one_app, "county")
    june, march = freeze(county)["id"], freeze(county, as_of="2021-03-31")["id"]
    visit(one_app, 1, "2021-05-01 09:00", PASS)

    def run(*options: str) -> str:
        done = one_app.test_cli_runner().invoke(args=["reports", "stale", *options])
        assert done.exit_code == 0, done.output
        return done.output

    assert "2021-06-30" in run() and "2021-03-31" not in run() and count(one_app, Snapshot) == 2
    run("--revise")
    assert [shown(county, id_)["revision"] for id_ in (june, march)] == [2, 1]
    assert "没有需要修订的报表" in run("--revise")


# The workbook


def book(person: Person, path: str, **query: Any) -> Any:
    """A workbook that must come, as openpyxl reads it."""
    answer = person.ask("GET", path, query_string=query)
    assert answer.status_code == 200, answer.get_json()
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def rows(sheet: Any) -> list[dict[str, Any]]:
    """The rows of a sheet by header."""
    header, *rest = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rest]


def test_the_workbook_says_what_the_report_says(app: Flask, as_county: Person):
    visit(app, 1, "2021-05-01 09:00", PASS)
    visit(app, 2, "2021-05-02 09:00", FAIL)
    report(as_county, document="农〔2021〕1号")
    made = freeze(as_county, as_of=day(0))
    visit(app, 2, "2021-05-03 09:00", PASS)  # after it was frozen
    found = book(as_county, f"/api/v1/reports/{made['id']}.xlsx")
    assert found.sheetnames == ["指标", "分乡镇", "未完成整改", "条款", "说明"]
    half = next(r for r in rows(found["指标"]) if r["指标"] == "不低于五成")
    assert (half["分子（已收到）"], half["分母（已收到）"], half["完成值（已收到）"], half["状态（已收到）"]) == (1, 2, 50, "已达标")
    assert (half["分子（已审核通过）"], half["目标"], half["要求级别"], half["截止日期"].date()) == (0, "不低于 50%", "否决项", date(2022, 12, 31))
    rate = next(r for r in rows(found["指标"]) if r["指标"] == "合格率" and r["时段"] == "2021年")
    assert (rate["分子（已收到）"], rate["完成值（已收到）"]) == (97, 97)
    town = next(r for r in rows(found["分乡镇"]) if r["指标"] == "不低于五成" and r["区域代码"] == TOWN_A)
    assert town["分子（已收到）"] == 1
    [open_] = rows(found["未完成整改"])
    assert (open_["主体"], open_["主体类型"], open_["整改期限"] > open_["发现日期"], open_["超期天数"] > 0) == ("第二小学食堂", "学校食堂", True, True)
    clauses = rows(found["条款"])
    assert [c["条款"] for c in clauses] == ["（一）", "（二）"] and "不低于五成" in clauses[0]["指标"]
    about = dict(found["说明"].iter_rows(min_row=2, values_only=True))
    assert about["版次"] == "第 1 版" and about["内容摘要（SHA-256）"] == shown(as_county, made["id"])["digest"]
    as_county.post(f"/api/v1/reports/{made['id']}/revise", {})
    second = book(as_county, f"/api/v1/reports/{made['id']}.xlsx")
    assert rows(second["未完成整改"]) == [] and any("不低于五成" in str(c) and "1/2 → 2/2" in str(c) for _, c in second["说明"].iter_rows(values_only=True))
    assert len(rows(book(as_county, f"/api/v1/reports/{made['id']}.xlsx", revision=1)["未完成整改"])) == 1


def test_the_workbook_is_made_for_paper_and_its_header_stays(one_app: Flask):
    county = Person(one_app, "county")
    for sheet in book(county, f"/api/v1/reports/{freeze(county)['id']}.xlsx").worksheets:
        assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9"), sheet.title
        assert (sheet.print_title_rows, sheet.freeze_panes) == ("$1:$1", "A2") and "&P" in sheet.oddFooter.center.text
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0


def test_open_rectifications_are_frozen_chunk_by_chunk(app: Flask, as_county: Person, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("inspect_api.services.frozen._CHUNK", 1)
    for site in (1, 2, 3):
        visit(app, site, f"2021-05-0{site} 09:00", FAIL)
    id_ = freeze(as_county)["id"]
    assert count(app, SnapshotRows) == 3
    first = as_county.get(f"/api/v1/reports/{id_}/rectifications")
    second = as_county.get(f"/api/v1/reports/{id_}/rectifications", after=first["next"])
    assert [r["name"] for r in first["rectifications"] + second["rectifications"]] == ["第一小学食堂", "第二小学食堂"]
    assert len(rows(book(as_county, f"/api/v1/reports/{id_}.xlsx")["未完成整改"])) == 3
