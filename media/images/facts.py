"""What a photo tells of itself: its kind, its size as it is shown, and what EXIF (CIPA DC-008) says of when and where.

EXIF is hearsay: anyone can write anything there, and cheap phones write junk. What cannot be true is None, and nothing in
it makes a photo bad.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from media.images import formats, heic
from media.images.found import Found
from media.images.tiff import Tiff, Value

MAX_TEXT = 60
_MAKE, _MODEL, _ORIENTATION, _SOFTWARE, _EXIF, _GPS = 0x010F, 0x0110, 0x0112, 0x0131, 0x8769, 0x8825
_TAKEN, _ZONE = 0x9003, 0x9011
_LAT_REF, _LAT, _LON_REF, _LON, _TIME, _DATUM, _DATE = 1, 2, 3, 4, 7, 0x12, 0x1D
_SAME_AS_WGS84 = {"", "WGS84", "WGS1984", "CGCS2000"}  # the Chinese datum is within centimetres
_MOMENT = re.compile(r"(\d{4})[:\-/](\d\d)[:\-/](\d\d)[ T](\d\d):(\d\d):(\d\d)").match
_OFFSET = re.compile(r"[+-](0\d|1[0-4]):[0-5]\d").fullmatch


@dataclass(frozen=True, slots=True)
class Picture:
    """What check() finds.

    `mime` is one of formats.KINDS; `width` and `height` are pixels as shown, after orientation. `taken` is
    DateTimeOriginal as "YYYY-MM-DD HH:MM:SS" in the phone's wall time, `taken_zone` its OffsetTimeOriginal like "+08:00".
    `gps` is (longitude, latitude) in degrees, WGS-84 as EXIF says; a position in another named datum (GPSMapDatum) is
    None, because it would be hundreds of metres off. `gps_at` is the satellites' time, UTC, "YYYY-MM-DD HH:MM:SS". `make`, `model`
    and `software` have at most 60 characters. Each may be None.
    """

    mime: str
    width: int
    height: int
    taken: str | None = None
    taken_zone: str | None = None
    gps: tuple[float, float] | None = None
    gps_at: str | None = None
    make: str | None = None
    model: str | None = None
    software: str | None = None


def check(path: Path) -> Picture:
    """Whether the file is a whole photo of an accepted kind, by its content, without decoding it.

    Raises BadImage with a code of BAD, and OSError when the file cannot be read. A picture that passes may still turn out
    to be damaged inside its compressed data: derive() and fingerprint() find that, as BadImage("truncated").
    """
    found = formats.read(path)
    width, height = found.width, found.height
    if orientation(found) > 4:
        width, height = height, width
    return Picture(found.mime, width, height, **_told(found.exif))


def orientation(found: Found) -> int:
    """How the picture must be turned to be shown, 1 to 8 (EXIF 4.6.4 A). HEIC says it in the container: 1."""
    if found.mime == heic.MIME:
        return 1
    try:
        block = Tiff(found.exif)
    except ValueError:
        return 1
    told = block.directory(block.first, {_ORIENTATION}).get(_ORIENTATION)
    return told[0] if isinstance(told, tuple) and 1 <= told[0] <= 8 else 1


def _told(exif: bytes) -> dict[str, object]:
    try:
        block = Tiff(exif)
    except ValueError:
        return {}
    top = block.directory(block.first, {_MAKE, _MODEL, _SOFTWARE, _EXIF, _GPS})
    shot = block.directory(_pointer(top, _EXIF), {_TAKEN, _ZONE})
    place = block.directory(_pointer(top, _GPS), {_LAT_REF, _LAT, _LON_REF, _LON, _TIME, _DATUM, _DATE})
    zone = _text(shot.get(_ZONE)) or ""
    return {"taken": _moment(_text(shot.get(_TAKEN))), "taken_zone": zone if _OFFSET(zone) else None, "gps": _position(place),
            "gps_at": _gps_time(place), "make": _text(top.get(_MAKE)), "model": _text(top.get(_MODEL)),
            "software": _text(top.get(_SOFTWARE))}


def _pointer(directory: Mapping[int, Value], tag: int) -> int:
    value = directory.get(tag)
    return value[0] if isinstance(value, tuple) else 0


def _text(value: Value | None) -> str | None:
    """Text without control characters; Chinese phones write UTF-8 or GB 18030 where EXIF wants ASCII."""
    if not isinstance(value, bytes):
        return None
    raw = value.split(b"\0", 1)[0]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", "ignore")
    text = "".join(c for c in text if unicodedata.category(c)[0] != "C" or c.isspace())
    return " ".join(text.split())[:MAX_TEXT].rstrip() or None


def _moment(text: str | None) -> str | None:
    parts = _MOMENT(text or "")
    if parts is None:
        return None
    try:
        moment = datetime(*map(int, parts.groups()))
    except ValueError:
        return None
    return moment.isoformat(" ") if moment.year >= 1970 else None


def _fractions(value: Value | None) -> list[float] | None:
    """Three rationals, or None when one has no denominator."""
    if not isinstance(value, tuple) or len(value) != 6 or 0 in value[1::2]:
        return None
    return [over / under for over, under in zip(value[::2], value[1::2], strict=True)]


def _degrees(value: Value | None, ref: str | None, signs: dict[str, int], most: int) -> float | None:
    parts = _fractions(value)
    sign = signs.get((ref or "").upper())
    if parts is None or sign is None or not (0 <= parts[1] <= 60 and 0 <= parts[2] <= 60):
        return None
    degrees = parts[0] + parts[1] / 60 + parts[2] / 3600
    return round(sign * degrees, 7) + 0.0 if 0 <= degrees <= most else None


def _position(place: Mapping[int, Value]) -> tuple[float, float] | None:
    datum = re.sub(r"[^A-Z0-9]", "", (_text(place.get(_DATUM)) or "").upper())
    lon = _degrees(place.get(_LON), _text(place.get(_LON_REF)), {"E": 1, "W": -1}, 180)
    lat = _degrees(place.get(_LAT), _text(place.get(_LAT_REF)), {"N": 1, "S": -1}, 90)
    if lon is None or lat is None or (lon, lat) == (0, 0) or datum not in _SAME_AS_WGS84:
        return None
    return lon, lat


def _gps_time(place: Mapping[int, Value]) -> str | None:
    parts, date = _fractions(place.get(_TIME)), _text(place.get(_DATE))
    if parts is None or date is None or any(not 0 <= part < 61 for part in parts):
        return None
    hour, minute, second = (int(part) for part in parts)
    return _moment(f"{date} {hour:02}:{minute:02}:{second:02}")
