"""The form of each operation's fields, checked before the transaction begins: no lock is held for it."""

from marshmallow import Schema, ValidationError

from inspect_api.problems import Problem, field_errors
from inspect_api.schemas.pushed import NOTHING, SITE_CREATE, SITE_PATCH, TASK_PATCH, VISIT_CREATE, VISIT_PATCH
from sync.operation import Operation

FORMS: dict[tuple[str, str], Schema] = {
    ("site", "create"): SITE_CREATE,
    ("site", "patch"): SITE_PATCH,
    ("visit", "create"): VISIT_CREATE,
    ("visit", "patch"): VISIT_PATCH,
    ("visit", "delete"): NOTHING,
    ("task", "patch"): TASK_PATCH,
}


def check_forms(operations: list[Operation]) -> None:
    """Give each operation its `form`: the loaded fields, or the Problem that refuses them."""
    for operation in operations:
        schema = FORMS.get((operation.type, operation.kind))
        if operation.error:
            operation.form = Problem("malformed-operation", operation.error)
        elif (operation.type, operation.kind) == ("site", "delete"):
            operation.form = Problem("not-deletable", "主体不能删除")
        elif schema is None:
            operation.form = Problem("unknown-type", f"{operation.type} 的 {operation.kind} 操作暂不支持")
        else:
            try:
                operation.form = schema.load(operation.set)
            except ValidationError as error:
                operation.form = Problem("invalid", errors=field_errors(error.messages))
