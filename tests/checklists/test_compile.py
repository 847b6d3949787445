"""Compiling plans into checklists: union, citations, conditions, and a version that is the content's hash."""

import copy
import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checklists.compile import Checklist, compile_checklists, version_of
from checklists.plan import Clause


def with_clauses(plan, id, *clauses):
    return dataclasses.replace(plan, id=id, clauses=clauses, indicators=())


def clause(id, items, site_types=("school_canteen",)):
    return Clause(id, f"（{id}）", "文", "field", (), tuple(site_types), tuple(items))


def test_a_checklist_asks_in_bank_order_whatever_the_clauses_order(plan, bank):
    checklist = compile_checklists([plan], bank)["school_canteen"]
    assert list(checklist.items) == [
        "common.front-photo", "common.licence", "common.expired", "common.staff-trained",
        "canteen.run-mode", "canteen.contractor", "canteen.sample-weight"]
    assert [s["id"] for s in checklist.to_dict()["sections"]] == ["common", "canteen"]


def test_an_item_carries_all_that_a_phone_needs(plan, bank):
    item = compile_checklists([plan], bank)["school_canteen"].items["canteen.sample-weight"]
    assert item == {
        "link_id": "canteen.sample-weight", "question": "留样重量", "kind": "number", "key": False, "polarity": "positive",
        "advisory": False, "photo": {"when": "never", "min": 0}, "guidance": "", "basis": [],
        "remedy": {"action": "留足125克", "days": 1}, "enable_when": None, "unit": "克", "min": 0, "max": 2000, "pass_min": 125,
        "citations": [{"plan": "small-2022", "article": "（二）", "clause": "c002"}]}


def test_a_site_type_gets_only_items_that_list_it_and_are_asked_there(plan, bank):
    found = compile_checklists([plan], bank)
    assert set(found) == {"school_canteen", "catering"}
    assert set(found["catering"].items) == {"common.front-photo", "common.licence", "common.expired"}
    assert list(compile_checklists([plan], bank, ["catering"])) == ["catering"]


def test_a_parent_that_no_clause_asks_for_is_pulled_in_without_citations(plan, bank):
    checklist = compile_checklists([with_clauses(plan, "a", clause("1", ["canteen.contractor"]))], bank)["school_canteen"]
    assert checklist.items["canteen.run-mode"]["citations"] == []
    assert checklist.items["canteen.contractor"]["enable_when"] == {"item": "canteen.run-mode", "in": ["contracted"]}


def test_a_condition_on_an_item_that_may_not_be_asked_here_is_dropped(plan, bank):
    items = dict(bank.items)
    items["canteen.contractor"] = dataclasses.replace(items["canteen.contractor"], site_types=("catering",))
    wider = dataclasses.replace(bank, items=items)
    checklist = compile_checklists([with_clauses(plan, "a", clause("1", ["canteen.contractor"], ["catering"]))], wider)["catering"]
    assert list(checklist.items) == ["canteen.contractor"]
    assert checklist.items["canteen.contractor"]["enable_when"] is None


def test_every_clause_of_every_plan_that_asks_is_cited(plan, bank):
    other = with_clauses(plan, "a-2021", clause("9", ["common.expired"]), clause("8", ["common.expired"]))
    item = compile_checklists([plan, other], bank)["school_canteen"].items["common.expired"]
    assert [(c["plan"], c["clause"]) for c in item["citations"]] == [("a-2021", "9"), ("a-2021", "8"), ("small-2022", "c001")]


ITEMS = ["common.expired", "common.licence", "canteen.contractor", "canteen.parents", "canteen.sample-weight"]


@settings(max_examples=40)
@given(data=st.data())
def test_the_same_plans_in_another_order_give_the_same_versions(plan, bank, data):
    picks = data.draw(st.lists(st.lists(st.sampled_from(ITEMS), min_size=1, unique=True), min_size=1, max_size=4))
    plans = [with_clauses(plan, f"p{n}", clause("1", pick)) for n, pick in enumerate(picks)]
    shuffled = data.draw(st.permutations(plans))
    versions = [{t: c.version for t, c in compile_checklists(ps, bank).items()} for ps in (plans, shuffled)]
    assert versions[0] == versions[1]


def test_any_change_of_the_content_changes_the_version(plan, bank):
    checklist = compile_checklists([plan], bank)["school_canteen"]
    assert len(checklist.version) == 64
    changed = copy.deepcopy(checklist.content)
    changed["sections"][0]["items"][0]["question"] += "？"
    assert version_of(changed) != checklist.version
    assert compile_checklists([with_clauses(plan, "b", *plan.clauses)], bank)["school_canteen"].version != checklist.version


def test_a_stored_checklist_comes_back_and_a_tampered_one_does_not(plan, bank):
    checklist = compile_checklists([plan], bank)["school_canteen"]
    stored = json.loads(json.dumps(checklist.to_dict()))
    assert Checklist.from_dict(stored).to_dict() == checklist.to_dict()
    stored["sections"][0]["items"][0]["key"] = True
    with pytest.raises(ValueError, match="版本"):
        Checklist.from_dict(stored)


def test_a_whole_number_written_as_a_fraction_has_the_same_version():
    assert version_of({"a": [1.0, 2.5]}) == version_of({"a": (1, 2.5)})


def test_two_plans_of_one_id_are_refused(plan, bank):
    with pytest.raises(ValueError, match="相同"):
        compile_checklists([plan, plan], bank)


def test_no_plan_gives_no_checklist(bank):
    assert compile_checklists([], bank) == {}
