"""Small pictures for screens, made from an original that is never touched."""

import io
from collections.abc import Sequence
from pathlib import Path

from media.images.pixels import upright
from media.images.stamp import stamp

SIZES = {"thumb": 320, "screen": 1280}
"""Name of a derived picture: the most pixels of its longer side."""

QUALITY = 82


def derive(path: Path, longest: int, lines: Sequence[str]) -> bytes:
    """A JPEG of the photo as it is shown, its longer side at most `longest` pixels (never enlarged), with `lines` stamped in.

    sRGB, on white, and without EXIF, XMP, comments or profile: a derived picture is passed on, and must not tell more than
    its stamp does. No lines, no stamp. Raises BadImage as upright() does.
    """
    image = upright(path, longest)
    stamp(image, lines)
    image.info.clear()
    made = io.BytesIO()
    image.save(made, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return made.getvalue()
