"""A push: at least once on the wire, exactly once in effect; nothing pushed is lost."""

from tests.support.people import Person, Phone


def indicator(person: Person, name: str, plan: str = "zezhou-2021", **query) -> dict:
    table = person.get(f"/api/v1/plans/{plan}/indicators", **query)
    [found] = [i for i in table["indicators"] if i["id"] == name]
    return found["windows"][-1]


def test_a_visit_of_a_cold_store_moves_the_plan_s_indicator(as_supervisor: Phone, as_county: Person):
    names = {i["id"]: i["measure"] for i in as_county.get("/api/v1/plans/zezhou-2021/indicators")["indicators"]}
    inspected = [name for name, measure in names.items() if measure == "inspected"]
    before = [indicator(as_county, name) for name in inspected]
    result = as_supervisor.push(as_supervisor.visit(4, "2021-05-01 09:30", {}))["results"][0]
    assert result["status"] == "applied", result
    after = [indicator(as_county, name) for name in inspected]
    assert sum(w["num"] for w in after) == sum(w["num"] for w in before) + 1
