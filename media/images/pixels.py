"""The only door to decoded pixels: upright, small, RGB on white, whatever the file was.

JPEG is decoded at a reduced scale (draft); the other kinds are decoded whole, within the budgets of found.py, and reduced
strip by strip, so that no second full-sized copy is ever made.
"""

import io
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageCms

from media.images import formats, heic
from media.images.bad import BadImage
from media.images.facts import orientation
from media.images.found import Found
from media.images.jpeg import MIME as JPEG

LONGEST = 1_600  # beyond it, reducing would hold two copies at full size
Image.MAX_IMAGE_PIXELS = None  # the budgets of found.py are stricter, and raise no warnings

_PLUGINS = {JPEG: "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_STRIP = 256  # rows before reduction
_MAX_PROFILE = 64 << 10
_TURN = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
         5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90}


def upright(path: Path, longest: int, *, srgb: bool = True) -> Image.Image:
    """The picture as it is shown, RGB, its longer side `longest` pixels or its own if that is less. Never enlarged.

    Transparency is laid on white. With `srgb` an embedded profile (Display P3 of newer phones) is converted to sRGB.
    Raises BadImage: what check() refuses, and "truncated" for damage that only a decode finds. ValueError beyond LONGEST.
    """
    if not 0 < longest <= LONGEST:
        raise ValueError(f"longest must be from 1 to {LONGEST}, not {longest}")
    found = formats.read(path)
    turn = _TURN.get(orientation(found))
    try:
        small = _decoded(found, longest, srgb)
    except Exception as error:  # decoders raise whatever they like: OSError, SyntaxError, struct.error, MemoryError ...
        raise BadImage("truncated", f"{type(error).__name__}: {error}"[:200]) from None
    return small.transpose(turn) if turn is not None else small


def _decoded(found: Found, longest: int, srgb: bool) -> Image.Image:
    size = _fitted((found.width, found.height), longest)
    small, profile = (_heic if found.mime == heic.MIME else _plain)(found, size)
    return _in_srgb(small, profile) if srgb and profile else small


def _plain(found: Found, size: tuple[int, int]) -> tuple[Image.Image, bytes | None]:
    with Image.open(io.BytesIO(found.pixels()), formats=(_PLUGINS[found.mime],)) as image:
        if image.size != (found.width, found.height):
            raise ValueError(f"{image.size} where the header says {found.width}x{found.height}")
        image.draft(None, size)
        image.load()
        factor = _factor(image.size, size)
        if image.mode in ("RGB", "L") and "transparency" not in image.info:
            small = image.reduce(factor) if factor > 1 else image
            small = small if small.mode == "RGB" else small.convert("RGB")
        else:
            small = _by_strips(image.size, factor, lambda top, bottom: image.crop((0, top, image.width, bottom)))
        return small.resize(size, Image.Resampling.LANCZOS), image.info.get("icc_profile")


def _heic(found: Found, size: tuple[int, int]) -> tuple[Image.Image, bytes | None]:
    """Without Pillow's plugin, which would hold the picture twice: libheif's rows are cut into strips as they are."""
    image = heic.library().open_heif(found.pixels(), convert_hdr_to_8bit=True)
    data, mode, stride = memoryview(image.data), image.mode, image.stride
    if image.size != (found.width, found.height):
        raise ValueError("the decoded picture has another size than its header")

    def rows(top: int, bottom: int) -> Image.Image:
        return Image.frombytes(mode, (image.size[0], bottom - top), bytes(data[top * stride:bottom * stride]), "raw", mode, stride)

    small = _by_strips(image.size, _factor(image.size, size), rows)
    return small.resize(size, Image.Resampling.LANCZOS), image.info.get("icc_profile")


def _factor(decoded: tuple[int, int], wanted: tuple[int, int]) -> int:
    """By how much to average fields of pixels before the finer, dearer resize: it keeps half as many again as are wanted."""
    return max(1, 2 * max(decoded) // (3 * max(wanted)))


def _fitted(size: tuple[int, int], longest: int) -> tuple[int, int]:
    scale = min(1.0, longest / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _by_strips(size: tuple[int, int], factor: int, rows: Callable[[int, int], Image.Image]) -> Image.Image:
    """The picture on white, reduced by a whole factor; `rows` gives those from a top to a bottom."""
    width, height = size
    small = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    step = factor * max(1, _STRIP // factor)
    for top in range(0, height, step):
        strip = _on_white(rows(top, min(height, top + step)))
        small.paste(strip.reduce(factor) if factor > 1 else strip, (0, top // factor))
    return small


def _on_white(strip: Image.Image) -> Image.Image:
    if strip.mode.startswith("I"):  # 16-bit grey: converting it would clip
        return strip.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    if not strip.has_transparency_data:
        return strip.convert("RGB")
    strip = strip.convert("RGBA")
    white = Image.new("RGBA", strip.size, "white")
    white.alpha_composite(strip)
    return white.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Colours as they were meant. A profile that is large, of another colour space or broken is ignored."""
    if len(profile) > _MAX_PROFILE or profile[16:20] != b"RGB ":
        return image
    try:
        converted = ImageCms.profileToProfile(image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    return converted or image
