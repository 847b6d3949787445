"""Plans in force + item bank -> one checklist per site type, each named by the hash of its content."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from checklists.bank import Bank, Item
from checklists.plan_model import Plan
from checklists.site_types import SITE_TYPES

Citations = dict[str, list[dict[str, str]]]  # item id -> the clauses that ask for it


@dataclass(frozen=True, slots=True, eq=False)
class Checklist:
    """An immutable checklist. `content` is its JSON without the version; treat it as read-only."""

    version: str
    content: Mapping[str, Any]

    @property
    def site_type(self) -> str:
        """The key of the site type that it is for."""
        return self.content["site_type"]

    @property
    def title(self) -> str:
        """Its Chinese title."""
        return self.content["title"]

    @property
    def items(self) -> dict[str, dict[str, Any]]:
        """Items by link_id, in the order in which they are asked."""
        return {item["link_id"]: item for section in self.content["sections"] for item in section["items"]}

    def to_dict(self) -> dict[str, Any]:
        """`{version, site_type, title, sections: [{id, title, items: [...]}]}`."""
        return {"version": self.version, **self.content}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Checklist":
        """A stored checklist. Raises ValueError when its content is not what its version names."""
        content = {key: value for key, value in data.items() if key != "version"}
        if version_of(content) != data["version"]:
            raise ValueError(f"检查表内容与版本号不符：{data['version']}")
        return cls(data["version"], content)


def version_of(content: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the canonical JSON: sorted keys, no spaces, UTF-8, 1.0 written as 1."""
    text = json.dumps(_canonical(content), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def compile_checklists(plans: Iterable[Plan], bank: Bank, site_types: Iterable[str] | None = None) -> dict[str, Checklist]:
    """One checklist for each site type that a plan asks something of: the union of the plans' items in bank order.

    An item is asked at a site type when it lists the type and a clause names both. Each item cites every clause that
    asks for it, by plan id and then in document order, so that the order of `plans` changes nothing. When an
    item's condition waits for an item that no clause asks for, that item is pulled in (without citations) if it
    may be asked at this type; otherwise the condition is dropped, since nothing could ever meet it.
    Raises ValueError for two plans of one id.
    """
    ordered = sorted(plans, key=lambda plan: plan.id)
    if len({plan.id for plan in ordered}) != len(ordered):
        raise ValueError("两个计划的编码相同")
    found: dict[str, Checklist] = {}
    for site_type in SITE_TYPES if site_types is None else site_types:
        cited = _cited(ordered, bank, site_type)
        if cited:
            content = _content(site_type, cited, bank)
            found[site_type] = Checklist(version_of(content), content)
    return found


def _cited(plans: list[Plan], bank: Bank, site_type: str) -> Citations:
    cited: Citations = {}
    for plan in plans:
        for clause in plan.clauses:
            if site_type in clause.site_types:
                for id in clause.items:
                    if site_type in bank.items[id].site_types:
                        cited.setdefault(id, []).append({"plan": plan.id, "article": clause.article, "clause": clause.id})
    for id in list(cited):
        item = bank.items[id]
        while item.enable_when and site_type in bank.items[item.enable_when["item"]].site_types:
            item = bank.items[item.enable_when["item"]]
            cited.setdefault(item.id, [])
    return cited


def _content(site_type: str, cited: Citations, bank: Bank) -> dict[str, Any]:
    sections = []
    for section in bank.sections.values():
        items = [_item(bank.items[id], cited) for id in section.items if id in cited]
        if items:
            sections.append({"id": section.id, "title": section.title, "items": items})
    return _canonical({"site_type": site_type, "title": f"{SITE_TYPES[site_type]}检查表", "sections": sections})


def _item(item: Item, cited: Citations) -> dict[str, Any]:
    condition = item.enable_when if item.enable_when and item.enable_when["item"] in cited else None
    return {
        "link_id": item.id, "question": item.question, "kind": item.kind, "key": item.key, "polarity": item.polarity,
        "advisory": item.advisory, "photo": item.photo, "guidance": item.guidance, "basis": item.basis,
        "remedy": item.remedy, "enable_when": condition, **item.options, "citations": cited[item.id],
    }


def _canonical(value: Any) -> Any:
    """Plain JSON, whole floats as integers: what any database or language gives back unchanged."""
    if isinstance(value, Mapping):
        return {key: _canonical(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
