"""What serves each clause: nothing of the document may be dropped, and no gap hidden."""

import dataclasses

from checklists.coverage import SERVED_BY, coverage


def test_every_clause_has_one_row_in_order_saying_what_serves_it(plan, bank):
    rows = coverage(plan, bank)
    assert [row["clause"] for row in rows] == [c.id for c in plan.clauses]
    assert [row["served_by"] for row in rows] == ["items", "items", "report", "nothing"]
    assert rows[1]["indicators"] == ["trained"]
    assert rows[2]["reports"] == ["yearly"]
    assert {row["served_by"] for row in rows} <= set(SERVED_BY)


def test_a_target_without_items_is_served_by_its_indicator_or_by_an_office(plan, bank):
    clause = dataclasses.replace(plan.clause("c002"), items=())
    clauses = (plan.clauses[0], clause, *plan.clauses[2:])
    bare = dataclasses.replace(plan, clauses=clauses)
    assert coverage(bare, bank)[1]["served_by"] == "indicators"
    reported = dataclasses.replace(plan.indicator("trained"), measure="reported", item=None)
    assert coverage(dataclasses.replace(bare, indicators=(reported,)), bank)[1]["served_by"] == "report"
    assert coverage(dataclasses.replace(bare, indicators=()), bank)[1]["served_by"] == "nothing"


def test_items_that_no_checklist_would_ask_serve_nothing(plan, bank):
    clause = dataclasses.replace(plan.clauses[0], site_types=("milk_station",))
    row = coverage(dataclasses.replace(plan, clauses=(clause,), indicators=()), bank)[0]
    assert (row["items"], row["served_by"]) == ([], "nothing")
