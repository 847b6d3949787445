"""The photos and places of a visit: what is there, what is missing, what is known of each, and how much it proves.

Everything is worked out from the rows when it is asked for, so that a grade is right again as soon as a fact changes: a
photo arrives, a site is placed, an answer is corrected.
"""

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.auth import OFFICES, Actor
from inspect_api.models import Photo, PhotoUse, Site, User, Visit
from inspect_api.problems import Problem
from inspect_api.services.days import iso, local_instant
from inspect_api.services.photos import looks, stamping
from media.evidence import GRADES, Grade, PhotoFacts, PlaceFacts, grade
from media.evidence.facts import Twin
from sync.location import distance_m, to_wgs84
from sync.operation import parse_instant
from sync.receipt import missing, photos_named

Row = dict[str, Any]
Point = tuple[float, float]
_SELECT = (sa.select(Visit.__table__, Site.name.label("site"), Site.lon, Site.lat, Site.place.label("site_place"),
                     User.name.label("inspector"))
           .join(Site, Site.id == Visit.site_id).join(User, User.id == Visit.inspector_id).where(Visit.id == sa.bindparam("id")))
_PHOTOS = (sa.select(Photo.__table__).join(PhotoUse, sa.and_(PhotoUse.org == Photo.org, PhotoUse.sha256 == Photo.sha256))
           .where(PhotoUse.type == "visit", PhotoUse.row_id == sa.bindparam("id")))


def visit_of(connection: Connection, visit_id: str) -> Row:
    """A visit with its site's name and place and its inspector's name. Raises Problem not-found."""
    row = connection.execute(_SELECT, {"id": visit_id}).mappings().first()
    if row is None:
        raise Problem("not-found", f"没有检查 {visit_id}")
    return dict(row)


def page(connection: Connection, actor: Actor, visit_id: str) -> Row:
    """All of a visit's evidence: {visit, complete, missing, photos, places}. Six statements, whatever its number of photos.

    Grades and twins are for who reviews: a supervisor sees what has arrived and the facts of it.
    """
    visit = visit_of(connection, visit_id)
    rows = {row["sha256"]: dict(row) for row in connection.execute(_PHOTOS, {"id": visit_id}).mappings()}
    there = [sha for sha, row in rows.items() if row["stored_at"] is not None]
    org = next(iter(rows.values()))["org"] if rows else visit["grid"][:6]
    seen = looks.around(connection, visit, org, there) if there else []
    view = _View(visit, actor, seen, stamping.place_names(connection, visit["grid"]))
    gone = missing(visit, there)
    return {"visit": visit_id, "complete": visit["status"] == "signed" and not gone, "missing": gone,
            "photos": [view.photo(sha, rows.get(sha)) for sha in photos_named(visit)], "places": view.places()}


def stamp_of(connection: Connection, visit: Row, photo: Row) -> list[str]:
    """The lines of the stamp of a photo in a visit."""
    return _View(visit, None, [], stamping.place_names(connection, visit["grid"])).stamp(photo["sha256"], photo)


class _View:
    """One visit, as a reviewer looks at it."""

    def __init__(self, visit: Row, actor: Actor | None, seen: list[looks.Seen], where: str):
        self.visit, self.actor, self.seen, self.where = visit, actor, seen, where
        self.reviews = actor is not None and actor.role in OFFICES
        self.details = visit["details"]
        self.captures: Row = self.details.get("photos") or {}
        self.items: dict[str, list[str]] = defaultdict(list)
        for link, answer in visit["answers"].items():
            for sha in (answer.get("photos") or ()) if isinstance(answer, dict) else ():
                self.items[sha].append(link)
        if sha := (self.details.get("signature") or {}).get("photo"):
            self.items[sha].append("signature")
        self.site = (visit["lon"], visit["lat"]) if visit["lon"] is not None else None
        self.chain = {one for one in (visit["replaces"], visit["replaced_by"]) if one}  # an amendment carries its photos on

    def _instant(self, text: str | None) -> int | None:
        """The corrected time of one of the phone's."""
        return None if text is None else parse_instant(text) + self.visit["offset_ms"]

    def _place(self, place: Row | None) -> PlaceFacts:
        point = _wgs84(place)
        return PlaceFacts(
            given=place is not None, distance_m=None if point is None or self.site is None else distance_m(point, self.site),
            accuracy_m=place and place.get("accuracy"), source=place and place.get("source"), mock=place and place.get("mock"),
            crs=place and place.get("crs"), site_placed=self.site is not None,
            site_accuracy_m=(self.visit["site_place"] or {}).get("accuracy"))

    def _spots(self) -> list[tuple[str, Row]]:
        return [(name, self.details[key]) for name, key in (("start", "place"), ("end", "end_place")) if self.details.get(key)]

    def places(self) -> list[Row]:
        """The places where the visit began and ended, each with its grade."""
        found = []
        for name, place in self._spots():
            facts, point = self._place(place), _wgs84(place)
            found.append({"which": name, "given": place, "lon": point and point[0], "lat": point and point[1],
                          "distance_m": _whole(facts.distance_m), **self._grade(facts)})
        return found

    def _facts(self, sha: str, row: Row | None, twins: tuple[Twin, ...]) -> PhotoFacts:
        capture, told = self.captures.get(sha) or {}, (row and row["facts"]) or {}
        spot = tuple(told["gps"]) if told.get("gps") else None
        return PhotoFacts(
            stored=bool(row and row["stored_at"]), received_at=row and row["stored_at"], source=capture.get("source"),
            captured_at=self._instant(capture.get("at")), clock_offset_ms=self.visit["offset_ms"],
            exif_at=local_instant(told["taken"], told.get("taken_zone")) if told.get("taken") else None,
            exif_distance_m=distance_m(spot, self.site) if spot and self.site else None, place=self._place(capture.get("place")),
            visit_at=self.visit["at"], visit_ended_at=self._instant(self.details.get("ended_at")),
            visit_places=tuple(self._place(place) for _, place in self._spots()), twins=twins)

    def photo(self, sha: str, row: Row | None) -> Row:
        """One photo with all that is known of it."""
        pairs = looks.twins(sha, row and row["fingerprint"], self.visit, self.seen, self.chain)
        facts = self._facts(sha, row, tuple(twin for twin, _ in pairs))
        capture = self.captures.get(sha) or {}
        shown: Row = {
            "sha256": sha, "items": self.items.get(sha, []), "stored": facts.stored, "received_at": iso(facts.received_at),
            "capture": capture and capture | {"corrected_at": iso(facts.captured_at)}, "clock_offset_ms": facts.clock_offset_ms,
            "distance_m": _whole(facts.place.distance_m), "exif_distance_m": _whole(facts.exif_distance_m),
            **self._grade(facts)}
        if self.reviews:
            shown["twins"] = [_twin(twin) for twin, seen in pairs if self.actor.covers(seen.grid)]
        if row is None or not facts.stored:
            return shown
        stamp = self.stamp(sha, row)
        address = f"/api/v1/photos/{sha}?visit={self.visit['id']}"
        urls = {size: f"{address}&size={size}&v={stamping.version(stamping.of_size(stamp, size))}" for size in ("thumb", "screen")}
        return shown | {"size": row["size"], "facts": row["facts"], "stamp": stamp, "urls": urls | {"full": f"{address}&size=full"}}

    def _grade(self, facts: PhotoFacts | PlaceFacts) -> Row:
        return _told(grade(facts)) if self.reviews else {}

    def stamp(self, sha: str, row: Row) -> list[str]:
        """The lines of a photo's stamp."""
        facts = self._facts(sha, row, ())
        place = (self.captures.get(sha) or {}).get("place") or self.details.get("place")
        return stamping.lines(facts.captured_at or facts.exif_at, self.visit["at"], self.where, _wgs84(place),
                              place and place.get("accuracy"), self.visit["site"], self.visit["inspector"])


def _wgs84(place: Row | None) -> Point | None:
    return None if place is None else to_wgs84(place["lon"], place["lat"], place["crs"])


def _whole(distance: float | None) -> int | None:
    return None if distance is None else round(distance)


def _told(given: Grade) -> Row:
    return {"grade": given.grade, "grade_title": GRADES.get(given.grade or "", "暂不评定"),
            "reasons": [{"code": one.code, "text": one.text, "effect": one.effect} for one in given.reasons]}


def _twin(twin: Twin) -> Row:
    return {"sha256": twin.sha256, "bits": twin.bits, "same_bytes": twin.same_bytes, "visit": twin.visit_id, "site_id": twin.site_id,
            "same_visit": twin.same_visit, "same_site": twin.same_site, "at": iso(twin.at)}
