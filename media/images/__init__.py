"""Everything that touches pixels: what is accepted as a photo, what it tells, what it looks like, and its small copies."""

from media.images.bad import BAD, BadImage
from media.images.derive import SIZES, derive
from media.images.examine import check_apart, examine
from media.images.facts import Picture, check
from media.images.fingerprint import NEAR, distance, fingerprint

__all__ = ["BAD", "NEAR", "SIZES", "BadImage", "Picture", "check", "check_apart", "derive", "distance", "examine", "fingerprint"]
