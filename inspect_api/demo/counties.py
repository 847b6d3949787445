"""Where the demo plays: one county for each of the five plans, and how many people it is said to have.

Codes and names are real, centres are rough (WGS-84). Residents are illustrative round figures of the right order of
magnitude, not statistics: `SOURCE` says so wherever they are shown.
"""

from typing import NamedTuple

SOURCE = "示例数据（非统计数字）"
YEARS = (2020, 2021, 2022)


class County(NamedTuple):
    """A county of the demo: its code, rough centre in degrees, residents 常住 and 户籍 in the first of YEARS."""

    code: str
    lon: float
    lat: float
    resident: int
    registered: int


COUNTIES: tuple[County, ...] = (
    County("140502", 112.853, 35.498, 570_000, 420_000),  # 晋城市城区
    County("140525", 112.899, 35.617, 440_000, 510_000),  # 泽州县
    County("120114", 117.044, 39.384, 1_150_000, 980_000),  # 武清区
    County("411281", 111.874, 34.747, 136_000, 140_000),  # 义马市
    County("140802", 110.999, 35.015, 930_000, 700_000),  # 运城市盐湖区
)

CITIES: tuple[tuple[str, int, int], ...] = (("1408", 4_770_000, 5_100_000),)  # the region of a city's own plan

YEARLY = 0.004  # growth a year of the invented series, so that a year's figure can be told from another's
