"""What a person photographs on one visit: which photos, when, where, and what the phone tells of each.

Invented like everything else; most of it is as it should be, and here and there is something worth a reviewer's look.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from inspect_api.demo.photos import photo, scene_of
from inspect_api.demo.uploads import Lane
from sync.location import to_wgs84

EAGER = 0.2  # of the visits: photos of all that the checklist asks to see; in the others, of what failed
MOST = (0.8, 0.2)  # of the visits: one picture, two: a photo may show several things
GALLERY = 0.08  # of the photos: chosen from the album
BARE = 0.3  # of those: without EXIF, as chat software passes them on
PLACED = 0.85  # of the photos: with a place of their own
ODD = ("lent", "early", "far", "mock")  # what is worth a look: one visit each, in the first township of a county
SIGNATURE: Mapping[str, Any] = {"link_id": "signature", "kind": "photo", "question": "签名的检查记录"}
_EARLY = timedelta(hours=36)
_FAR = 0.027  # degrees of latitude: 3 km
_NEAR = 0.00015  # 15 m

Capture = dict[str, Any]


@dataclass
class Habit:
    """How a person photographs: the dice, the odd things still to happen, and the last ordinary photo with its site."""

    dice: Random
    odd: deque[str] = field(default_factory=deque)
    last: tuple[str, str] | None = None


class Camera:
    """The camera on one visit. `site` is its row; `old` are the captures of the visit that this one amends."""

    def __init__(self, lane: Lane, habit: Habit, site: Mapping[str, Any], at: datetime, old: Mapping[str, Capture] | None = None):
        self._lane, self._habit, self._dice, self._site, self._at = lane, habit, habit.dice, site, at
        self._eager, self._most = self._dice.random() < EAGER, 1 + (self._dice.random() > MOST[0])
        self._old, self._shown = dict(old or {}), {}
        self.captures: dict[str, Capture] = {}

    def show(self, item: Mapping[str, Any], mark: str | None) -> str | None:
        """The name of a photo that shows an item: a new one, or one that shows it as well. None when nobody took one."""
        if not self._eager and mark != "fail":
            return None
        if self._old:
            name = self._dice.choice(sorted(self._old))
            self.captures[name] = self._old[name]
            return name
        scene = scene_of(item, self._dice)
        if scene not in self._shown:
            self._shown[scene] = self.take(item, scene) if len(self._shown) < self._most else next(iter(self._shown.values()))
        return self._shown[scene]

    def take(self, item: Mapping[str, Any], scene: str) -> str:
        """Take a picture; returns its name."""
        odd = self._oddity() if scene != "signature" else None
        if odd == "lent":
            name, _ = self._habit.last or ("", "")
            self.captures[name] = {"at": self._moment(None).isoformat(), "source": "gallery", "place": self._place(None)}
            return name
        taken, place = self._moment(odd), self._place(odd)
        bare = False
        source = "camera"
        if odd == "early" or scene != "signature" and self._dice.random() < GALLERY:
            source, bare = "gallery", odd is None and self._dice.random() < BARE
        point = None if place is None or bare else to_wgs84(place["lon"], place["lat"], place["crs"])
        title = item["question"].rstrip("？?")[:24]
        name = self._lane.keep(photo(self._dice, scene, title, self._site["name"], None if bare else taken, point))
        keeps = odd in ("far", "mock") or self._dice.random() < PLACED
        self.captures[name] = {"at": taken.isoformat(), "source": source, "place": place if keeps else None}
        if odd is None and scene != "signature":
            self._habit.last = name, self._site["id"]
        return name

    def _oddity(self) -> str | None:
        """The next odd thing, one a visit; a photo can be lent only once there is one of another site."""
        odd, last = self._habit.odd, self._habit.last
        if not odd or self.captures or odd[0] == "lent" and (last is None or last[1] == self._site["id"]):
            return None
        return odd.popleft()

    def _moment(self, odd: str | None) -> datetime:
        """Some minutes into the visit, later with every photo."""
        minutes = timedelta(minutes=2 + 4 * len(self.captures), seconds=self._dice.randrange(180))
        return self._at + minutes - (_EARLY if odd == "early" else timedelta())

    def _place(self, odd: str | None) -> dict[str, Any] | None:
        """Where the receiver says that the picture was taken, in the coordinates of the site's own place."""
        place = self._site.get("place")
        if place is None:
            return None
        off = _FAR if odd == "far" else 0
        lon, lat = (place[axis] + self._dice.uniform(-_NEAR, _NEAR) + more for axis, more in (("lon", 0), ("lat", off)))
        return {"lon": round(lon, 6), "lat": round(lat, 6), "crs": place["crs"], "accuracy": self._dice.choice((6, 10, 15, 25, 40)),
                "source": "gps", "mock": odd == "mock"}
