"""The numbers of a plan against their targets, and what offices report into them."""

import io
from typing import Any

import pytest
from flask import Flask

from tests.api.asking import pair, pushed
from tests.api.small import (
    FAIL,
    INDICATORS,
    PASS,
    postgres_template,
    seen,
    sqlite_template,
    visit,
)
from tests.support.people import Person, Phone
from tests.support.world import COUNTY, GRID_A1, TOWN_A, TOWN_B, site_id

__all__ = ["postgres_template", "sqlite_template"]  # fixtures


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
