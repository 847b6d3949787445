"""Publishing a plan computes anew what the change moves in the numbers, and nothing else; either way they are those of a full rebuild."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from checklists.plan import load_plans
from checklists.plan_model import Plan
from checklists.site_types import SITE_TYPES
from checklists.state import moved_types
from inspect_api.db import transaction
from inspect_api.models import Contribution, Tally
from inspect_api.models import Plan as PlanRow
from inspect_api.services import plans, rollup
from tests.api.asking import assert_equal_to_rebuild, count, load_plan, numbers, statements, write
from tests.api.small import PLAN, postgres_template, sqlite_template, visit  # noqa: F401 the county with the small plan
from tests.api.test_publishing import PLANS, publish
from tests.support.people import Person
from tests.support.world import COUNTY, NOW, SITES, site_id

WORDING = {
    "a clause's quote": ("quote: 食堂和餐馆", "quote: 食堂、餐馆和冷库"),
    "an indicator's title": ("title: 食堂检查", "title: 食堂全覆盖检查"),
    "a target": ('op: ">=", value: 90', 'op: ">=", value: 95'),
    "a level": (", level: 否决项", ""),
    "a deadline": ("window: {kind: year}, target: {op: \">=\", value: 100, unit: \"%\", inferred: true}}\n  - {id: quarterly",
                   "window: {kind: year, deadline: 2021-11-30}, target: {op: \">=\", value: 100, unit: \"%\", inferred: true}}\n  - {id: quarterly"),
    "a clause's items": ("items: [kitchen.bright, common.health-certificates]}", "items: [kitchen.bright, common.health-certificates, common.licence]}"),
    "what offices report": ("numerator_label: 合格批次", "numerator_label: 合格的批次"),
    "what is counted from records": ("methods: [laboratory], task_levels: [county]", "methods: [laboratory]"),
    "the plan's title": ("title: 测试计划：数字", "title: 测试计划"),
}
COUNTING = {
    "a filter by attribute": ("filter: {site_types: [school_canteen], attributes: {stage: [primary]}}", "filter: {site_types: [school_canteen], attributes: {stage: [junior]}}"),
    "a filter by type": ("title: 每季检查, measure: inspected, filter: {site_types: [school_canteen]}", "title: 每季检查, measure: inspected, filter: {site_types: [catering]}"),
    "a window": ("measure: inspected, filter: {site_types: [school_canteen]},\n     window: {kind: year}", "measure: inspected, filter: {site_types: [school_canteen]},\n     window: {kind: half}"),
    "a measure": ("title: 整改, measure: closed", "title: 整改, measure: inspected"),
    "an item": ("kitchen.bright", "kitchen.internet"),
    "documents": ("title: 食堂检查, measure: inspected,", "title: 食堂检查, measure: inspected, documents: [inspection],"),
    "what is held": ("holding: licence", "holding: filing"),
    "a season": ("from: 08-15, to: 09-30", "from: 08-15, to: 08-31"),
    "the period": ("to: 2022-12-31", "to: 2021-12-31"),
    "an indicator's id": ("id: certificates,", "id: healthy,"),
}


def _changed(change: tuple[str, str]) -> str:
    text = PLAN.replace(*change)
    assert text != PLAN
    return text


@pytest.fixture
def worked(app: Flask, as_reviewer: Person) -> Flask:
    """A county in which visits were made, amended, reviewed, and findings opened and closed."""
    marks = {mark: {"kitchen.bright": {"mark": mark}, "kitchen.internet": {"mark": other}} for mark, other in (("pass", "fail"), ("fail", "pass"))}
    ids = [visit(app, site, f"2021-{month:02d}-0{site} 09:30", answers) for site, month, answers in (
        (1, 3, marks["fail"]), (1, 9, marks["pass"]), (2, 9, marks["pass"]), (2, 10, marks["fail"]), (3, 9, marks["fail"]), (5, 4, {}))]
    visit(app, 2, "2021-10-03 09:30", {**marks["pass"], "common.health-certificates": {"value": [3, 4]}}, replaces=ids[3])
    for number, decision in enumerate(("approve", "approve", "reject")):
        as_reviewer.post(f"/api/v1/visits/{ids[number]}/review", {"decision": decision, "reason": "核实"})
    assert {basis for _, basis, *_ in numbers(app)["tallies"]} == {"received", "approved"} and numbers(app)["findings"]
    return app


def _spoil(app: Flask, indicator: str) -> Callable[[], bool]:
    """Write a wrong number into the tallies; returns a question whether it is still there. A full rebuild mends it."""
    where = (Tally.plan == "small", Tally.indicator == indicator, Tally.basis == "received")
    write(app, lambda c: c.execute(sa.update(Tally.__table__).where(*where).values(num=7_777)))
    assert count(app, Tally, *where, Tally.num == 7_777)
    return lambda: count(app, Tally, *where, Tally.num >= 7_000) > 0


def test_what_no_number_reads_is_published_without_computing_any(worked: Flask, as_county: Person):
    before = numbers(worked)
    spoilt = _spoil(worked, "canteens")
    for number, (what, change) in enumerate(WORDING.items(), 2):
        text = _changed(change)
        with statements(worked) as sent:
            assert publish(as_county, text) == {"id": "small", "changed": True, "version": number}, what
        assert not [one for one in sent if re.search(r"\b(contribution|tally|finding|visit)\b", one)], what
        assert as_county.get(f"{PLANS}/small/versions/{number}")["text"] == text
    assert spoilt(), "a rebuild would have mended it"
    with worked.app_context():
        transaction(lambda c: rollup.rebuild(c, COUNTY))
    assert numbers(worked) == before, "and would have made the same numbers"


def test_what_a_number_reads_moves_it_to_where_a_rebuild_has_it(worked: Flask, as_county: Person):
    before = numbers(worked)
    for what, change in COUNTING.items():
        publish(as_county, _changed(change))
        now = numbers(worked)
        assert now["tallies"] != before["tallies"] and now["states"] != before["states"], what
        assert_equal_to_rebuild(worked)
        publish(as_county, PLAN)
        assert numbers(worked) == before, what


def test_only_sites_of_the_types_that_changed_are_folded(worked: Flask, as_county: Person):
    def folded() -> set[int]:
        """The sites whose states were written since they were marked."""
        return {number for number in SITES if not count(worked, Contribution, Contribution.site_id == site_id(number), Contribution.open_findings == 77)}

    def mark() -> None:
        write(worked, lambda c: c.execute(sa.update(Contribution.__table__).values(open_findings=77)))

    mark()
    publish(as_county, _changed(COUNTING["a window"]))
    assert folded() == {1, 2, 3}, "the canteens"
    assert count(worked, Tally, Tally.num == 0, Tally.den == 0) == 0, "nothing is left of windows that are no more"
    publish(as_county, PLAN)
    mark()
    publish(as_county, _changed(COUNTING["a filter by type"]))
    assert folded() == {1, 2, 3, 5}, "where it counted, and where it counts now"


def test_plans_that_come_go_and_move_leave_the_numbers_of_a_rebuild(worked: Flask, as_county: Person):
    publish(as_county, PLAN.replace("id: small\n", "id: another\n"))
    assert_equal_to_rebuild(worked)
    as_county.post(f"{PLANS}/small/withdraw", {"reason": "已有新方案"})
    assert not [key for key in numbers(worked)["tallies"] if key[0] == "small"]
    assert_equal_to_rebuild(worked)
    publish(as_county, PLAN)
    load_plan(worked, PLAN.replace("id: small\n", "id: another\n").replace('region: "140525"', 'region: "140502"'), "moved.yaml")
    assert not [key for key in numbers(worked)["tallies"] if key[0] == "another"], "it is another county's now"
    assert_equal_to_rebuild(worked)


def test_what_was_computed_by_other_code_is_computed_anew_as_a_whole(worked: Flask, as_county: Person):
    spoilt = _spoil(worked, "licensed")
    write(worked, lambda c: c.execute(sa.update(PlanRow.__table__).values(digest="0" * 64)))
    with worked.app_context():
        transaction(lambda c: plans.load(c, {"small.yaml": PLAN}, NOW, "tests"))
    assert not spoilt()
    assert_equal_to_rebuild(worked)
    spoilt = _spoil(worked, "licensed")
    publish(as_county, _changed(WORDING["a target"]))
    assert spoilt(), "now they are of this code"


def test_a_plan_read_back_from_the_database_counts_what_it_counted():
    for plan in load_plans().values():
        assert moved_types(plan, Plan.from_dict(plan.to_dict())) == set()
        named = {kind for one in plan.indicators for kind in one.filter["site_types"]}
        assert moved_types(None, plan) == moved_types(plan, None) <= named <= SITE_TYPES.keys()
        assert moved_types(None, plan), plan.id
    assert moved_types(None, None) == set()
