"""The same site twice: in one file, and in a file that is imported again next month."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from sync.ledger.columns import TITLES
from sync.ledger.errors import RowError


def _plain(value: Any) -> str:
    """A name or an address without spaces, punctuation, width and case."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", str(value or ""))).lower()


def _name_address(fields: Mapping[str, Any]) -> str | None:
    name, address = _plain(fields.get("name")), _plain(fields.get("address"))
    return f"{name}|{address}" if name and address else None


def natural_key(fields: Mapping[str, Any]) -> str:
    """What a repeated import recognises the site by, at most 120 characters.

    The credit code with the site type (and the premises, where one business has several); without one the licence
    number, the registration number, else the name with the address, or without one the grid or village. Independent of width, case, spaces, punctuation.
    """
    kind = fields.get("type") or ""
    if fields.get("uscc"):
        premises = _plain(fields.get("premises"))
        return f"uscc:{fields['uscc']}:{kind}" + (f":{premises}" if premises else "")
    if fields.get("licence_number"):
        return f"licence:{fields['licence_number']}"
    if fields.get("registration_number"):
        return f"registration:{fields['registration_number']}"
    # Without an address the grid or village tells two shops of one name apart.
    where = fields.get("address") or fields.get("grid") or fields.get("village") or fields.get("town")
    named = f"{kind}|{_plain(fields.get('name'))}|{_plain(where)}"
    return f"name:{hashlib.sha256(named.encode()).hexdigest()}"


class Duplicates:
    """The rows of one file seen so far. One object a file; memory grows with the rows."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], int] = {}

    def check(self, row: int, fields: Mapping[str, Any]) -> list[RowError]:
        """What this row repeats of earlier ones, each with both row numbers; then it is remembered."""
        found = []
        for code, column, value, message in self._marks(fields):
            first = self._seen.setdefault((code, value), row)
            if first != row:
                found.append(RowError(row, TITLES[column], code, f"与第 {first} 行重复：{message}", first))
        return found

    @staticmethod
    def _marks(fields: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
        """(code, column key, value compared, what to say) of all that must not repeat."""
        marks = []
        if fields.get("uscc") and fields.get("type"):
            marks.append(("duplicate-uscc", "uscc", natural_key(fields),
                          f"信用代码 {fields['uscc']} 与主体类型都相同；确是同一主体的不同场所时，请增加“场所序号”列加以区分"))
        if fields.get("licence_number"):
            marks.append(("duplicate-licence", "licence_number", fields["licence_number"], f"许可证编号 {fields['licence_number']} 相同"))
        if (both := _name_address(fields)) is not None:
            value = f"{both}|{fields.get('type')}|{_plain(fields.get('premises'))}"
            marks.append(("duplicate-name-address", "name", value, f"名称“{fields['name']}”与地址都相同"))
        elif not marks and fields.get("name"):
            column = "registration_number" if fields.get("registration_number") else "name"
            marks.append(("duplicate-site", column, natural_key(fields), "按登记证编号，或按名称和所在村、网格，是同一主体"))
        return marks
