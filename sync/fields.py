"""A row as flat fields, the unit of a merge: `answers.kitchen.bright` is a field of its own, as is `attributes.online`.

Two people who answer different items, or mend different attributes, do not touch the same field.
"""

from collections.abc import Mapping
from typing import Any

NESTED = ("answers", "attributes", "photos")  # objects whose members are fields of their own


def flat(document: Mapping[str, Any]) -> dict[str, Any]:
    """{field: value}: the members of NESTED objects as `object.member`, everything else as it is."""
    fields: dict[str, Any] = {}
    for name, value in document.items():
        if name in NESTED and isinstance(value, Mapping):
            fields |= {f"{name}.{member}": inner for member, inner in value.items()}
        else:
            fields[name] = value
    return fields


def nested(field: str) -> tuple[str, str | None]:
    """(object, member) of a field that is a member of a NESTED object, else (field, None)."""
    name, dot, member = field.partition(".")
    return (name, member) if dot and name in NESTED else (field, None)


def put(document: Mapping[str, Any], taken: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the document with these flat fields. None takes a member of a NESTED object away."""
    made = dict(document)
    for field, value in taken.items():
        name, member = nested(field)
        if member is None:
            made[name] = value
        else:
            inner = dict(made.get(name) or {})
            if value is None:
                inner.pop(member, None)
            else:
                inner[member] = value
            made[name] = inner
    return made


def nest(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Flat fields as a patch says them: members inside their objects, also those that are None."""
    made: dict[str, Any] = {}
    for field, value in fields.items():
        name, member = nested(field)
        if member is None:
            made[name] = value
        else:
            made.setdefault(name, {})[member] = value
    return made
