"""Where a point is: coordinate systems, distances, and which grid holds it. The only importer of shapely.

Maps sold in China shift every coordinate by 300 to 700 m (GCJ-02), Baidu shifts it again (BD-09). A place taken in
one system and read in another lands in the wrong village, so everything computes with WGS-84 and this file converts.

Coordinates are always (lon, lat) in degrees. The GCJ-02 and BD-09 formulas are the published reverse-engineered ones
(eviltransform, coordtransform); the inverses iterate to far below a metre instead of using the usual one-step guess.
"""

from collections.abc import Callable, Iterable, Mapping
from math import asin, atan2, cos, hypot, pi, radians, sin, sqrt
from typing import Any

import shapely
from shapely.geometry import mapping, shape
from shapely.validation import explain_validity

Point = tuple[float, float]

CRS = ("WGS84", "GCJ02", "BD09", "CGCS2000")  # CGCS2000 and WGS-84 differ by centimetres: one and the same here
CHINA = (72.004, 0.8293, 137.8347, 55.8271)  # west, south, east, north: the box that the GCJ-02 formula itself uses
LAND = (73.0, 3.0, 136.0, 54.0)  # west, south, east, north of the territory: what a county's data must lie in

_EARTH = 6_371_008.8  # mean radius, m (IUGG)
_AXIS, _ECC = 6_378_245.0, 0.00669342162296594323  # Krasovsky 1940, as GCJ-02 uses it
_BAIDU = pi * 3000.0 / 180.0


def distance_m(a: Point, b: Point) -> float:
    """Great-circle distance in metres between two (lon, lat) points in WGS-84 (haversine, within 0.5 %)."""
    dlon, dlat = radians(b[0] - a[0]), radians(b[1] - a[1])
    h = sin(dlat / 2) ** 2 + cos(radians(a[1])) * cos(radians(b[1])) * sin(dlon / 2) ** 2
    return 2 * _EARTH * asin(min(1.0, sqrt(h)))


def in_china(lon: float, lat: float) -> bool:
    """Whether GCJ-02 shifts the point: its own rough box, which reaches beyond the border."""
    return CHINA[0] <= lon <= CHINA[2] and CHINA[1] <= lat <= CHINA[3]


def _waves(x: float) -> float:
    return (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0


def _shifted(lon: float, lat: float) -> Point:
    """GCJ-02 of a WGS-84 point, without asking whether it lies in China."""
    x, y = lon - 105.0, lat - 35.0
    north = (-100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + _waves(x)
             + (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
             + (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0)
    east = (300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + _waves(x)
            + (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
            + (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0)
    magic = 1.0 - _ECC * sin(radians(lat)) ** 2
    dlat = north * 180.0 / (_AXIS * (1.0 - _ECC) / (magic * sqrt(magic)) * pi)
    dlon = east * 180.0 / (_AXIS / sqrt(magic) * cos(radians(lat)) * pi)
    return lon + dlon, lat + dlat


def _undo(forward: Callable[[float, float], Point], lon: float, lat: float) -> Point:
    """The point that `forward` takes to (lon, lat). The shifts are nearly constant, so the iteration contracts fast."""
    x, y = lon, lat
    for _ in range(20):
        fx, fy = forward(x, y)
        dx, dy = lon - fx, lat - fy
        x, y = x + dx, y + dy
        if abs(dx) < 1e-11 and abs(dy) < 1e-11:
            break
    return x, y


def wgs84_to_gcj02(lon: float, lat: float) -> Point:
    """GCJ-02 (Gaode, Tencent) of a WGS-84 point; the point itself outside China."""
    return _shifted(lon, lat) if in_china(lon, lat) else (lon, lat)


def gcj02_to_wgs84(lon: float, lat: float) -> Point:
    """WGS-84 of a GCJ-02 point, to a fraction of a millimetre; the point itself outside China."""
    return _undo(_shifted, lon, lat) if in_china(lon, lat) else (lon, lat)


def gcj02_to_bd09(lon: float, lat: float) -> Point:
    """BD-09 (Baidu) of a GCJ-02 point."""
    length = hypot(lon, lat) + 0.00002 * sin(lat * _BAIDU)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * _BAIDU)
    return length * cos(angle) + 0.0065, length * sin(angle) + 0.006


def bd09_to_gcj02(lon: float, lat: float) -> Point:
    """GCJ-02 of a BD-09 point, the true inverse of `gcj02_to_bd09`."""
    return _undo(gcj02_to_bd09, lon, lat)


def _same(lon: float, lat: float) -> Point:
    return lon, lat


TO_WGS84: dict[str, Callable[[float, float], Point]] = {
    "WGS84": _same,
    "CGCS2000": _same,
    "GCJ02": gcj02_to_wgs84,
    "BD09": lambda lon, lat: gcj02_to_wgs84(*bd09_to_gcj02(lon, lat)),
}
FROM_WGS84: dict[str, Callable[[float, float], Point]] = {
    "WGS84": _same,
    "CGCS2000": _same,
    "GCJ02": wgs84_to_gcj02,
    "BD09": lambda lon, lat: gcj02_to_bd09(*wgs84_to_gcj02(lon, lat)),
}


def to_wgs84(lon: float, lat: float, crs: str) -> Point:
    """(lon, lat) in WGS-84 of a point given in `crs`, one of CRS. Raises ValueError for another name."""
    if crs not in TO_WGS84:
        raise ValueError(f"未知的坐标系 {crs!r}，应为 {'、'.join(CRS)} 之一")
    return TO_WGS84[crs](lon, lat)


def from_wgs84(lon: float, lat: float, crs: str) -> Point:
    """The point in `crs` of a WGS-84 point. Raises ValueError for an unknown name."""
    if crs not in FROM_WGS84:
        raise ValueError(f"未知的坐标系 {crs!r}，应为 {'、'.join(CRS)} 之一")
    return FROM_WGS84[crs](lon, lat)


class Boundaries:
    """The boundaries of a county's grids (or of any regions), indexed, for asking which one holds a point.

    `features` are (code, GeoJSON Polygon or MultiPolygon in WGS-84). A geometry that crosses itself is mended here as
    well as can be; `check_geometry` is what refuses it at the door. Immutable; safe to share between threads.
    """

    def __init__(self, features: Iterable[tuple[str, Mapping[str, Any]]]):
        self._codes: list[str] = []
        shapes = []
        for code, geometry in features:
            found = shape(geometry)
            shapes.append(found if found.is_valid else shapely.make_valid(found))
            self._codes.append(code)
        self._rank = [(found.area, code) for found, code in zip(shapes, self._codes, strict=True)]
        self._tree = shapely.STRtree(shapes)

    def __len__(self) -> int:
        return len(self._codes)

    def grid_of(self, lon: float, lat: float) -> str | None:
        """The code of the smallest boundary that holds the WGS-84 point, or None.

        A border belongs to what it bounds; of two equal neighbours the lower code wins, always the same one.
        """
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # refuses NaN as well
            return None
        hits = self._tree.query(shapely.Point(lon, lat), predicate="intersects")
        return min((self._rank[i] for i in hits), default=(0.0, None))[1]


def simpler(geojson: Mapping[str, Any], tolerance: float = 0.0002) -> dict[str, Any]:
    """A boundary for drawing on a map: within `tolerance` degrees (twenty metres), coordinates to a metre. Still a Polygon or MultiPolygon."""
    found = shapely.simplify(shape(geojson), tolerance, preserve_topology=True)
    return _rounded(mapping(found if found.geom_type in ("Polygon", "MultiPolygon") and not found.is_empty else shape(geojson)))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 5)
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return {key: _rounded(one) for key, one in value.items()} if isinstance(value, Mapping) else value


def check_geometry(geojson: Any) -> list[str]:
    """What is wrong with a GeoJSON boundary (WGS-84), in Chinese, for the one who drew it; [] when nothing is."""
    if not isinstance(geojson, Mapping) or geojson.get("type") not in ("Polygon", "MultiPolygon"):
        return ["边界应为 GeoJSON 的 Polygon 或 MultiPolygon"]
    polygons = geojson.get("coordinates")
    if geojson["type"] == "Polygon":
        polygons = [polygons]
    if not isinstance(polygons, list | tuple) or not polygons or not all(isinstance(p, list | tuple) and p for p in polygons):
        return ["边界没有坐标"]
    problems = [problem for n, polygon in enumerate(polygons, 1) for problem in _ring_problems(polygon, n, len(polygons))]
    if not problems:
        problems = _range_problems([point for polygon in polygons for ring in polygon for point in ring])
    if not problems:
        found = shape(geojson)
        if not found.is_valid:
            problems = [_explained(explain_validity(found))]
    return problems


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")


def _ring_problems(polygon: Any, n: int, of: int) -> list[str]:
    """Rings that are no rings, each named by its polygon (when there are several) and its place in it."""
    problems = []
    for m, ring in enumerate(polygon):
        where = (f"第 {n} 个多边形的" if of > 1 else "") + ("外环" if m == 0 else f"第 {m} 个内环")
        if not isinstance(ring, list | tuple) or not all(
                isinstance(p, list | tuple) and len(p) >= 2 and _is_number(p[0]) and _is_number(p[1]) for p in ring):
            problems.append(f"{where}含有不是 [经度, 纬度] 数字的坐标")
        elif len(ring) < 4:
            problems.append(f"{where}只有 {len(ring)} 个点，至少要 4 个（首尾相同）")
        elif tuple(ring[0][:2]) != tuple(ring[-1][:2]):
            problems.append(f"{where}没有闭合：最后一点应与第一点相同")
    return problems


def _range_problems(points: list[Any]) -> list[str]:
    """Points outside China, told apart from points whose longitude and latitude are swapped."""
    def inside(lon: float, lat: float) -> bool:
        return LAND[0] <= lon <= LAND[2] and LAND[1] <= lat <= LAND[3]

    if all(inside(p[0], p[1]) for p in points):
        return []
    if all(inside(p[1], p[0]) for p in points):
        return ["经度与纬度填反了：GeoJSON 的坐标是 [经度, 纬度]，请对调"]
    lon, lat = next((p[0], p[1]) for p in points if not inside(p[0], p[1]))
    return [f"坐标超出范围：[{lon:g}, {lat:g}] 不在国内（经度 73～136，纬度 3～54），请检查是否为平面坐标或填写有误"]


_REASONS = {  # GEOS words -> ours
    "Self-intersection": "边界自相交",
    "Ring Self-intersection": "边界自相交",
    "Hole lies outside shell": "内环落在外环之外",
    "Holes are nested": "内环互相嵌套",
    "Nested shells": "多边形互相嵌套",
    "Duplicate Rings": "有重复的环",
    "Interior is disconnected": "内环把区域切成了几块",
    "Too few points in geometry component": "环上不同的点太少",
}


def _explained(reason: str) -> str:
    """The words of GEOS, `Self-intersection[112.8 35.5]`, as a sentence."""
    words, _, place = reason.partition("[")
    text = _REASONS.get(words.strip(), f"边界不合法（{words.strip()}）")
    return f"{text}，位置在 {place.rstrip(']').replace(' ', ', ')} 附近" if place else text
