"""Divisions and grids: edited by a county, with boundaries that are checked and residents by year and base."""

from typing import Any

import pytest
from flask import Flask

from inspect_api.models import Region
from tests.api.asking import count, pushed, result
from tests.api.test_at_once import at_once
from tests.support.people import Person, Phone
from tests.support.world import COUNTY, GRID_A1, GRID_A2, TOWN_A

NEW_GRID = "14052510020003"
BOX = [[112.82, 35.50], [112.83, 35.50], [112.83, 35.51], [112.82, 35.51], [112.82, 35.50]]


def put(person: Person, code: str, status: int = 200, **fields: Any) -> dict[str, Any]:
    """Make or edit a region."""
    answer = person.ask("PUT", f"/api/v1/regions/{code}", json=fields)
    assert answer.status_code == status, answer.get_json()
    return answer.get_json()


def box(ring: Any = None, kind: str = "Polygon") -> dict[str, Any]:
    """A GeoJSON square."""
    return {"type": kind, "coordinates": [ring or BOX]}


def test_a_county_makes_a_grid_and_edits_it_field_by_field(app: Flask, as_county: Person):
    made = put(as_county, NEW_GRID, name="新网格", boundary=box(), valid_from="2021-03-01")
    assert (made["level"], made["parent"], made["boundary"]) == ("grid", "140525100200", box())
    edited = put(as_county, NEW_GRID, name="改名的网格")
    assert (edited["name"], edited["boundary"], edited["valid_from"]) == ("改名的网格", box(), "2021-03-01")
    assert as_county.get(f"/api/v1/regions/{NEW_GRID}") == edited
    assert put(as_county, NEW_GRID, boundary=None)["boundary"] is None
    assert NEW_GRID in [below["code"] for below in as_county.get("/api/v1/regions/140525100200")["below"]]


def test_a_list_tells_the_newest_residents_of_each_and_which_have_a_boundary(app: Flask, as_county: Person):
    numbers = [{"year": year, "base": base, "residents": n, "source": "测试"} for year, base, n in
               ((2020, "resident", 900), (2021, "registered", 800), (2021, "resident", 1_000))]
    put(as_county, GRID_A1, residents=numbers)
    put(as_county, GRID_A2, boundary=None)
    shown = {one["code"]: one for one in as_county.get("/api/v1/regions", within=TOWN_A, level="grid", counts="sites")["regions"]}
    assert shown[GRID_A1]["residents"] == {"year": 2021, "base": "resident", "residents": 1_000} and shown[GRID_A2]["residents"] is None
    assert (shown[GRID_A1]["bounded"], shown[GRID_A2]["bounded"]) == (True, False)
    assert "bounded" not in as_county.get("/api/v1/regions", within=TOWN_A)["regions"][0]


def test_residents_are_kept_by_year_and_base_with_their_source(app: Flask, as_county: Person):
    entry = {"year": 2021, "base": "resident", "residents": 30_000, "source": "第七次人口普查"}
    put(as_county, TOWN_A, residents=[entry, entry | {"base": "registered", "residents": 33_000}])
    put(as_county, TOWN_A, residents=[entry | {"residents": 31_000}, entry | {"year": 2020}])
    found = {(r["year"], r["base"]): r["residents"] for r in as_county.get(f"/api/v1/regions/{TOWN_A}")["residents"]}
    assert found == {(2021, "resident"): 31_000, (2021, "registered"): 33_000, (2020, "resident"): 30_000}


BOUNDARIES: dict[str, Any] = {
    "a bow tie": box([[112.8, 35.5], [112.81, 35.51], [112.81, 35.5], [112.8, 35.51], [112.8, 35.5]]),
    "latitude first": box([[lat, lon] for lon, lat in BOX]), "not closed": box(BOX[:4]), "a line": {"type": "LineString", "coordinates": BOX},
    "a point": {"type": "Point", "coordinates": BOX[0]}, "nothing": {}, "texts": box([["a", "b"]] * 5), "empty": {"type": "Polygon", "coordinates": []},
    "no coordinates": {"type": "Polygon"}, "off the earth": box([[x + 300, y] for x, y in BOX]), "nulls": box([[None, None]] * 5),
    "a feature": {"type": "Feature", "geometry": box(), "properties": {}}, "too few points": box(BOX[:2] + BOX[:1]),
    "a type that is a list": {"type": ["Polygon"], "coordinates": [BOX]}, "three numbers a point": {"type": "Polygon", "coordinates": 5},
}


@pytest.mark.parametrize("boundary", BOUNDARIES.values(), ids=list(BOUNDARIES))
def test_a_boundary_that_is_none_is_refused_and_nothing_is_made(one_app: Flask, boundary: Any):
    problem = put(Person(one_app, "county"), NEW_GRID, 422, name="新网格", boundary=boundary)
    assert problem["code"] == "bad-boundary" and problem["errors"][0]["message"]
    assert count(one_app, Region, Region.code == NEW_GRID) == 0


WRONG: dict[str, tuple[str, dict[str, Any], int, str]] = {
    "no name for a new one": (NEW_GRID, {}, 422, "invalid"), "an empty name": (NEW_GRID, {"name": ""}, 422, "invalid"),
    "a name with nul": (NEW_GRID, {"name": "a\x00"}, 422, "invalid"),
    "no such length": ("1405251", {"name": "x"}, 422, "invalid"), "letters": ("1405251x", {"name": "x"}, 422, "invalid"),
    "letters for a province": ("ab", {"name": "x"}, 422, "invalid"), "digits of another script": ("１４", {"name": "x"}, 422, "invalid"),
    "a parent that is not there": ("14052599", {"name": "x"}, 422, "invalid"),
    "a village of no town": ("140525999201", {"name": "x"}, 404, "unknown-region"),
    "a day that is none": (NEW_GRID, {"name": "x", "valid_from": "soon"}, 422, "invalid"),
    "it ends before it begins": (NEW_GRID, {"name": "x", "valid_from": "2022-01-01", "valid_to": "2021-01-01"}, 422, "invalid"),
    "fewer than nobody": (TOWN_A, {"residents": [{"year": 2021, "base": "resident", "residents": -1, "source": "x"}]}, 422, "invalid"),
    "a base that is none": (TOWN_A, {"residents": [{"year": 2021, "base": "guests", "residents": 1, "source": "x"}]}, 422, "invalid"),
    "no source": (TOWN_A, {"residents": [{"year": 2021, "base": "resident", "residents": 1}]}, 422, "invalid"),
    "the same year twice": (TOWN_A, {"residents": [{"year": 2021, "base": "resident", "residents": n, "source": "x"} for n in (1, 2)]}, 422, "invalid"),
    "an unknown field": (NEW_GRID, {"name": "x", "level": "county"}, 422, "invalid"),
}


def test_what_cannot_be_a_region_is_refused_by_name(app: Flask):
    admin, before = Person(app, "admin"), count(app, Region)
    found = {}
    for name, (code, fields, _, _) in WRONG.items():
        answer = admin.ask("PUT", f"/api/v1/regions/{code}", json=fields)
        found[name] = (answer.status_code, answer.get_json().get("code"))
    assert found == {name: (status, code) for name, (_, _, status, code) in WRONG.items()}
    assert count(app, Region) == before


def test_a_new_boundary_places_the_next_site_found_in_it(app: Flask, as_supervisor: Phone, as_county: Person):
    """The boundaries are kept in memory: a change must be seen by the next push."""
    def found() -> dict[str, Any]:
        return as_supervisor.operation("create", "site", {
            "type": "small_shop", "name": "新店", "place": {"lon": 112.825, "lat": 35.505, "crs": "WGS84"}})

    assert result(as_supervisor, found())["status"] == "rejected"
    put(as_county, GRID_A2, boundary=box())
    site = found()
    pushed(as_supervisor, site)
    assert as_county.get(f"/api/v1/sites/{site['id']}")["grid"] == GRID_A2
    put(as_county, GRID_A2, valid_to="2021-01-01")
    assert result(as_supervisor, found())["status"] == "rejected", "a grid that ended takes no more sites"


def test_regions_come_page_by_page_under_a_prefix(one_app: Flask):
    person, found, after = Person(one_app, "supervisor"), [], ""
    while True:
        page = person.get("/api/v1/regions", within=COUNTY, level="town", limit=5, after=after)
        found += [one["code"] for one in page["regions"]]
        if not (after := page["next"]):
            break
    assert TOWN_A in found and len(found) == len(set(found)) > 10 and found == sorted(found)
    assert all(code.startswith(COUNTY) and len(code) == 9 for code in found)
    assert [one["code"] for one in person.get("/api/v1/regions", within=GRID_A1)["regions"]] == [GRID_A1]


def test_a_map_gets_all_grids_with_boundaries_that_are_light_and_the_sites_in_each(app: Flask, as_county: Person):
    wavy = [[112.82 + n / 10_000, 35.50 + (n % 2) / 1_000_000] for n in range(100)] + [[112.83, 35.51], [112.82, 35.51], [112.82, 35.50]]
    put(as_county, NEW_GRID, name="新网格", boundary=box(wavy))
    told = as_county.get("/api/v1/regions", within=COUNTY, level="grid", boundary="simplified", counts="sites")
    rows = {row["code"]: row for row in told["regions"]}
    assert len(rows[NEW_GRID]["boundary"]["coordinates"][0]) < 10 and rows[GRID_A1]["boundary"]["type"] == "Polygon"
    assert (rows[GRID_A1]["sites"], rows[GRID_A2]["sites"], rows[NEW_GRID]["sites"]) == (3, 1, 0)
    towns = {row["code"]: row for row in as_county.get("/api/v1/regions", within=COUNTY, level="town", counts="sites")["regions"]}
    assert towns[TOWN_A]["sites"] == 4 and "boundary" not in towns[TOWN_A]
    put(as_county, NEW_GRID, boundary=None)
    again = as_county.get("/api/v1/regions", within=NEW_GRID, boundary="simplified")["regions"]
    assert again[0]["boundary"] is None, "what is kept in memory follows a change"
    answer = Person(app, "reviewer").ask("GET", "/api/v1/regions", query_string={"within": COUNTY, "counts": "sites"})
    assert answer.get_json()["code"] == "out-of-scope"


def test_a_clerk_adds_a_grid_under_the_next_free_code_and_never_over_another(app: Flask, as_county: Person):
    village = as_county.get("/api/v1/regions/140525100200")
    assert village["next_grid"] == NEW_GRID
    assert put(as_county, village["next_grid"], name="新网格", new=True)["name"] == "新网格"
    assert put(as_county, village["next_grid"], 409, name="同时的网格", new=True)["code"] == "conflict"
    assert as_county.get("/api/v1/regions/140525100200")["next_grid"] == "14052510020004"
    assert as_county.get(f"/api/v1/regions/{TOWN_A}")["next_grid"] is None


def test_two_clerks_who_edit_a_region_at_once_both_keep_what_they_wrote(app: Flask, as_county: Person):
    other = Person(app, "admin")
    for n in range(6):
        at_once(lambda n=n: put(as_county, GRID_A1, name=f"网格{n}"), lambda n=n: put(other, GRID_A1, valid_from=f"2021-03-0{n + 1}"))
        found = as_county.get(f"/api/v1/regions/{GRID_A1}")
        assert (found["name"], found["valid_from"]) == (f"网格{n}", f"2021-03-0{n + 1}")
