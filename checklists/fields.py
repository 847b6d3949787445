"""One mapping of a file under check: typed reading of its keys, each slip becoming a Mistake with its line."""

import datetime as dt
import math
import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from checklists.errors import Mistake
from checklists.yamlfile import Document, Path, shown

_CODE = re.compile(r"[A-Za-z0-9._-]+")


def did_you_mean(word: Any, known: Iterable[str]) -> str:
    """A remedy for a word that is not in a vocabulary: the nearest one, else the whole (short) list."""
    known = list(known)
    near = get_close_matches(str(word), known, n=1, cutoff=0.6) if len(str(word)) > 2 else []
    if near:
        return f"是不是想写“{near[0]}”？"
    return f"可用：{'、'.join(known)}" if len(known) <= 30 else "核对编码是否写错，或先把它加进去"


class Fields:
    """A mapping at `path` of a document. Readers return a usable default after noting a mistake."""

    def __init__(self, doc: Document, path: Path, mistakes: list[Mistake]):
        self.doc, self.path, self.mistakes = doc, path, mistakes
        data: Any = doc.data
        for part in path:
            data = data[part]
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        if not isinstance(data, dict):
            self._add(path, "应为“键: 值”的一组内容", "按写法说明分行写各个键")

    def _add(self, path: Path, message: str, remedy: str) -> None:
        self.mistakes.append(Mistake(self.doc.name, self.doc.line(path), shown(path), message, remedy))

    def wrong(self, key: str | tuple[str | int, ...], message: str, remedy: str) -> None:
        """Note a mistake at a key of this mapping, or at a path below it."""
        below = key if isinstance(key, tuple) else (key,) if key else ()
        self._add(self.path + below, message, remedy)

    def known(self, keys: Iterable[str]) -> None:
        """Every key must be one of these."""
        keys = list(keys)
        for key in self.data:
            if key not in keys:
                self.wrong(key, f"不认识的键“{key}”", did_you_mean(key, keys))

    def has(self, key: str) -> bool:
        """Whether the key is there with a value."""
        return self.data.get(key) is not None

    def _given(self, key: str, required: bool) -> Any:
        value = self.data.get(key)
        if value is None and required:
            self.wrong(key, f"缺少“{key}”", f"补上“{key}”")
        return value

    def text(self, key: str, required: bool = True, most: int | None = None) -> str:
        """A non-empty text, of `most` characters if that is said; `""` when absent. Numbers and the like that were meant as text must be
        quoted.
        """
        value = self._given(key, required)
        if value is None:
            return ""
        if not isinstance(value, str):
            raw = self.doc.raw.get((*self.path, key))
            if raw is None:
                self.wrong(key, "应为一段文字", "写成一行文字，不要写成列表或分组")
            else:
                self.wrong(key, f"应为文字，写成了{_kind(value)}", f'加引号：{key}: "{raw}"')
            return raw or ""
        if required and not value.strip():
            self.wrong(key, "不能为空", f"补上“{key}”的内容")
        if most is not None and len(value.strip()) > most:
            self.wrong(key, f"有 {len(value.strip())} 个字，最多 {most} 个", "写短一些")
        return value.strip()

    def code(self, key: str, most: int = 64) -> str:
        """What names a thing within its file: letters, digits, dots, hyphens and underscores; `""` when absent."""
        value = self.text(key, most=most)
        if isinstance(self.data.get(key), str) and value and not _CODE.fullmatch(value):
            self.wrong(key, f"编码“{value}”写法不对", "只用英文字母、数字、点、连字符、下划线")
        return value

    def maybe_text(self, key: str) -> str | None:
        """A text, or None when absent or empty."""
        return self.text(key, required=False) or None

    def flag(self, key: str, default: bool | None = False) -> bool:
        """true or false. `default` None: the key is required."""
        value = self._given(key, default is None)
        if value is None:
            return bool(default)
        if not isinstance(value, bool):
            self.wrong(key, "应为true或false", f"写成 {key}: true 或 {key}: false")
            return bool(default)
        return value

    def number(self, key: str, required: bool = True) -> float | int | None:
        """A finite number, never a boolean."""
        value = self._given(key, required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.wrong(key, f"应为数字，写成了{_kind(value)}", f"写成 {key}: 65 这样的数，不带引号和单位")
            return None
        return value

    def whole(self, key: str, least: int, most: int, required: bool = True) -> int | None:
        """A whole number within limits."""
        value = self._given(key, required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.wrong(key, f"应为{least}到{most}之间的整数", f"写成 {key}: {least} 这样的整数")
            return None
        return value

    def date(self, key: str, required: bool = True) -> dt.date | None:
        """A calendar day, or None; a quoted ISO text is taken too."""
        value = self._given(key, required)
        if value is None or type(value) is dt.date:
            return value
        if isinstance(value, str):
            try:
                return dt.date.fromisoformat(value)
            except ValueError:
                pass
        self.wrong(key, "应为日期", f"写成 {key}: 2022-03-15")
        return None

    def word(self, key: str, vocabulary: Iterable[str], required: bool = True, default: str = "") -> str:
        """One word of a vocabulary."""
        value = self._given(key, required)
        if value is None:
            return default
        if not isinstance(value, str) or value not in vocabulary:
            self.wrong(key, f"“{value}”不在可用的值里", did_you_mean(value, vocabulary))
            return default
        return value

    def texts(self, key: str, required: bool = False, vocabulary: Iterable[str] | None = None) -> tuple[str, ...]:
        """A list of texts without repetition, each in the vocabulary if there is one."""
        value = self._given(key, required)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.wrong(key, "应为列表", f"写成 {key}: [甲, 乙]")
            return ()
        if required and not value:
            self.wrong(key, "列表不能为空", f"{key}至少写一项")
        found: list[str] = []
        for i, one in enumerate(value):
            if not isinstance(one, str) or not one.strip():
                raw = self.doc.raw.get((*self.path, key, i), "")
                self.wrong((key, i), f"应为文字，写成了{_kind(one)}", f'加引号："{raw}"' if raw else "只写文字")
            elif one in found:
                self.wrong((key, i), f"“{one}”重复了", "删去重复的一项")
            elif vocabulary is not None and one not in vocabulary:
                self.wrong((key, i), f"不认识“{one}”", did_you_mean(one, vocabulary))
            else:
                found.append(one)
        return tuple(found)

    def child(self, key: str, required: bool = True) -> "Fields | None":
        """The mapping under a key, or None."""
        value = self._given(key, required)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.wrong(key, "应为“键: 值”的一组内容", "按写法说明写各个键")
            return None
        return Fields(self.doc, (*self.path, key), self.mistakes)

    def children(self, key: str, required: bool = False) -> Iterator["Fields"]:
        """The mappings of the list under a key."""
        value = self._given(key, required)
        if value is None:
            return
        if not isinstance(value, list):
            self.wrong(key, "应为列表", "每项以“- ”开头，分行写")
            return
        if required and not value:
            self.wrong(key, "列表不能为空", f"{key}至少写一项")
        for i in range(len(value)):
            yield Fields(self.doc, (*self.path, key, i), self.mistakes)


def _kind(value: Any) -> str:
    if value is None:
        return "空值"
    if isinstance(value, bool):
        return "是/否值"
    if isinstance(value, float) and not math.isfinite(value):
        return "无穷或非数"
    if isinstance(value, int | float):
        return "数字"
    if isinstance(value, dt.date):
        return "日期"
    return {str: "文字", list: "列表", dict: "分组"}.get(type(value), "别的东西")
