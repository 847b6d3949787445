"""What may follow the end of an image: what phones append, and never what another program would open or run.

Genuine photos do carry bytes after their end: Samsung's directory (SEFH ... SEFT), the clip of a motion photo (an ISO media
file), the further JPEGs of the Multi-Picture Format (CIPA DC-007) and of gain and depth maps, the notes of vivo
(`vivo{"..."}`), OPPO and OnePlus (`jxrs`), Huawei (`LIVE_`), and zeros up to a block. Every maker has its own and invents
more, so a list of what is known would one day refuse an honest photo that cannot be taken again. Hence: signatures of
archives, documents, pages, scripts and programs are refused wherever a reader would look for them; known trailers pass
at any length; unknown bytes pass up to MAX_UNKNOWN. Only JPEG has trailers; the other kinds end in zeros at most, or in
Samsung's directory.
"""

import re

from media.images.bad import BadImage

MAX_UNKNOWN = 1 << 20
_ANYWHERE = (b"%pdf-", b"<html", b"<script", b"<!doctype", b"<iframe", b"<svg", b"<?php", b"rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c",
             b"this program cannot be run", b"#!/bin/", b"#!/usr/")  # in lower case; long enough never to occur by chance
_AT_START = (b"PK\x03\x04", b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00", b"dex\n",
             b"%!PS", b"GIF8", b"<?", b"@echo", b"{\\rtf", b"\xd0\xcf\x11\xe0")
_ELF = re.compile(rb"\x7fELF[\x01\x02][\x01\x02]\x01").search
# APPNOTE.TXT 4.3.16: disks 0 and 0, as many entries here as in all; the record and its longest comment.
_ZIP_END, _ZIP_TAIL = re.compile(rb"PK\x05\x06\0\0\0\0(..)\1", re.DOTALL).search, 22 + 65_535
_VIVO = b"\xff\xff\xff\xff\x1b*9HWfu\x84\x93\xa2\xb1"


def judge(data: bytes, end: int, *, strict: bool) -> None:
    """Raise BadImage("trailing-data") when what follows the image that ends at `end` is not a camera's doing.

    `strict` is for the kinds that have no vendor trailers. A ZIP directory or a PDF header is refused in the image's own
    bytes too: readers of both look near the end and near the start of a file, wherever an image says it ends.
    """
    if _ZIP_END(data[-_ZIP_TAIL:]):
        raise BadImage("trailing-data", "ZIP directory")
    if b"%PDF-" in data[:1024]:
        raise BadImage("trailing-data", "PDF header")
    if end >= len(data):
        return
    rest = data[end:].lstrip(b"\0")
    if not rest or _is_samsung(rest) and not _hostile(rest):
        return
    if strict or _hostile(rest) or not (_is_known(rest) or len(rest) <= MAX_UNKNOWN):
        raise BadImage("trailing-data", f"{len(rest)} bytes after the image, {rest[:12]!r}")


def _hostile(rest: bytes) -> bool:
    lower = rest.lower()
    return rest.startswith(_AT_START) or any(mark in lower for mark in _ANYWHERE) or _ELF(rest) is not None


def _is_samsung(rest: bytes) -> bool:
    return rest.rstrip(b"\0").endswith(b"SEFT") and b"SEFH" in rest


def _is_known(rest: bytes) -> bool:
    return (rest.startswith((b"\xff\xd8\xff", b"ftyp", b"streamdata", b'vivo{"', b"LIVE_")) or rest[1:5] == b"ftyp"
            or rest.endswith(_VIVO) or rest[-8:-4] == b"jxrs")
