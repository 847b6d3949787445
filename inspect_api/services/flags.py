"""What a reviewer should know of a visit before opening it. FLAGS has their titles.

They are worked out when the signed visit is written, from what is at hand there, and do not change afterwards. Photos that have not
arrived yet are not among them: that changes by itself, so it is looked up.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from inspect_api.models.visits import FLAGS
from inspect_api.services.rules import DAY_MS, Rules
from media.evidence.facts import PlaceFacts
from media.evidence.readings import off_by
from sync.location import distance_m, to_wgs84

Row = dict[str, Any]
FAR_M = 500  # beyond what both accuracies explain
CLOCK_MS = 3_600_000


def mark(row: Row, site: Mapping[str, Any], rules: Rules, now: int) -> None:
    """Write `late`, `flags` and `flagged` into the row of a visit of `site` that arrives signed."""
    row["late"] = now - row["at"] > rules.late_days * DAY_MS
    row["flags"] = [code for code in FLAGS if _holds(code, row, site)]
    row["flagged"] = bool(row["flags"])


def _holds(code: str, row: Row, site: Mapping[str, Any]) -> bool:
    details, place = row["details"], row["details"].get("place")
    match code:
        case "key":
            return row["failed_key"] > 0
        case "failed":
            return row["failed_key"] + row["failed_general"] > 0
        case "far":
            off = off_by(_place(place, site))
            return off is not None and off > FAR_M
        case "no_place":
            return place is None
        case "clock":
            return abs(row["offset_ms"]) > CLOCK_MS
        case "late":
            return row["late"]
        case "unsigned":
            return row["document_type"] == "inspection" and (details.get("signature") or {}).get("kind") == "refused"
        case _:
            return any((details.get(name) or {}).get("mock") is True for name in ("place", "end_place"))


def _place(place: Row | None, site: Mapping[str, Any]) -> PlaceFacts:
    spot = (site["lon"], site["lat"]) if site["lon"] is not None else None
    return PlaceFacts(
        given=place is not None, accuracy_m=place and place.get("accuracy"), crs=place and place.get("crs"),
        distance_m=distance_m(to_wgs84(place["lon"], place["lat"], place["crs"]), spot) if place and spot else None,
        source=place and place.get("source"), mock=place and place.get("mock"), site_placed=spot is not None,
        site_accuracy_m=(site["place"] or {}).get("accuracy"))


def shown(codes: Iterable[str]) -> list[dict[str, str]]:
    """[{code, title}] of a visit's flags."""
    return [{"code": code, "title": FLAGS[code]} for code in codes]
