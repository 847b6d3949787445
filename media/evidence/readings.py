"""What the rules read out of the facts, and the thresholds: when a photo was taken, how far off a place is.

Each doubt about an instrument is read in favour of who held it: accuracies are taken off a distance, and of two readings of a
clock the one that fits better counts.
"""

from collections.abc import Iterable

from media.evidence.facts import PhotoFacts, PlaceFacts, Twin

_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000

FUTURE_MS = 5 * _MINUTE  # a capture may lie so far after its arrival: measuring the offset is no better on a slow network
AROUND_MS = 30 * _MINUTE  # before and after the visit: the signboard first, the form afterwards
AWAY_MS = _DAY  # beyond this from the visit a photo shows another day
OPEN_VISIT_MS = 4 * _HOUR  # how long a visit is taken to last when nobody told its end
EXIF_MS = _HOUR  # two clocks of one phone may differ by so much: cameras write the minute at which they were opened
CLOCK_MS = 10 * _MINUTE
NEAR_M = 200  # a school's grounds, a market hall
FAR_M = 1_000  # the next village
ROUGH_M = 100
VAGUE_M = 500
ASSUMED_M = 100  # the accuracy of a place that told none
EXIF_SHIFT_M = 700  # some phones write GCJ-02 into the EXIF without saying so
TWIN_BITS = 4  # up to here the same picture; beyond, certificates of one form look alike

CAMERA, GALLERY = "camera", "gallery"
MEASURED = ("gps", "gnss", "beidou", "fused", "network", "wifi", "cell")
BY_HAND = ("manual", "map", "address", "ledger")
CRS = ("WGS84", "GCJ02", "BD09", "CGCS2000")


def visit_end(photo: PhotoFacts) -> int:
    """When the visit ended, as told, else OPEN_VISIT_MS after its beginning."""
    if photo.visit_ended_at is None:
        return photo.visit_at + OPEN_VISIT_MS
    return max(photo.visit_at, photo.visit_ended_at)


def exif_reading(photo: PhotoFacts) -> int | None:
    """The EXIF time as it stands or corrected by the offset of the phone's clock, whichever fits better.

    The camera of a phone three days slow writes three days too early, but a picture may come from another camera or from
    before the clock was set; which one nobody can tell.
    """
    if photo.exif_at is None:
        return None
    begin, end = (photo.visit_at, visit_end(photo)) if photo.captured_at is None else (photo.captured_at,) * 2
    return min((photo.exif_at, photo.exif_at + photo.clock_offset_ms), key=lambda at: max(begin - at, at - end, 0))


def taken_at(photo: PhotoFacts) -> int | None:
    """When the photo was taken: as the phone told, else by its EXIF, else None."""
    return exif_reading(photo) if photo.captured_at is None else photo.captured_at


def is_future(photo: PhotoFacts) -> bool:
    """Whether it was taken after it had arrived."""
    taken = taken_at(photo)
    return taken is not None and photo.received_at is not None and taken > photo.received_at + FUTURE_MS


def before_visit(photo: PhotoFacts) -> int:
    """Milliseconds from the capture to the beginning of the visit; 0 unless told and earlier than AROUND_MS before it."""
    taken = taken_at(photo)
    return 0 if taken is None or photo.visit_at - taken <= AROUND_MS else photo.visit_at - taken


def after_visit(photo: PhotoFacts) -> int:
    """Milliseconds from the end of the visit to the capture; 0 unless told, later than AROUND_MS after it, and no future."""
    taken, end = taken_at(photo), visit_end(photo)
    return 0 if taken is None or is_future(photo) or taken - end <= AROUND_MS else taken - end


def in_visit(photo: PhotoFacts) -> bool:
    """Whether it was taken during the visit or right before or after it."""
    return taken_at(photo) is not None and not (is_future(photo) or before_visit(photo) or after_visit(photo))


def exif_gap(photo: PhotoFacts) -> int:
    """Milliseconds between the EXIF time and the captured time; 0 unless both were told."""
    reading = exif_reading(photo)
    return 0 if reading is None or photo.captured_at is None else abs(reading - photo.captured_at)


def tells_nothing(photo: PhotoFacts) -> bool:
    """Whether the photo came without any time or place, and not from the camera of the app."""
    return (photo.source != CAMERA and taken_at(photo) is None and not photo.place.given and photo.exif_distance_m is None)


def off_by(place: PlaceFacts) -> float | None:
    """Metres between place and site that no accuracy explains, at least 0; None when they cannot be compared."""
    if not place.given or not place.site_placed or place.distance_m is None or place.crs not in CRS:
        return None
    return max(0.0, place.distance_m - (place.accuracy_m or ASSUMED_M) - (place.site_accuracy_m or ASSUMED_M))


def is_measured(place: PlaceFacts) -> bool:
    """Whether a receiver found the place, as the phone said."""
    return (place.source or "").lower() in MEASURED


def is_by_hand(place: PlaceFacts) -> bool:
    """Whether somebody pointed the place out, as the phone said."""
    return (place.source or "").lower() in BY_HAND


def is_near(place: PlaceFacts) -> bool:
    """Whether the place is measured, exact enough, and within reach of the site."""
    off = off_by(place)
    return (off is not None and off <= NEAR_M and not place.mock and is_measured(place)
            and 0 < (place.accuracy_m or 0) <= VAGUE_M and (place.site_accuracy_m or 0) <= VAGUE_M)


def visit_distance(photo: PhotoFacts) -> float | None:
    """Metres from the site to the nearer of the visit's own places that are near it, when the photo has no place; else None."""
    return None if photo.place.given else min((p.distance_m or 0.0 for p in photo.visit_places if is_near(p)), default=None)


def exif_near(photo: PhotoFacts) -> bool:
    """Whether the GPS of the EXIF is within reach of the site, taken as it stands."""
    return photo.exif_distance_m is not None and photo.exif_distance_m - _site_m(photo) <= NEAR_M


def exif_off(photo: PhotoFacts) -> bool:
    """Whether the GPS of the EXIF is out of reach, even where its coordinates are shifted."""
    return photo.exif_distance_m is not None and photo.exif_distance_m - _site_m(photo) - EXIF_SHIFT_M > NEAR_M


def _site_m(photo: PhotoFacts) -> float:
    return photo.place.site_accuracy_m or ASSUMED_M


def is_placed(photo: PhotoFacts) -> bool:
    """Whether there is a place to judge the photo by: its own, its EXIF's unless in doubt, or a visit's that is near."""
    return photo.place.given or exif_near(photo) or exif_off(photo) or visit_distance(photo) is not None


def same_elsewhere(photo: PhotoFacts) -> list[Twin]:
    """Twins at other sites that are the same picture."""
    return [twin for twin in _elsewhere(photo.twins) if twin.same_bytes or twin.bits <= TWIN_BITS]


def alike_elsewhere(photo: PhotoFacts) -> list[Twin]:
    """Twins at other sites that look alike and may well be another picture."""
    return [twin for twin in _elsewhere(photo.twins) if not twin.same_bytes and twin.bits > TWIN_BITS]


def at_same_site(photo: PhotoFacts) -> list[Twin]:
    """Twins at other visits of the same site."""
    return [twin for twin in photo.twins if twin.same_site and not twin.same_visit]


def _elsewhere(twins: Iterable[Twin]) -> list[Twin]:
    return [twin for twin in twins if not twin.same_site and not twin.same_visit]
