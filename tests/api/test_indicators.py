"""The numbers of a plan against their targets, and what offices report into them."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from inspect_api.models import Population, Record, ReportEntry
from tests.api.asking import count, load_plan, pair, pushed, window, write
from tests.support.databases import Template
from tests.support.people import Person, Phone
from tests.support.world import COUNTY, GRID_A1, TOWN_A, TOWN_B, fill, site_id

PLAN = (Path(__file__).parent / "small_plan.yaml").read_text("utf-8")
INDICATORS = "/api/v1/plans/small/indicators"
PASS, FAIL = {"kitchen.bright": {"mark": "pass"}}, {"kitchen.bright": {"mark": "fail"}}


def _fill(app: Flask) -> None:
    fill(app)
    load_plan(app, PLAN)


@pytest.fixture(scope="module")
def sqlite_template() -> Iterator[Template]:
    """The small county with the plan of these tests in force, on SQLite."""
    template = Template("sqlite", None, _fill)
    yield template
    template.drop()


@pytest.fixture(scope="module")
def postgres_template(postgres_server: str) -> Iterator[Template]:
    """The same on PostgreSQL."""
    template = Template("postgres", postgres_server, _fill)
    yield template
    template.drop()


def seen(person: Person, indicator: str, key: str | None = None, **query: Any) -> dict[str, Any]:
    """One window of an indicator of the plan of these tests."""
    return window(person, indicator, key, plan="small", **query)


def visit(app: Flask, site: int, at: str, answers: dict[str, Any], **more: Any) -> str:
    """A signed visit by whoever's site it is."""
    phone = Phone(app, "other-supervisor" if site in (3, 6) else "supervisor", device=f"d{site}{at}{len(more)}")
    return pushed(phone, phone.visit(site, at, answers, **more))


def record(person: Person, indicator: str = "all-tests", status: int = 201, **fields: Any) -> Any:
    """Report a batch of sampling."""
    return person.post(f"{INDICATORS}/{indicator}/reports", {
        "region": COUNTY, "kind": "food_sampling", "on": "2021-05-01", "method": "laboratory", "task_level": "county",
        "count": 10} | fields, status)


def report(person: Person, indicator: str = "pass-rate", status: int = 201, **fields: Any) -> Any:
    """Report two numbers."""
    return person.post(f"{INDICATORS}/{indicator}/reports", {"region": COUNTY, "window": "2021", "numerator": 97,
                                                             "denominator": 100} | fields, status)


def named(problem: dict[str, Any]) -> tuple[str, set[str]]:
    """The code of a problem and the fields that it names."""
    return problem["code"], {error["field"] for error in problem.get("errors", [])}


# Value and target


def test_over_a_half_is_more_than_a_half_and_not_under_a_half_may_be_it(app: Flask, as_county: Person):
    visit(app, 1, "2021-05-01 09:00", PASS)
    strict, lax = seen(as_county, "over-half"), seen(as_county, "half")
    assert strict["value"] == lax["value"] == 50.0
    assert (strict["met"], lax["met"]) == (False, True)
    visit(app, 2, "2021-05-01 09:00", PASS)
    assert seen(as_county, "over-half")["met"] is True


def test_an_indicator_carries_its_clause_its_target_and_its_level(one_app: Flask):
    table = Person(one_app, "county").get(INDICATORS)
    half = next(one for one in table["indicators"] if one["id"] == "half")
    assert (half["article"], half["quote"], half["level"]) == ("（一）", "食堂和餐馆", "否决项")
    assert half["target"] == {"op": ">=", "value": 50, "unit": "%", "inferred": False}
    canteens = next(one for one in table["indicators"] if one["id"] == "canteens")
    assert canteens["target"]["inferred"] is True and [w["key"] for w in canteens["windows"]] == ["2021", "2022"]
    assert (table["region"], table["basis"], table["name"]) == (COUNTY, "received", "泽州县")


def test_nothing_to_count_reads_as_no_object_and_never_as_a_hundred_per_cent(one_app: Flask):
    county = Person(one_app, "county")
    for name in ("farms", "mended", "certificates"):
        found = seen(county, name)
        assert (found["num"], found["den"], found["value"], found["met"], found["state"]) == (0, 0, None, None, "none"), name


def test_what_nobody_reported_reads_as_not_reported(one_app: Flask):
    found = seen(Person(one_app, "county"), "pass-rate")
    assert (found["value"], found["met"], found["state"]) == (None, None, "unreported")


def test_pace_compares_the_value_with_the_part_of_the_window_that_has_passed(app: Flask, as_county: Person):
    visit(app, 1, "2021-01-05 09:00", {})

    def on(day: str) -> tuple[str, float]:
        found = seen(as_county, "canteens", "2021", as_of=day)
        return found["state"], found["pace"]["expected"]

    assert on("2021-01-04")[0] == "behind"
    assert on("2021-02-28") == ("on_pace", pytest.approx(100 * 59 / 365, abs=0.001))
    assert on("2021-12-31") == ("behind", 100.0)
    assert on("2022-01-01") == ("missed", 100.0)
    visit(app, 2, "2021-03-01 09:00", {})
    visit(app, 3, "2021-12-31 09:00", {})
    assert on("2021-12-30")[0] == "behind" and on("2021-12-31")[0] == "met"
    assert seen(as_county, "canteens", "2022", as_of="2021-06-01")["state"] == "not_started"


# Windows


def test_each_quarter_season_and_year_counts_its_own_visits(app: Flask, as_county: Person):
    for day in ("2021-03-31 23:50", "2021-04-01 00:10", "2021-08-14 09:00", "2021-09-30 09:00", "2022-08-15 09:00"):
        visit(app, 1, day, {})

    def counted(name: str) -> dict[str, int]:
        table = as_county.get(INDICATORS)
        return {w["key"]: w["num"] for i in table["indicators"] if i["id"] == name for w in i["windows"]}

    assert counted("quarterly") == {"2021Q1": 1, "2021Q2": 1, "2021Q3": 1, "2021Q4": 0, "2022Q1": 0, "2022Q2": 0, "2022Q3": 1, "2022Q4": 0}
    assert counted("autumn") == {"autumn-2021": 1, "autumn-2022": 1}
    assert counted("canteens") == {"2021": 1, "2022": 1}


def test_a_past_day_shows_what_was_known_of_visits_made_by_then(app: Flask, as_county: Person):
    visit(app, 1, "2021-05-02 09:00", FAIL)
    visit(app, 1, "2021-05-01 09:00", PASS)
    values = {day: seen(as_county, "half", as_of=day)["num"] for day in ("2021-04-30", "2021-05-01", "2021-05-02", "2099-01-01")}
    assert values == {"2021-04-30": 0, "2021-05-01": 1, "2021-05-02": 0, "2099-01-01": 0}
    assert as_county.get(INDICATORS, as_of="2021-05-01")["as_of"] == "2021-05-01"


def test_an_amendment_made_later_leaves_a_past_day_as_it_was(app: Flask, as_county: Person):
    phone = Phone(app, "supervisor")
    old = pushed(phone, phone.visit(1, "2021-05-01 09:00", FAIL))
    pushed(phone, phone.visit(1, "2021-05-10 09:00", PASS, replaces=old))
    assert [seen(as_county, "half", as_of=day)["num"] for day in ("2021-05-09", "2021-05-10")] == [0, 1]


def test_the_day_after_a_plan_s_end_folded_from_the_visits_shows_what_the_tallies_show_today(app: Flask, as_county: Person):
    """Two ways to the same numbers: tallies for today, the raw visits for a past day. No visit lies between."""
    for site, day, answers in ((1, "2021-05-01 09:00", FAIL), (1, "2021-05-20 09:00", PASS), (2, "2022-05-01 09:00", FAIL),
                               (3, "2021-09-01 09:00", {"common.health-certificates": {"value": [4, 5]}}), (5, "2021-10-02 09:00", PASS)):
        visit(app, site, day, answers)

    def plain(**query: Any) -> dict[tuple[str, str], Any]:
        table = as_county.get(INDICATORS, **query)
        return {(i["id"], w["key"]): (w["num"], w["den"], w["value"], w["met"], w["breakdown"]) for i in table["indicators"] for w in i["windows"]}

    today, past = plain(), plain(as_of="2023-06-01")
    assert today == past


def test_a_licence_counts_until_its_last_day(app: Flask, as_county: Person):
    for day, expected in (("2021-09-30", 1), ("2021-10-01", 1), ("2021-10-02", 0)):
        assert seen(as_county, "licensed", "2021", as_of=day)["num"] == expected, day
    assert seen(as_county, "licensed", "2021")["num"] == 0, "it had run out when the year ended"
    [held_back] = as_county.get(f"{INDICATORS}/licensed/sites", window="2021")["sites"]
    assert held_back["id"] == site_id(5)


def test_a_licence_that_held_at_the_end_of_a_window_counts_in_it_for_ever(app: Flask, as_county: Person):
    """The next ledger renews the licence to a day in the plan's second year; later days change nothing of the first."""
    ledger = "名称,主体类型,网格编码,许可证编号,有效期至\n另一饭店,餐饮服务单位,14052510020001,JY21405259900024,2022-03-01\n"
    answer = as_county.ask("POST", f"/api/v1/sites/import?region={COUNTY}", data={"file": (io.BytesIO(ledger.encode()), "a.csv")})
    assert answer.get_json()["created"] == 1, answer.get_json()
    for query in ({}, {"as_of": "2021-12-31"}, {"as_of": "2022-12-31"}, {"as_of": "2023-06-01"}):
        assert pair(as_county, "licensed", "2021", plan="small", **query) == (1, 2), query
    assert pair(as_county, "licensed", "2022", plan="small") == (0, 2)
    assert pair(as_county, "licensed", "2022", plan="small", as_of="2022-02-01") == (1, 2)


# Findings and sums


def test_a_finding_counts_as_mended_only_when_a_visit_proves_it_in_time(app: Flask, as_county: Person):
    visit(app, 1, "2021-05-01 09:00", FAIL)
    assert pair(as_county, "mended", "2021", plan="small") == (0, 1)
    visit(app, 2, "2021-05-01 09:00", FAIL)
    visit(app, 1, "2021-05-31 23:00", PASS)  # the thirtieth day
    visit(app, 2, "2021-06-01 09:00", PASS)  # a day late
    assert pair(as_county, "mended", "2021", plan="small") == (1, 2)
    [late] = as_county.get(f"{INDICATORS}/mended/sites", window="2021")["sites"]
    assert late["id"] == site_id(2)


def test_numbers_captured_on_site_are_summed_over_sites_the_newest_of_each(app: Flask, as_county: Person):
    visit(app, 1, "2021-05-01 09:00", {"common.health-certificates": {"value": [1, 9]}})
    visit(app, 1, "2021-06-01 09:00", {"common.health-certificates": {"value": [9, 10]}})
    visit(app, 2, "2021-06-01 09:00", {"common.health-certificates": {"value": [0, 0]}})
    visit(app, 3, "2021-06-01 09:00", {"common.health-certificates": {"value": [18, 20]}})
    found = seen(as_county, "certificates")
    assert (found["num"], found["den"], found["value"], found["met"]) == (27, 30, 90.0, True)


def test_what_does_not_concern_a_site_leaves_the_denominator(app: Flask, as_county: Person):
    visit(app, 1, "2021-05-01 09:00", {"kitchen.bright": {"mark": "not_applicable"}})
    assert pair(as_county, "half", plan="small") == (0, 1)
    visit(app, 1, "2021-06-01 09:00", {"kitchen.bright": {"mark": "not_observed"}})
    assert pair(as_county, "half", plan="small") == (0, 1), "what was not looked at changes nothing"
    visit(app, 1, "2021-07-01 09:00", PASS)
    assert pair(as_county, "half", plan="small") == (1, 2)
    assert [s["id"] for s in as_county.get(f"{INDICATORS}/half/sites", state="met")["sites"]] == [site_id(1)]


# Down to towns, grids and sites


def test_the_towns_sum_to_the_county_and_the_grids_to_the_town(app: Flask, as_county: Person):
    for site in (1, 3):
        visit(app, site, "2021-05-01 09:00", PASS)
    for region in (COUNTY, TOWN_A, "140525100200"):
        for one in as_county.get(INDICATORS, region=region)["indicators"]:
            if one["measure"] not in ("counted", "reported"):
                for w in one["windows"]:
                    assert (w["num"], w["den"]) == (sum(b["num"] for b in w["breakdown"]), sum(b["den"] for b in w["breakdown"])), one["id"]
    towns = {b["region"]: (b["num"], b["den"]) for b in seen(as_county, "canteens", "2021")["breakdown"]}
    assert towns[TOWN_A] == (1, 2) and towns[TOWN_B] == (1, 1)
    assert pair(as_county, "canteens", "2021", plan="small", region=GRID_A1) == (1, 1)


def test_sites_that_no_town_is_known_of_are_shown_beside_the_towns(app: Flask, as_county: Person):
    ledger = "名称,主体类型\n不知在哪的食堂,学校食堂\n"
    as_county.ask("POST", f"/api/v1/sites/import?region={COUNTY}", data={"file": (io.BytesIO(ledger.encode()), "a.csv")})
    found = seen(as_county, "canteens", "2021")
    assert found["den"] == 4 == sum(b["den"] for b in found["breakdown"])
    [rest] = [b for b in found["breakdown"] if b["region"] == COUNTY]
    assert rest["den"] == 1


def test_the_sites_that_hold_a_number_back_come_page_by_page(app: Flask, as_county: Person):
    visit(app, 2, "2021-05-01 09:30", {})
    found, after = [], {}
    while True:
        page = as_county.get(f"{INDICATORS}/canteens/sites", state="missing", window="2021", limit=1, **after)
        assert len(page["sites"]) <= 1
        found += [one["id"] for one in page["sites"]]
        if not page["next"]:
            break
        after = {"after": page["next"]}
    assert found == [site_id(1), site_id(3)]
    [met] = as_county.get(f"{INDICATORS}/canteens/sites", state="met", window="2021")["sites"]
    assert met["id"] == site_id(2) and met["last_visit"].startswith("2021-05-01T01:")
    in_town = as_county.get(f"{INDICATORS}/canteens/sites", window="2021", region=TOWN_B)["sites"]
    assert [one["id"] for one in in_town] == [site_id(3)]


def test_the_approved_numbers_have_their_own_missing_sites(app: Flask, as_county: Person, as_reviewer: Person):
    made = visit(app, 1, "2021-05-01 09:00", {})

    def missing() -> list[str]:
        return [s["id"] for s in as_county.get(f"{INDICATORS}/canteens/sites", window="2021", basis="approved")["sites"]]

    assert len(missing()) == 3
    as_reviewer.post(f"/api/v1/visits/{made}/review", {"decision": "approve"})
    assert missing() == [site_id(2), site_id(3)]


WRONG: dict[str, tuple[str, int, str]] = {
    "an unknown plan": ("/api/v1/plans/none/indicators", 404, "unknown-plan"),
    "an unknown indicator": (f"{INDICATORS}/none/sites", 404, "unknown-indicator"),
    "a region outside the plan": (f"{INDICATORS}?region=140502", 422, "invalid"),
    "a region that is not there": (f"{INDICATORS}?region=14052599", 404, "unknown-region"),
    "a region that is none": (f"{INDICATORS}?region=abc", 422, "invalid"),
    "a region in other digits": (f"{INDICATORS}?region=１４０５２５", 422, "invalid"),
    "a region with nul": (f"{INDICATORS}?region=140525%00", 400, "bad-request"),
    "a basis that is none": (f"{INDICATORS}?basis=guessed", 422, "invalid"),
    "a day that is none": (f"{INDICATORS}?as_of=2021-02-30", 422, "invalid"),
    "an unknown parameter": (f"{INDICATORS}?colour=red", 422, "invalid"),
    "a window that is none": (f"{INDICATORS}/canteens/sites?window=2029", 422, "invalid"),
    "a state that is none": (f"{INDICATORS}/canteens/sites?state=lazy", 422, "invalid"),
    "a page that is none": (f"{INDICATORS}/canteens/sites?after=1", 422, "invalid"),
    "too large a page": (f"{INDICATORS}/canteens/sites?limit=100000", 422, "invalid"),
    "sites of what an office reports": (f"{INDICATORS}/pass-rate/sites", 422, "invalid"),
    "a plan with nul": ("/api/v1/plans/%00/indicators", 400, "bad-request"),
}


def test_what_cannot_be_asked_is_refused_with_its_code(app: Flask):
    admin = Person(app, "admin")
    found = {}
    for name, (path, _, _) in WRONG.items():
        answer = admin.ask("GET", path)
        found[name] = (answer.status_code, answer.get_json()["code"])
    assert found == {name: expected for name, (_, *rest) in WRONG.items() for expected in [tuple(rest)]}


# What offices report


def test_a_rate_is_reported_as_two_numbers_and_judged(app: Flask, as_county: Person):
    report(as_county, document="农〔2021〕1号")
    found = seen(as_county, "pass-rate", "2021")
    assert (found["num"], found["den"], found["value"], found["met"]) == (97, 100, 97.0, True)
    assert seen(as_county, "pass-rate", "2022")["state"] == "unreported"
    report(as_county, "complaints", window="2021-05", numerator=6, denominator=None, status=422)
    as_county.post(f"{INDICATORS}/complaints/reports", {"region": COUNTY, "window": "2021-05", "numerator": 6}, 201)
    assert [seen(as_county, "complaints", "2021-05")[name] for name in ("value", "met")] == [6.0, False]


def test_a_denominator_of_nothing_is_no_object(app: Flask, as_county: Person):
    report(as_county, numerator=0, denominator=0)
    found = seen(as_county, "pass-rate", "2021")
    assert (found["value"], found["met"], found["state"]) == (None, None, "none")


def test_a_later_report_takes_the_place_of_the_earlier_which_stays(app: Flask, as_county: Person):
    report(as_county, numerator=50)
    report(as_county, numerator=98)
    assert pair(as_county, "pass-rate", "2021", plan="small") == (98, 100)
    assert count(app, ReportEntry) == 2


def test_a_past_day_shows_the_report_that_stood_then(app: Flask, as_county: Person):
    first, second = report(as_county, numerator=50)["id"], report(as_county, numerator=98)["id"]
    june, august = 1_622_505_600_000, 1_627_776_000_000  # 2021-06-01, 2021-08-01

    def long_ago(connection: Any) -> None:
        connection.execute(sa.update(ReportEntry).where(ReportEntry.id == first).values(created_at=june, replaced_at=august))
        connection.execute(sa.update(ReportEntry).where(ReportEntry.id == second).values(created_at=august))

    write(app, long_ago)
    stood = {day: seen(as_county, "pass-rate", "2021", as_of=day)["num"] for day in ("2021-05-31", "2021-07-31", "2021-08-02")}
    assert stood == {"2021-05-31": 0, "2021-07-31": 50, "2021-08-02": 98}
    assert seen(as_county, "pass-rate", "2021", as_of="2021-05-31")["state"] == "unreported"


def test_towns_may_report_for_themselves_and_sum_to_the_county_but_not_beside_it(app: Flask, as_county: Person, as_reviewer: Person):
    as_reviewer.post(f"{INDICATORS}/pass-rate/reports", {"region": TOWN_A, "window": "2021", "numerator": 40, "denominator": 50}, 201)
    report(as_county, region=TOWN_B, numerator=60, denominator=60)
    found = seen(as_county, "pass-rate", "2021")
    assert (found["num"], found["den"]) == (100, 110)
    assert {b["region"]: b["den"] for b in found["breakdown"] if b["state"] != "unreported"} == {TOWN_A: 50, TOWN_B: 60}
    assert report(as_county, status=409)["code"] == "report-overlaps"
    report(as_county, window="2022")
    assert report(as_county, region=TOWN_A, window="2022", status=409)["code"] == "report-overlaps"
    assert pair(as_county, "pass-rate", "2021", plan="small") == (100, 110)


def test_rapid_tests_stand_apart_and_are_never_in_the_total(app: Flask, as_county: Person):
    record(as_county, count=60)
    record(as_county, count=500, method="rapid")
    found = seen(as_county, "all-tests", "2021")
    assert (found["num"], found["met"], found["apart"]) == (60, False, {"rapid": 500})


def test_national_and_provincial_batches_count_and_stand_apart_too(app: Flask, as_county: Person):
    for level, number in (("national", 20), ("provincial", 30), ("municipal", 5), ("county", 45)):
        record(as_county, count=number, task_level=level)
    found = seen(as_county, "all-tests", "2021")
    assert (found["num"], found["met"], found["apart"]) == (100, True, {"national": 20, "provincial": 30})
    assert pair(as_county, "county-tests", "2021", plan="small")[0] == 45


def test_residue_tests_are_part_of_the_total(app: Flask, as_county: Person):
    told = record(as_county, "residue", count=30, residue=True, kind="agri_monitoring")
    assert set(told["feeds"]) == {"all-tests", "residue"}
    record(as_county, count=70)
    assert [pair(as_county, name, "2021", plan="small")[0] for name in ("all-tests", "residue")] == [100, 30]


def test_batches_per_thousand_residents_name_the_base_and_the_year_of_the_residents(app: Flask, as_county: Person):
    record(as_county, count=1720)
    resident, registered = (seen(as_county, name, "2021") for name in ("food-tests", "registered-tests"))
    assert (resident["den"], resident["value"], resident["met"]) == (430, 4.0, True)
    assert resident["apart"] == {"residents": 430_000, "year": 2020, "base": "resident"}
    assert registered["apart"]["base"] == "registered" and registered["met"] is False
    write(app, lambda c: c.execute(sa.insert(Population.__table__).values(
        region=COUNTY, year=2022, base="resident", residents=400_000, source="测试")))
    assert seen(as_county, "food-tests", "2021")["apart"]["year"] == 2020, "the residents of a later year are not of this one"
    assert seen(as_county, "food-tests", "2022")["apart"]["year"] == 2022


def test_without_a_number_of_residents_there_is_no_value(app: Flask, as_county: Person):
    record(as_county, count=10)
    write(app, lambda c: c.execute(sa.delete(Population.__table__)))
    found = seen(as_county, "food-tests", "2021")
    assert (found["num"], found["value"], found["met"], found["state"]) == (10, None, None, "unreported")
    assert found["apart"] == {"note": "缺少人口数"}


def test_a_county_without_a_number_of_its_own_has_the_residents_of_its_towns_once_all_are_known(app: Flask, as_county: Person):
    def known(towns: list[str]) -> None:
        write(app, lambda c: (c.execute(sa.delete(Population.__table__)), c.execute(sa.insert(Population.__table__), [
            {"region": town, "year": 2020, "base": "resident", "residents": 5000, "source": "测试"} for town in towns])))

    towns = [one["code"] for one in as_county.get(f"/api/v1/regions/{COUNTY}")["below"]]
    record(as_county, count=40, region=TOWN_A)
    known([TOWN_A, TOWN_B])
    found = seen(as_county, "food-tests", "2021")
    assert found["state"] == "unreported", "two towns are not the county"
    assert {b["region"]: b["value"] for b in found["breakdown"] if b["value"] is not None} == {TOWN_A: 8.0, TOWN_B: 0.0}
    known(towns)
    found = seen(as_county, "food-tests", "2021")
    assert (found["den"], found["value"]) == (5 * len(towns), pytest.approx(8 / len(towns), abs=1e-4))


def test_the_same_record_sent_twice_is_one_record(app: Flask, as_county: Person):
    first, again = record(as_county), record(as_county)
    assert first == again and count(app, Record) == 1
    record(as_county, note="另一批")
    key = "00000000-0000-4000-8000-0000000000aa"
    record(as_county, id=key, count=7)
    record(as_county, id=key, count=7)
    assert count(app, Record) == 3
    assert pair(as_county, "all-tests", "2021", plan="small")[0] == 27


def test_another_record_under_a_used_id_is_refused_and_not_swallowed(app: Flask, as_county: Person):
    key = "00000000-0000-4000-8000-0000000000aa"
    record(as_county, id=key, count=7)
    assert record(as_county, id=key, count=8, status=409)["code"] == "conflict"
    assert pair(as_county, "all-tests", "2021", plan="small")[0] == 7


def test_a_record_counts_by_its_day(app: Flask, as_county: Person):
    record(as_county, count=5, on="2021-12-31")
    record(as_county, count=6, on="2022-01-01")
    assert [pair(as_county, "all-tests", key, plan="small")[0] for key in ("2021", "2022")] == [5, 6]
    assert pair(as_county, "all-tests", "2021", plan="small", as_of="2021-12-30")[0] == 0


def test_reports_that_stand_are_listed_and_a_withdrawn_one_no_longer_counts(app: Flask, as_county: Person, as_reviewer: Person):
    def listed(indicator: str) -> list[dict[str, Any]]:
        return as_county.get(f"{INDICATORS}/{indicator}/reports")["reports"]

    first = report(as_county, document="农〔2021〕1号")["id"]
    batch = record(as_county, count=60)["id"]
    [one], [other] = listed("pass-rate"), listed("all-tests")
    assert (one["id"], one["numerator"], one["document"]) == (first, 97, "农〔2021〕1号")
    assert (other["id"], other["count"], other["on"]) == (batch, 60, "2021-05-01")
    for indicator, gone in (("pass-rate", first), ("all-tests", batch)):
        assert as_reviewer.ask("DELETE", f"{INDICATORS}/{indicator}/reports/{gone}").status_code == 403, "it is the county's"
        assert as_county.ask("DELETE", f"{INDICATORS}/{indicator}/reports/{gone}").status_code == 200
        assert as_county.ask("DELETE", f"{INDICATORS}/{indicator}/reports/{gone}").status_code == 404
        assert listed(indicator) == []
    assert seen(as_county, "pass-rate", "2021")["state"] == "unreported" and pair(as_county, "all-tests", "2021", plan="small")[0] == 0
    assert count(app, ReportEntry) == count(app, Record) == 1, "what was withdrawn stays in the table"


def test_after_a_withdrawal_the_towns_may_report_and_the_same_batches_may_be_entered_again(app: Flask, as_county: Person):
    first = report(as_county)["id"]
    as_county.ask("DELETE", f"{INDICATORS}/pass-rate/reports/{first}")
    report(as_county, region=TOWN_A)
    batch = record(as_county, count=60)["id"]
    as_county.ask("DELETE", f"{INDICATORS}/all-tests/reports/{batch}")
    record(as_county, count=60)
    assert pair(as_county, "all-tests", "2021", plan="small")[0] == 60


def test_a_report_is_withdrawn_only_under_an_indicator_that_it_feeds(app: Flask, as_county: Person):
    first, batch = report(as_county)["id"], record(as_county, count=60)["id"]
    for path in (f"{INDICATORS}/complaints/reports/{first}", f"{INDICATORS}/pass-rate/reports/{batch}",
                 f"/api/v1/plans/zezhou-2021/indicators/grain-batches/reports/{batch}", f"{INDICATORS}/pass-rate/reports/none"):
        assert as_county.ask("DELETE", path).status_code == 404, path
    assert pair(as_county, "all-tests", "2021", plan="small")[0] == 60 and pair(as_county, "pass-rate", "2021", plan="small")[0] == 97


def test_reports_come_page_by_page(one_app: Flask):
    county, found, after = Person(one_app, "county"), [], {}
    made = [record(county, note=str(n))["id"] for n in range(5)]
    while True:
        page = county.get(f"{INDICATORS}/all-tests/reports", limit=2, **after)
        found += [one["id"] for one in page["reports"]]
        if not page["next"]:
            break
        after = {"after": page["next"]}
    assert found == sorted(made)


WRONG_REPORTS: dict[str, tuple[str, dict[str, Any], str, set[str]]] = {
    "of what is counted on site": ("canteens", {"numerator": 1}, "not-reported", set()),
    "nothing": ("pass-rate", {}, "invalid", {"window", "numerator", "denominator"}),
    "no denominator": ("pass-rate", {"window": "2021", "numerator": 1}, "invalid", {"denominator"}),
    "a denominator too many": ("complaints", {"window": "2021-05", "numerator": 1, "denominator": 2}, "invalid", {"denominator"}),
    "a window that is none": ("pass-rate", {"window": "2031", "numerator": 1, "denominator": 1}, "invalid", {"window"}),
    "a text for a number": ("pass-rate", {"window": "2021", "numerator": "many", "denominator": 1}, "invalid", {"numerator"}),
    "less than nothing": ("pass-rate", {"window": "2021", "numerator": 1, "denominator": -1}, "invalid", {"denominator"}),
    "a negative numerator": ("pass-rate", {"window": "2021", "numerator": -1, "denominator": 1}, "invalid", {"numerator"}),
    "fields of a record": ("pass-rate", {"window": "2021", "numerator": 1, "denominator": 1, "count": 3}, "invalid", {"count"}),
    "a record of nothing": ("all-tests", {}, "invalid", {"on", "kind", "method", "task_level", "count"}),
    "a record of another kind": ("all-tests", {"kind": "grain_testing", "on": "2021-05-01", "method": "laboratory", "task_level": "county",
                                               "count": 1}, "invalid", {"kind"}),
    "a record outside the plan": ("all-tests", {"kind": "food_sampling", "on": "2020-05-01", "method": "laboratory", "task_level": "county",
                                                "count": 1}, "invalid", {"on"}),
    "a record of no batch": ("all-tests", {"kind": "food_sampling", "on": "2021-05-01", "method": "laboratory", "task_level": "county",
                                           "count": 0}, "invalid", {"count"}),
    "a record of half a batch": ("all-tests", {"kind": "food_sampling", "on": "2021-05-01", "method": "laboratory", "task_level": "county",
                                               "count": 1.5}, "invalid", {"count"}),
    "an unknown method": ("all-tests", {"method": "by eye"}, "invalid", {"method"}),
    "a document with nul": ("pass-rate", {"window": "2021", "numerator": 1, "denominator": 1, "document": "\x00"}, "invalid", {"document"}),
    "a window with nul": ("pass-rate", {"window": "\x00", "numerator": 1, "denominator": 1}, "invalid", {"window"}),
    "an unknown field": ("pass-rate", {"window": "2021", "numerator": 1, "denominator": 1, "colour": 1}, "invalid", {"colour"}),
}


def test_a_report_that_is_wrong_is_refused_with_every_field_that_is(app: Flask, as_county: Person):
    found = {}
    for name, (indicator, fields, _, _) in WRONG_REPORTS.items():
        answer = as_county.ask("POST", f"{INDICATORS}/{indicator}/reports", json={"region": COUNTY} | fields)
        found[name] = named(answer.get_json())
    assert found == {name: (code, fields) for name, (_, _, code, fields) in WRONG_REPORTS.items()}
    assert count(app, Record) == count(app, ReportEntry) == 0


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1" + "0" * 400])
def test_a_number_that_is_none_is_refused(one_app: Flask, number: str):
    county = Person(one_app, "county")
    body = f'{{"region": "140525", "window": "2021", "denominator": 1, "numerator": {number}}}'
    answer = county.ask("POST", f"{INDICATORS}/pass-rate/reports", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422), answer.get_json()
    assert count(one_app, ReportEntry) == 0
