"""What a reviewer sees of photos and places: facts and a grade, right again as soon as a fact changes. With real photos."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from sync.location import from_wgs84
from tests.api.asking import pushed
from tests.media.pictures import exif, picture, scene
from tests.support.people import CHINA, Person, Phone
from tests.support.uploads import Uploader, sha
from tests.support.world import site_id

LON, LAT = 112.805, 35.505
METRE = 1 / 111_195  # degrees of latitude
NOW = datetime.now(UTC).replace(microsecond=0)
BEGUN = NOW - timedelta(hours=2)
Row = dict[str, Any]


@pytest.fixture
def phone(app: Flask) -> Phone:
    """The supervisor's phone; the first and the second school and the cold store have a place."""
    county = Person(app, "county")
    for number in (1, 2, 4):
        place = {"lon": LON, "lat": LAT, "crs": "WGS84", "accuracy": 20, "source": "gps"}
        assert county.ask("PATCH", f"/api/v1/sites/{site_id(number)}", json={"rev": 1, "set": {"place": place}}).status_code == 200
    return Phone(app, "supervisor")


def place(metres: float = 10, crs: str = "WGS84", **more: Any) -> Row:
    """A captured place so many metres north of the sites."""
    lon, lat = from_wgs84(LON, LAT + metres * METRE, crs)
    return {"lon": lon, "lat": lat, "crs": crs, "accuracy": 10, "source": "gps", "mock": False} | more


def local(at: datetime) -> str:
    """As a camera writes it."""
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def photo(tmp_path: Path, seed: int = 1, taken: datetime | None = BEGUN, **more: Any) -> bytes:
    """A real photo with EXIF; `taken` None: without any."""
    told = exif(taken=local(taken), gps=(LON, LAT), gps_at=None) if taken else b""
    return picture(tmp_path / "taken.jpg", seed=seed, told=told, **more).read_bytes()


def visited(phone: Phone, data: bytes, capture: Row, site: int = 1, sent: bool = True, **more: Any) -> str:
    """A visit with one photo, told and sent."""
    if sent:
        Uploader(phone).send(data)
    fields = {"place": place(), "ended_at": (BEGUN + timedelta(minutes=20) + phone.clock).isoformat(), "photos": {sha(data): capture}} | more
    answers = {"kitchen.bright": {"mark": "pass", "photos": [sha(data)]}} if site != 4 else {}
    operation = phone.visit(site, "2021-05-01 09:30", answers, **fields)
    operation["set"]["at"] = (BEGUN + phone.clock).isoformat()
    return pushed(phone, operation)


def camera(phone: Phone, minutes: float = 5, **more: Any) -> Row:
    """A capture by the app's camera, so many minutes into the visit, by the phone's clock."""
    return {"at": (BEGUN + timedelta(minutes=minutes) + phone.clock).isoformat(), "source": "camera", "place": place()} | more


def evidence(app: Flask, visit: str) -> Row:
    """The page of a visit as the reviewer has it."""
    return Person(app, "reviewer").get(f"/api/v1/visits/{visit}/photos")


def graded(app: Flask, visit: str) -> tuple[str | None, set[str]]:
    """The grade of a visit's only photo, and the codes of its reasons that are no support."""
    [shown] = evidence(app, visit)["photos"]
    return shown["grade"], {reason["code"] for reason in shown["reasons"] if reason["effect"] != "support"}


def test_a_photo_of_the_app_s_camera_within_the_visit_and_at_the_site_is_strong(app: Flask, phone: Phone, tmp_path: Path):
    visit = visited(phone, photo(tmp_path), camera(phone))
    page = evidence(app, visit)
    [shown] = page["photos"]
    assert (page["complete"], page["missing"], shown["grade"], shown["grade_title"]) == (True, [], "strong", "充分")
    assert shown["items"] == ["kitchen.bright"] and shown["distance_m"] == 10 and shown["facts"]["make"] == "HUAWEI"
    assert {reason["code"] for reason in shown["reasons"]} == {"taken-in-app", "exif-time-agrees", "exif-place-near", "place-near"}
    assert shown["stamp"][0] == f"{local(BEGUN + timedelta(minutes=5))} 拍摄" and "112.80500, 35.50509 ±10米" in shown["stamp"][2]
    [start] = page["places"]
    assert (start["which"], start["grade"], start["distance_m"]) == ("start", "strong", 10)


@pytest.mark.parametrize(("told", "grade", "codes"), [
    ({"minutes": 60 * 5}, "weak", {"after-arrival", "exif-time-differs"}),  # after it arrived at the server
    ({"minutes": -60 * 24 * 3}, "weak", {"long-before-visit", "exif-time-differs"}),
    ({"minutes": -60 * 4}, "fair", {"before-visit", "exif-time-differs"}),
    ({"place": place(3_000)}, "weak", {"place-far"}),
    ({"place": place(400)}, "fair", {"place-off"}),
    ({"place": place(mock=True)}, "weak", {"place-mock"}),
    ({"place": place(crs="GCJ02")}, "strong", set()),
    ({"source": "gallery"}, "strong", {"gallery"}),
    ({"source": None, "at": None, "place": None}, "strong", set())], ids=lambda value: str(sorted(value) if isinstance(value, set) else value)[:40])
def test_what_the_phone_tells_of_a_photo_decides_its_grade(app: Flask, phone: Phone, tmp_path: Path, told: Row, grade: str, codes: set[str]):
    assert graded(app, visited(phone, photo(tmp_path), camera(phone, **told))) == (grade, codes)


def test_a_photo_without_anything_told_shows_only_itself(app: Flask, phone: Phone, tmp_path: Path):
    visit = visited(phone, photo(tmp_path, taken=None), {}, place=None)
    assert graded(app, visit) == ("weak", {"nothing-told"})
    assert "拍摄时间未记录" in evidence(app, visit)["photos"][0]["stamp"][0]


def test_a_phone_three_days_off_is_corrected_and_only_noted(app: Flask, phone: Phone, tmp_path: Path):
    phone.clock = timedelta(days=-3)
    data = photo(tmp_path, taken=BEGUN - timedelta(days=3))
    visit = visited(phone, data, camera(phone))
    assert graded(app, visit) == ("strong", {"clock-corrected"})
    [shown] = evidence(app, visit)["photos"]
    stamped = datetime.strptime(shown["stamp"][0], "%Y-%m-%d %H:%M:%S 拍摄").replace(tzinfo=CHINA)
    assert abs(stamped - BEGUN - timedelta(minutes=5)) <= timedelta(seconds=5)  # the offset is measured, wire and all


def test_the_same_picture_in_two_shops_is_told_of_both_by_its_bytes_and_by_its_looks(app: Flask, phone: Phone, tmp_path: Path):
    data = photo(tmp_path, seed=7)
    first = visited(phone, data, camera(phone))
    assert graded(app, first) == ("strong", set())
    second = visited(phone, data, camera(phone), site=2)
    smaller = picture(tmp_path / "again.jpg", image=scene(7).resize((200, 150)), told=exif(taken=local(BEGUN), gps=(LON, LAT), gps_at=None)).read_bytes()
    third = visited(phone, smaller, camera(phone), site=4)
    assert graded(app, second) == ("weak", {"same-elsewhere"})
    assert graded(app, first) == ("weak", {"same-elsewhere"})
    [shown] = evidence(app, third)["photos"]
    assert shown["grade"] == "weak" and {(twin["visit"], twin["same_bytes"]) for twin in shown["twins"]} == {(first, False), (second, False)}


def test_another_picture_is_no_twin(app: Flask, phone: Phone, tmp_path: Path):
    visited(phone, photo(tmp_path, seed=1), camera(phone), site=2)
    visit = visited(phone, photo(tmp_path, seed=2), camera(phone))
    assert evidence(app, visit)["photos"][0]["twins"] == []


def test_an_amendment_that_keeps_its_photos_is_no_twin_of_what_it_amends(app: Flask, phone: Phone, tmp_path: Path):
    data = photo(tmp_path)
    first = visited(phone, data, camera(phone))
    second = visited(phone, data, camera(phone), replaces=first)
    assert evidence(app, second)["photos"][0]["twins"] == [] == evidence(app, first)["photos"][0]["twins"]


def test_a_photo_that_has_not_arrived_is_missing_and_not_graded_and_is_when_it_comes(app: Flask, phone: Phone, tmp_path: Path):
    data = photo(tmp_path)
    visit = visited(phone, data, camera(phone), sent=False)
    page = evidence(app, visit)
    [shown] = page["photos"]
    assert (page["complete"], page["missing"], shown["grade"], shown["stored"]) == (False, [sha(data)], None, False)
    assert [reason["code"] for reason in shown["reasons"]] == ["waiting"] and "urls" not in shown
    Uploader(phone).send(data)
    assert graded(app, visit)[0] == "strong"


def test_a_grade_follows_the_site_s_own_place(app: Flask, phone: Phone, tmp_path: Path):
    visit = visited(phone, photo(tmp_path), camera(phone))
    county = Person(app, "county")
    moved = county.ask("PATCH", f"/api/v1/sites/{site_id(1)}", json={"rev": 2, "set": {"place": place(5_000)}})
    assert moved.status_code == 200
    page = evidence(app, visit)
    assert (page["photos"][0]["grade"], page["places"][0]["grade"]) == ("weak", "weak")


def test_grades_and_twins_are_for_those_who_review_and_facts_for_everybody(app: Flask, phone: Phone, tmp_path: Path):
    visit = visited(phone, photo(tmp_path), camera(phone, place=place(3_000)))
    page = phone.get(f"/api/v1/visits/{visit}/photos")
    [shown] = page["photos"]
    assert shown["stored"] and shown["distance_m"] == 3_000
    assert not {"grade", "reasons", "twins"} & {*shown, *page["places"][0]}
    assert Person(app, "other-reviewer").ask("GET", f"/api/v1/visits/{visit}/photos").status_code == 403


def test_a_signature_is_a_photo_of_its_visit(app: Flask, phone: Phone, tmp_path: Path):
    data = photo(tmp_path, taken=None)
    visit = visited(phone, photo(tmp_path), camera(phone), signature={"kind": "signed", "photo": sha(data)})
    page = evidence(app, visit)
    assert page["missing"] == [sha(data)]
    assert [shown["items"] for shown in page["photos"] if shown["sha256"] == sha(data)] == [["signature"]]
