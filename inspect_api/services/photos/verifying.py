"""Whether every photo and document is still where its row says and what its name says. Nothing is changed or removed."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product

import sqlalchemy as sa

from inspect_api.db import reading
from inspect_api.models import Document, PhotoUse
from inspect_api.services.photos import keeping
from inspect_api.services.photos.keeping import DOCUMENTS, PHOTOS, SHELVES, Kept, Shelf
from inspect_api.services.photos.storage import backend
from media.backend import Damaged, NotStored

MISSING, DAMAGED, SIZE = "missing", "damaged", "size"
TOLD = 20  # objects, visits, and papers, that are named
Progress = Callable[[int, int], None]  # objects so far, bytes so far


@dataclass(slots=True)
class Report:
    """What was found. Counts are whole, `bad`, `visits` (ids) and `papers` (names of documents) end at TOLD.

    `read` and `bytes` count what was looked at by noun (`photo`, `document`), `wrong` by (noun, MISSING | DAMAGED | SIZE). `orphans`
    are objects that no row names, `copies` those whose row names another backend; both as (number, bytes).
    """

    read: Counter[str] = field(default_factory=Counter)
    bytes: Counter[str] = field(default_factory=Counter)
    wrong: Counter[tuple[str, str]] = field(default_factory=Counter)
    bad: list[tuple[str, Kept]] = field(default_factory=list)
    visits: list[str] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)
    orphans: tuple[int, int] = (0, 0)
    copies: tuple[int, int] = (0, 0)


def verify(org: str, limit: int | None, progress: Progress) -> Report:
    """Read and hash the stored photos and then the documents of an organisation ("": of all), at most `limit`; without a limit,
    look for orphans too.

    Raises StorageError when a storage is down.
    """
    report = Report()
    for shelf in SHELVES:
        for page in keeping.pages(shelf, *within(shelf, org)):
            _look_at(report, page[:None if limit is None else limit - report.read.total()], progress)
            if report.read.total() == limit:
                return report
    if limit is None:
        _look_for_orphans(report, org)
    return report


def total(org: str) -> int:
    """How many objects there are to look at."""
    return sum(keeping.count(shelf, *within(shelf, org))[0] for shelf in SHELVES)


def within(shelf: Shelf, org: str) -> list[sa.ColumnElement]:
    """The condition for what a shelf has of an organisation, or of all."""
    return [shelf.org == org] if org else []


def _look_at(report: Report, page: list[Kept], progress: Progress) -> None:
    bad = []
    for kept in page:
        noun = kept.shelf.noun
        if (wrong := _wrong(kept)) is not None:
            report.wrong[noun, wrong] += 1
            bad.append((wrong, kept))
        report.read[noun] += 1
        report.bytes[noun] += kept.size
        progress(report.read.total(), report.bytes.total())
    _tell(report, bad)


def _wrong(kept: Kept) -> str | None:
    """What is wrong with an object; None when it is as it should be. It may have been moved since its row was read."""
    wrong = _at(kept)
    if wrong is None:
        return None
    now = keeping.found(kept.shelf, [(kept.org, kept.sha256)]).get(kept.key, [])
    return wrong if not now or any(one.backend == kept.backend for one in now) else _at(now[0])


def _at(kept: Kept) -> str | None:
    try:
        sha256, size = keeping.read(backend(kept.backend), kept.key)
    except NotStored:
        return MISSING
    except Damaged:
        return DAMAGED
    if sha256 != kept.sha256:
        return DAMAGED
    return None if size == kept.size else SIZE


def _tell(report: Report, bad: list[tuple[str, Kept]]) -> None:
    report.bad += bad[:TOLD - len(report.bad)]
    photos, papers = ([(kept.org, kept.sha256) for _, kept in bad if kept.shelf is shelf] for shelf in (PHOTOS, DOCUMENTS))
    if photos and len(report.visits) < TOLD:
        _tell_visits(report, photos)
    if papers and len(report.papers) < TOLD:
        _tell_papers(report, papers)


def _tell_papers(report: Report, pairs: list[tuple[str, str]]) -> None:
    with reading() as connection:
        rows = connection.execute(sa.select(Document.name, Document.region).where(
            sa.tuple_(DOCUMENTS.org, Document.sha256).in_(pairs)).order_by(Document.region, Document.name).limit(TOLD - len(report.papers)))
        report.papers += [f"{row.name}（{row.region}）" for row in rows]


def _tell_visits(report: Report, pairs: list[tuple[str, str]]) -> None:
    with reading() as connection:
        ids = connection.execute(sa.select(PhotoUse.row_id).distinct().where(
            PhotoUse.type == "visit", sa.tuple_(PhotoUse.org, PhotoUse.sha256).in_(pairs), PhotoUse.row_id.not_in(report.visits))
            .order_by(PhotoUse.row_id).limit(TOLD - len(report.visits))).scalars()
        report.visits += ids


def _look_for_orphans(report: Report, org: str) -> None:
    for name, shelf in product(keeping.places(), SHELVES):
        for page in keeping.objects(shelf, backend(name), org):
            report.orphans = _and(report.orphans, [size for _, size, rows in page if not rows])
            report.copies = _and(report.copies, [size for _, size, rows in page if rows and all(kept.backend != name for kept in rows)])


def _and(so_far: tuple[int, int], sizes: list[int]) -> tuple[int, int]:
    return so_far[0] + len(sizes), so_far[1] + sum(sizes)
