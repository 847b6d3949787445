"""Whether every photo is still where its row says and what its name says. Nothing is changed or removed."""

from collections.abc import Callable
from dataclasses import dataclass, field

import sqlalchemy as sa

from inspect_api.db import reading
from inspect_api.models import Photo, PhotoUse
from inspect_api.services.photos import keeping
from inspect_api.services.photos.keeping import Kept
from inspect_api.services.photos.storage import backend
from media.backend import Damaged, NotStored

MISSING, DAMAGED, SIZE = "missing", "damaged", "size"
TOLD = 20  # photos, and visits, that are named
Progress = Callable[[int, int], None]  # photos so far, bytes so far


@dataclass(slots=True)
class Report:
    """What was found. Counts are whole, `bad` and `visits` (ids) end at TOLD.

    `wrong` is {MISSING | DAMAGED | SIZE: number of photos}. `orphans` are objects that no row names, `copies` those whose
    row names another backend; both as (number, bytes).
    """

    photos: int = 0
    bytes: int = 0
    wrong: dict[str, int] = field(default_factory=lambda: {MISSING: 0, DAMAGED: 0, SIZE: 0})
    bad: list[tuple[str, Kept]] = field(default_factory=list)
    visits: list[str] = field(default_factory=list)
    orphans: tuple[int, int] = (0, 0)
    copies: tuple[int, int] = (0, 0)


def verify(org: str, limit: int | None, progress: Progress) -> Report:
    """Read and hash the stored photos of an organisation ("": of all), at most `limit`; without a limit, look for orphans too.

    Raises StorageError when a storage is down.
    """
    report = Report()
    for page in keeping.pages(*within(org)):
        bad = []
        for photo in page[:None if limit is None else limit - report.photos]:
            if (wrong := _wrong(photo)) is not None:
                report.wrong[wrong] += 1
                bad.append((wrong, photo))
            report.photos, report.bytes = report.photos + 1, report.bytes + photo.size
            progress(report.photos, report.bytes)
        _tell(report, bad)
        if report.photos == limit:
            return report
    if limit is None:
        _look_for_orphans(report, org)
    return report


def within(org: str) -> list[sa.ColumnElement]:
    """The condition for the photos of an organisation, or of all."""
    return [Photo.org == org] if org else []


def _wrong(photo: Kept) -> str | None:
    """What is wrong with a photo; None when it is as it should be. It may have been moved since its row was read."""
    wrong = _at(photo)
    if wrong is None:
        return None
    now = keeping.found([(photo.org, photo.sha256)]).get(photo.key)
    return wrong if now is None or now.backend == photo.backend else _at(now)


def _at(photo: Kept) -> str | None:
    try:
        sha256, size = keeping.read(backend(photo.backend), photo.key)
    except NotStored:
        return MISSING
    except Damaged:
        return DAMAGED
    if sha256 != photo.sha256:
        return DAMAGED
    return None if size == photo.size else SIZE


def _tell(report: Report, bad: list[tuple[str, Kept]]) -> None:
    report.bad += bad[:TOLD - len(report.bad)]
    if not bad or len(report.visits) == TOLD:
        return
    pairs = [(photo.org, photo.sha256) for _, photo in bad]
    with reading() as connection:
        ids = connection.execute(sa.select(PhotoUse.row_id).distinct().where(
            PhotoUse.type == "visit", sa.tuple_(PhotoUse.org, PhotoUse.sha256).in_(pairs), PhotoUse.row_id.not_in(report.visits))
            .order_by(PhotoUse.row_id).limit(TOLD - len(report.visits))).scalars()
        report.visits += ids


def _look_for_orphans(report: Report, org: str) -> None:
    for name in keeping.places():
        for page in keeping.objects(backend(name), org):
            report.orphans = _and(report.orphans, [size for _, size, photo in page if photo is None])
            report.copies = _and(report.copies, [size for _, size, photo in page if photo is not None and photo.backend != name])


def _and(so_far: tuple[int, int], sizes: list[int]) -> tuple[int, int]:
    return so_far[0] + len(sizes), so_far[1] + sum(sizes)
