"""The structure of a JPEG (ITU-T T.81 annex B): walked marker by marker, so that a cut or a bomb shows without decoding."""

import re

from media.images.bad import BadImage
from media.images.found import Found, measured
from media.images.trailer import judge

MIME = "image/jpeg"
MAX_SCANS = 30  # a progressive JPEG of common encoders has 6 to 14
MAX_SEGMENTS = 2_000
MAX_HELD = 160 << 20  # bytes: with several scans all coefficients are kept, and two copies of the file
MAX_PROFILE = 64 << 10  # the ICC profile of a phone has some hundred bytes

_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]").search  # in entropy-coded data: neither stuffing, restart nor fill
_SOF_KNOWN, _SOF_OTHER = {0xC0, 0xC1, 0xC2}, {0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_SOS, _EOI, _APP0, _APP1, _APP2, _APP14, _APP15, _COM = 0xDA, 0xD9, 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE


def read(data: bytes) -> Found:
    """Walk a JPEG from SOI to EOI. Raises BadImage."""
    frame: bytes | None = None
    view = memoryview(data)
    exif, kept, profile, scans, coded, at, steps = b"", [view[:2]], 0, 0, 0, 2, 0
    while True:
        steps += 1
        marker, at = _marker(data, at)
        if marker == _EOI:
            break
        body = _segment(data, at)
        stop = at + 2 + len(body)
        if steps > MAX_SEGMENTS:
            raise BadImage("too-costly", f"over {MAX_SEGMENTS} segments")
        if marker in _SOF_OTHER:
            raise BadImage("unsupported", f"JPEG process {marker:#x}")
        if marker in _SOF_KNOWN:
            if frame is not None:
                raise BadImage("truncated", "two frames")
            frame = bytes([marker]) + body
            _measured(frame)
        elif marker == _SOS:
            scans += 1
            _scan(frame, body, scans, len(data))
            found = _MARKER(data, stop)
            if found is None:
                raise BadImage("truncated", "no end of image")
            coded += found.start() - stop
            stop = found.start()
        elif marker == _APP1 and not exif and body.startswith(b"Exif\0"):
            exif = body[6:]
        elif marker == _APP2 and body.startswith(b"ICC_PROFILE\0"):
            profile += len(body)
        if not (_APP0 < marker <= _APP15 or marker == _COM) or marker == _APP14 or (
                marker == _APP2 and body.startswith(b"ICC_PROFILE\0") and profile <= MAX_PROFILE):
            kept.append(view[at - 2:stop])
        at = stop
    if not scans or frame is None:
        raise BadImage("truncated", "no scan")
    _complete(frame, coded)
    judge(data, at, strict=False)
    kept.append(view[at - 2:at])
    height, width = _dimensions(frame)
    return Found(MIME, width, height, exif, tuple(kept))


def _marker(data: bytes, at: int) -> tuple[int, int]:
    start = at
    while data[at:at + 1] == b"\xff":
        at += 1
    if at == start or at >= len(data) or data[at] == 0 or data[at] == 0xD8:
        raise BadImage("truncated", f"no marker at {start}")
    return data[at], at + 1


def _segment(data: bytes, at: int) -> bytes:
    length = int.from_bytes(data[at:at + 2], "big")
    if length < 2 or at + length > len(data):
        raise BadImage("truncated", f"segment at {at}")
    return data[at + 2:at + length]


def _dimensions(frame: bytes) -> tuple[int, int]:
    return int.from_bytes(frame[2:4], "big"), int.from_bytes(frame[4:6], "big")


def _measured(frame: bytes) -> None:
    if len(frame) < 7 or len(frame) != 7 + 3 * frame[6]:
        raise BadImage("truncated", "frame header")
    if frame[1] != 8 or frame[6] not in (1, 3, 4):
        raise BadImage("unsupported", f"{frame[1]} bits, {frame[6]} components")
    height, width = _dimensions(frame)
    measured(MIME, width, height)


def _scan(frame: bytes | None, body: bytes, scans: int, size: int) -> None:
    if frame is None or not body:
        raise BadImage("truncated", "scan without a frame")
    if scans > MAX_SCANS:
        raise BadImage("too-costly", f"over {MAX_SCANS} scans")
    # libjpeg buffers the whole image exactly when the first scan lacks a component or the process is progressive.
    if scans == 1 and (frame[0] == 0xC2 or body[0] < frame[6]) and _coefficients(frame) + 2 * size > MAX_HELD:
        raise BadImage("too-many-pixels", "several scans")


def _complete(frame: bytes, coded: int) -> None:
    """Raise BadImage when the compressed data cannot suffice: a block costs two bits, one in a progressive image's first scan.

    libjpeg would paint the rest grey and say nothing. It also means that a few bytes cannot ask for a large decode.
    """
    blocks = _coefficients(frame) // 128
    if coded * 8 < blocks * (1 if frame[0] == 0xC2 else 2):
        raise BadImage("truncated", f"{coded} bytes for {blocks} blocks")


def _coefficients(frame: bytes) -> int:
    """Bytes of all coefficients, 16 bits each."""
    factors = [(byte >> 4, byte & 15) for byte in frame[8::3]]
    across, down = max(h for h, _ in factors), max(v for _, v in factors)
    if not all(1 <= h <= 4 and 1 <= v <= 4 for h, v in factors):
        raise BadImage("truncated", "sampling factors")
    height, width = _dimensions(frame)
    return 2 * width * height * sum(h * v for h, v in factors) // (across * down)
