"""What offices report: rates, batches per thousand residents, rapid tests apart, withdrawals."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from inspect_api.models import Population, Record, ReportEntry
from tests.api.asking import count, pair, write
from tests.api.small import INDICATORS, named, postgres_template, record, report, seen, sqlite_template
from tests.support.people import Person
from tests.support.world import COUNTY, TOWN_A, TOWN_B

__all__ = ["postgres_template", "sqlite_template"]  # fixtures


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


def test_a_number_that_another_office_entered_meanwhile_is_not_replaced_unseen(app: Flask, as_county: Person):
    first = report(as_county, replaces=None)["id"]
    assert report(as_county, status=409, replaces=None, numerator=1)["code"] == "state-changed"
    second = report(as_county, numerator=98, replaces=first)["id"]
    assert report(as_county, status=409, numerator=1, replaces=first)["code"] == "state-changed"
    assert pair(as_county, "pass-rate", "2021", plan="small") == (98, 100)
    assert as_county.ask("DELETE", f"{INDICATORS}/pass-rate/reports/{second}").status_code == 200
    assert report(as_county, status=409, replaces=second)["code"] == "state-changed", "it was taken back"


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


def test_a_share_is_never_more_than_the_whole(one_app: Flask):
    problem = report(Person(one_app, "county"), status=422, numerator=120)
    assert named(problem) == ("invalid", {"numerator"})
