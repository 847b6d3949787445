"""The fold: what a site's visits come to, in whatever order they arrived."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from checklists.plan_model import Clause, Indicator, Plan, Season, Target, Window
from checklists.state import FOREVER, Closed, Fact, Opened, Programme, difference

TARGET = Target(">=", 100, "%", True)
CANTEENS = {"site_types": ["school_canteen"], "attributes": {}}


def indicator(name: str, measure: str, **more: Any) -> Indicator:
    return Indicator(name, "c1", name, measure, more.pop("filter", CANTEENS), more.pop("window", Window("period")), TARGET, **more)


def plan(*indicators: Indicator) -> Plan:
    return Plan("p", "计划", "号", "某县", "140525", date(2021, 1, 1), (date(2021, 1, 1), date(2021, 12, 31)),
                seasons=(Season("autumn", "秋季", (8, 15), (9, 30)),),
                clauses=(Clause("c1", "（一）", "原文", "target"),), indicators=indicators)


def programme(*indicators: Indicator) -> Programme:
    return Programme([plan(*indicators)], "school_canteen")


def fact(day: str, id: str = "v", marks: dict[str, str] | None = None, due: str = "2021-12-31", **more: Any) -> Fact:
    marks = marks or {}
    at = date.fromisoformat(day).toordinal() * 86_400_000
    return Fact(at, id, day, more.get("document", "patrol"), marks, more.get("values", {}),
                [(link, True, due, "改正") for link, mark in marks.items() if mark == "fail"])


def value(made: Programme, facts: list[Fact], key: str, site: dict[str, Any] | None = None) -> list[Any]:
    return made.fold(site or {}, facts)[0]["sums"][key]


def test_a_site_nobody_visited_is_in_the_denominator_and_not_in_the_numerator():
    assert value(programme(indicator("i", "inspected")), [], "p|i|period") == [0, 1, FOREVER]


def test_a_visit_outside_the_window_does_not_count():
    made = programme(indicator("i", "inspected", window=Window("season", "autumn")))
    assert value(made, [fact("2021-08-14")], "p|i|autumn-2021")[0] == 0
    assert value(made, [fact("2021-08-15")], "p|i|autumn-2021")[0] == 1


def test_a_patrol_is_no_supervision_inspection():
    made = programme(indicator("i", "inspected", documents=("inspection",)))
    assert value(made, [fact("2021-05-01")], "p|i|period")[0] == 0
    assert value(made, [fact("2021-05-01", document="inspection")], "p|i|period")[0] == 1


def test_the_latest_mark_of_the_window_counts_and_not_observed_changes_nothing():
    made = programme(indicator("i", "marked", item="a.b"))
    history = [fact("2021-03-01", "1", {"a.b": "pass"}), fact("2021-04-01", "2", {"a.b": "fail"}),
               fact("2021-05-01", "3", {"a.b": "not_observed"})]
    assert value(made, history, "p|i|period") == [0, 1, FOREVER]


def test_an_item_that_does_not_apply_takes_the_site_out_of_the_denominator_until_it_applies_again():
    made = programme(indicator("i", "marked", item="a.b"))
    assert value(made, [fact("2021-03-01", "1", {"a.b": "not_applicable"})], "p|i|period") == [0, 0, FOREVER]
    assert value(made, [fact("2021-03-01", "1", {"a.b": "not_applicable"}), fact("2021-03-02", "2", {"a.b": "pass"})],
                 "p|i|period") == [1, 1, FOREVER]


def test_a_licence_holds_until_its_last_day_and_a_registration_for_ever():
    made = programme(indicator("i", "holding", holding="registration"))
    assert value(made, [], "p|i|period", {"licence_number": "JY1", "licence_until": date(2021, 6, 1)}) == [1, 1, "2021-06-01"]
    assert value(made, [], "p|i|period", {"registration_number": "D1", "licence_until": date(2021, 6, 1)}) == [1, 1, FOREVER]
    assert value(made, [], "p|i|period", {}) == [0, 1, FOREVER]


def test_an_inactive_site_is_in_no_denominator():
    assert programme(indicator("i", "inspected")).initial({"active": False})["sums"] == {}


def test_the_sum_takes_the_latest_pair_of_a_site():
    made = programme(indicator("i", "summed", item="a.n"))
    history = [fact("2021-03-01", "1", values={"a.n": [1, 5]}), fact("2021-03-02", "2", values={"a.n": [4, 5]})]
    assert value(made, history, "p|i|period") == [4, 5, FOREVER]


def test_a_finding_opens_once_and_closes_with_the_next_pass():
    made = programme(indicator("i", "closed"))
    history = [fact("2021-03-01", "1", {"a.b": "fail"}, "2021-03-08"), fact("2021-03-05", "2", {"a.b": "fail"}, "2021-03-12"),
               fact("2021-03-08", "3", {"a.b": "pass"})]
    state, events = made.fold({}, history)
    assert events == [Opened("1", "a.b", True, "2021-03-01", "2021-03-08", "改正"), Closed("1", "a.b", "3", "2021-03-08")]
    assert state["sums"]["p|i|period"] == [1, 1, FOREVER]
    assert state["open"] == {}


def test_a_finding_mended_a_day_late_counts_as_found_and_not_as_mended_in_time():
    made = programme(indicator("i", "closed"))
    history = [fact("2021-03-01", "1", {"a.b": "fail"}, "2021-03-08"), fact("2021-03-09", "2", {"a.b": "pass"})]
    assert value(made, history, "p|i|period") == [0, 1, FOREVER]


def test_only_the_named_items_count_as_findings_of_an_indicator():
    made = programme(indicator("i", "closed", items=("a.b",)))
    assert value(made, [fact("2021-03-01", "1", {"a.c": "fail"})], "p|i|period") == [0, 0, FOREVER]


facts = st.lists(st.builds(
    lambda day, id, mark, pair, document: fact(f"2021-{day // 28 + 1:02d}-{day % 28 + 1:02d}", f"v{id}", {"a.b": mark},
                                               "2021-06-01", values={"a.n": sorted(pair)}, document=document),
    st.integers(0, 300), st.integers(0, 10_000), st.sampled_from(["pass", "fail", "not_applicable", "not_observed"]),
    st.tuples(st.integers(0, 9), st.integers(0, 9)), st.sampled_from(["patrol", "inspection"])),
    max_size=8, unique_by=lambda f: (f.at, f.id))
EVERY = (indicator("i", "inspected"), indicator("m", "marked", item="a.b"), indicator("s", "summed", item="a.n"),
         indicator("c", "closed", window=Window("quarter")))


@given(facts, st.randoms())
def test_the_order_of_arrival_changes_nothing(history: list[Fact], rng: Any):
    shuffled = history[:]
    rng.shuffle(shuffled)
    made = programme(*EVERY)
    assert made.fold({}, history) == made.fold({}, shuffled)


@given(facts)
def test_advancing_visit_by_visit_equals_folding_at_once(history: list[Fact]):
    made = programme(*EVERY)
    state, events = made.initial({}), []
    for one in sorted(history, key=lambda f: (f.at, f.id)):
        assert made.is_next(state, one)
        events += made.advance(state, one)
    assert (state, events) == made.fold({}, history)


@given(facts, facts)
def test_differences_added_up_give_the_state(first: list[Fact], second: list[Fact]):
    made = programme(*EVERY)
    totals: dict[Any, list[int]] = {}
    before = None
    for history in (first, second, first + second):
        after = made.fold({}, {(f.at, f.id): f for f in history}.values())[0]
        for cell, (num, den) in difference(before, after).items():
            total = totals.setdefault(cell, [0, 0])
            total[0] += num
            total[1] += den
        before = after
    expected = {(key, row[2]): row[:2] for key, row in before["sums"].items()}
    assert {cell: total for cell, total in totals.items() if total != [0, 0]} == {
        cell: total for cell, total in expected.items() if total != [0, 0]}
