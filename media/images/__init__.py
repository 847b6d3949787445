"""Everything that touches pixels: what is accepted as a photo, what it tells, what it looks like, and its small copies."""

from media.images.bad import BAD, BadImage
from media.images.derive import SIZES, derive
from media.images.examine import examine
from media.images.facts import Picture, check
from media.images.fingerprint import NEAR, distance, fingerprint

__all__ = ["BAD", "NEAR", "SIZES", "BadImage", "Picture", "check", "derive", "distance", "examine", "fingerprint"]
