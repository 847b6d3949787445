"""The demo's photos: real JPEGs that the server takes, that tell when and where, and that differ as real ones do."""

from datetime import datetime, timedelta, timezone
from itertools import combinations
from pathlib import Path
from random import Random

import pytest

from checklists.bank import load_bank
from checklists.compile import compile_checklists
from checklists.plan import load_plans
from inspect_api.demo.camera import SIGNATURE
from inspect_api.demo.photos import MAKE, photo, scene_of
from inspect_api.demo.scenes import SCENES
from media import images

TAKEN = datetime(2022, 3, 9, 9, 41, 7, tzinfo=timezone(timedelta(hours=8)))
POINT = (112.899412, 35.617333)
SITES = ("云帆小学食堂", "石榴花健康食品店", "麦浪面粉厂")


def drawn(folder: Path, scene: str, seed: object, site: str = SITES[0]) -> Path:
    """A photo as a file."""
    path = folder / f"{scene}-{seed}.jpg"
    path.write_bytes(photo(Random(f"{scene}:{seed}"), scene, "门头（或场所入口）照片", site, TAKEN, POINT))
    return path


@pytest.mark.parametrize("scene", SCENES)
def test_a_photo_is_accepted_and_tells_when_where_and_with_what_it_was_taken(scene: str, tmp_path: Path):
    path = drawn(tmp_path, scene, 1)
    told = images.check(path)
    assert (told.mime, told.width, told.height) == ("image/jpeg", 640, 480)
    assert (told.taken, told.taken_zone, told.make, told.model) == ("2022-03-09 09:41:07", "+08:00", MAKE, MAKE)
    assert told.gps == pytest.approx(POINT, abs=1e-6)
    assert 8_000 < path.stat().st_size < 32_000


def test_a_photo_passed_on_by_chat_software_tells_nothing(tmp_path: Path):
    path = tmp_path / "bare.jpg"
    path.write_bytes(photo(Random(1), "paper", "最近一批进货票据照片", SITES[0], None, None))
    told = images.check(path)
    assert (told.taken, told.taken_zone, told.gps) == (None, None, None)


def test_the_same_seed_takes_the_same_photo_to_the_byte():
    one, again, other = (photo(Random(seed), "kitchen", "后厨", SITES[0], TAKEN, POINT) for seed in (7, 7, 8))
    assert one == again != other


@pytest.mark.parametrize("scene", SCENES)
def test_photos_of_different_sites_are_no_near_twins(scene: str, tmp_path: Path):
    prints = [images.fingerprint(drawn(tmp_path, scene, f"site-{number}", site)) for number, site in enumerate(SITES)]
    assert all(prints)
    assert min(images.distance(one, other) for one, other in combinations(prints, 2)) > images.NEAR


def test_every_item_of_every_checklist_has_a_scene():
    items = [item for checklist in compile_checklists(load_plans().values(), load_bank()).values()
             for section in checklist.to_dict()["sections"] for item in section["items"]]
    assert {scene_of(item, Random(number)) for number, item in enumerate([*items, SIGNATURE])} == set(SCENES)
