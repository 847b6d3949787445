"""YAML with line numbers: every key of a plan knows its line, and a slip of the pen becomes a Mistake, not a trace.

Only what plan and item files need is allowed: one document, no tabs, no anchors, no tags, no key written twice.
"""

import re
from dataclasses import dataclass
from typing import Any

import yaml

from checklists.errors import Mistake

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SCALARS = yaml.constructor.SafeConstructor()
_CORE = "tag:yaml.org,2002:"
_ALLOWED = frozenset(_CORE + kind for kind in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq"))
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
DEEPEST = 30
_NESTED = 200  # levels that are read at all: far more than may be, and far fewer than the C stack holds

Path = tuple[str | int, ...]


@dataclass(slots=True)
class Document:
    """A parsed file: `data` plain Python, `lines` the line of every path, `raw` the text of every scalar."""

    name: str
    data: Any
    lines: dict[Path, int]
    raw: dict[Path, str]

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest thing that holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def shown(path: Path) -> str:
    """A path as people write it: `clauses[3].items`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def parse(text: str, name: str) -> tuple[Document | None, list[Mistake]]:
    """Read YAML text. Returns the document (None when it cannot be read at all) and the mistakes of its form."""
    try:
        if line := _too_deep(text):
            return None, [Mistake(name, line, "", "嵌套太深", f"层级不超过{DEEPEST}")]
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        return None, [_syntax(text, name, error)]
    if root is None:
        return None, [Mistake(name, 1, "", "文件是空的", "写入内容后再检查")]
    reader = _Reader(name)
    reader.lines[()] = 1
    data = reader.read(root, ())
    return Document(name, data, reader.lines, reader.raw), reader.mistakes


def _too_deep(text: str) -> int | None:
    """The line on which nesting goes beyond _NESTED. Composing recurses in C and would end the process; reading events does not."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _NESTED:
            return event.start_mark.line + 1
    return None


def _syntax(text: str, name: str, error: yaml.YAMLError) -> Mistake:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    written = text.splitlines()[line - 1] if 0 < line <= len(text.splitlines()) else ""
    problem = str(getattr(error, "problem", None) or error)
    if "\t" in written:
        return Mistake(name, line, "", "用了制表符（Tab）缩进", "YAML不允许Tab，改成空格，每级两个")
    if "another document" in problem:
        return Mistake(name, line, "", "文件里有多份文档（---）", "一个文件只写一份，删去多余的“---”")
    if "alias" in problem:
        return Mistake(name, line, "", "用了未定义的别名（*）", "含“*”的文字要加引号")
    if "special characters" in problem or "control characters" in problem:
        return Mistake(name, line, "", "有不可见的控制字符", "删去该字符")
    return Mistake(name, line, "", f"YAML写法有误：{problem}", "检查本行和上一行的缩进、冒号后的空格和引号是否成对")


class _Reader:
    """Turns composed nodes into data while noting lines, raw texts and mistakes."""

    def __init__(self, name: str):
        self.name = name
        self.lines: dict[Path, int] = {}
        self.raw: dict[Path, str] = {}
        self.mistakes: list[Mistake] = []
        self._seen: set[int] = set()

    def wrong(self, node: yaml.Node, path: Path, message: str, remedy: str) -> None:
        self.mistakes.append(Mistake(self.name, node.start_mark.line + 1, shown(path), message, remedy))

    def read(self, node: yaml.Node, path: Path) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self._seen:
            self.wrong(node, path, "用了别名（&、*）", "不要用别名，把内容再写一遍")
            return None
        self._seen.add(id(node))
        if node.tag not in _ALLOWED:
            self.wrong(node, path, f"不支持的写法 {node.value if node.tag.endswith('merge') else node.tag}", "去掉标签，只写普通文字、数字、日期和列表")
            return None
        if len(path) > DEEPEST:
            self.wrong(node, path, "嵌套太深", f"层级不超过{DEEPEST}")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(child, (*path, i)) for i, child in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag == _CORE + "merge":
                self.wrong(key_node, path, "键不是普通文字", "键只用文字")
                continue
            key = key_node.value
            here = (*path, key)
            if key in found:
                self.wrong(key_node, here, f"“{key}”写了两次，前一次在第{self.lines[here]}行", "删去一处，或合并成一处")
                continue
            self.lines[here] = key_node.start_mark.line + 1
            found[key] = self.read(value_node, here)
        return found

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> Any:
        self.raw[path] = node.value
        if _CONTROL.search(node.value):
            self.wrong(node, path, "有不可见的控制字符", "删去该字符")
            return None
        if node.tag in (_CORE + "int", _CORE + "float") and _SEXAGESIMAL.fullmatch(node.value):
            return node.value  # 12:30 is a time to everybody but YAML 1.1
        try:
            return _SCALARS.construct_object(node)
        except (ValueError, OverflowError, yaml.YAMLError):
            self.wrong(node, path, f"“{node.value}”不是有效的值", "日期写成2022-03-15；其他文字加引号")
            return None
