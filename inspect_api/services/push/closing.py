"""A visit that arrives does the tasks that asked for it: one visit feeds everything, nobody reports it a second time."""

from inspect_api.services.days import local_text
from inspect_api.services.history import Entry
from inspect_api.services.push.workspace import Workspace


def close(work: Workspace) -> None:
    """Mark as done what is open at the sites of newly signed visits and was asked for at or before the time of the visit.

    The earliest visit that serves is named. `field_rev` of the result stays: what the supervisor writes about it later is no conflict.
    """
    for task in [one for one in work.tasks.values() if one["state"] == "open" and one["since"] is not None]:
        serving = [fact for fact in work.facts.get(task["site_id"], ()) if fact.at >= task["since"]]
        if not serving:
            continue
        visit = min(serving, key=lambda fact: (fact.at, fact.id))
        rev, result = task["rev"] + 1, task["result"] or f"检查 {local_text(visit.at)}"
        changes = {"state": ["open", "done"]} | ({} if task["result"] else {"result": ["", result]})
        after = task | {"state": "done", "result": result, "visit_id": visit.id, "rev": rev, "updated_at": work.now,
                        "field_rev": {**(task["field_rev"] or {}), "state": rev}}
        work.tasks[task["id"]] = work.changed_tasks[task["id"]] = after
        work.history.append(Entry("task", task["id"], rev, changes, work.now, work.source.by, work.source.device_id, why=work.source.why))
