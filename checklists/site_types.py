"""The kinds of premises and their attributes, and the one way a plan's filter chooses among them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Attribute:
    """What may be known of a site: `kind` is bool, one (of `values`), many (a list of `values`) or text."""

    title: str
    kind: str
    values: Mapping[str, str]

    def problem(self, value: Any) -> str | None:
        """Why a site's value is not allowed, in Chinese, or None."""
        if self.kind == "bool":
            return None if isinstance(value, bool) else "应为是或否（true / false）"
        if self.kind == "text":
            return None if isinstance(value, str) and len(value) <= 200 else "应为不超过200字的文字"
        given = value if self.kind == "many" else [value]
        if not isinstance(given, list | tuple):
            return "应为列表"
        bad = [v for v in given if not isinstance(v, str) or v not in self.values]
        return f"不认识的值：{'、'.join(map(str, bad))}；可用：{'、'.join(self.values)}" if bad else None


_SOURCE = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))

SITE_TYPES: dict[str, str] = _SOURCE["site_types"]
ATTRIBUTES: dict[str, Attribute] = {
    name: Attribute(entry["title"], entry["kind"], entry.get("values", {}))
    for name, entry in _SOURCE["attributes"].items()
}


def check_attributes(attributes: Mapping[str, Any]) -> list[str]:
    """What is wrong with the attributes of a site, one Chinese sentence each; empty when all is right."""
    problems = []
    for name, value in attributes.items():
        attribute = ATTRIBUTES.get(name)
        if attribute is None:
            problems.append(f"不认识的属性：{name}")
        elif (problem := attribute.problem(value)) is not None:
            problems.append(f"{attribute.title}（{name}）{problem}")
    return problems


def matches(filter: Mapping[str, Any], site_type: str, attributes: Mapping[str, Any]) -> bool:
    """Whether a site is among those that a filter `{site_types, attributes}` means.

    An absent or empty part restricts nothing. A list as the filter's value means any of them; a site's list
    matches when it shares a member. An attribute that nobody has filled in does not match, except that an unknown
    yes/no counts as no: sites are presumed ordinary until somebody says otherwise.
    """
    types = filter.get("site_types")
    if types and site_type not in types:
        return False
    wanted = filter.get("attributes")
    return not wanted or all(_agrees(attributes.get(name), value) for name, value in wanted.items())


def _agrees(has: Any, wants: Any) -> bool:
    allowed = wants if isinstance(wants, list | tuple) else (wants,)
    if isinstance(has, list | tuple):
        return any(value in allowed for value in has)
    if has is None:
        return any(value is False for value in allowed)
    return any(value == has and isinstance(value, bool) == isinstance(has, bool) for value in allowed)
