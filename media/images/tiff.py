"""A small reader of the TIFF block that EXIF is (TIFF 6.0, section 2): only the few tags that are asked for.

Pillow's reader keeps every entry, warns of every one that is wrong (a 64 KB block can hold 5,000, all pointing at the same
bytes) and raises many kinds of errors. This one touches nothing but what is wanted and never reads a value over MAX_VALUE.
"""

import struct
from collections.abc import Collection, Mapping

MAX_VALUE = 256  # bytes
MAX_ENTRIES = 1_000
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8, 129: 1}
_BYTES = {1, 2, 7, 129}  # byte, ASCII, undefined, UTF-8 (EXIF 3.0)
_FORMATS = {3: "H", 4: "I", 5: "II", 9: "i", 10: "ii"}

Value = bytes | tuple[int, ...]


class Tiff:
    """A TIFF block. Raises ValueError when it is none; what is broken further in is as if it were not there."""

    def __init__(self, block: bytes):
        if block.startswith(b"Exif\0"):
            block = block[6:]
        if block[:4] not in (b"II*\0", b"MM\0*"):
            raise ValueError("not a TIFF block")
        self._block, self._order = block, "<" if block[:1] == b"I" else ">"
        self.first = self._number(4, 4)

    def directory(self, at: int, wanted: Collection[int]) -> Mapping[int, Value]:
        """The `wanted` tags of the directory at an offset: bytes, or integers (two of each for a rational)."""
        found: dict[int, Value] = {}
        if not 8 <= at <= len(self._block) - 2:
            return found
        for number in range(min(self._number(at, 2), MAX_ENTRIES)):
            entry = at + 2 + 12 * number
            if entry + 12 > len(self._block):
                break
            tag = self._number(entry, 2)
            if tag in wanted and tag not in found and (value := self._value(entry)) is not None:
                found[tag] = value
        return found

    def _number(self, at: int, size: int) -> int:
        return int.from_bytes(self._block[at:at + size], "little" if self._order == "<" else "big")

    def _value(self, entry: int) -> Value | None:
        kind, count = self._number(entry + 2, 2), self._number(entry + 4, 4)
        size = _SIZES.get(kind, 0) * count
        if not 0 < size <= MAX_VALUE:
            return None
        at = entry + 8 if size <= 4 else self._number(entry + 8, 4)
        raw = self._block[at:at + size]
        if len(raw) < size:
            return None
        return raw if kind in _BYTES else struct.unpack(f"{self._order}{_FORMATS[kind] * count}", raw)
