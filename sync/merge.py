"""Two people changed the same row: which value stays, field by field. docs/sync-protocol.md, "Merge".

A field is taken when nobody else touched it since the phone read the row. Otherwise the server's value stays and
the phone's goes to the conflict log: compare-and-set over whole rows lost half of the edits in trials.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sync.fields import flat, put

_ABSENT = object()


class Disagreement(NamedTuple):
    """One field on which phone and server differ: the value kept and the phone's, which is logged."""

    field: str
    kept: Any
    theirs: Any


@dataclass(slots=True)
class Merge:
    """What a patch comes to: fields to write, fields that were equal already, and disagreements."""

    take: dict[str, Any] = field(default_factory=dict)
    equal: list[str] = field(default_factory=list)
    conflicts: list[Disagreement] = field(default_factory=list)

    @property
    def status(self) -> str:
        """`applied` (all taken), `noop`, `merged` (some taken or equal, some not), `conflict` (none taken)."""
        if self.conflicts:
            return "merged" if self.take or self.equal else "conflict"
        return "applied" if self.take else "noop"


def merge(held: Mapping[str, Any], field_rev: Mapping[str, int], base: int | None, was: Mapping[str, Any],
          wanted: Mapping[str, Any]) -> Merge:
    """Merge a patch into a row, per field.

    `held` is what the server holds, `field_rev` the revision at which each field last changed (absent: never since
    the row was made), `base` the revision that the phone had read, `was` the values it had read. A field is taken
    when `field_rev <= base` or the server still holds `was`. A field that nobody holds is None.
    """
    result = Merge()
    for name, value in wanted.items():
        current = held.get(name)
        if current == value:
            result.equal.append(name)
        elif (base is not None and field_rev.get(name, 0) <= base) or was.get(name, _ABSENT) == current:
            result.take[name] = value
        else:
            result.conflicts.append(Disagreement(name, current, value))
    return result


@dataclass(slots=True)
class Patched:
    """A row after a patch: the merge, the new document, its revisions, and what each taken field was and is now."""

    merge: Merge
    document: dict[str, Any]
    rev: int
    field_rev: dict[str, int]
    changes: dict[str, list[Any]]


def patch(document: Mapping[str, Any], rev: int, field_rev: Mapping[str, int], base: int | None, was: Mapping[str, Any],
          wanted: Mapping[str, Any]) -> Patched:
    """Merge `wanted` into a document with nested objects (sync.fields.NESTED); `rev` is raised when anything is taken."""
    held = flat(document)
    merged = merge(held, field_rev, base, flat(was), flat(wanted))
    if not merged.take:
        return Patched(merged, dict(document), rev, dict(field_rev), {})
    return Patched(merged, put(document, merged.take), rev + 1, {**field_rev, **dict.fromkeys(merged.take, rev + 1)},
                   {name: [held.get(name), value] for name, value in merged.take.items()})
