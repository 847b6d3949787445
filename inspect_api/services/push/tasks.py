"""Operations on tasks: offices make them, phones report them done."""

from inspect_api.auth import may
from inspect_api.problems import Problem
from inspect_api.services.push.sites import base_of, outcome
from inspect_api.services.push.workspace import Row, Workspace
from inspect_api.services.task_fields import document
from sync.merge import patch as merged
from sync.operation import Operation


def patch(work: Workspace, operation: Operation) -> Row:
    """State and result of a task, merged per field. A task that was withdrawn stays so."""
    row = work.tasks.get(operation.id)
    if row is None:
        raise Problem("not-found", f"没有任务 {operation.id}")
    may(work.actor, "sync.push", row["grid"])
    if row["state"] == "withdrawn":
        raise Problem("state-changed", "该任务已撤回")
    fields = {name: row[name] for name in ("state", "result")}
    done = merged(fields, row["rev"], row["field_rev"] or {}, base_of(operation, row["rev"]), operation.was, operation.form)
    after = {**row, **done.document, "rev": done.rev, "field_rev": done.field_rev, "updated_at": work.now}
    if done.changes:
        work.tasks[row["id"]] = work.changed_tasks[row["id"]] = after
        work.remember("task", row["id"], after["rev"], done.changes, operation)
    return outcome(work, "task", row, operation, done, lambda: document(after), after["rev"])
