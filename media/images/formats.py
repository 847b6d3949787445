"""What is accepted as a photo: decided by the first bytes, never by a name, and walked by the reader of its kind."""

from pathlib import Path

from media.images import heic, jpeg, png, webp
from media.images.bad import BadImage
from media.images.found import MAX_BYTES, Found

KINDS = {jpeg.MIME: jpeg.read, png.MIME: png.read, webp.MIME: webp.read, heic.MIME: heic.read}
OTHERS = (b"GIF8", b"BM", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"8BPS", b"\0\0\1\0", b"\xff\x0a", b"\xff\x4f\xff\x51",
          b"\0\0\0\x0cJXL ", b"\0\0\0\x0cjP  ", b"qoif", b"BPG\xfb", b"<svg")
_HEAD = 1_024


def read(path: Path) -> Found:
    """The structure of the file, nothing decoded. Raises BadImage, and OSError when the file cannot be read."""
    with path.open("rb") as file:
        mime = kind(file.read(_HEAD))
        file.seek(0)
        data = file.read(MAX_BYTES[mime] + 1)
    if len(data) > MAX_BYTES[mime]:
        raise BadImage("too-costly", f"over {MAX_BYTES[mime]} bytes")
    return KINDS[mime](data)


def kind(data: bytes) -> str:
    """The media type of an accepted kind, from the first bytes of a file. Raises BadImage: `unsupported` for other images, `not-an-image` for the rest."""
    if data.startswith(b"\xff\xd8\xff"):
        return jpeg.MIME
    if data.startswith(png.SIGNATURE):
        return png.MIME
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return webp.MIME
    if heic.is_heic(data):
        return heic.MIME
    if data.startswith(OTHERS) or heic.brands(data) & {b"avif", b"avis"} or b"<svg" in data.lower():
        raise BadImage("unsupported", repr(data[:16]))
    raise BadImage("not-an-image", repr(data[:16]))
