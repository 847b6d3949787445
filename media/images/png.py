"""The structure of a PNG (ISO/IEC 15948): chunks and the checksums of those that matter."""

from zlib import crc32

from media.images.bad import BadImage
from media.images.found import Found, measured
from media.images.trailer import judge

MIME = "image/png"
SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_TEXT = 1 << 20  # bytes of all chunks that hold no pixels
MAX_CHUNKS = 50_000
MAX_PROFILE = 64 << 10

_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}  # by colour type


def read(data: bytes) -> Found:
    """Walk a PNG from IHDR to IEND. Raises BadImage."""
    seen: set[bytes] = set()
    view = memoryview(data)
    exif, kept, other, chunks, at, size = b"", [view[:8]], 0, 0, len(SIGNATURE), (0, 0)
    while b"IEND" not in seen:
        kind, body, stop = _chunk(view, at)
        chunks += 1
        if chunks > MAX_CHUNKS:
            raise BadImage("too-costly", f"over {MAX_CHUNKS} chunks")
        if (kind == b"IHDR") != (chunks == 1):
            raise BadImage("truncated", "header not first or twice")
        if kind == b"IHDR":
            size = _header(bytes(body))
        elif kind == b"acTL":
            raise BadImage("too-costly", "animated")
        elif kind in (b"CgBI", b"fdAT"):
            raise BadImage("unsupported", repr(kind))
        elif kind == b"eXIf":
            exif = bytes(body[:MAX_PROFILE])
        if kind in (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS") or kind == b"iCCP" and len(body) <= MAX_PROFILE:
            kept.append(view[at:stop])
        elif (other := other + len(body)) > MAX_TEXT:
            raise BadImage("too-costly", f"over {MAX_TEXT} bytes without pixels")
        seen.add(kind)
        at = stop
    if b"IDAT" not in seen or data[25] == 3 and b"PLTE" not in seen:
        raise BadImage("truncated", "no pixels or no palette")
    judge(data, at, strict=True)
    return Found(MIME, *size, exif, tuple(kept))


def _chunk(data: memoryview, at: int) -> tuple[bytes, memoryview, int]:
    length, kind = int.from_bytes(data[at:at + 4], "big"), bytes(data[at + 4:at + 8])
    stop = at + 12 + length
    if len(kind) < 4 or stop > len(data):
        raise BadImage("truncated", f"chunk at {at}")
    body = data[at + 8:stop - 4]
    if not kind[0] & 0x20:  # critical
        if crc32(body, crc32(kind)) != int.from_bytes(data[stop - 4:stop], "big"):
            raise BadImage("truncated", f"checksum of the chunk at {at}")
        if kind not in (b"IHDR", b"PLTE", b"IDAT", b"IEND") and kind != b"CgBI":
            raise BadImage("truncated", f"unknown critical chunk {kind!r}")
    return kind, body, stop


def _header(body: bytes) -> tuple[int, int]:
    if len(body) != 13 or body[8] not in _DEPTHS.get(body[9], ()) or body[10] or body[11] or body[12] > 1:
        raise BadImage("truncated", "header")
    width, height = int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big")
    measured(MIME, width, height)
    return width, height
