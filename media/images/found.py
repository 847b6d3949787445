"""What a walk over a file's structure finds, the budgets that every kind must keep, and nothing decoded yet.

The budgets keep a check, a fingerprint or a derived picture under 200 MB of memory and 5 seconds of a slow core. Measured
bytes per pixel while decoding: WebP 16 (the decoder keeps two canvases, Pillow two copies), HEIC 6, PNG 4, baseline
JPEG next to none, since it is decoded at an eighth of its size; but a JPEG of several scans keeps every coefficient
(jpeg.py). On top of it come two copies of the file.
"""

from dataclasses import dataclass

from media.images.bad import BadImage

MAX_BYTES = {"image/jpeg": 64 << 20, "image/png": 32 << 20, "image/webp": 12 << 20, "image/heic": 16 << 20}
MAX_PIXELS = {"image/jpeg": 110_000_000, "image/png": 24_000_000, "image/webp": 9_000_000, "image/heic": 25_000_000}
MAX_SIDE = 30_000
MAX_ASPECT = 50


@dataclass(frozen=True, slots=True)
class Found:
    """An image as its container tells of it.

    `width` and `height` are in pixels before orientation (for HEIC after it: the container itself turns the picture).
    `exif` is a TIFF block or empty. `parts` are the stretches of the file that a decoder may see: for JPEG and PNG without
    comments, EXIF, XMP and trailers, because Pillow parses EXIF and the index of a multi-picture file on opening.
    """

    mime: str
    width: int
    height: int
    exif: bytes
    parts: tuple[memoryview, ...]

    def pixels(self) -> bytes:
        """The parts as one file."""
        return b"".join(self.parts)


def measured(mime: str, width: int, height: int, most: int | None = None) -> None:
    """Raise BadImage unless the dimensions are sensible and within the budget (`most` pixels, else that of the kind)."""
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE) or max(width, height) > MAX_ASPECT * min(width, height):
        raise BadImage("absurd-dimensions", f"{width}x{height}")
    if width * height > (most or MAX_PIXELS[mime]):
        raise BadImage("too-many-pixels", f"{width}x{height}")
