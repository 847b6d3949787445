"""JSON text of a document that is nested deeper than the fast encoder goes: kept as it came, not understood."""

import json
from typing import Any


def deep_text(document: Any) -> str:
    """The JSON text of a document of any depth, object keys sorted. Walks with a stack of its own."""
    written: list[str] = []
    waiting: list[tuple[bool, Any]] = [(False, document)]  # (is it text already?, value)
    while waiting:
        is_text, value = waiting.pop()
        if is_text or not isinstance(value, dict | list):
            written.append(value if is_text else json.dumps(value, ensure_ascii=False))
            continue
        parts: list[tuple[bool, Any]] = []
        for member in sorted(value) if isinstance(value, dict) else value:
            parts.append((True, "," if parts else ""))
            if isinstance(value, dict):
                parts += [(True, json.dumps(member, ensure_ascii=False) + ":"), (False, value[member])]
            else:
                parts.append((False, member))
        left, right = "{}" if isinstance(value, dict) else "[]"
        waiting += reversed([(True, left), *parts, (True, right)])
    return "".join(written)
