"""Photos of a site itself: the storefront that somebody found on the street, named by the site and seen by whoever may see it."""

import threading
from typing import Any

import pytest
from flask import Flask

from inspect_api.models import Photo, PhotoUse
from inspect_api.services.site_fields import MOST_PHOTOS
from tests.api.asking import count, pushed, result, statements
from tests.api.sending import DAY
from tests.support.people import Person, Phone
from tests.support.uploads import Uploader, jpeg, sha
from tests.support.world import GRID_A1, GRID_A2, GRID_B1, site_id

PHOTO, OTHER, THIRD = jpeg(1), jpeg(2), jpeg(3)
CAPTURE = {"at": "2021-05-01T09:30:00+08:00", "source": "camera", "place": {"lon": 112.805, "lat": 35.505, "crs": "WGS84", "accuracy": 8}}
SITE = site_id(1)


@pytest.fixture
def phone(app: Flask) -> Phone:
    """A supervisor's phone that speaks version 2."""
    made = Phone(app, "supervisor")
    made.schema = 2
    return made


def found(phone: Phone, *photos: bytes, grid: str = GRID_A1, **more: Any) -> dict[str, Any]:
    """A site that was found on the street, with photos."""
    return phone.operation("create", "site", {"type": "catering", "name": "巷口小吃", "grid": grid,
                                              "photos": {sha(photo): CAPTURE for photo in photos}} | more)


def patch(phone: Phone, id_: str, photos: dict[str, Any], base: int | None, **more: Any) -> dict[str, Any]:
    """A change of a site's photos."""
    return phone.operation("patch", "site", {"photos": photos}, id_, base=base, **more)


def pull(phone: Person, cursor: str | None = None) -> dict[str, Any]:
    """Everything that changed since a cursor."""
    return phone.get("/api/v1/sync/pull", limit=1000, schema=2, **({"cursor": cursor} if cursor else {}))


def pulled(phone: Person, id_: str, cursor: str | None = None) -> dict[str, Any]:
    """A row as the pull gives it."""
    return next(one["row"] for one in pull(phone, cursor)["changes"] if one["id"] == id_)


def seen(person: Person, photo: bytes, **query: Any) -> int:
    """With what a photo is answered."""
    return person.ask("GET", f"/api/v1/photos/{sha(photo)}", query_string=query).status_code


def test_a_site_whose_photos_come_after_it_is_told_in_the_pull_when_they_are_there(phone: Phone):
    outcome = result(phone, site := found(phone, PHOTO, OTHER))
    assert outcome["status"] == "applied" and outcome["photos_missing"] == sorted([sha(PHOTO), sha(OTHER)])
    page = pull(phone)
    row = next(one["row"] for one in page["changes"] if one["id"] == site["id"])
    assert row["photos"] == {sha(PHOTO): CAPTURE, sha(OTHER): CAPTURE} and row["photos_missing"] == sorted(row["photos"])
    Uploader(phone).send(PHOTO)
    assert pulled(phone, site["id"], page["cursor"])["photos_missing"] == [sha(OTHER)]
    Uploader(phone).send(OTHER)
    last = pulled(phone, site["id"], page["cursor"])
    assert last["photos_missing"] == [] and last["rev"] == 1
    assert phone.get(f"/api/v1/sites/{site['id']}")["photos_missing"] == []


def test_a_site_whose_photos_came_before_it_misses_none(phone: Phone):
    Uploader(phone).send(PHOTO)
    site = found(phone, PHOTO)
    assert "photos_missing" not in result(phone, site)
    assert pulled(phone, site["id"])["photos_missing"] == []


def test_a_site_without_photos_has_none_and_misses_none(phone: Phone):
    row = pulled(phone, SITE)
    assert (row["photos"], row["photos_missing"]) == ({}, [])
    assert "photos_missing" not in result(phone, phone.operation("patch", "site", {"phone": "1"}, SITE, base=1))


def test_a_site_with_photos_that_is_pushed_twice_is_there_once_with_the_same_answer(app: Flask, phone: Phone):
    first, again = (result(phone, one) for one in [found(phone, PHOTO)] * 2)
    assert again == first | {"replay": True}
    assert count(app, PhotoUse, PhotoUse.type == "site") == 1


def test_two_people_who_photograph_one_site_do_not_meet(app: Flask, phone: Phone, as_county: Person):
    tablet = Phone(app, "supervisor", device="tablet")
    tablet.schema = 2
    first, second = result(phone, patch(phone, SITE, {sha(PHOTO): CAPTURE}, 1)), result(tablet, patch(tablet, SITE, {sha(OTHER): {}}, 1))
    assert (first["status"], second["status"]) == ("applied", "applied")
    assert second["row"]["photos"] == {sha(PHOTO): CAPTURE, sha(OTHER): {}}
    assert second["photos_missing"] == sorted([sha(PHOTO), sha(OTHER)])
    [newest, _] = as_county.get(f"/api/v1/sites/{SITE}/history")["history"]
    assert newest["changes"] == {f"photos.{sha(OTHER)}": [None, {}]}


def test_of_several_changes_in_a_batch_the_last_one_tells_what_is_missing(phone: Phone):
    site = found(phone, PHOTO)
    first, second = phone.push(site, patch(phone, site["id"], {sha(OTHER): {}}, 1))["results"]
    assert "photos_missing" not in first and second["photos_missing"] == sorted([sha(PHOTO), sha(OTHER)])


def test_null_takes_a_photo_back_and_then_the_site_no_longer_shows_it(app: Flask, phone: Phone):
    Uploader(phone).send(PHOTO)
    site = pushed(phone, found(phone, PHOTO, OTHER))
    reviewer = Person(app, "reviewer")
    assert seen(reviewer, PHOTO) == 200
    outcome = result(phone, patch(phone, site, {sha(PHOTO): None}, 1, was={"photos": {sha(PHOTO): CAPTURE}}))
    assert outcome["status"] == "applied" and outcome["photos_missing"] == [sha(OTHER)]
    assert list(pulled(phone, site)["photos"]) == [sha(OTHER)]
    assert seen(reviewer, PHOTO) == 404
    assert seen(phone, PHOTO) == 200  # its sender
    pushed(phone, patch(phone, site, {sha(PHOTO): {}}, 2))
    assert seen(reviewer, PHOTO) == 200


def test_an_office_chooses_between_two_captures_of_one_photo(app: Flask, phone: Phone, as_county: Person):
    pushed(phone, patch(phone, SITE, {sha(PHOTO): CAPTURE}, 1))
    outcome = result(phone, patch(phone, SITE, {sha(PHOTO): {"source": "gallery"}}, 1, was={"photos": {sha(PHOTO): None}}))
    [conflict] = outcome["conflicts"]
    assert outcome["status"] == "conflict" and conflict["field"] == f"photos.{sha(PHOTO)}"
    as_county.post(f"/api/v1/sync/conflicts/{conflict['id']}/resolve", {"choose": "theirs", "rev": 2, "note": ""})
    assert pulled(phone, SITE)["photos"] == {sha(PHOTO): {"source": "gallery"}}


def test_an_office_gives_and_takes_photos_of_a_site(phone: Phone, as_county: Person):
    path = f"/api/v1/sites/{SITE}"
    edited = as_county.ask("PATCH", path, json={"rev": 1, "set": {"photos": {sha(PHOTO): {"source": "gallery"}}}}).get_json()
    assert edited["photos"] == {sha(PHOTO): {"source": "gallery"}} and edited["photos_missing"] == [sha(PHOTO)]
    assert as_county.ask("PATCH", path, json={"rev": 2, "set": {"photos": {sha(PHOTO): None}}}).get_json()["photos"] == {}


@pytest.mark.parametrize("photos", [{"short": {}}, {"ab" * 32: {"source": "scanner"}}, {"ab" * 32: {"at": "today"}}, {"ab" * 32: 1}, [], None])
def test_photos_that_cannot_be_read_are_refused_by_their_field_and_kept(phone: Phone, photos: Any):
    outcome = result(phone, phone.operation("patch", "site", {"photos": photos}, SITE, base=1))
    assert outcome["problem"]["code"] == "invalid"
    assert all(error["field"].startswith("photos") for error in outcome["problem"]["errors"])


def test_a_site_has_twenty_photos_at_most_however_many_gave_them(phone: Phone):
    many = {f"{number:064x}": {} for number in range(MOST_PHOTOS + 1)}
    first = result(phone, found(phone, photos=many))
    assert first["problem"]["errors"][0]["field"] == "photos"
    full = dict(list(many.items())[:MOST_PHOTOS])
    pushed(phone, patch(phone, SITE, full, 1))
    assert result(phone, patch(phone, SITE, {sha(PHOTO): {}}, 2))["problem"]["code"] == "invalid"
    pushed(phone, patch(phone, SITE, {sha(PHOTO): {}, next(iter(full)): None}, 2))
    assert len(pulled(phone, SITE)["photos"]) == MOST_PHOTOS


def test_who_may_see_a_site_may_see_its_photos_and_nobody_else(app: Flask, phone: Phone):
    Uploader(phone).send(PHOTO)
    site = pushed(phone, found(phone, PHOTO))
    people = ("reviewer", "other-reviewer", "other-supervisor", "county", "admin")
    wanted = {"reviewer": 200, "other-reviewer": 404, "other-supervisor": 404, "county": 200, "admin": 200}
    assert {login: seen(Person(app, login), PHOTO) for login in people} == wanted
    assert {login: seen(Person(app, login), PHOTO, site=site) for login in people} == wanted
    assert seen(Person(app, "reviewer"), PHOTO, site=SITE) == seen(Person(app, "reviewer"), PHOTO, visit=site) == 404


def test_a_site_that_moves_takes_its_photos_along(app: Flask, phone: Phone, as_county: Person):
    Uploader(phone).send(PHOTO)
    site = pushed(phone, found(phone, PHOTO, OTHER))
    cursor = pull(phone)["cursor"]
    other = Phone(app, "other-supervisor")
    assert as_county.ask("PATCH", f"/api/v1/sites/{site}", json={"rev": 1, "set": {"grid": GRID_B1}}).status_code == 200
    assert (seen(Person(app, "reviewer"), PHOTO), seen(other, PHOTO)) == (404, 200)
    assert pulled(other, site)["photos_missing"] == [sha(OTHER)]
    Uploader(phone).send(OTHER)  # from the old grid, where the photo was taken
    assert pulled(other, site)["photos_missing"] == []
    assert [one["op"] for one in pull(phone, cursor)["changes"] if one["id"] == site] == ["remove"]


def test_a_site_that_moves_to_another_county_keeps_the_photos_that_it_had_there(app: Flask, phone: Phone):
    Uploader(phone).send(PHOTO)
    site = pushed(phone, found(phone, PHOTO))
    admin = Person(app, "admin")
    edited = admin.ask("PATCH", f"/api/v1/sites/{site}", json={"rev": 1, "set": {"grid": "140502", "photos": {sha(OTHER): {}}}}).get_json()
    assert edited.get("photos_missing") == [sha(OTHER)], edited
    assert seen(admin, PHOTO, site=site) == 200
    assert seen(phone, PHOTO, site=site) == 404


def test_the_photo_of_a_site_is_shown_with_a_stamp_of_its_own(app: Flask, phone: Phone, as_county: Person):
    Uploader(phone).send(PHOTO)
    site = pushed(phone, found(phone, PHOTO))
    first = phone.ask("GET", f"/api/v1/photos/{sha(PHOTO)}", query_string={"size": "screen", "site": site})
    assert first.status_code == 200 and first.mimetype == "image/jpeg" and first.data != PHOTO
    assert as_county.ask("PATCH", f"/api/v1/sites/{site}", json={"rev": 1, "set": {"name": "改名小吃"}}).status_code == 200
    second = phone.ask("GET", f"/api/v1/photos/{sha(PHOTO)}", query_string={"size": "screen", "site": site})
    assert second.headers["ETag"] != first.headers["ETag"]
    visit = pushed(phone, phone.visit(site, DAY, {}, site_type="catering", photos={sha(PHOTO): {}}))
    of_visit = phone.ask("GET", f"/api/v1/photos/{sha(PHOTO)}", query_string={"size": "screen", "visit": visit})
    assert of_visit.headers["ETag"] not in (first.headers["ETag"], second.headers["ETag"])


def test_the_photos_of_a_site_that_was_set_aside_are_kept_for_the_office_and_come_with_it_when_it_is_released(app: Flask, phone: Phone):
    site = found(phone, PHOTO, grid="14052599999999")
    assert result(phone, site)["status"] == "rejected"
    Uploader(phone).send(PHOTO)
    reviewer = Person(app, "county")
    assert seen(reviewer, PHOTO) == 200 and seen(Person(app, "other-reviewer"), PHOTO) == 404
    done = reviewer.post(f"/api/v1/sync/quarantine/{site['op']}/release", {"set": {"grid": GRID_A1}, "note": ""})
    assert done["result"]["status"] == "applied" and "photos_missing" not in done["result"]
    assert seen(reviewer, PHOTO, site=site["id"]) == 200


def test_a_revoked_phone_hands_in_the_photos_that_its_own_sites_name_and_no_others(app: Flask, phone: Phone, as_county: Person):
    tablet = Phone(app, "supervisor", device="tablet")
    pushed(phone, found(phone, PHOTO))
    pushed(tablet, found(tablet, THIRD))
    waiting = found(phone, OTHER)
    as_county.post(f"/api/v1/devices/{phone.device}/revoke", None)
    phone.push(waiting, status=403)
    sender = Uploader(phone)
    sender.send(PHOTO)
    sender.send(OTHER)
    assert sender.create(THIRD).get_json()["code"] == "device-revoked"


def test_a_push_and_the_upload_of_its_photo_at_the_same_moment_never_miss_each_other(app: Flask, phone: Phone):
    sender = Uploader(Phone(app, "supervisor", device="second"))
    for number in range(8):
        photo = jpeg(100 + number, (64, 48))
        site = found(phone, photo)
        both = [threading.Thread(target=lambda site=site: phone.push(site)), threading.Thread(target=lambda photo=photo: sender.send(photo))]
        for one in both[::-1] if number % 2 else both:
            one.start()
        for one in both:
            one.join()
        assert pulled(phone, site["id"])["photos_missing"] == []


def test_a_site_that_moves_while_its_photo_arrives_is_with_its_visits_where_it_went_and_nowhere_else(app: Flask, phone: Phone, as_county: Person):
    sender = Uploader(Phone(app, "supervisor", device="second"))
    for number in range(6):
        photo = jpeg(200 + number, (64, 48))
        site = pushed(phone, found(phone, photo))
        pushed(phone, phone.visit(site, DAY, {}, site_type="catering", photos={sha(photo): {}}))
        cursor = pull(phone)["cursor"]
        move = {"rev": 1, "set": {"grid": GRID_B1}}
        both = [threading.Thread(target=lambda site=site, move=move: as_county.ask("PATCH", f"/api/v1/sites/{site}", json=move)),
                threading.Thread(target=lambda photo=photo: sender.send(photo))]
        for one in both[::-1] if number % 2 else both:
            one.start()
        for one in both:
            one.join()
        assert [(one["t"], one["op"]) for one in pull(phone, cursor)["changes"]] == [("site", "remove"), ("visit", "remove")]


def test_the_statements_of_a_push_and_a_pull_of_sites_with_photos_do_not_grow_with_them(app: Flask, phone: Phone):
    pushed(phone, found(phone))  # plans are in memory from here on
    pushes, pulls, cursor = [], [], pull(phone)["cursor"]
    for many in (1, 12):
        sites = [found(phone, jpeg(10), jpeg(11)) for _ in range(many)]
        changes = [patch(phone, one["id"], {sha(jpeg(10)): None, sha(jpeg(12)): {}}, 1) for one in sites]
        with statements(app) as sent:
            phone.push(*sites)
        with statements(app) as changed:
            phone.push(*changes)
        pushes.append((len(sent), len(changed)))
        with statements(app) as read:
            cursor = pull(phone, cursor)["cursor"]
        pulls.append(len(read))
    assert pushes[0] == pushes[1] and max(pushes[0]) <= 32, pushes
    assert pulls[0] == pulls[1] <= 16, pulls


def test_an_old_phone_that_knows_no_photos_keeps_those_of_a_site_that_it_changes(app: Flask, phone: Phone):
    site = pushed(phone, found(phone, PHOTO))
    old = Phone(app, "supervisor", device="old")
    pushed(old, old.operation("patch", "site", {"phone": "0356-1"}, site))
    assert pulled(phone, site)["photos"] == {sha(PHOTO): CAPTURE}


def test_rxdb_replicates_the_photos_of_sites(phone: Phone):
    site = pushed(phone, found(phone, PHOTO))
    documents = phone.get("/api/v1/rxdb/site/pull", limit=100)["documents"]
    held = next(one for one in documents if one["id"] == site)
    assert held["photos"] == {sha(PHOTO): CAPTURE}
    new = held | {"photos": {sha(OTHER): {"source": "camera"}}}
    assert phone.post("/api/v1/rxdb/site/push", [{"assumedMasterState": held, "newDocumentState": new}]) == []
    row = pulled(phone, site)
    assert row["photos"] == {sha(OTHER): {"source": "camera"}} and row["photos_missing"] == [sha(OTHER)]


def test_nothing_removes_a_photo_that_only_a_site_names(app: Flask, phone: Phone):
    Uploader(phone).send(PHOTO)
    site = pushed(phone, found(phone, PHOTO, grid=GRID_A2))
    runner = app.test_cli_runner()
    assert runner.invoke(args=["media", "sweep", "--hours", "1"]).exit_code == 0
    assert runner.invoke(args=["media", "verify"]).exit_code == 0
    assert count(app, Photo) == 1 and phone.ask("GET", f"/api/v1/photos/{sha(PHOTO)}", query_string={"site": site}).data == PHOTO
