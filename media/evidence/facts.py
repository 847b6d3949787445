"""What is known of a photo or of a captured place when it is graded: plain data that the caller gathers.

Times are whole milliseconds since 1970 UTC, distances and accuracies metres. None always means "not told".
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """Nearly the same picture, somewhere else.

    `bits` is how many bits of the two perceptual hashes differ, 0 for the same bytes; `same_bytes` says that the SHA-256 is the
    same; `at` is the corrected beginning of the other visit.
    """

    sha256: str
    bits: int
    same_bytes: bool
    visit_id: str
    site_id: str
    same_visit: bool
    same_site: bool
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFacts:
    """A place that a phone captured, beside the site's own place.

    `distance_m` is between the two, both in WGS-84, and None where they cannot be compared; `accuracy_m` and `site_accuracy_m`
    are as the phone and the office gave them, where 0 is read as "not told", as Android means it. `source` ("gps", "network",
    "map", …), `mock` and `crs` are the words of the place as given. With `given` False there is no place, and only what is said of
    the site counts.
    """

    given: bool
    distance_m: float | None = None
    accuracy_m: float | None = None
    source: str | None = None
    mock: bool | None = None
    crs: str | None = None
    site_placed: bool = False
    site_accuracy_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoFacts:
    """A photo, the visit that names it, and what looks like it.

    `stored`: the bytes have arrived (at `received_at`) and their hash is verified. `source` is "camera" (taken in the app) or
    "gallery", as the phone said. `captured_at`, `visit_at` and `visit_ended_at` are corrected by `clock_offset_ms`, server
    clock minus phone clock when the visit was pushed; `exif_at` is not: it is what stands in the file, read as China time
    unless it names its own zone. `exif_distance_m` is from the GPS of the EXIF to the site. `place` is the photo's own place,
    `visit_places` those where its visit began and ended.
    """

    stored: bool
    received_at: int | None
    source: str | None
    captured_at: int | None
    clock_offset_ms: int
    exif_at: int | None
    exif_distance_m: float | None
    place: PlaceFacts
    visit_at: int
    visit_ended_at: int | None
    visit_places: tuple[PlaceFacts, ...] = ()
    twins: tuple[Twin, ...] = ()
