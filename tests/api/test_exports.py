"""Lists as workbooks: the same rows as the lists, read page by page, and no text in them that a spreadsheet would run."""

import io
import tempfile
import tracemalloc
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask

from inspect_api.models import Site
from inspect_api.services.exports import tables, turn
from inspect_api.services.exports.book import Column, Sent, written
from tests.api.asking import pushed, statements, write
from tests.api.campaigning import started, window
from tests.api.small import FAIL, PASS, postgres_template, record, sqlite_template, visit
from tests.support.people import Person, Phone
from tests.support.world import COUNTY, GRID_A1, SITES, TOWN_A, site_id, site_row

__all__ = ["postgres_template", "sqlite_template"]  # fixtures


def exported(person: Person, /, name: str, **query: Any) -> list[dict[str, Any]]:
    """The rows of an export by header."""
    answer = person.ask("GET", f"/api/v1/exports/{name}.xlsx", query_string={"region": COUNTY} | query)
    assert answer.status_code == 200, answer.get_json()
    [sheet] = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets
    header, *rest = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rest]


def test_sites_are_exported_with_the_filters_of_the_list_over_many_pages(app: Flask, as_county: Person, as_reviewer: Person, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tables, "_PAGE", 2)
    rows = exported(as_county, "sites")
    assert [r["编号"] for r in rows] == [site_id(n) for n in sorted(SITES, key=lambda n: (SITES[n]["grid"], n))]
    one = next(r for r in rows if r["名称"] == "某某饭店")
    assert (one["许可证编号"], one["有效期至"].date(), one["主体类型"], one["网格"], one["在营"]) == ("JY21405250000011", date(2021, 10, 1), "餐饮服务单位", "一网格", "是")
    assert [r["名称"] for r in exported(as_county, "sites", type="cold_store")] == ["某某冷库"]
    assert len(exported(as_reviewer, "sites", region=TOWN_A)) == 4
    visit(app, 1, "2021-05-01 09:00", FAIL)
    [found] = exported(as_county, "sites", text="小学 第一", never_visited=False)
    assert (str(found["最近检查"]), found["待整改问题"]) == ("2021-05-01 09:00:00", 1)


def test_a_text_that_looks_like_a_formula_is_a_text(app: Flask, as_county: Person):
    names = {1: '=HYPERLINK("http://bad","点我")', 2: "@SUM(1)", 3: "+1", 4: "https://example.invalid", 5: "0012345678901234567890", 6: "坏\x08字"}
    write(app, lambda c: [c.execute(sa.update(Site).where(Site.id == site_id(n)).values(name=name, address="长" * 300)) for n, name in names.items()])
    answer = as_county.ask("GET", f"/api/v1/exports/sites.xlsx?region={COUNTY}")
    [sheet] = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets
    cells = {row[0].value: row[4] for row in sheet.iter_rows(min_row=2)}
    assert {id_: (cell.data_type, cell.hyperlink) for id_, cell in cells.items()} == {site_id(n): ("s", None) for n in names}
    assert {cells[site_id(n)].value for n in range(1, 6)} == {names[n] for n in range(1, 6)}


def test_visits_rectifications_tasks_and_records_are_exported_as_the_lists_have_them(app: Flask, as_county: Person):
    first, failed = visit(app, 1, "2021-05-01 09:00", PASS), visit(app, 3, "2021-06-01 08:30", FAIL)
    phone = Phone(app, "supervisor", device="drafts")
    pushed(phone, phone.visit(2, "2021-05-02 09:00", PASS, status="draft"))
    as_county.post(f"/api/v1/visits/{first}/review", {"decision": "approve"})
    as_county.post("/api/v1/tasks", {"site_id": site_id(1), "title": "复查", "due_on": "2021-07-01"}, 201)
    record(as_county, count=60, method="rapid")
    rows = exported(as_county, "visits")
    assert [(r["编号"], r["审核"], r["较晚送达"]) for r in rows] == [(first, "已通过", "是"), (failed, "待审核", "是")], "a draft is nobody's yet"
    assert str(rows[1]["检查时间"]) == "2021-06-01 08:30:00" and rows[1]["检查人"] == "other-supervisor"
    assert [r["编号"] for r in exported(as_county, "visits", **{"from": "2021-05-02", "to": "2021-06-01"})] == [failed]
    assert [r["编号"] for r in exported(as_county, "visits", **{"from": "2021-05-01", "to": "2021-05-01"})] == [first]
    assert [r["编号"] for r in exported(as_county, "visits", review="approved")] == [first]
    [finding] = exported(as_county, "rectifications", state="overdue")
    assert (finding["主体"], finding["环节"]) == ("镇中学食堂", "待整改") and finding["超期天数"] > 0
    assert exported(as_county, "rectifications", state="to_sign") == exported(as_county, "rectifications", state="closed") == []
    visit(app, 3, "2021-06-02 08:30", PASS)
    [mended] = exported(as_county, "rectifications", state="to_sign")
    assert (mended["整改日期"].date(), mended["环节"], mended["超期天数"]) == (date(2021, 6, 2), "复查通过，待销号", None)
    [task] = exported(as_county, "tasks", overdue=True)
    [who] = [one["id"] for one in as_county.get("/api/v1/users", region=COUNTY, text="supervisor")["users"] if one["login"] == "supervisor"]
    assert task in exported(as_county, "tasks", person=who) and exported(as_county, "tasks", person="nobody") == []
    assert exported(as_county, "tasks", site=site_id(1)) == [task] and exported(as_county, "tasks", site=site_id(2)) == []
    campaign = started(as_county, window())
    assert len(exported(as_county, "tasks", campaign=campaign["id"])) == campaign["tasks"] == len(exported(as_county, "tasks")) - 1
    assert (task["任务"], task["主体"], task["状态"], task["下达人"]) == ("复查", "第一小学食堂", "进行中", "county")
    [batch] = exported(as_county, "records")
    assert (batch["类别"], batch["方式"], batch["任务级别"], batch["批次数"], batch["农兽药残留"]) == ("食品抽检", "快检", "县级", 60, "否")


def test_what_was_signed_off_without_a_recheck_is_no_longer_late(app: Flask, as_county: Person):
    visit(app, 3, "2021-06-01 08:30", FAIL)
    [open_] = exported(as_county, "rectifications", state="open")
    as_county.post(f"/api/v1/rectifications/{open_['编号']}/sign-off", {"without_recheck": "已停业"})
    [closed] = exported(as_county, "rectifications", state="closed")
    assert open_["超期天数"] > 0 and (closed["环节"], closed["超期天数"]) == ("已销号", None)
    assert exported(as_county, "rectifications", state="open") == [] == exported(as_county, "rectifications", state="overdue")


def test_an_export_of_too_many_rows_says_how_to_make_it_smaller_and_a_third_at_once_is_told_to_wait(one_app: Flask, tmp_path: Path,
                                                                                              monkeypatch: pytest.MonkeyPatch):
    county = Person(one_app, "county")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(tables, "MOST", 5)
    answer = county.ask("GET", f"/api/v1/exports/sites.xlsx?region={COUNTY}")
    assert (answer.status_code, answer.get_json()["code"]) == (413, "too-large")
    assert list(tmp_path.iterdir()) == [], "nothing of it is left on the disk"
    monkeypatch.setattr(turn, "PATIENCE_S", 0.01)
    with turn.turn(), turn.turn():
        answer = county.ask("GET", f"/api/v1/exports/sites.xlsx?region={COUNTY}")
        assert (answer.status_code, answer.get_json()["code"], answer.headers["Retry-After"]) == (503, "busy", "10")
    assert county.ask("GET", f"/api/v1/exports/sites.xlsx?region={TOWN_A}").status_code == 200


def test_the_statements_of_an_export_grow_with_its_pages_and_not_with_its_rows(app: Flask, as_county: Person):
    with statements(app) as few:
        exported(as_county, "sites")
    write(app, lambda c: c.execute(sa.insert(Site.__table__), [
        site_row(n, type="small_shop", grid=GRID_A1, name=f"店{n}", attributes={}) for n in range(100, 1100)]))
    with statements(app) as many:
        assert len(exported(as_county, "sites")) == 1006
    assert len(few) == len(many)


def test_a_long_sheet_is_written_without_being_held(tmp_path: Path):
    tracemalloc.start()
    with written("长表") as (book, file), book.sheet("表", [Column("甲", 20), Column("乙", 20, "integer")]) as sheet:
        for n in range(15_000):
            sheet.add((f"第 {n} 行，一些文字", n))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    sent = Sent(file)
    assert sent.size > 100_000 and peak < 2_000_000, peak
    assert sum(map(len, sent)) == sent.size
