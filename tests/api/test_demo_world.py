"""The demo is the same every time, holds together, and gives every indicator of every plan something to count."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml
from stdnum.cn import uscc

import checklists
from checklists.bank import load_bank
from checklists.plan import check_plan
from checklists.site_types import SITE_TYPES, check_attributes, matches
from inspect_api.demo.divisions import read_regions
from inspect_api.demo.this_year import SOURCE, this_year
from inspect_api.demo.world import world
from sync.ledger.codes import licence_warning
from sync.location import Boundaries, check_geometry, to_wgs84

WORLD = world()
PLANS = sorted((Path(checklists.__file__).parent / "plans").glob("*.yaml"))


def sites_of(prefix):
    return [site for site in WORLD.sites if site.grid.startswith(prefix)]


def test_the_same_seed_gives_the_same_world_and_another_seed_another():
    assert world(2022) == WORLD
    other = world(7)
    assert not {site.id for site in other.sites} & {site.id for site in WORLD.sites}
    assert other.regions == WORLD.regions


def test_the_ids_of_the_default_seed_never_change():
    assert WORLD.users[0].id == "8df60551-a5fa-50ff-a70c-a7af264e904e"
    assert WORLD.sites[0].id == "5e86cd02-e2d5-51e2-a7c4-c56b6ecbf08c"


def test_all_ids_logins_codes_and_natural_keys_are_unique():
    for values in ([s.id for s in WORLD.sites], [u.id for u in WORLD.users], [u.login for u in WORLD.users],
                   [r.code for r in WORLD.regions], [s.natural_key for s in WORLD.sites],
                   [s.uscc for s in WORLD.sites if s.uscc], [s.licence_number for s in WORLD.sites if s.licence_number],
                   [(p.region, p.year, p.base) for p in WORLD.populations]):
        assert [value for value, times in Counter(values).items() if times > 1] == []


def test_every_region_comes_after_its_parent_and_begins_with_its_code():
    seen = set()
    for region in WORLD.regions:
        assert region.parent is None or region.parent in seen and region.code.startswith(region.parent)
        seen.add(region.code)


def test_towns_and_villages_are_real_divisions():
    real = {row["code"]: row["name"] for row in read_regions()}
    assert all(real[r.code] == r.name for r in WORLD.regions if r.level != "grid")
    assert all(len(r.code) == 14 for r in WORLD.grids())


@pytest.mark.parametrize("county", WORLD.counties)
def test_a_county_has_towns_grids_and_about_150_sites_of_every_type(county):
    towns = [r for r in WORLD.regions if r.level == "town" and r.code.startswith(county)]
    sites = sites_of(county)
    assert 6 <= len(towns) <= 8 and len(WORLD.grids(county)) == 4 * len(towns)
    assert 140 <= len(sites) <= 170
    assert {site.type for site in sites} == set(SITE_TYPES)
    assert {site.grid for site in sites} == {grid.code for grid in WORLD.grids(county)}


def test_the_grids_are_sound_squares_that_tile_without_overlap_and_hold_their_sites():
    assert [problem for grid in WORLD.grids() for problem in check_geometry(grid.boundary)] == []
    found = Boundaries((grid.code, grid.boundary) for grid in WORLD.grids())
    assert [site.id for site in WORLD.sites if found.grid_of(site.lon, site.lat) != site.grid] == []
    centres = [(g.code, sum(x for x, _ in ring) / 4, sum(y for _, y in ring) / 4)
               for g in WORLD.grids() for ring in [g.boundary["coordinates"][0][:4]]]
    assert [code for code, lon, lat in centres if found.grid_of(lon, lat) != code] == []
    assert len({(round(lon, 4), round(lat, 4)) for _, lon, lat in centres}) == len(centres)


def test_numbers_attributes_and_places_pass_the_doors_that_real_data_pass():
    for site in WORLD.sites:
        assert site.uscc is None or uscc.is_valid(site.uscc)
        assert site.licence_number is None or licence_warning(site.licence_number) is None
        assert check_attributes(site.attributes) == []
        assert to_wgs84(site.place["lon"], site.place["lat"], site.place["crs"]) == (site.lon, site.lat)
        assert site.phone == "" and "示例路" in site.address and len(site.natural_key) <= 120
    assert {site.place["crs"] for site in WORLD.sites} == {"WGS84", "GCJ02"}


@pytest.mark.parametrize("county", WORLD.counties)
def test_work_is_left_in_every_county(county):
    sites = sites_of(county)
    small = [s for s in sites if s.type in ("small_workshop", "small_shop", "small_stall")]
    assert 0 < sum(s.registration_number is None for s in small) < len(small)
    canteens = [s for s in sites if s.type == "school_canteen"]
    assert {s.attributes["stage"] for s in canteens} == {"kindergarten", "primary", "junior", "senior", "college"}
    licensed = [s for s in sites if s.licence_until]
    assert any(s.licence_until < date(2022, 6, 30) for s in licensed) and any(s.licence_until > date(2023, 1, 1) for s in licensed)
    assert {s.risk_grade is None for s in sites if s.type == "market"} == {True, False}
    assert {s.attributes["store_kind"] for s in sites if s.type == "cold_store"} == {"own", "third_party"}


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_every_indicator_filter_of_every_plan_finds_some_sites(path):
    plan = yaml.safe_load(path.read_text(encoding="utf-8"))
    sites = sites_of(str(plan["region"]))
    assert sites
    empty = [i["id"] for i in plan["indicators"] if i.get("filter")
             and not any(matches(i["filter"], site.type, site.attributes) for site in sites)]
    assert empty == []


def test_every_township_has_a_supervisor_and_a_reviewer_every_county_and_the_city_an_office_and_there_is_one_admin():
    roles = Counter((user.role, user.regions) for user in WORLD.users)
    towns = [(r.code,) for r in WORLD.regions if r.level == "town"]
    expected = ([("admin", ())] + [("county", (code,)) for code in WORLD.counties]
                + [(role, town) for town in towns for role in ("supervisor", "reviewer")] + [("county", ("1408",))])
    assert roles == Counter(expected)


def test_residents_are_dated_of_both_bases_and_said_to_be_illustrative():
    years = {(p.region, p.base): {q.year for q in WORLD.populations if (q.region, q.base) == (p.region, p.base)}
             for p in WORLD.populations}
    assert set(years) == {(region, base) for region in (*WORLD.counties, "1408") for base in ("resident", "registered")}
    assert all(found == {2020, 2021, 2022} for found in years.values())
    assert all("示例" in p.source and p.residents > 100_000 for p in WORLD.populations)


def test_a_town_without_village_codes_gets_invented_parts():
    bare = world(regions=[row for row in read_regions() if len(row["code"]) < 12])
    first = bare.grids("140502001")
    assert [g.code for g in first] == [f"140502001000{n:02d}" for n in (1, 2, 3, 4)]
    assert first[0].name == "东街街道第一片区" and first[0].parent == "140502001"
    assert len(bare.sites) == len(WORLD.sites)


def test_a_list_of_regions_without_a_demo_county_is_refused():
    with pytest.raises(ValueError, match="140525"):
        world(regions=[row for row in read_regions() if not row["code"].startswith("140525")])


def test_the_demos_own_plan_asks_this_year_what_its_source_asked_and_says_that_it_is_no_document():
    bank = load_bank()
    source, _ = check_plan(next(path for path in PLANS if path.stem == SOURCE).read_text("utf-8"), bank, SOURCE)
    name, text = this_year(date(2030, 5, 1))
    plan, mistakes = check_plan(text, bank, name)
    assert not mistakes
    assert (plan.id, plan.doc_number, plan.period) == ("zezhou-demo-2030", "", (date(2030, 1, 1), date(2030, 12, 31)))
    assert "演示" in plan.title and "演示" in plan.issuer and "不是政府文件" in str(plan.notes)
    assert [one.id for one in plan.indicators] == [one.id for one in source.indicators]
    assert "2021" not in "".join(f"{one.quote}{one.article}" for one in plan.clauses)
