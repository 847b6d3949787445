"""The visible stamp (水印) of a picture that is made from a photo: when, where, at whom, by whom."""

import hashlib
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.models import Region
from inspect_api.services.days import local_text

_LEVELS = (6, 9, 12, 14)
VERSION = "1"  # raised when stamps are drawn in another way: derived pictures are then made anew


def place_names(connection: Connection, grid: str) -> str:
    """The names of a grid and of what lies above it, from the county down, as one text."""
    codes = [grid[:length] for length in _LEVELS if length <= len(grid)]
    names = dict(connection.execute(sa.select(Region.code, Region.name).where(Region.code.in_(codes))).tuples().all())
    return "".join(names[code] for code in codes if code in names)


def lines(taken: int | None, visit_at: int, where: str, point: tuple[float, float] | None, accuracy: float | None, site: str,
          inspector: str) -> list[str]:
    """The lines of a stamp. `taken` and `visit_at` in milliseconds UTC, `point` in WGS-84, `accuracy` in metres."""
    when = f"{local_text(taken)} 拍摄" if taken is not None else f"{local_text(visit_at)} 检查（拍摄时间未记录）"
    return [when, site, _spot(where, point, accuracy), f"检查人：{inspector}"]


def site_lines(taken: int | None, where: str, point: tuple[float, float] | None, accuracy: float | None, site: str) -> list[str]:
    """The lines of a stamp outside of any visit; units as in `lines`."""
    return ["拍摄时间未记录" if taken is None else f"{local_text(taken)} 拍摄", site, _spot(where, point, accuracy)]


def _spot(where: str, point: tuple[float, float] | None, accuracy: float | None) -> str:
    if point is None:
        return f"{where}（未记录拍摄地点）"
    return f"{where} {point[0]:.5f}, {point[1]:.5f}" + (f" ±{accuracy:.0f}米" if accuracy else "")


def of_size(stamp: list[str], size: str) -> list[str]:
    """What fits on a picture of this size: all of it, or time and site."""
    return stamp[:2] if size == "thumb" else stamp


def version(stamp: Iterable[str]) -> str:
    """A short name of a stamp's content: another one when anything in it has changed."""
    return hashlib.sha256("\n".join((VERSION, *stamp)).encode()).hexdigest()[:12]
