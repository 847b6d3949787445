"""Whether two photos show the same: a perceptual hash, so that an old photo sent again under a new name is noticed."""

from pathlib import Path

from PIL import ImageStat

from media.images.pixels import upright

NEAR = 12
"""Bits of 64 up to which two photos are called near: a reason for a person to look, not a verdict.

Measured on 150 drawn scenes of 1600x1200 and all 11,175 pairs of them (bits: median, 95 %, most):
    recompressed at quality 60 to 90, halved, at 320 pixels, brighter by 15 %, as WebP: 0, 2, 2
    3 % cut from one side, or 1.5 % from each: 4, 8, 10
    3 % cut from each side: 6, 12, 14 (98 % within 12)
    derived at 1280 with a stamp of four lines: 6, 12, 16 (95 % within 12)
    different scenes: median 32, the nearest hundredth 22, the nearest of all 16
"""

FLAT = 4.5
"""Standard deviation of grey (0 to 255) over 32x32 fields below which a photo has no structure to compare.

Measured: black and white 0, grain of a covered lens 0.5, a finger over it with light at the rim 4.1; a dim scene at a sixth of
its light 3.7 and more (told as flat: nobody could see anything in it), a page of print 27.
"""

_WORKING = 256


def fingerprint(path: Path) -> str:
    """The perceptual hash (DCT, 64 bits) of the photo as it is shown, as 16 hex digits, or "" for one without structure.

    A covered lens, a black or a white sheet hash to noise, and all of them to the same noise: "" says that nothing can be
    said, and no two such photos are twins. Raises BadImage as upright() does.
    """
    small = upright(path, _WORKING, srgb=False).convert("L")
    if ImageStat.Stat(small.resize((32, 32))).stddev[0] < FLAT:
        return ""
    import imagehash  # here, because numpy and scipy come with it: 0.2 s and 25 MB that a check can do without

    return str(imagehash.phash(small))


def distance(a: str, b: str) -> int:
    """How many of the 64 bits differ between two fingerprints; 64 when either is "", for nothing is known of it."""
    return (int(a, 16) ^ int(b, 16)).bit_count() if a and b else 64
