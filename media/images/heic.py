"""The structure of a HEIC/HEIF still (ISO/IEC 23008-12): boxes up to the end of the file, budget first, then libheif."""

import re
from functools import cache
from types import ModuleType

from media.images.bad import BadImage
from media.images.found import MAX_PIXELS, Found, measured
from media.images.trailer import judge

MIME = "image/heic"
MAX_META = 2 << 20
MAX_BOXES = 200
_STILL = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"mif2", b"MiHE", b"MiHB", b"MiHA"}
_MOVING = {b"hevc", b"hevx", b"hevm", b"hevs", b"msf1"}
_BOXES = {b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip", b"uuid", b"idat", b"wide", b"mpvd", b"sefd"}  # the last two: Samsung
_EXTENT = re.compile(rb"ispe\0\0\0\0(.{8})", re.DOTALL).findall
_DECODER = re.compile(rb"hvcC(.{19})", re.DOTALL).findall
_ALPHA = (b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1")  # not the gain map of every iPhone photo


@cache
def library() -> ModuleType:
    """pillow_heif, imported by the first HEIC. Its Pillow plugins, AVIF's among them, are never registered."""
    import pillow_heif

    pillow_heif.options.THUMBNAILS = pillow_heif.options.DEPTH_IMAGES = pillow_heif.options.AUX_IMAGES = False
    pillow_heif.options.DECODE_THREADS = 1  # a server decodes several pictures at once anyway
    return pillow_heif


def brands(data: bytes) -> set[bytes]:
    """The brands of an ISO media file (ISO/IEC 14496-12, 4.3), or an empty set when it does not begin with `ftyp`."""
    if data[4:8] != b"ftyp":
        return set()
    length = min(int.from_bytes(data[:4], "big"), 512)
    return {data[8:12], *(data[at:at + 4] for at in range(16, length - 3, 4))}


def is_heic(data: bytes) -> bool:
    """Whether the file says that it is a HEVC still or sequence, and not AVIF or a film."""
    named = brands(data)
    return data[8:12] in _STILL | _MOVING and not named & {b"avif", b"avis"}


def read(data: bytes) -> Found:
    """Walk the boxes, hold the largest extent that any item names against the budget, then ask libheif. Raises BadImage."""
    if data[8:12] in _MOVING:
        raise BadImage("too-costly", "image sequence")
    meta, end = _walk(data)
    if len(meta) > MAX_META:
        raise BadImage("too-costly", f"meta of {len(meta)} bytes")
    extents = [(int.from_bytes(one[:4], "big"), int.from_bytes(one[4:], "big")) for one in _EXTENT(meta)]
    if not extents:
        raise BadImage("truncated", "no extent")
    costly = any(one[16] & 3 > 1 or one[17] & 7 for one in _DECODER(meta)) or any(urn in meta for urn in _ALPHA)
    most = MAX_PIXELS[MIME] // 2 if costly else MAX_PIXELS[MIME]  # 4:2:2 and 4:4:4, over 8 bits, alpha
    for width, height in extents:
        measured(MIME, width, height, most)
    judge(data, end, strict=True)
    return _opened(data[:end], most)


def _walk(data: bytes) -> tuple[bytes, int]:
    """The first meta box and where the boxes of a photo end."""
    meta, at, seen = b"", 0, []
    while at < len(data):
        length, kind, head = int.from_bytes(data[at:at + 4], "big"), data[at + 4:at + 8], 8
        if meta and kind not in _BOXES:
            break  # for judge() to say
        if length == 1:
            length, head = int.from_bytes(data[at + 8:at + 16], "big"), 16
        elif length == 0:
            length = len(data) - at
        if length < head or at + length > len(data):
            raise BadImage("truncated", f"box at {at}")
        if kind == b"meta" and not meta:
            meta = data[at + head:at + length]
        if len(seen) == MAX_BOXES:
            raise BadImage("too-costly", f"over {MAX_BOXES} boxes")
        seen.append(kind)
        at += length
    if not meta or b"mdat" not in seen and b"idat" not in meta:
        raise BadImage("truncated", "no meta or no pixels")
    return meta, at


def _opened(data: bytes, most: int) -> Found:
    try:
        image = library().open_heif(data, convert_hdr_to_8bit=True)
        (width, height), exif = image.size, image.info.get("exif") or b""
    except Exception as error:  # whatever libheif says of it
        raise BadImage("truncated", str(error)[:200]) from None
    measured(MIME, width, height, most)
    return Found(MIME, width, height, exif, (memoryview(data),))
