"""The project's own plans and item bank have no mistakes, and every demand of theirs is served."""

import datetime as dt
import json

import pytest

from checklists.answers import Validator
from checklists.bank import check_bank, load_bank
from checklists.compile import compile_checklists
from checklists.plan import Plan, check_plan, coverage, load_plans, plan_files
from checklists.windows import due_dates, windows

FILES = plan_files()


def told(mistakes):
    return "\n".join(map(str, mistakes))


def test_the_item_bank_has_no_mistakes():
    bank, mistakes = check_bank()
    assert bank is not None, told(mistakes)
    assert len(bank.items) > 100


def test_there_are_plans_and_their_ids_are_their_file_names():
    assert FILES
    assert [path.stem for path in FILES] == list(load_plans())


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_plan_has_no_mistakes_and_survives_json(path):
    plan, mistakes = check_plan(path, load_bank())
    assert plan is not None, told(mistakes)
    assert Plan.from_dict(json.loads(json.dumps(plan.to_dict()))) == plan


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_field_and_target_clause_is_served(path):
    plan = load_plans()[path.stem]
    rows = coverage(plan, load_bank())
    assert len(rows) == len(plan.clauses)
    assert [r["clause"] for r in rows if r["kind"] == "field" and r["served_by"] != "items"] == []
    assert [r["clause"] for r in rows if r["kind"] == "target" and not r["indicators"]] == []
    assert [r["clause"] for r in rows if r["kind"] == "report" and r["served_by"] == "nothing"] == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_indicator_has_windows_and_every_report_a_due_date(path):
    plan = load_plans()[path.stem]
    assert [i.id for i in plan.indicators if not windows(plan, i)] == []
    assert [r.id for r in plan.reports if not due_dates(r, plan)] == []


def test_every_checklist_compiles_and_judges_an_empty_visit():
    checklists = compile_checklists(load_plans().values(), load_bank())
    assert "school_canteen" in checklists
    for checklist in checklists.values():
        judgement = Validator(checklist).judge({}, dt.date(2022, 6, 1))
        assert judgement.missing
        assert not (judgement.errors or judgement.marks or judgement.findings)
