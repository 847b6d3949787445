"""One cell to one value: texts, dates in the forms people write, yes and no, words of a list.

Each function raises CellError(code, message) for what it cannot read; empty cells and their many marks are None.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sync.ledger.columns import fold

NOTHING = {"", "无", "/", "//", "\\", "-", "--", "—", "——", "暂无", "没有", "未办理", "未办", "待办", "不详", "空", "null", "none", "n/a", "nan"}
FOREVER = {"长期", "永久", "长期有效", "永久有效", "无固定期限", "长久"}
FORMULA_ERRORS = {"#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!"}

YES = {"是", "有", "√", "✓", "✔", "y", "yes", "true", "1", "1.0", "对"}
NO = {"否", "无", "不是", "没有", "×", "x", "✗", "✘", "n", "no", "false", "0", "0.0"}


class CellError(ValueError):
    """A cell that cannot be read; `code` is one of ROW_CODES."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code, self.message = code, message


def text(value: Any, most: int = 200) -> str | None:
    """The cell as one line of text, or None when it says nothing. Excel's 13800138000.0 is the number as typed."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    line = re.sub(r"[\s\u200b\ufeff]+", " ", str(value if value is not None else "")).strip()
    if fold(line) in FORMULA_ERRORS:
        raise CellError("formula-error", f"单元格是公式错误值 {line}，请改为实际内容")
    if fold(line) in NOTHING:
        return None
    line = "".join(c for c in line if c.isprintable())
    if len(line) > most:
        raise CellError("too-long", f"文字有 {len(line)} 个字，最多 {most} 个")
    return line


def number_text(value: Any, most: int = 64) -> str | None:
    """A number that is a name (licence, registration): half width, upper case, no spaces.

    Raises number-as-float when Excel has already rounded it.
    """
    found = text(value, most)
    if found is None:
        return None
    if isinstance(value, float) and abs(value) >= 1e15 or re.fullmatch(r"\d(\.\d+)?[eE]\+\d+", found):
        raise CellError("number-as-float", f"编号 {found} 已被 Excel 变成数字，末几位丢失；请将该列设为文本格式后重新填写")
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", found)).upper()


_DAY = re.compile(r"(?<!\d)(\d{4})(?:年|[./\-])(\d{1,2})(?:月|[./\-])(\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)")


def day(value: Any) -> date | str | None:
    """A date, "forever" (长期), or None. Of a span, 2020.3.1—2025.2.28, the last day.

    Takes Excel dates, Excel serial numbers, 2025.3.1, 2025年3月1日, 20250301, 2025-03-01 00:00:00. Raises bad-date.
    """
    if isinstance(value, datetime):
        return _sane(value.date(), value)
    if isinstance(value, date):
        return _sane(value, value)
    line = text(value)
    if line is None:
        return None
    folded = fold(re.sub(r"[ T]\d{1,2}[:：]\d{2}.*$", "", line))  # the time of day
    if folded in FOREVER or any(folded.endswith(("至" + word, "-" + word)) for word in FOREVER):
        return "forever"
    if re.fullmatch(r"\d{5}(\.\d+)?", folded):  # days since 1899-12-30, a date that lost its format
        return _sane(date(1899, 12, 30) + timedelta(days=int(float(folded))), line)
    found = _DAY.findall(folded) or _COMPACT.findall(folded)
    if not found:
        raise CellError("bad-date", f"无法识别的日期“{line}”，应如 2025-03-01 或 长期")
    try:
        return _sane(date(*map(int, found[-1])), line)
    except ValueError as error:
        if isinstance(error, CellError):
            raise
        raise CellError("bad-date", f"没有“{line}”这一天") from None


def _sane(found: date, given: Any) -> date:
    if not 2000 <= found.year <= 2100:
        raise CellError("bad-date", f"日期“{given}”的年份不合理")
    return found


def yes_no(value: Any) -> bool | None:
    """True, False or None for an empty cell. Raises bad-value."""
    if isinstance(value, bool):
        return value
    folded = fold(value)
    if folded in YES:
        return True
    if folded in NO:
        return False
    if folded in NOTHING:
        return None
    raise CellError("bad-value", f"“{value}”应填 是 或 否")


def one_of(value: Any, words: Mapping[str, str]) -> str | None:
    """The key that the cell's word stands for in `words` {word: key}. Raises bad-value."""
    line = text(value)
    if line is None:
        return None
    key = words.get(fold(line))
    if key is None:
        known = {stands_for: word for word, stands_for in reversed(words.items())}  # one word for each key, the first
        raise CellError("bad-value", f"无法识别“{line}”，可填：{'、'.join(reversed(known.values()))}")
    return key


def many_of(value: Any, words: Mapping[str, str]) -> list[str] | None:
    """The keys of a cell that lists several words (、，；/ between them), in order and once each. Raises bad-value."""
    line = text(value)
    if line is None:
        return None
    parts = [part for part in re.split(r"[、,，;；/\s]+", line) if part]
    return list(dict.fromkeys(key for part in parts if (key := one_of(part, words))))
