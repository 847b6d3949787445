"""The place of a row: longitude and latitude in whatever form and system the ledger has them."""

import re
from collections.abc import Mapping
from typing import Any

from sync.ledger.columns import fold
from sync.ledger.values import CellError, text
from sync.location import LAND, to_wgs84

CRS_NAMES: dict[str, str] = {
    "wgs84": "WGS84", "wgs-84": "WGS84", "gps": "WGS84", "4326": "WGS84", "epsg4326": "WGS84", "gps坐标": "WGS84",
    "cgcs2000": "CGCS2000", "国家2000": "CGCS2000", "大地2000": "CGCS2000", "2000坐标系": "CGCS2000", "天地图": "CGCS2000",
    "2000国家大地坐标系": "CGCS2000", "国家大地2000": "CGCS2000",
    "gcj02": "GCJ02", "gcj-02": "GCJ02", "火星坐标": "GCJ02", "火星坐标系": "GCJ02", "国测局": "GCJ02", "高德": "GCJ02", "腾讯": "GCJ02",
    "高德地图": "GCJ02", "腾讯地图": "GCJ02",
    "bd09": "BD09", "bd-09": "BD09", "百度": "BD09", "百度地图": "BD09", "百度坐标": "BD09",
}

_DMS = re.compile(r"(\d+)[°度](?:(\d+(?:\.\d+)?)['’′分])?(?:(\d+(?:\.\d+)?)(?:[\"”″秒]|''|’’|′′))?")
_PAIR = re.compile(r"[,，;；、\s/]+")


def degrees(value: Any) -> float | None:
    """Degrees of a cell: 112.85, 东经112.85°, 112°51′12″. None when empty. Raises bad-coordinates."""
    line = text(value)
    if line is None:
        return None
    folded = re.sub(r"[东西]经|[南北]纬|[ewns]", "", fold(line))
    if found := _DMS.fullmatch(folded):
        whole, minutes, seconds = (float(part or 0) for part in found.groups())
        return whole + minutes / 60 + seconds / 3600
    try:
        return float(folded.rstrip("°度"))
    except ValueError:
        raise CellError("bad-coordinates", f"“{line}”不是经纬度，应如 112.851234") from None


def place_of(cells: Mapping[str, Any], default_crs: str | None) -> tuple[dict[str, Any] | None, list[tuple[str, str, str]]]:
    """({place, lon, lat} for the site or None, warnings (column key, code, message)).

    `place` keeps what was given; `lon`, `lat` are WGS-84. Raises CellError: a wrong place is worse than none.
    """
    lon, lat = degrees(cells.get("lon")), degrees(cells.get("lat"))
    if lon is None and lat is None and (pair := text(cells.get("lonlat"))):
        parts = _PAIR.split(pair)
        if len(parts) != 2:
            raise CellError("bad-coordinates", f"“{pair}”应为 经度,纬度")
        lon, lat = degrees(parts[0]), degrees(parts[1])
    if lon is None and lat is None:
        return None, []
    if lon is None or lat is None:
        raise CellError("coordinates-incomplete", f"只填了{'纬度' if lon is None else '经度'}，请补齐或都留空")
    _inside(lon, lat)
    crs = _crs(cells.get("crs")) or default_crs
    if crs is None:
        return None, [("crs", "crs-missing", "未注明坐标系，坐标未导入（不同坐标系相差几百米）；请增加“坐标系”列，或导入时统一指定")]
    warnings = []
    if lon == round(lon, 3) or lat == round(lat, 3):
        warnings.append(("lon", "coordinates-rough", f"坐标 {lon:g},{lat:g} 小数不足 4 位，误差可能超过百米"))
    x, y = to_wgs84(lon, lat, crs)
    place = {"lon": lon, "lat": lat, "crs": crs, "accuracy": None, "source": "ledger", "mock": False}
    return {"place": place, "lon": x, "lat": y}, warnings


def _inside(lon: float, lat: float) -> None:
    west, south, east, north = LAND
    if west <= lon <= east and south <= lat <= north:
        return
    if west <= lat <= east and south <= lon <= north:
        raise CellError("coordinates-swapped", f"经度与纬度填反了：经度 {lon:g}，纬度 {lat:g}，请对调两列")
    raise CellError("coordinates-out-of-range", f"坐标 {lon:g},{lat:g} 不在国内，可能是平面坐标或多写、少写了数字")


def _crs(value: Any) -> str | None:
    line = text(value)
    if line is None:
        return None
    found = CRS_NAMES.get(fold(line).replace(" ", ""))
    if found is None:
        raise CellError("unknown-crs", f"无法识别的坐标系“{line}”，可填：WGS84、CGCS2000、GCJ02（高德、腾讯）、BD09（百度）")
    return found
