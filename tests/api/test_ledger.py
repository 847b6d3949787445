"""The ledger as an office asks for it: found, narrowed, sorted, put on a map, added to, and an import seen before it happens."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask

from inspect_api.db import reading
from inspect_api.models import Audit, Site
from inspect_api.services.days import today
from tests.api.asking import assert_equal_to_rebuild, code, count, pushed, result, statements, write
from tests.api.test_at_once import at_once, twin
from tests.api.test_imports import BAD, GOOD, upload
from tests.support.people import Person, Phone, new_id
from tests.support.world import COUNTY, GRID_A1, GRID_A2, GRID_B1, TOWN_A, site_id

SITES, MAP = "/api/v1/sites", "/api/v1/sites/map"


def found(person: Person, **query: Any) -> list[str]:
    """The names of the sites that a query finds, in its order."""
    return [site["name"] for site in person.get(SITES, region=query.pop("region", COUNTY), limit=200, **query)["sites"]]


def test_a_site_is_found_by_any_of_its_words_in_any_width_and_case_and_what_is_no_wildcard_is_none(app: Flask, as_county: Person):
    edit = {"rev": 1, "set": {"address": "府城街１２号", "contact": "王建国", "uscc": "92140525DEMT000250"}}
    assert as_county.ask("PATCH", f"{SITES}/{site_id(5)}", json=edit).status_code == 200
    for words in ("饭店", "府城街12", "建国", "jy21405", "92140525demt", "饭店 王建国", "　某某　饭店 "):
        assert found(as_county, text=words) == ["某某饭店"], words
    for words in ("饭店 李四", "%", "_", "饭_", "\\"):
        assert found(as_county, text=words) == [], words
    assert found(as_county, text="食堂", region=TOWN_A) == ["第一小学食堂", "第二小学食堂"]
    pushed_edit = Phone(app, "supervisor")
    pushed(pushed_edit, pushed_edit.operation("patch", "site", {"name": "换了招牌"}, id_=site_id(4)))
    assert (found(as_county, text="招牌"), found(as_county, text="冷库")) == (["换了招牌"], [])
    upload(as_county, GOOD)
    assert found(as_county, text="某街3号 丙饭店") == ["丙饭店"], "what a ledger brought is found too"


def test_filters_narrow_to_what_an_office_has_to_look_at(app: Flask, as_supervisor: Phone, as_county: Person):
    pushed(as_supervisor, as_supervisor.visit(4, "2021-05-01 09:30", {}))
    write(app, lambda c: c.execute(sa.update(Site.__table__).where(Site.id == site_id(6)).values(active=False, risk_grade="D", lon=112.9, lat=35.6)))
    with app.app_context():
        soon = today() + timedelta(days=20)
    write(app, lambda c: c.execute(sa.update(Site.__table__).where(Site.id == site_id(4)).values(licence_until=soon, licence_number="x")))
    assert found(as_county, never_visited="false") == ["某某冷库"] and "某某冷库" not in found(as_county, never_visited="true")
    assert found(as_county, active="false") == found(as_county, has_place="true") == found(as_county, risk_grade="D") == ["某某小卖部"]
    assert len(found(as_county, risk_grade="none")) == 5
    assert found(as_county, licence_expires_within=30) == ["某某冷库", "某某饭店"] and found(as_county, licence_expires_within=0) == ["某某饭店"]
    assert found(as_county, grid=GRID_A2) == ["第二小学食堂"] and found(as_county, type="school_canteen", text="镇") == ["镇中学食堂"]
    assert as_county.ask("GET", SITES, query_string={"region": COUNTY, "colour": "red"}).status_code == 422


def test_a_row_tells_where_it_lies_when_it_was_last_visited_what_is_open_and_how_its_licence_stands(app: Flask, as_supervisor: Phone, as_county: Person):
    visit = pushed(as_supervisor, as_supervisor.visit(5, "2021-05-01 09:30", {}))
    rows = {row["id"]: row for row in as_county.get(SITES, region=COUNTY)["sites"]}
    row = rows[site_id(5)]
    assert (row["grid_name"], row["licence"]["state"], row["open_findings"]) == ("一网格", "expired", 0)
    assert row["town_name"] and row["last_visit"]["id"] == visit and row["last_visit"]["at"].startswith("2021-05-01T01:30")
    assert row["last_visit"]["verdict"] == as_county.get(f"/api/v1/visits/{visit}")["verdict"]
    assert rows[site_id(1)]["last_visit"] is None and rows[site_id(1)]["licence"] == {"state": "none", "days_left": None}
    whole = as_county.get(f"{SITES}/{site_id(5)}")
    assert {name: whole[name] for name in row} == row


def _fail(app: Flask, phone: Phone, site: int) -> dict[str, Any]:
    items = phone.get(f"/api/v1/checklists/{phone.checklist('cold_store')}")["sections"]
    item = next(i for s in items for i in s["items"] if i["kind"] == "mark" and not i["advisory"] and not i["enable_when"]
                and i["photo"]["when"] == "never")
    return {item["link_id"]: {"mark": "fail"}}


def test_open_findings_are_counted_filtered_and_shown_on_the_map_and_a_rejected_visit_takes_them_back(
        app: Flask, as_supervisor: Phone, as_county: Person, as_reviewer: Person):
    write(app, lambda c: c.execute(sa.update(Site.__table__).values(lon=112.805, lat=35.505)))
    visit = pushed(as_supervisor, as_supervisor.visit(4, "2021-05-01 09:30", _fail(app, as_supervisor, 4)))
    assert found(as_county, open_findings="true") == ["某某冷库"] and len(found(as_county, open_findings="false")) == 5
    answer = as_county.ask("GET", MAP, query_string={"region": COUNTY})
    states = {point[0]: point[4] for point in answer.get_json()["points"]}
    assert states == {site_id(n): "findings" if n == 4 else "due" for n in range(1, 7)} and answer.get_json()["more"] is False
    assert answer.get_json()["points"][0][1:3] == [112.805, 35.505]
    again = as_county.ask("GET", MAP, query_string={"region": COUNTY}, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    as_reviewer.post(f"/api/v1/visits/{visit}/review", {"decision": "reject", "reason": "不是本店"})
    assert found(as_county, open_findings="true") == found(as_county, never_visited="false") == []
    assert_equal_to_rebuild(app)


def test_the_map_tells_what_is_due_by_the_risk_grade_and_leaves_closed_sites_out(app: Flask, as_county: Person, as_supervisor: Phone):
    write(app, lambda c: c.execute(sa.update(Site.__table__).values(lon=112.805, lat=35.505)))
    with app.app_context():
        day = today() - timedelta(days=100)
    for site in (1, 2):
        pushed(as_supervisor, as_supervisor.visit(site, f"{day} 09:30", {}))
    for site, values in ((1, {"risk_grade": "D"}), (2, {"risk_grade": "A"}), (3, {"active": False})):
        write(app, lambda c, site=site, values=values: c.execute(sa.update(Site.__table__).where(Site.id == site_id(site)).values(**values)))
    states = {point[0]: point[4] for point in as_county.get(MAP, region=COUNTY)["points"]}
    assert (states[site_id(1)], states[site_id(2)]) == ("due", "fine") and site_id(3) not in states


@pytest.mark.parametrize("sort", ["id", "name", "newest"])
def test_every_order_is_walked_page_by_page_without_a_gap_or_a_double(app: Flask, as_supervisor: Phone, as_county: Person, sort: str):
    for site, at in ((4, "2021-05-02 09:30"), (1, "2021-05-01 09:30"), (5, "2021-05-01 09:30")):
        pushed(as_supervisor, as_supervisor.visit(site, at, {}))
    whole = as_county.get(SITES, region=COUNTY, sort=sort)["sites"]
    walked, after = [], {}
    for _ in range(10):
        page = as_county.get(SITES, region=COUNTY, sort=sort, limit=1, **after)
        walked += page["sites"]
        if not page["next"]:
            break
        after = {"after": page["next"]}
    assert walked == whole and len(whole) == 6
    if sort == "newest":
        assert [row["id"] for row in whole][:3] == [site_id(4), site_id(1), site_id(5)]
    if sort == "name":
        assert [row["name"] for row in whole] == sorted(row["name"] for row in whole)
    for wrong in ("x.y", f"{site_id(1)}.####", "a.b.c", f"{site_id(1)}." if sort != "id" else f"{site_id(1)}.eA=="):
        assert as_county.ask("GET", SITES, query_string={"region": COUNTY, "sort": sort, "after": wrong}).status_code == 422, wrong


def test_a_list_costs_the_same_number_of_statements_whatever_it_holds(app: Flask, as_supervisor: Phone, as_county: Person):
    def cost(**query: Any) -> int:
        with statements(app) as seen:
            as_county.get(SITES, region=COUNTY, **query)
        return len(seen)

    for site in (1, 2, 4, 5):
        pushed(as_supervisor, as_supervisor.visit(site, "2021-05-01 09:30", {}))
    assert cost(sort="newest", limit=2) == cost(sort="newest", limit=200) <= 8


def test_an_office_adds_a_site_once_and_is_told_of_the_one_that_is_there(app: Flask, as_reviewer: Person):
    shop = {"type": "small_shop", "name": "新开的店", "address": "某街9号", "grid": GRID_A1, "id": new_id()}
    made = as_reviewer.post(SITES, shop, 201)
    assert (made["grid_name"], made["rev"], made["id"]) == ("一网格", 1, shop["id"])
    assert as_reviewer.post(SITES, shop, 201)["id"] == shop["id"] and len(found(as_reviewer, region=TOWN_A, text="新开的店")) == 1
    problem = as_reviewer.post(SITES, shop | {"id": new_id(), "name": "新开的 店"}, 409)
    assert problem["code"] == "conflict" and problem["site"]["id"] == shop["id"]
    placed = as_reviewer.post(SITES, {"type": "small_shop", "name": "按位置", "place": {"lon": 112.815, "lat": 35.505, "crs": "WGS84"}}, 201)
    assert placed["grid"] == GRID_A2
    nowhere = as_reviewer.post(SITES, {"type": "small_shop", "name": "哪里"}, 422)
    assert nowhere["errors"][0]["field"] == "grid"
    far = as_reviewer.post(SITES, {"type": "small_shop", "name": "外镇", "place": {"lon": 112.905, "lat": 35.605, "crs": "WGS84"}}, 422)
    assert far["code"] == "invalid" and as_reviewer.post(SITES, shop | {"grid": GRID_B1, "id": new_id()}, 403)["code"] == "out-of-scope"
    with app.app_context(), reading() as connection:
        assert connection.execute(sa.select(Audit.subject).where(Audit.action == "site.add").order_by(Audit.seq)).scalars().all() == [
            shop["id"], placed["id"]]
    assert_equal_to_rebuild(app)


def test_a_new_site_under_the_id_of_one_elsewhere_tells_nothing_of_that_one(one_app: Flask):
    body = {"id": site_id(3), "type": "small_shop", "name": "新开的店", "grid": GRID_A1}
    problem = Person(one_app, "reviewer").post("/api/v1/sites", body, 403)
    assert problem["code"] == "out-of-scope" and "中学" not in str(problem)
    assert Person(one_app, "county").post("/api/v1/sites", body, 201)["id"] == site_id(3)


def test_two_clerks_who_add_the_same_shop_at_once_make_one(app: Flask, as_county: Person):
    shop = {"type": "small_shop", "name": "抢着登记", "address": "某街9号", "grid": GRID_A1}
    answers = at_once(*(lambda: twin(as_county).ask("POST", SITES, json=shop) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
    assert len(found(as_county, text="抢着登记")) == 1


def test_a_preview_tells_what_an_import_would_do_and_writes_nothing(app: Flask, as_county: Person):
    before = count(app, Audit)
    told = upload(as_county, BAD, dry_run="true")
    assert (told["dry_run"], told["created"], told["updated"], told["unchanged"], told["rejected"]) == (True, 3, 0, 0, 5)
    assert [(row["row"], row["action"], row["name"]) for row in told["rows"]] == [(2, "create", "甲食堂"), (3, "create", "乙冷库"), (4, "create", "丙饭店")]
    assert all(error["message"] and error["remedy"] for error in told["errors"] + told["warnings"])
    assert (count(app, Site), count(app, Audit)) == (6, before)
    done = upload(as_county, BAD)
    assert done["created"] == 3
    changed = GOOD.replace("2027-03-01", "2029-03-01")
    told = upload(as_county, changed, dry_run="true")
    assert (told["created"], told["updated"], told["unchanged"]) == (0, 1, 2)
    [row] = told["rows"]
    assert (row["row"], row["action"], row["changes"]) == (4, "update", {"licence_until": ["2027-03-01", "2029-03-01"]})
    [site] = as_county.get(SITES, region=COUNTY, text="丙饭店")["sites"]
    assert (row["id"], site["licence_until"], site["rev"]) == (site["id"], "2027-03-01", 1)
    assert upload(as_county, GOOD, dry_run="true", region="140502", status=403)["code"] == "out-of-scope"


def test_the_template_is_a_ledger_that_an_import_reads_with_numbers_kept_as_text(app: Flask, as_county: Person):
    answer = as_county.ask("GET", f"{SITES}/template.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["台账", "填写说明"]
    rows = list(book["台账"].iter_rows(values_only=True))
    assert rows[0][0] == "名称" and len(rows) == 1, "an example left in would be a site"
    told = upload(as_county, answer.data, name="台账模板.xlsx", dry_run="true")
    assert (told["created"], told["rejected"], told["errors"]) == (0, 0, [])
    guide = {row[0]: row[2] for row in book["填写说明"].iter_rows(min_row=2, values_only=True)}
    book["台账"].append([{"网格编码": "", "所属乡镇": ""}.get(title, guide[title]) for title in rows[0]])
    filled = io.BytesIO()
    book.save(filled)
    told = upload(as_county, filled.getvalue(), name="台账模板.xlsx", dry_run="true")
    assert (told["created"], told["rows"][0]["name"], told["errors"]) == (1, guide["名称"], [])


def test_a_supervisor_reads_the_ledger_and_adds_nothing(app: Flask, as_supervisor: Phone):
    assert as_supervisor.ask("POST", SITES, json={"type": "small_shop", "name": "x", "grid": GRID_A1}).status_code == 403
    assert found(as_supervisor, region=GRID_A1, text="冷库") == ["某某冷库"]
    assert code(result(as_supervisor, as_supervisor.operation("create", "site", {"type": "small_shop", "name": "街上发现", "grid": GRID_A1}))) == "applied"
    assert found(as_supervisor, region=GRID_A1, text="街上") == ["街上发现"]
