"""Real picture files for tests: drawn scenes by seed, in every kind, with EXIF; and one file for every reason to refuse."""

import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pillow_heif
from PIL import Image, ImageDraw

pillow_heif.register_heif_opener()  # to write them

KINDS = ("jpeg", "png", "webp", "heic")
CORNER = (255, 0, 255)
TAKEN, GPS = "2026-03-05 09:41:07", (108.9402, 34.3416)


def scene(seed: int, size: tuple[int, int] = (320, 240), grain: int = 24) -> Image.Image:
    """A drawn scene: sky, ground, some twenty shapes and film grain (0 to 255), the same for the same seed."""
    dice = random.Random(seed)
    width, height = 160, 120

    def colour() -> tuple[int, ...]:
        return tuple(dice.randrange(256) for _ in "rgb")

    image = Image.new("RGB", (width, height), colour())
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, dice.randrange(30, 90), width, height), fill=colour())
    for _ in range(22):
        x, y, w, h = dice.randrange(-20, width), dice.randrange(-20, height), dice.randrange(8, 60), dice.randrange(8, 60)
        dice.choice((draw.rectangle, draw.ellipse))((x, y, x + w, y + h), fill=colour(), outline=colour())
    image = image.resize(size, Image.Resampling.BICUBIC)
    if not grain:
        return image
    side = 256
    noise = Image.frombytes("L", (side, side), dice.randbytes(side * side)).point(lambda value: value * grain // 255)
    sheet = Image.new("L", size)
    for x in range(0, size[0], side):
        for y in range(0, size[1], side):
            sheet.paste(noise, (x, y))
    return Image.blend(image, Image.merge("RGB", (sheet,) * 3), 0.2)


def exif(taken: str | None = TAKEN, zone: str | None = "+08:00", gps: tuple[float, float] | None = GPS, orientation: int | None = None,
         make: str | None = "HUAWEI", model: str | None = "ELS-AN00", software: str | None = "ELS-AN00 11.0", datum: str | None = "WGS-84",
         gps_at: str | None = "2026-03-05 01:41:06") -> bytes:
    """A TIFF block as a phone writes it, with its `Exif` prefix. None leaves a tag out."""
    block = Image.Exif()
    for tag, value in ((0x10F, make), (0x110, model), (0x112, orientation), (0x131, software)):
        if value is not None:
            block[tag] = value
    shot, place = block.get_ifd(0x8769), block.get_ifd(0x8825)
    if taken:
        shot[0x9003] = taken.replace("-", ":")
    if zone:
        shot[0x9011] = zone
    if gps:
        place.update({1: "N" if gps[1] >= 0 else "S", 2: _sexagesimal(gps[1]), 3: "E" if gps[0] >= 0 else "W", 4: _sexagesimal(gps[0])})
        if datum:
            place[0x12] = datum
    if gps_at:
        date, clock = gps_at.split()
        place.update({7: tuple(float(part) for part in clock.split(":")), 0x1D: date.replace("-", ":")})
    return block.tobytes()


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    whole, rest = divmod(abs(degrees) * 3600, 3600)
    return whole, rest // 60, round(rest % 60, 4)


def picture(path: Path, kind: str = "jpeg", seed: int = 1, size: tuple[int, int] = (320, 240), told: bytes | None = None,
            image: Image.Image | None = None, **options: object) -> Path:
    """Write a scene (or `image`) as a file of a kind, with `told` as its EXIF (exif() unless given; b"" for none)."""
    told = exif() if told is None else told
    if told:
        options["exif"] = told
    defaults = {"jpeg": {"quality": 85}, "png": {"compress_level": 1}, "webp": {"quality": 80, "method": 0}, "heic": {"quality": 50}}[kind]
    (image or scene(seed, size)).save(path, "HEIF" if kind == "heic" else kind.upper(), **{**defaults, **options})
    return path


def phone_jpeg(path: Path, seed: int = 1) -> Path:
    """1600x1200 and about 300 KB: what the app sends."""
    return picture(path, image=scene(seed, (1600, 1200), grain=90), quality=80)


def marked(size: tuple[int, int] = (320, 240)) -> Image.Image:
    """White with one coloured corner, the upper left as it is stored."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 4, size[1] // 4), fill=CORNER)
    return image


def encoded(kind: str, image: Image.Image | None = None, **options: object) -> bytes:
    """The bytes of a picture with a format of Pillow's own name (GIF, BMP, JPEG, ...)."""
    made = BytesIO()
    (image or scene(1)).save(made, kind, **options)
    return made.getvalue()


def archive() -> bytes:
    """A ZIP with one page in it."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as held:
        held.writestr("index.html", "<b>你好</b>")
    return made.getvalue()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """One chunk with its checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, pixels: bytes, *others: bytes, depth: int = 8, colour: int = 2) -> bytes:
    """A PNG of given header, compressed `pixels` and further chunks before them."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + b"".join(others) + png_chunk(b"IDAT", pixels) + png_chunk(b"IEND", b"")


def exif_bomb() -> bytes:
    """An APP1 segment of 64 KB whose 4,000 entries each claim the same 15 KB: 60 MB for a reader that kept them all."""
    count, held = 4_000, 15_000
    entries = b"".join(struct.pack("<HHII", 0xA500 + number, 7, held, 8) for number in range(count))
    block = b"Exif\0\0II*\0" + struct.pack("<I", held + 8) + bytes(held) + struct.pack("<H", count) + entries + bytes(4)
    return b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block


def resized_header(jpeg: bytes, width: int, height: int) -> bytes:
    """A JPEG that claims other dimensions than it has."""
    at = max(jpeg.find(b"\xff\xc0\x00\x11\x08"), jpeg.find(b"\xff\xc2\x00\x11\x08"))
    return jpeg[:at + 5] + struct.pack(">HH", height, width) + jpeg[at + 9:]


def many_scans(jpeg: bytes, count: int) -> bytes:
    """A progressive JPEG with its last scan repeated."""
    start = jpeg.rfind(b"\xff\xda")
    return jpeg[:start] + jpeg[start:-2] * count + b"\xff\xd9"


def webp_bomb(width: int = 16_383, height: int = 16_383) -> bytes:
    """Some bytes of lossless WebP that claim a quarter of a billion pixels."""
    body = b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14) + bytes(64)
    return b"RIFF" + struct.pack("<I", 12 + len(body) + len(body) % 2) + b"WEBPVP8L" + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def heic_extent(data: bytes, width: int, height: int) -> bytes:
    """A HEIC whose items all claim an extent."""
    parts = data.split(b"ispe\0\0\0\0")
    return parts[0] + b"".join(b"ispe\0\0\0\0" + struct.pack(">II", width, height) + part[8:] for part in parts[1:])


def heic_bytes(image: Image.Image | None = None, **options: object) -> bytes:
    """The bytes of a HEIC."""
    return encoded("HEIF", image, quality=50, **options)


def _frames(kind: str) -> bytes:
    return encoded(kind, scene(1), save_all=True, append_images=[scene(2)], duration=100)


REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "text": ("not-an-image", lambda: "这不是照片，只是改了名字的文本。".encode()),
    "nothing": ("not-an-image", lambda: b""),
    "mp4": ("not-an-image", lambda: b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(400)),
    "program": ("not-an-image", lambda: b"MZ" + bytes(400)),
    "gif": ("unsupported", lambda: encoded("GIF")),
    "bmp": ("unsupported", lambda: encoded("BMP")),
    "tiff": ("unsupported", lambda: encoded("TIFF")),
    "avif": ("unsupported", lambda: encoded("AVIF", speed=10)),
    "svg": ("unsupported", lambda: b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    "cut jpeg": ("truncated", lambda: encoded("JPEG")[:-2]),
    "jpeg without a scan": ("truncated", lambda: b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xd9"),
    "png with a wrong checksum": ("truncated", lambda: encoded("PNG").replace(b"IDAT", b"IDAT\1", 1)),
    "cut webp": ("truncated", lambda: encoded("WEBP")[:-9]),
    "cut heic": ("truncated", lambda: heic_bytes()[:-9]),
    "jpeg and zip": ("trailing-data", lambda: encoded("JPEG") + archive()),
    "jpeg, zeros and zip": ("trailing-data", lambda: encoded("JPEG") + bytes(4096) + archive()),
    "jpeg and page": ("trailing-data", lambda: encoded("JPEG") + "<!DOCTYPE html><p>你好".encode()),
    "jpeg and script": ("trailing-data", lambda: encoded("JPEG") + b"\n<?php echo 1;"),
    "jpeg and pdf": ("trailing-data", lambda: encoded("JPEG") + b"\n%PDF-1.7\n"),
    "jpeg and program": ("trailing-data", lambda: encoded("JPEG") + b"\x7fELF\2\1\1" + bytes(90)),
    "jpeg, clip and script": ("trailing-data", lambda: encoded("JPEG") + motion_clip() + b"<script>alert(1)</script>"),
    "jpeg and two megabytes of noise": ("trailing-data", lambda: encoded("JPEG") + random.Random(7).randbytes(2 << 20)),
    "pdf in a comment": ("trailing-data", lambda: encoded("JPEG", comment=b"%PDF-1.4")),
    "png and zip": ("trailing-data", lambda: encoded("PNG") + archive()),
    "png and noise": ("trailing-data", lambda: encoded("PNG") + b"noise"),
    "webp and zip": ("trailing-data", lambda: encoded("WEBP") + archive()),
    "heic and zip": ("trailing-data", lambda: heic_bytes() + archive()),
    "heic and noise": ("trailing-data", lambda: heic_bytes() + b"noise, noise"),
    "png bomb": ("too-many-pixels", lambda: png(30_000, 30_000, zlib.compress(bytes(4 << 20), 9), depth=1, colour=0)),
    "webp bomb": ("too-many-pixels", webp_bomb),
    "heic bomb": ("too-many-pixels", lambda: heic_extent(heic_bytes(), 20_000, 20_000)),
    "jpeg bomb": ("too-many-pixels", lambda: resized_header(encoded("JPEG"), 29_000, 29_000)),
    "progressive bomb": ("too-many-pixels", lambda: resized_header(encoded("JPEG", progressive=True), 10_000, 9_000)),
    "no height": ("absurd-dimensions", lambda: resized_header(encoded("JPEG"), 320, 0)),
    "a ribbon": ("absurd-dimensions", lambda: encoded("PNG", Image.new("RGB", (1200, 20)))),
    "a side of 60,000": ("absurd-dimensions", lambda: resized_header(encoded("JPEG"), 60_000, 1_500)),
    "moving webp": ("too-costly", lambda: _frames("WEBP")),
    "moving png": ("too-costly", lambda: _frames("PNG")),
    "a hundred scans": ("too-costly", lambda: many_scans(encoded("JPEG", progressive=True), 100)),
    "a png of text": ("too-costly", lambda: png(1, 1, zlib.compress(bytes(4)), png_chunk(b"tEXt", b"a\0" + bytes(2 << 20)))),
    "ten thousand comments": ("too-costly", lambda: b"\xff\xd8" + b"\xff\xfe\0\x02" * 10_000 + encoded("JPEG")[2:]),
}
"""Name of a file to refuse: the code that it must be refused with, and its bytes."""


def motion_clip() -> bytes:
    """The ISO media file that a motion photo carries after its JPEG."""
    return b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + b"\0\x20\0\x08mdat" + random.Random(3).randbytes(0x200000)


TRAILERS: dict[str, Callable[[], bytes]] = {
    "zeros": lambda: bytes(3000),
    "a gain map": lambda: encoded("JPEG", scene(2, (80, 60))),
    "a motion clip": motion_clip,
    "samsung": lambda: b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1742" + b"SEFH" + struct.pack("<II", 107, 1) + bytes(12)
    + struct.pack("<I", 24) + b"SEFT",
    "samsung with a clip": lambda: b"\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data" + motion_clip() + b"SEFH" + struct.pack("<II", 107, 1)
    + bytes(12) + struct.pack("<I", 24) + b"SEFT",
    "vivo": lambda: b'vivo{"version":"1.0"}\0' + bytes(20) + b"\xff\xff\xff\xff\x1b*9HWfu\x84\x93\xa2\xb1",
    "oneplus": lambda: b'[{"name":"watermark.device","length":4,"offset":4}]\0jxrs' + struct.pack("<I", 60),
    "huawei": lambda: motion_clip() + b"LIVE_2097184" + b" " * 8,
    "the notes of a maker unknown to us": lambda: random.Random(5).randbytes(40_000),
}
"""What phones append to a JPEG, by maker: all of it must pass."""
