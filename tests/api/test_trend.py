"""How a number moved: days that were remembered, days that were folded later, and one pass for many days."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from checklists.windows import windows
from inspect_api.db import reading, transaction
from inspect_api.models import RememberedDay, TallyDay
from inspect_api.services import indicators, past, remembering, trend
from inspect_api.services.programmes import programmes
from inspect_api.services.rollup import BASES
from tests.api.asking import count, pushed, statements
from tests.api.small import FAIL, INDICATORS, PASS, postgres_template, sqlite_template, visit
from tests.support.people import Person, Phone
from tests.support.world import COUNTY, GRID_A1, TOWN_A, TOWN_B

__all__ = ["postgres_template", "sqlite_template"]  # fixtures


def remember(app: Flask, day: date, since: date | None = None, step: str = "month") -> remembering.Kept:
    """What the nightly timer does on a day."""
    with app.app_context():
        return remembering.remember(day, since, step)


def moved(person: Person, indicator: str = "canteens", **query: Any) -> list[tuple[str, Any, Any, str]]:
    """The points of a number."""
    found = person.get(f"{INDICATORS}/{indicator}/trend", **{"window": "2021", **query})
    return [(p["day"], p["num"], p["den"], p["known"]) for p in found["points"]]


def test_days_are_remembered_as_they_were_known_then_however_late_a_visit_comes(app: Flask, as_county: Person):
    visit(app, 1, "2021-05-01 09:00", PASS)
    remember(app, date(2021, 5, 2))
    visit(app, 2, "2021-05-02 09:00", PASS)
    remember(app, date(2021, 5, 3))
    visit(app, 3, "2021-05-01 09:00", PASS)  # late
    remember(app, date(2021, 5, 4))
    seen = moved(as_county, **{"from": "2021-05-02"})
    assert seen == [("2021-05-02", 1, 3, "then"), ("2021-05-03", 2, 3, "then"), ("2021-05-04", 3, 3, "then")]
    assert moved(as_county, region=TOWN_B, **{"from": "2021-05-02"}) == [("2021-05-02", 0, 1, "then"), ("2021-05-03", 0, 1, "then"), ("2021-05-04", 1, 1, "then")]
    assert [one[:3] for one in moved(as_county, region=TOWN_A, to="2021-05-03", **{"from": "2021-05-03"})] == [("2021-05-03", 2, 2)]
    assert remember(app, date(2021, 5, 5), since=date(2021, 5, 1), step="day").days == 4
    assert moved(as_county, **{"from": "2021-05-01", "to": "2021-05-05"}) == [
        ("2021-05-01", 2, 3, "since"), *((f"2021-05-0{day}", 3, 3, "since") for day in (2, 3, 4)), ("2021-05-05", 3, 3, "then")]


def test_the_first_time_fills_the_past_of_each_plan_month_by_month(app: Flask, as_county: Person):
    visit(app, 1, "2021-01-31 23:00", PASS)
    visit(app, 2, "2021-03-01 00:10", PASS)
    kept = remember(app, date(2021, 4, 15))
    assert kept.days >= 3 and moved(as_county, to="2021-04-15") == [
        ("2021-01-31", 1, 3, "since"), ("2021-02-28", 1, 3, "since"), ("2021-03-31", 2, 3, "since"), ("2021-04-15", 2, 3, "then")]
    assert remember(app, date(2021, 4, 16)).days == 0
    assert [one[0] for one in moved(as_county, **{"from": "2021-04-01", "to": "2021-04-30"})] == ["2021-04-15", "2021-04-16"]


def test_a_day_without_a_change_costs_nothing_and_a_day_twice_is_one(app: Flask, as_county: Person):
    visit(app, 1, "2021-05-01 09:00", PASS)
    remember(app, date(2021, 5, 2))
    rows = count(app, TallyDay)
    assert remember(app, date(2021, 5, 3)).today == 0 and count(app, TallyDay) == rows
    visit(app, 2, "2021-05-01 10:00", PASS)
    assert remember(app, date(2021, 5, 3)).today > 0
    assert remember(app, date(2021, 5, 3)).today > 0, "what was kept of the day is put in its place"
    assert moved(as_county, **{"from": "2021-05-02", "to": "2021-05-03"}) == [("2021-05-02", 1, 3, "then"), ("2021-05-03", 2, 3, "then")]
    assert count(app, RememberedDay, RememberedDay.plan == "small", RememberedDay.day >= date(2021, 5, 1)) == 2


def test_folding_a_stretch_anew_leaves_the_days_after_it_as_they_were(app: Flask, as_county: Person):
    remember(app, date(2021, 5, 1))
    visit(app, 1, "2021-05-02 09:00", PASS)
    remember(app, date(2021, 5, 10))
    remember(app, date(2021, 5, 11))  # says the same, and so has no row
    visit(app, 2, "2021-04-20 09:00", PASS)
    with app.app_context():
        with reading() as connection:
            plan = programmes(connection).plans["small"]
            days = [date(2021, 4, 30), date(2021, 5, 10)]
            folded = trend.fold(connection, [plan], days)
        transaction(lambda c: trend.keep_folded(c, [plan], folded, days))
    assert moved(as_county, **{"from": "2021-04-30", "to": "2021-05-11"}) == [
        ("2021-04-30", 1, 3, "since"), ("2021-05-10", 2, 3, "since"), ("2021-05-11", 1, 3, "then")]


def test_many_days_in_one_pass_are_the_days_folded_one_by_one(app: Flask, as_county: Person, as_reviewer: Person):
    phone = Phone(app, "supervisor")
    first = pushed(phone, phone.visit(1, "2021-02-10 09:00", FAIL | {"common.health-certificates": {"value": [3, 4]}}))
    pushed(phone, phone.visit(1, "2021-03-05 09:00", PASS))
    amended = pushed(phone, phone.visit(1, "2021-04-02 09:00", FAIL, replaces=first))
    for visit_id in (first, amended):
        as_reviewer.ask("POST", f"/api/v1/visits/{visit_id}/review", json={"decision": "approve"})
    visit(app, 3, "2021-03-31 23:59", {"common.health-certificates": {"value": [9, 10]}})
    visit(app, 2, "2021-09-01 09:00", PASS)
    visit(app, 5, "2021-02-02 09:00", PASS)
    days = trend.days_between(date(2021, 1, 1), date(2022, 2, 28), "month") + [date(2022, 3, 1), date(2023, 1, 1)]
    with app.app_context(), reading() as connection:
        plans = list(programmes(connection).plans.values())
        together = [dict(sums) for sums in past.over(connection, plans, COUNTY, 9, BASES, days)]
        for plan in (one for one in plans if COUNTY.startswith(one.region)):
            keys = {f"{plan.id}|{i.id}|{w.key}" for i in plan.indicators for w in windows(plan, i)}
            for day, sums in zip(days, together, strict=True):
                for basis in BASES:
                    alone = {cell: pair for cell, pair in past.sums(connection, plan, COUNTY, 9, BASES, day)[basis].items() if pair != (0, 0)}
                    assert alone == {(key.split("|")[1], key.split("|")[2], part): pair for (side, key, part), pair in sums.items()
                                     if side == basis and key in keys and pair != (0, 0)}, (plan.id, day, basis)
    licensed = [sums[("received", "small|licensed|2021", TOWN_A)][0] for sums in together]
    assert licensed == [1] * 9 + [0] * 7, "a licence ends inside the year"


def test_the_last_day_folded_is_what_the_tallies_say(app: Flask, as_county: Person):
    visit(app, 1, "2021-05-01 09:00", PASS)
    visit(app, 2, "2022-05-01 09:00", FAIL)
    today = date(2023, 2, 1)
    remember(app, today - timedelta(days=1), since=date(2021, 1, 1))
    for key in ("2021", "2022"):
        table = as_county.get(INDICATORS)
        [whole] = [w for i in table["indicators"] if i["id"] == "canteens" for w in i["windows"] if w["key"] == key]
        assert moved(as_county, window=key)[-1][1:3] == (whole["num"], whole["den"])


def test_today_is_the_number_of_now_and_needs_no_timer(app: Flask, as_county: Person):
    found = as_county.get("/api/v1/plans/small/indicators/canteens/trend", window="2022", to="2099-01-01")
    assert [(p["num"], p["den"], p["known"]) for p in found["points"]] == [(0, 3, "now")]
    assert (found["target"]["value"], found["deadline"], found["window"]) == (100, "2022-12-31", "2022")


def test_a_trend_takes_the_same_statements_for_a_year_as_for_a_day(app: Flask, as_county: Person):
    moved(as_county)
    counts = []
    for day in (date(2021, 2, 1), date(2021, 12, 31)):
        remember(app, day, since=date(2021, 1, 1), step="week")
        with statements(app) as seen:
            moved(as_county)
        counts.append(len(seen))
    assert counts[0] == counts[1] and len(moved(as_county)) > 50


@pytest.mark.parametrize(("query", "field"), [("region=" + GRID_A1, "region"), ("window=2029", "window"), ("from=2021-02-30", "from")])
def test_what_has_no_trend_is_refused_by_field(one_app: Flask, query: str, field: str):
    admin = Person(one_app, "admin")
    assert admin.ask("GET", f"{INDICATORS}/canteens/trend?{query}").get_json()["errors"][0]["field"] == field
    assert admin.ask("GET", f"{INDICATORS}/pass-rate/trend").get_json()["errors"][0]["field"] == "indicator"


def test_the_command_keeps_today_and_folds_what_is_asked_for(one_app: Flask):
    ran = one_app.test_cli_runner().invoke(args=["rollup", "remember"])
    assert ran.exit_code == 0 and "已留存" in ran.output and "补算" in ran.output, ran.output
    ran = one_app.test_cli_runner().invoke(args=["rollup", "remember"])
    assert ran.exit_code == 0 and "补算" not in ran.output
    ran = one_app.test_cli_runner().invoke(args=["rollup", "remember", "--since", "2022-11-01", "--step", "week"])
    assert ran.exit_code == 0 and "补算" in ran.output
    assert {p["known"] for p in Person(one_app, "admin").get(f"{INDICATORS}/canteens/trend", window="2022")["points"]} <= {"since", "now"}


# The board


def test_both_bases_at_once_are_the_boards_of_each(app: Flask, as_reviewer: Person):
    first = visit(app, 1, "2021-05-01 09:00", PASS)
    visit(app, 3, "2021-05-02 09:00", FAIL)
    as_reviewer.post(f"/api/v1/visits/{first}/review", {"decision": "approve"})
    with app.app_context(), reading() as connection:
        plan = programmes(connection).plans["small"]
        region = indicators.check_region(connection, plan, COUNTY)
        for as_of in (date(2021, 5, 1), date(2023, 1, 1)):
            both = indicators.tables(connection, plan, region, BASES, as_of, date(2023, 1, 1))
            assert both == [indicators.table(connection, plan, region, basis, as_of, date(2023, 1, 1)) for basis in BASES]
        assert both[0]["indicators"] != both[1]["indicators"], "one visit is not approved"


def test_the_board_of_current_windows_is_the_whole_board_without_the_others(app: Flask, as_county: Person):
    visit(app, 1, "2022-11-01 09:00", PASS)
    visit(app, 2, "2021-11-01 09:00", FAIL)
    for query in ({}, {"region": TOWN_A}, {"basis": "approved"}):
        whole, current = as_county.get(INDICATORS, **query), as_county.get(INDICATORS, windows="current", **query)
        assert [[w for w in i["windows"] if w["key"] == i["current"]] for i in whole["indicators"]] == [i["windows"] for i in current["indicators"]]
        assert [i["current"] for i in whole["indicators"]] == [i["current"] for i in current["indicators"]]
    past_day = as_county.get(INDICATORS, windows="current", as_of="2021-12-01")
    assert {i["id"]: [w["key"] for w in i["windows"]] for i in past_day["indicators"]}["quarterly"] == ["2021Q4"]
