"""The item bank: every question that a checklist may ask, read from `items/*.yaml` and checked whole."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from checklists.errors import Mistake, PlanError
from checklists.fields import Fields, did_you_mean
from checklists.kinds import KINDS
from checklists.marks import MARKS
from checklists.site_types import SITE_TYPES
from checklists.yamlfile import parse

FOLDER = Path(__file__).parent / "items"
FIRST, LAST = "common", "general"  # who the site is opens every checklist, then what is special to it by file name
_ID = re.compile(r"[a-z][a-z0-9_]*\.[a-z0-9]+(-[a-z0-9]+)*")
_KEYS = ("id", "question", "kind", "key", "polarity", "advisory", "site_types", "photo", "guidance", "basis", "remedy",
         "enable_when")
PHOTO_WHEN = ("never", "on_fail", "on_pass", "always")
POLARITIES = ("positive", "negative")


@dataclass(frozen=True, slots=True)
class Item:
    """One question of the bank. `options` are the keys of its kind, as written; `remedy` is `{action, days}`."""

    id: str
    section: str
    question: str
    kind: str
    key: bool
    polarity: str
    advisory: bool
    site_types: tuple[str, ...]
    photo: Mapping[str, Any]
    guidance: str
    basis: tuple[str, ...]
    remedy: Mapping[str, Any] | None
    enable_when: Mapping[str, Any] | None
    options: Mapping[str, Any]

    def definition(self) -> dict[str, Any]:
        """The flat mapping that the kinds read."""
        return {**self.options, "kind": self.kind, "photo": self.photo}

    def marks(self) -> frozenset[str]:
        """The marks that a captured value can give."""
        return KINDS[self.kind].marks(self.definition())


@dataclass(frozen=True, slots=True)
class Section:
    """The items of one file, in the order in which they are asked."""

    id: str
    title: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bank:
    """Items by id and sections by id, both in bank order: the order of every checklist."""

    items: Mapping[str, Item]
    sections: Mapping[str, Section]


def check_bank(folder: Path | None = None) -> tuple[Bank | None, list[Mistake]]:
    """Read and check every item file of a folder. The bank is None when there is any mistake."""
    folder = FOLDER if folder is None else folder
    mistakes: list[Mistake] = []
    items: dict[str, Item] = {}
    sections: dict[str, Section] = {}
    places: dict[str, Fields] = {}
    for path in sorted(folder.glob("*.yaml"), key=lambda p: (p.stem != FIRST, p.stem == LAST, p.name)):
        for item, fields in _file(path, sections, mistakes):
            if item.id in items:
                first = places[item.id]
                fields.wrong("id", f"“{item.id}”重复了，已在{first.doc.name}第{first.doc.line(first.path)}行", "换一个编码")
                continue
            items[item.id] = item
            places[item.id] = fields
    if not items and not mistakes:
        mistakes.append(Mistake(str(folder), 1, "", "没有检查项文件", "放入 items/*.yaml"))
    _check_conditions(items, places)
    return (None if mistakes else Bank(items, sections)), sorted(mistakes)


@lru_cache(maxsize=8)
def load_bank(folder: Path | None = None) -> Bank:
    """The bank of a folder (default: the project's), read once. Raises PlanError with every mistake."""
    bank, mistakes = check_bank(folder)
    if bank is None:
        raise PlanError(mistakes)
    return bank


def _file(path: Path, sections: dict[str, Section], mistakes: list[Mistake]) -> Iterator[tuple[Item, Fields]]:
    doc, wrong = parse(path.read_text(encoding="utf-8"), path.name)
    mistakes += wrong
    if doc is None:
        return
    top = Fields(doc, (), mistakes)
    top.known(("section", "items"))
    head = top.child("section")
    section = title = ""
    if head is not None:
        head.known(("id", "title"))
        section, title = head.text("id"), head.text("title")
        if section in sections:
            head.wrong("id", f"分组“{section}”重复了", "每个文件的分组编码各不相同")
    found = []
    for fields in top.children("items", required=True):
        item = _item(fields, section)
        found.append(item.id)
        yield item, fields
    sections[section] = Section(section, title, tuple(dict.fromkeys(found)))


def _item(fields: Fields, section: str) -> Item:
    before = len(fields.mistakes)
    kind = fields.word("kind", KINDS)
    own = KINDS[kind].OPTIONS if kind else tuple(key for module in KINDS.values() for key in module.OPTIONS)
    fields.known((*_KEYS, *own))
    id = fields.text("id")
    if isinstance(fields.data.get("id"), str) and not _ID.fullmatch(id):
        fields.wrong("id", f"编码“{id}”写法不对", "写成 area.kebab-name：小写英文、数字、连字符")
    item = Item(
        id, section, fields.text("question"), kind, fields.flag("key", None),
        fields.word("polarity", POLARITIES, required=False, default="positive"), fields.flag("advisory"),
        fields.texts("site_types", required=True, vocabulary=SITE_TYPES), _photo(fields), fields.text("guidance", required=False),
        fields.texts("basis"), _remedy(fields), _condition(fields), {key: fields.data[key] for key in own if fields.has(key)})
    problems = KINDS[kind].check(item.definition()) if kind else []
    for key, message, remedy in problems:
        fields.wrong(key, message, remedy)
    if len(fields.mistakes) == before and "fail" in item.marks() and not item.advisory and item.remedy is None:
        fields.wrong("remedy", "会判不符合的检查项缺少整改要求", "补上 remedy: {action: 怎样改, days: 7}，鼓励项写 advisory: true")
    return item


def _photo(fields: Fields) -> dict[str, Any]:
    photo = fields.child("photo", required=False)
    if photo is None:
        return {"when": "never", "min": 0}
    photo.known(("when", "min"))
    when = photo.word("when", PHOTO_WHEN)
    least = photo.whole("min", 0, 20, required=False)
    least = (0 if when == "never" else 1) if least is None else least
    if when == "never" and least:
        photo.wrong("min", "不要照片时min应为0", "写成 photo: {when: never, min: 0}")
    elif when not in ("", "never") and not least:
        photo.wrong("min", "要照片时min至少为1", f"写成 photo: {{when: {when}, min: 1}}")
    return {"when": when, "min": least}


def _remedy(fields: Fields) -> dict[str, Any] | None:
    remedy = fields.child("remedy", required=False)
    if remedy is None:
        return None
    remedy.known(("action", "days"))
    return {"action": remedy.text("action"), "days": remedy.whole("days", 0, 730) or 0}


def _condition(fields: Fields) -> dict[str, Any] | None:
    condition = fields.child("enable_when", required=False)
    if condition is None:
        return None
    condition.known(("item", "in"))
    return {"item": condition.text("item"), "in": list(condition.texts("in", required=True))}


def _check_conditions(items: Mapping[str, Item], places: Mapping[str, Fields]) -> None:
    order = {id: n for n, id in enumerate(items)}
    for item in items.values():
        if not item.enable_when or not item.enable_when["item"]:
            continue
        parent, fields = items.get(item.enable_when["item"]), places[item.id]
        if parent is None:
            name = item.enable_when["item"]
            fields.wrong(("enable_when", "item"), f"不认识检查项“{name}”", did_you_mean(name, items))
        elif order[parent.id] >= order[item.id]:
            fields.wrong(("enable_when", "item"), f"“{parent.id}”排在本项之后", "把它移到本项前面，先问先答")
        else:
            allowed = _answers_of(parent)
            for value in item.enable_when["in"]:
                if value not in allowed:
                    fields.wrong(("enable_when", "in"), f"“{parent.id}”不会有“{value}”这个答案", did_you_mean(value, allowed))


def _answers_of(parent: Item) -> list[str]:
    """What a condition may wait for: a choice's option values, the marks of anything else."""
    if parent.kind != "choice":
        return list(MARKS)
    options = parent.options.get("options")
    return [str(o.get("value")) for o in options if isinstance(o, dict)] if isinstance(options, list) else []
