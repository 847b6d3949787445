"""Photos that the demo's phones take: small JPEGs of drawn scenes with the EXIF of a camera, the same for the same seed.

Everything else leaves pixels to media.images, which only ever reads photos. The demo is a stand-in for a camera, and so
draws with Pillow itself.
"""

import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from io import BytesIO
from random import Random
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from inspect_api.demo.scenes import HEIGHT, SCENES, WIDTH, Colour
from media.images.stamp import FACE, SIMPLIFIED, WEIGHT

MAKE = "示例手机"
QUALITY = 50
_ROOMS: Mapping[str, str] = {  # the scene of a question, by the section that it belongs to
    "additive": "shelves", "agri_input": "shelves", "canteen": "kitchen", "catering": "kitchen", "cold_chain": "cold", "cold_store": "cold",
    "farm": "field", "grain": "workshop", "institution": "kitchen", "kitchen": "kitchen", "maternal": "shelves", "market": "counter",
    "meal_supply": "kitchen", "milk": "workshop", "online": "counter", "producer": "workshop", "retail": "shelves",
    "rural_banquet": "kitchen", "rural_shop": "shelves", "slaughter": "workshop", "special_food": "shelves",
    "special_producer": "workshop", "three_small": "counter", "transport": "cold", "waste": "kitchen",
}
_NAMED: Mapping[str, str] = {
    "common.front-photo": "front", "kitchen.platform-photo": "screen", "online.page-photo": "screen", "signature": "signature"}
_LIGHT = 0.14  # how much the light of a place weighs in its photo
_SHEET = 3  # times as wide and high as a photo
_LOCK = threading.Lock()  # a FreeType face keeps its state while it draws


def scene_of(item: Mapping[str, Any], dice: Random) -> str:
    """Which scene an item of a checklist is photographed as: a key of SCENES."""
    link = item["link_id"]
    if link in _NAMED:
        return _NAMED[link]
    if item["kind"] in ("photo", "certificate"):
        return "paper"
    return _ROOMS.get(link.split(".")[0]) or dice.choice(("counter", "paper"))


def photo(dice: Random, scene: str, title: str, site: str, taken: datetime | None, point: tuple[float, float] | None) -> bytes:
    """A JPEG of 640x480 that says 示例照片, what it shows and where.

    `scene` is a key of SCENES; `title` the short title of an item; `site` the name of the premises; `taken`, with its zone, and
    `point`, degrees in WGS-84, go into the EXIF (CIPA DC-008): each is left out when None.
    """
    image = Image.new("RGB", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(image)

    def write(middle: tuple[float, float], text: str, room: int, colour: Colour) -> None:
        _text(draw, middle, text, max(12, min(40, room // max(len(text), 1))), colour, middle=True)

    SCENES[scene](draw, dice, write, site)
    image = Image.blend(image, _light(dice), _LIGHT)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH, 54), fill=(20, 22, 26))
    for row, words in enumerate((f"示例照片 · {title}", site)):
        _text(draw, (10, 15 + row * 25), words, 19, (255, 255, 255), middle=False)
    made = BytesIO()
    image.save(made, "JPEG", quality=QUALITY, exif=_exif(taken, point))
    return made.getvalue()


@cache
def _face(size: int) -> ImageFont.FreeTypeFont:
    face = ImageFont.truetype(str(FACE), size, index=SIMPLIFIED, layout_engine=ImageFont.Layout.BASIC)
    face.set_variation_by_name(WEIGHT)
    return face


@lru_cache(maxsize=512)
def _words(text: str, size: int) -> Image.Image:
    """A mask of one line of text. Names and titles come again and again, and type is what costs the most of a photo."""
    with _LOCK:
        face = _face(size)
        mask = Image.new("L", (round(face.getlength(text)) + 2, round(size * 1.4)))
        ImageDraw.Draw(mask).text((0, mask.height / 2), text, font=face, fill=255, anchor="lm")
    return mask


def _text(draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, colour: Colour, *, middle: bool) -> None:
    mask = _words(text, size)
    draw.bitmap((round(at[0] - mask.width / 2 * middle), round(at[1] - mask.height / 2)), mask, fill=colour)


def _light(dice: Random) -> Image.Image:
    """A part of the sheet of light: what makes two pictures of the same arrangement differ."""
    x, y = dice.randrange(WIDTH * (_SHEET - 1)), dice.randrange(HEIGHT * (_SHEET - 1))
    return _sheet().crop((x, y, x + WIDTH, y + HEIGHT))


@cache
def _sheet() -> Image.Image:
    """Uneven light with the noise of a small sensor, drawn once for all photos."""
    dice = Random(0)
    size = (WIDTH * _SHEET, HEIGHT * _SHEET)
    light = Image.frombytes("L", (8 * _SHEET, 6 * _SHEET), dice.randbytes(48 * _SHEET ** 2)).resize(size, Image.Resampling.BICUBIC)
    noise = Image.frombytes("L", (WIDTH, HEIGHT), dice.randbytes(WIDTH * HEIGHT)).resize(size, Image.Resampling.NEAREST)
    return Image.merge("RGB", (Image.blend(light, noise, 0.1),) * 3)


def _exif(taken: datetime | None, point: tuple[float, float] | None) -> bytes:
    block = Image.Exif()
    block[0x010F] = block[0x0110] = MAKE.encode()  # EXIF wants ASCII; Chinese phones write this
    if taken:
        shot = block.get_ifd(0x8769)
        zone = taken.isoformat()[-6:]
        shot.update({0x9003: taken.strftime("%Y:%m:%d %H:%M:%S"), 0x9011: zone})
    if point:
        lon, lat = point
        block.get_ifd(0x8825).update({1: "N" if lat >= 0 else "S", 2: _sexagesimal(lat), 3: "E" if lon >= 0 else "W", 4: _sexagesimal(lon)})
    return block.tobytes()


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    whole, rest = divmod(abs(degrees) * 3600, 3600)
    return whole, rest // 60, round(rest % 60, 3)
