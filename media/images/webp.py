"""The structure of a WebP (RFC 9649): a RIFF container whose chunks must fill it."""

from media.images.bad import BadImage
from media.images.found import Found, measured
from media.images.trailer import judge

MIME = "image/webp"
MAX_OTHER = 2 << 20  # bytes of profiles and metadata
MAX_CHUNKS = 1_000
_ANIMATION = 0x02


def read(data: bytes) -> Found:
    """Walk a WebP. Raises BadImage."""
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data) or end < 20:
        raise BadImage("truncated", f"RIFF of {end} bytes in a file of {len(data)}")
    view = memoryview(data)
    exif, other, sizes, at, pixels, chunks = b"", 0, [], 12, False, 0
    while at < end:
        kind, body, at = _chunk(view, at, end)
        chunks += 1
        if kind in (b"ANIM", b"ANMF") or kind == b"VP8X" and body[:1] and body[0] & _ANIMATION:
            raise BadImage("too-costly", "animated")
        if kind in (b"VP8X", b"VP8 ", b"VP8L"):
            sizes.append(_SIZES[kind](bytes(body[:10])))
            measured(MIME, *sizes[-1])
            pixels |= kind != b"VP8X"
        elif kind != b"ALPH" and ((other := other + len(body)) > MAX_OTHER or chunks > MAX_CHUNKS):
            raise BadImage("too-costly", "metadata")
        if kind == b"EXIF":
            exif = bytes(body)
    if not pixels or len(set(sizes)) > 1:
        raise BadImage("truncated", "no pixels, or the canvas is not the picture")
    judge(data, end, strict=True)
    return Found(MIME, *sizes[0], exif, (view[:end],))


def _chunk(data: memoryview, at: int, end: int) -> tuple[bytes, memoryview, int]:
    length = int.from_bytes(data[at + 4:at + 8], "little")
    if at + 8 > end or at + 8 + length > end:
        raise BadImage("truncated", f"chunk at {at}")
    return bytes(data[at:at + 4]), data[at + 8:at + 8 + length], at + 8 + length + (length & 1)


def _lossy(body: bytes) -> tuple[int, int]:
    if len(body) < 10 or body[3:6] != b"\x9d\x01\x2a":  # RFC 6386, 9.1
        raise BadImage("truncated", "frame header")
    return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF


def _lossless(body: bytes) -> tuple[int, int]:
    if len(body) < 5 or body[0] != 0x2F:
        raise BadImage("truncated", "frame header")
    bits = int.from_bytes(body[1:5], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _canvas(body: bytes) -> tuple[int, int]:
    if len(body) < 10:
        raise BadImage("truncated", "canvas")
    return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1


_SIZES = {b"VP8 ": _lossy, b"VP8L": _lossless, b"VP8X": _canvas}
