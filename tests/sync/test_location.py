"""Coordinates and boundaries: published reference points, exact inverses, holes, borders, a county of 600 grids."""


import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync import location
from sync.location import Boundaries, check_geometry, distance_m, from_wgs84, to_wgs84

# eviltransform, go/transform_test.go and tests of its ports: (WGS-84, GCJ-02), lon first
EVILTRANSFORM = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),  # Shanghai
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),  # Shenzhen
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),  # Beijing
]
# wandergis/coordtransform, test/app.js and README
TIANANMEN = (116.404, 39.915)
TIANANMEN_AS_GCJ = (116.41024449916938, 39.91640428150164)
TIANANMEN_GCJ_AS_BD = (116.41036949371029, 39.92133699351021)
TIANANMEN_WGS_AS_BD = (116.41662724378733, 39.922699552216216)


def square(west, south, size=0.01):
    east, north = west + size, south + size
    return {"type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]]}


@pytest.mark.parametrize("wgs,gcj", [*EVILTRANSFORM, (TIANANMEN, TIANANMEN_AS_GCJ)])
def test_published_gcj02_points_are_met_both_ways(wgs, gcj):
    assert distance_m(from_wgs84(*wgs, "GCJ02"), gcj) < 0.001
    assert distance_m(to_wgs84(*gcj, "GCJ02"), wgs) < 0.001


def test_published_bd09_points_are_met_both_ways():
    assert distance_m(location.gcj02_to_bd09(*TIANANMEN), TIANANMEN_GCJ_AS_BD) < 0.001
    assert distance_m(location.bd09_to_gcj02(*TIANANMEN_GCJ_AS_BD), TIANANMEN) < 0.001
    assert distance_m(from_wgs84(*TIANANMEN, "BD09"), TIANANMEN_WGS_AS_BD) < 0.001
    assert distance_m(to_wgs84(*TIANANMEN_WGS_AS_BD, "BD09"), TIANANMEN) < 0.001


def test_reading_the_wrong_system_would_miss_by_half_a_kilometre():
    assert 300 < distance_m(TIANANMEN, TIANANMEN_AS_GCJ) < 800
    assert 800 < distance_m(TIANANMEN, TIANANMEN_WGS_AS_BD) < 2000


@pytest.mark.parametrize("crs", location.CRS)
@given(lon=st.floats(73.5, 135.0), lat=st.floats(3.5, 53.5))
@settings(max_examples=300, deadline=None)
def test_a_round_trip_through_any_system_comes_back_to_the_centimetre(crs, lon, lat):
    assert distance_m(to_wgs84(*from_wgs84(lon, lat, crs), crs), (lon, lat)) < 0.01


@given(lon=st.floats(-180, 70), lat=st.floats(-80, 80))
def test_gcj02_is_the_identity_outside_china(lon, lat):
    assert from_wgs84(lon, lat, "GCJ02") == to_wgs84(lon, lat, "GCJ02") == (lon, lat)


def test_cgcs2000_is_wgs84_and_an_unknown_system_is_refused():
    assert to_wgs84(112.85, 35.5, "CGCS2000") == (112.85, 35.5)
    with pytest.raises(ValueError, match="未知的坐标系"):
        to_wgs84(112.85, 35.5, "EPSG:4326")
    with pytest.raises(ValueError, match="未知的坐标系"):
        from_wgs84(112.85, 35.5, "")


def test_distance_is_that_of_published_pairs():
    assert distance_m((0, 0), (0, 1)) == pytest.approx(111_195, abs=1)
    shanghai, beijing = EVILTRANSFORM[0][1], EVILTRANSFORM[2][1]
    assert distance_m(shanghai, beijing) == pytest.approx(1_078_164, rel=0.005)  # eviltransform's own test
    assert distance_m(shanghai, shanghai) == 0


def test_a_point_in_a_hole_is_in_the_grid_that_fills_the_hole_or_in_none():
    outer = square(112.80, 35.50, 0.10)
    outer["coordinates"].append(square(112.84, 35.54, 0.02)["coordinates"][0])
    assert Boundaries([("outer", outer)]).grid_of(112.85, 35.55) is None
    both = Boundaries([("outer", outer), ("inner", square(112.84, 35.54, 0.02))])
    assert both.grid_of(112.85, 35.55) == "inner"
    assert both.grid_of(112.81, 35.51) == "outer"


def test_the_smallest_of_nested_boundaries_wins():
    found = Boundaries([("town", square(112.8, 35.5, 0.1)), ("grid", square(112.84, 35.54, 0.01))])
    assert found.grid_of(112.845, 35.545) == "grid"
    assert found.grid_of(112.81, 35.51) == "town"


def test_a_point_on_a_shared_border_always_falls_to_the_same_grid():
    west, east = ("14050200100001", square(112.0, 35.0, 0.5)), ("14050200100002", square(112.5, 35.0, 0.5))
    answers = {Boundaries(order).grid_of(112.5, 35.25) for order in ([west, east], [east, west])}
    assert answers == {"14050200100001"}


def test_islands_of_one_grid_belong_to_it_and_what_lies_outside_to_none():
    islands = {"type": "MultiPolygon", "coordinates": [square(112.0, 35.0)["coordinates"], square(113.0, 35.0)["coordinates"]]}
    found = Boundaries([("a", islands)])
    assert found.grid_of(112.005, 35.005) == found.grid_of(113.005, 35.005) == "a"
    assert found.grid_of(112.5, 35.005) is None
    assert found.grid_of(float("nan"), 35.0) is None
    assert Boundaries([]).grid_of(112.5, 35.0) is None


def test_a_county_of_600_grids_answers_every_centre():
    cells = [(f"140525100{i:03d}01", 112.5 + 0.01 * (i % 30), 35.2 + 0.01 * (i // 30)) for i in range(600)]
    found = Boundaries((code, square(lon, lat)) for code, lon, lat in cells)
    assert len(found) == 600
    assert [found.grid_of(lon + 0.005, lat + 0.005) for _, lon, lat in cells] == [code for code, _, _ in cells]


def test_a_sound_boundary_has_no_problems():
    assert check_geometry(square(112.8, 35.5)) == []
    assert check_geometry({"type": "MultiPolygon", "coordinates": [square(112.8, 35.5)["coordinates"]]}) == []


BOW_TIE = [[112.8, 35.5], [112.9, 35.6], [112.9, 35.5], [112.8, 35.6], [112.8, 35.5]]
FAR_HOLE = [square(112.8, 35.5)["coordinates"][0], square(113.8, 35.5)["coordinates"][0]]


@pytest.mark.parametrize("geometry,words", [
    ({"type": "Point", "coordinates": [112.8, 35.5]}, "Polygon"),
    (None, "Polygon"),
    ({"type": "Polygon", "coordinates": []}, "没有坐标"),
    ({"type": "Polygon"}, "没有坐标"),
    ({"type": "Polygon", "coordinates": [[[112.8, 35.5], [112.9, 35.5], [112.8, 35.5]]]}, "至少要 4 个"),
    ({"type": "Polygon", "coordinates": [[[112.8, 35.5], [112.9, 35.5], [112.9, 35.6], [112.8, 35.6]]]}, "没有闭合"),
    ({"type": "Polygon", "coordinates": [[["112.8", 35.5]] * 4]}, "不是 [经度, 纬度]"),
    ({"type": "Polygon", "coordinates": [[[float("nan"), 35.5]] * 4]}, "不是 [经度, 纬度]"),
    ({"type": "Polygon", "coordinates": [BOW_TIE]}, "自相交"),
    ({"type": "Polygon", "coordinates": FAR_HOLE}, "外环之外"),
    ({"type": "Polygon", "coordinates": [[[y, x] for x, y in square(112.8, 35.5)["coordinates"][0]]]}, "填反"),
    (square(19_712_345.0, 3_931_234.0), "超出范围"),
    (square(2.35, 48.85), "超出范围"),
])
def test_a_boundary_that_is_wrong_is_explained_in_chinese(geometry, words):
    problems = check_geometry(geometry)
    assert len(problems) == 1 and words in problems[0]


def test_every_bad_ring_is_named():
    rings = [square(112.8, 35.5)["coordinates"][0], [[112.8, 35.5]] * 2, [[112.8, 35.5]] * 3]
    assert [p.split("只有")[0] for p in check_geometry({"type": "Polygon", "coordinates": rings})] == ["第 1 个内环", "第 2 个内环"]
