"""The stamp of a photo of a site itself: no visit stands behind it, so it says when, where and which site, and nothing of an inspector."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.models import Site
from inspect_api.services.days import local_instant
from inspect_api.services.photos import stamping
from sync.location import to_wgs84
from sync.operation import parse_instant

_SITE = sa.select(Site.grid, Site.name, Site.photos, Site.place).where(Site.id == sa.bindparam("id"))


def stamp_of(connection: Connection, site_id: str, photo: dict[str, Any]) -> list[str]:
    """The lines of the stamp of a photo at a site, which is there. Two statements.

    The time is the phone's own, which nothing corrects here, else the file's; the place that of the photo, else the site's.
    """
    site = connection.execute(_SITE, {"id": site_id}).one()
    capture, facts = site.photos.get(photo["sha256"]) or {}, photo["facts"] or {}
    taken = parse_instant(capture["at"]) if capture.get("at") else None
    if taken is None and facts.get("taken"):
        taken = local_instant(facts["taken"], facts.get("taken_zone"))
    place = capture.get("place") or site.place
    point = place and to_wgs84(place["lon"], place["lat"], place["crs"])
    return stamping.site_lines(taken, stamping.place_names(connection, site.grid), point, place and place.get("accuracy"), site.name)
