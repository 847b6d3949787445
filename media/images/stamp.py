"""Who, where and when, drawn into the corner of a derived photo, so that a print or a screenshot still tells it."""

import threading
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

import manimgx_fonts_cjk
from PIL import Image, ImageDraw, ImageFont

FACE = Path(manimgx_fonts_cjk.__file__).with_name("NotoSansCJK-VF.otf.ttc")
SIMPLIFIED = 2  # the face "Noto Sans CJK SC" in the collection
WEIGHT = "Medium"
MISSING = "〓"  # what Chinese printers set for a character that they have no type for

_LEAST, _SHARE = 13, 0.028  # font size: pixels, and share of the longer side
_HEIGHT, _WIDTH = 0.4, 0.94  # share of the picture that the band may take
_ROWS_EACH = 2
_SMALL, _ROWS_SMALL = 480, 2  # a thumb of that many pixels has room for two rows
_DARKNESS = 0.62  # white on it is 6:1 even over a white sheet
_ELLIPSIS = "…"
_LOCK = threading.RLock()  # a FreeType face keeps its state while it draws; drawing takes about a millisecond


def stamp(image: Image.Image, lines: Sequence[str]) -> None:
    """Draw the lines into an RGB image, in place: white on a translucent dark band at the lower left.

    The size follows the image. A line that is too wide is wrapped once, or shortened with … where there is no room; an
    image of fewer than three rows' height or six characters' width stays as it is, and a thumb gets the first two lines.
    Characters that cannot be shown are left out (controls, emoji) or become 〓.
    """
    size = max(_LEAST, round(_SHARE * max(image.size)))
    pad, pitch = round(size * 0.55), round(size * 1.34)
    room = int(image.width * _WIDTH) - 2 * pad
    limit = int((image.height * _HEIGHT - pad) // pitch)
    if max(image.size) <= _SMALL:
        limit = min(limit, _ROWS_SMALL)
    wanted = [clean for line in lines if (clean := printable(line))]
    if not wanted or limit < 1 or room < 6 * size:
        return
    with _LOCK:
        face = font(size)
        rows = _rows(wanted, face, room, limit)
        width = min(image.width, round(max(face.getlength(row) for row in rows)) + 2 * pad)
        top = image.height - (pitch * len(rows) + pad)
        band = (0, top, width, image.height)
        dark = image.crop(band)
        image.paste(Image.blend(dark, Image.new("RGB", dark.size), _DARKNESS), band)
        draw = ImageDraw.Draw(image)
        for number, row in enumerate(rows):
            draw.text((pad, top + pad / 2 + pitch * (number + 0.5)), row, font=face, fill="white", anchor="lm")


@lru_cache(maxsize=32)
def font(size: int) -> ImageFont.FreeTypeFont:
    """The face at a size in pixels. The file is mapped, not read: a further size costs some kilobytes. Hold the lock to use it."""
    face = ImageFont.truetype(str(FACE), size, index=SIMPLIFIED, layout_engine=ImageFont.Layout.BASIC)
    face.set_variation_by_name(WEIGHT)
    return face


@cache
def _blank() -> bytes:
    return bytes(font(24).getmask("\uffff"))


@lru_cache(maxsize=20_000)
def has_glyph(character: str) -> bool:
    """Whether the face has the character: its mask is not that of .notdef."""
    with _LOCK:
        return bytes(font(24).getmask(character)) != _blank()


def printable(line: str) -> str:
    """One line of text that the face can show: no controls, no emoji, a blank for every run of blanks."""
    kept = []
    for character in unicodedata.normalize("NFC", line):
        category = unicodedata.category(character)
        if character.isspace():
            kept.append(" ")
        elif category[0] == "C" or category in ("Mn", "Me", "Sk"):
            continue
        elif has_glyph(character):
            kept.append(character)
        elif category[0] in "LN":
            kept.append(MISSING)
    return " ".join("".join(kept).split())


def _rows(lines: Sequence[str], face: ImageFont.FreeTypeFont, room: int, limit: int) -> list[str]:
    wrapped = [row for line in lines for row in _wrapped(line, face, room)]
    if len(wrapped) > limit:
        wrapped = [_shortened(line, face, room) for line in lines]
    return wrapped[:limit]


def _wrapped(line: str, face: ImageFont.FreeTypeFont, room: int) -> list[str]:
    rows = []
    while line and len(rows) < _ROWS_EACH - 1 and face.getlength(line) > room:
        count = _fits(line, face, room)
        rows.append(line[:count].rstrip())
        line = line[count:].lstrip()
    return [*rows, _shortened(line, face, room)] if line else rows


def _shortened(line: str, face: ImageFont.FreeTypeFont, room: int) -> str:
    if face.getlength(line) <= room:
        return line
    return line[:_fits(line, face, room - round(face.getlength(_ELLIPSIS)))].rstrip() + _ELLIPSIS


def _fits(line: str, face: ImageFont.FreeTypeFont, room: int) -> int:
    """How many characters fit: at least one. Latin words and numbers are not broken when they begin in the latter half."""
    count = max(1, next((n for n in range(1, len(line) + 1) if face.getlength(line[:n]) > room), len(line) + 1) - 1)
    start = count
    while start > count // 2 and start < len(line) and line[start - 1].isascii() and line[start].isascii() and (
            line[start - 1] != " "):
        start -= 1
    return start if start > count // 2 else count
