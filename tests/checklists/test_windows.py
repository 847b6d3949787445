"""Windows of indicators and due dates of reports, on the local calendar."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.measures import WINDOW_KINDS
from checklists.plan import Report, Season, Window
from checklists.windows import due_dates, window_of, windows

D = dt.date


def made(plan, period, kind, season=None, deadline=None):
    plan = dataclasses.replace(plan, period=period, seasons=(
        Season("spring", "春季开学", (2, 15), (3, 31)), Season("newyear", "元旦春节", (12, 15), (2, 20)),
        Season("leap", "闰日", (2, 29), (2, 29)), Season("day", "当天", (6, 7), (6, 7))))
    return windows(plan, dataclasses.replace(plan.indicator("trained"), window=Window(kind, season, deadline)))


def spans(instances):
    return [(i.key, i.start.isoformat(), i.end.isoformat()) for i in instances]


def test_the_whole_period_is_one_window(plan):
    [one] = made(plan, (D(2022, 3, 1), D(2024, 12, 31)), "period")
    assert one == ("period", D(2022, 3, 1), D(2024, 12, 31), D(2024, 12, 31), "2022—2024年")


def test_three_years_are_three_windows_cut_to_the_period(plan):
    assert spans(made(plan, (D(2022, 3, 1), D(2024, 6, 30)), "year")) == [
        ("2022", "2022-03-01", "2022-12-31"), ("2023", "2023-01-01", "2023-12-31"), ("2024", "2024-01-01", "2024-06-30")]


def test_halves_quarters_and_months_follow_the_calendar(plan):
    period = (D(2022, 5, 10), D(2023, 1, 15))
    assert [k for k, *_ in spans(made(plan, period, "half"))] == ["2022H1", "2022H2", "2023H1"]
    assert spans(made(plan, period, "quarter"))[:2] == [("2022Q2", "2022-05-10", "2022-06-30"), ("2022Q3", "2022-07-01", "2022-09-30")]
    months = made(plan, period, "month")
    assert len(months) == 9
    assert months[1] == ("2022-06", D(2022, 6, 1), D(2022, 6, 30), D(2022, 6, 30), "2022年6月")


def test_a_season_comes_once_a_year(plan):
    assert spans(made(plan, (D(2022, 1, 1), D(2023, 12, 31)), "season", "spring")) == [
        ("spring-2022", "2022-02-15", "2022-03-31"), ("spring-2023", "2023-02-15", "2023-03-31")]
    assert made(plan, (D(2022, 4, 1), D(2022, 12, 31)), "season", "spring") == []


def test_a_season_over_new_year_is_keyed_by_the_year_it_begins_in(plan):
    assert spans(made(plan, (D(2022, 1, 1), D(2022, 12, 31)), "season", "newyear")) == [
        ("newyear-2021", "2022-01-01", "2022-02-20"), ("newyear-2022", "2022-12-15", "2022-12-31")]
    assert spans(made(plan, (D(2022, 7, 1), D(2023, 6, 30)), "season", "newyear")) == [("newyear-2022", "2022-12-15", "2023-02-20")]


def test_a_season_on_a_leap_day_is_the_last_of_february_in_other_years(plan):
    assert spans(made(plan, (D(2023, 1, 1), D(2024, 12, 31)), "season", "leap")) == [
        ("leap-2023", "2023-02-28", "2023-02-28"), ("leap-2024", "2024-02-29", "2024-02-29")]


def test_a_deadline_belongs_to_the_last_window_begun_by_then(plan):
    years = made(plan, (D(2022, 1, 1), D(2023, 12, 31)), "year", deadline=D(2022, 11, 20))
    assert [y.deadline for y in years] == [D(2022, 11, 20), D(2023, 12, 31)]
    [whole] = made(plan, (D(2022, 1, 1), D(2022, 12, 31)), "period", deadline=D(2023, 1, 15))
    assert whole.deadline == D(2023, 1, 15)


def test_both_ends_of_a_window_are_in_it(plan):
    [day] = made(plan, (D(2022, 1, 1), D(2022, 12, 31)), "season", "day")
    assert window_of([day], D(2022, 6, 7)) == [day]
    assert window_of([day], D(2022, 6, 6)) == window_of([day], D(2022, 6, 8)) == []


DAYS = st.dates(D(2019, 1, 1), D(2026, 12, 31))


@given(a=DAYS, b=DAYS, c=DAYS, kind=st.sampled_from([k for k in WINDOW_KINDS if k != "season"]))
def test_calendar_windows_cover_every_day_of_the_period_exactly_once(plan, a, b, c, kind):
    first, last = min(a, b), max(a, b)
    found = made(plan, (first, last), kind)
    assert len({w.key for w in found}) == len(found)
    assert len(window_of(found, c)) == (1 if first <= c <= last else 0)


@pytest.mark.parametrize(("kind", "due", "start", "end", "expected"), [
    ("once", "2022-11-20", None, None, ["2022-11-20"]),
    ("annual", "11-20", None, None, ["2022-11-20", "2023-11-20"]),
    ("annual", "11-20", D(2023, 1, 1), None, ["2023-11-20"]),
    ("annual", "02-29", None, None, ["2022-02-28", "2023-02-28"]),
    ("quarterly", "20", D(2022, 7, 1), D(2022, 12, 31), ["2022-10-20", "2023-01-20"]),
    ("quarterly", "last-month-20", D(2022, 7, 1), D(2022, 12, 31), ["2022-09-20", "2022-12-20"]),
    ("monthly", "15", D(2022, 10, 1), D(2022, 12, 31), ["2022-10-15", "2022-11-15", "2022-12-15"]),
    ("monthly", "15", D(2022, 10, 16), D(2022, 12, 14), ["2022-11-15"]),
    ("monthly", "next-month-5", D(2022, 11, 1), D(2022, 12, 31), ["2022-12-05", "2023-01-05"]),
    ("monthly", "31", D(2022, 1, 1), D(2022, 4, 30), ["2022-01-31", "2022-02-28", "2022-03-31", "2022-04-30"]),
])
def test_a_report_is_due_on_these_days(plan, kind, due, start, end, expected):
    longer = dataclasses.replace(plan, period=(D(2022, 1, 1), D(2023, 12, 31)))
    report = Report("r", "报告", kind, due, "（一）", "", start, end)
    assert [d.isoformat() for d in due_dates(report, longer)] == expected
