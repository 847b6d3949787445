"""Photos and the visits that name them: whichever comes first, nothing is missing that is there, and nobody sees what is not theirs."""

import io
import threading
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from inspect_api.models import Photo
from tests.api.asking import count, pushed, result, statements
from tests.api.sending import DAY
from tests.support.people import Person, Phone
from tests.support.uploads import Uploader, jpeg, metadata, sha
from tests.support.world import COUNTY, GRID_A1, site_id

PHOTO, OTHER = jpeg(1), jpeg(2)


def bright(*photos: bytes) -> dict[str, Any]:
    """An answer with photos."""
    return {"kitchen.bright": {"mark": "pass", "photos": [sha(photo) for photo in photos]}}


def pulled(phone: Phone, id_: str, cursor: str | None = None) -> dict[str, Any]:
    """A row as the pull gives it."""
    page = phone.get("/api/v1/sync/pull", limit=1000, schema=2, **({"cursor": cursor} if cursor else {}))
    return next(one["row"] for one in page["changes"] if one["id"] == id_)


def test_a_visit_whose_photos_came_before_it_has_its_receipt_at_once(as_supervisor: Phone):
    name = Uploader(as_supervisor).send(PHOTO)
    outcome = result(as_supervisor, as_supervisor.visit(1, DAY, bright(PHOTO)))
    assert outcome["receipt"]["photos"] == [name] and "photos_missing" not in outcome


def test_a_visit_whose_photos_come_after_it_is_told_in_the_next_pull_that_it_is_complete(as_supervisor: Phone, as_reviewer: Person):
    outcome = result(as_supervisor, visit := as_supervisor.visit(1, DAY, bright(PHOTO, OTHER)))
    assert outcome["photos_missing"] == sorted([sha(PHOTO), sha(OTHER)]) and "receipt" not in outcome
    cursor = as_supervisor.get("/api/v1/sync/pull", limit=1000)["cursor"]
    Uploader(as_supervisor).send(PHOTO)
    row = pulled(as_supervisor, visit["id"], cursor)
    assert row["photos_missing"] == [sha(OTHER)] and row["receipt"] is None
    Uploader(as_supervisor).send(OTHER)
    row = pulled(as_supervisor, visit["id"], cursor)
    assert row["photos_missing"] == [] and row["receipt"]["photos"] == sorted([sha(PHOTO), sha(OTHER)])
    shown = as_reviewer.get(f"/api/v1/visits/{visit['id']}")
    assert shown["complete"] and shown["photos_missing"] == []


def test_a_photo_that_arrives_again_is_no_news(as_supervisor: Phone):
    Uploader(as_supervisor).send(PHOTO)
    visit = pushed(as_supervisor, as_supervisor.visit(1, DAY, bright(PHOTO)))
    first = pulled(as_supervisor, visit)["receipt"]
    again = Uploader(Phone(as_supervisor.app, "supervisor", device="second-phone"))
    again.send(PHOTO)
    assert count(as_supervisor.app, Photo) == 1
    assert pulled(as_supervisor, visit)["receipt"] == first


def test_a_draft_waits_for_the_photos_that_it_names_in_the_end(as_supervisor: Phone):
    as_supervisor.schema = 2
    draft = as_supervisor.visit(1, DAY, bright(PHOTO), status="draft")
    pushed(as_supervisor, draft)
    changed = as_supervisor.operation("patch", "visit", {"answers": bright(OTHER), "status": "signed"}, draft["id"], base=1)
    assert result(as_supervisor, changed)["photos_missing"] == [sha(OTHER)]
    cursor = as_supervisor.get("/api/v1/sync/pull", limit=1000)["cursor"]
    Uploader(as_supervisor).send(PHOTO)  # nobody waits for it any more
    page = as_supervisor.get("/api/v1/sync/pull", cursor=cursor)
    assert page["changes"] == []
    Uploader(as_supervisor).send(OTHER)
    assert pulled(as_supervisor, draft["id"], cursor)["receipt"]["photos"] == [sha(OTHER)]


def test_captures_are_merged_photo_by_photo_and_name_their_photos(as_supervisor: Phone):
    as_supervisor.schema = 2
    capture = {"at": as_supervisor.now(), "source": "camera"}
    draft = as_supervisor.visit(1, DAY, {}, status="draft", photos={sha(PHOTO): capture})
    pushed(as_supervisor, draft)
    for name in (sha(OTHER), "ab" * 32):
        pushed(as_supervisor, as_supervisor.operation("patch", "visit", {"photos": {name: {"source": "gallery"}}}, draft["id"], base=1))
    pushed(as_supervisor, as_supervisor.operation("patch", "visit", {"photos": {"ab" * 32: None}}, draft["id"], base=3))
    shown = as_supervisor.get(f"/api/v1/visits/{draft['id']}")
    assert shown["details"]["photos"] == {sha(PHOTO): capture, sha(OTHER): {"source": "gallery"}}
    assert shown["photos_missing"] == sorted([sha(PHOTO), sha(OTHER)])


@pytest.mark.parametrize("photos", [{"short": {}}, {"ab" * 32: {"source": "scanner"}}, {"ab" * 32: {"at": "today"}}, {"ab" * 32: 1}, []])
def test_a_capture_that_cannot_be_read_is_refused_by_its_field_and_kept(as_supervisor: Phone, photos: Any):
    outcome = result(as_supervisor, as_supervisor.visit(1, DAY, {}, photos=photos))
    assert outcome["problem"]["code"] == "invalid"
    assert all(error["field"].startswith("photos") for error in outcome["problem"]["errors"])


def test_a_push_and_the_upload_of_its_photo_at_the_same_moment_never_miss_each_other(app: Flask):
    phone, sender = Phone(app, "supervisor"), Uploader(Phone(app, "supervisor", device="second"))
    for number in range(12):
        photo = jpeg(100 + number, (64, 48))
        visit = phone.visit(1, DAY, bright(photo))
        both = [threading.Thread(target=lambda visit=visit: phone.push(visit)), threading.Thread(target=lambda photo=photo: sender.send(photo))]
        for one in both[::-1] if number % 2 else both:
            one.start()
        for one in both:
            one.join()
        row = pulled(phone, visit["id"])
        assert row["photos_missing"] == [] and row["receipt"]["photos"] == [sha(photo)]


def test_a_photo_is_seen_by_those_who_may_see_a_visit_that_names_it_and_by_its_sender(app: Flask):
    phone, name = Phone(app, "supervisor"), sha(PHOTO)
    Uploader(phone).send(PHOTO)
    path = f"/api/v1/photos/{name}"
    assert phone.ask("GET", path).data == PHOTO
    others = {login: Person(app, login) for login in ("reviewer", "other-reviewer", "other-supervisor", "county", "admin")}
    assert {login: one.ask("GET", path).status_code for login, one in others.items()} == dict.fromkeys(others, 404)
    visit = pushed(phone, phone.visit(1, DAY, bright(PHOTO)))
    assert {login: one.ask("GET", path).status_code for login, one in others.items()} == {
        "reviewer": 200, "other-reviewer": 404, "other-supervisor": 404, "county": 200, "admin": 200}
    assert others["reviewer"].ask("GET", path, query_string={"visit": visit}).status_code == 200
    assert others["reviewer"].ask("GET", path, query_string={"visit": site_id(1)}).status_code == 404
    assert app.test_client().get(path).status_code == 401


def test_nobody_uploads_or_sees_anything_without_a_login(one_app: Flask):
    phone = Phone(one_app, "supervisor")
    path, name = Uploader(phone).start(OTHER), Uploader(phone).send(PHOTO)
    for method, where in (("POST", "/api/v1/files"), ("PATCH", path), ("HEAD", path), ("DELETE", path), ("GET", f"/api/v1/photos/{name}"),
                          ("HEAD", f"/api/v1/blobs/{name}"), ("GET", f"/api/v1/visits/{site_id(1)}/photos")):
        assert one_app.test_client().open(where, method=method, headers={"Tus-Resumable": "1.0.0"}).status_code == 401, (method, where)


def test_a_photo_of_an_operation_in_quarantine_is_kept_for_the_office(app: Flask):
    phone = Phone(app, "supervisor")
    assert result(phone, phone.visit(1, "2099-01-01 08:00", bright(PHOTO)))["problem"]["code"] == "clock-implausible"
    Uploader(phone).send(PHOTO)
    path = f"/api/v1/photos/{sha(PHOTO)}"
    assert Person(app, "reviewer").ask("GET", path).data == PHOTO
    assert Person(app, "other-reviewer").ask("GET", path).status_code == 404


def test_pictures_are_made_once_in_two_sizes_upright_and_without_exif(app: Flask):
    phone = Phone(app, "supervisor")
    photo = jpeg(3, (1600, 1200))
    Uploader(phone).send(photo)
    visit = pushed(phone, phone.visit(1, DAY, bright(photo)))
    [shown] = phone.get(f"/api/v1/visits/{visit}/photos")["photos"]
    for size, longest in (("thumb", 320), ("screen", 1280)):
        first, second = (phone.ask("GET", shown["urls"][size]) for _ in range(2))
        image = Image.open(io.BytesIO(first.data))
        assert (image.format, max(image.size), dict(image.getexif())) == ("JPEG", longest, {})
        assert first.data == second.data and first.headers["ETag"] == second.headers["ETag"]
        assert first.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert phone.ask("GET", shown["urls"][size], headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert phone.ask("GET", shown["urls"]["full"]).data == photo


def test_a_stamp_follows_its_site_s_name_and_an_address_without_version_is_asked_again(app: Flask, as_county: Person):
    phone = Phone(app, "supervisor")
    Uploader(phone).send(PHOTO)
    visit = pushed(phone, phone.visit(1, DAY, bright(PHOTO)))
    path = f"/api/v1/visits/{visit}/photos"
    [before] = phone.get(path)["photos"]
    assert before["stamp"][1] == "第一小学食堂" and before["stamp"][-1] == "检查人：supervisor"
    old = phone.ask("GET", before["urls"]["screen"])
    assert as_county.ask("PATCH", f"/api/v1/sites/{site_id(1)}", json={"rev": 1, "set": {"name": "圢匼小学食堂"}}).status_code == 200
    [after] = phone.get(path)["photos"]
    assert after["stamp"][1] == "圢匼小学食堂" and after["urls"]["screen"] != before["urls"]["screen"]
    fresh = phone.ask("GET", before["urls"]["screen"])
    assert fresh.headers["ETag"] != old.headers["ETag"] and fresh.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(("asked", "status", "part"), [
    ("bytes=0-9", 206, slice(0, 10)), ("bytes=10-", 206, slice(10, None)), ("bytes=-5", 206, slice(-5, None)),
    ("bytes=0-0,5-6", 200, slice(None)), ("items=0-5", 200, slice(None)), ("bytes=99999999-", 416, None)])
def test_a_range_of_a_photo_can_be_had(one_app: Flask, asked: str, status: int, part: slice | None):
    phone = Phone(one_app, "supervisor")
    answer = phone.ask("GET", f"/api/v1/photos/{Uploader(phone).send(PHOTO)}", headers={"Range": asked})
    assert answer.status_code == status
    if part:
        assert answer.data == PHOTO[part] and answer.content_length == len(PHOTO[part])
    else:
        assert answer.get_json()["code"] == "bad-range"


def test_a_range_of_another_version_is_answered_with_the_whole(one_app: Flask):
    phone = Phone(one_app, "supervisor")
    path = f"/api/v1/photos/{Uploader(phone).send(PHOTO)}"
    tag = phone.ask("GET", path).headers["ETag"]
    for since, status in ((tag, 206), ('"another"', 200)):
        assert phone.ask("GET", path, headers={"Range": "bytes=0-3", "If-Range": since}).status_code == status


def test_a_revoked_phone_hands_in_the_photos_of_its_own_work_and_no_others(app: Flask, as_county: Person):
    phone = Phone(app, "supervisor")
    pushed(phone, phone.visit(1, DAY, bright(PHOTO)))
    waiting = phone.visit(2, DAY, bright(OTHER))
    as_county.post(f"/api/v1/devices/{phone.device}/revoke", None)
    phone.push(waiting, status=403)
    sender = Uploader(phone)
    sender.send(PHOTO)
    sender.send(OTHER)
    assert sender.create(jpeg(9)).get_json()["code"] == "device-revoked"
    assert sender.create(jpeg(9), sha256=None).status_code == 403
    assert phone.ask("GET", f"/api/v1/photos/{sha(PHOTO)}").status_code == 403


def test_whoever_answers_for_more_than_a_county_says_where_a_photo_belongs(app: Flask):
    admin = Uploader(Person(app, "admin"))
    refused = admin.create(PHOTO)
    assert refused.status_code == 422 and refused.get_json()["errors"][0]["field"] == "Upload-Metadata.region"
    made = admin.create(PHOTO, PHOTO, Upload_Metadata=metadata(sha256=sha(PHOTO), region=GRID_A1))
    assert made.status_code == 201
    assert admin.person.ask("HEAD", f"/api/v1/blobs/{sha(PHOTO)}", query_string={"region": COUNTY}).status_code == 200
    beyond = Uploader(Phone(app, "supervisor")).create(OTHER, Upload_Metadata=metadata(sha256=sha(OTHER), region="140521"))
    assert beyond.get_json()["code"] == "out-of-scope"


def test_what_is_there_already_is_not_sent_again(app: Flask):
    Uploader(Phone(app, "supervisor")).send(PHOTO)
    second = Uploader(Phone(app, "supervisor", device="second"))
    assert second.person.ask("HEAD", f"/api/v1/blobs/{sha(PHOTO)}").status_code == 200
    assert second.person.ask("HEAD", f"/api/v1/blobs/{sha(OTHER)}").status_code == 404
    made = second.create(PHOTO)
    assert made.headers["Upload-Offset"] == str(len(PHOTO))
    assert second.offset(made.headers["Location"]) == len(PHOTO)


def test_uploads_are_their_device_s_own(one_app: Flask):
    first = Uploader(Phone(one_app, "supervisor"))
    path = first.start(PHOTO, PHOTO[:100])
    for person in (Phone(one_app, "supervisor", device="second"), Person(one_app, "admin")):
        other = Uploader(person)
        assert [other.ask("HEAD", path).status_code, other.patch(path, 100, PHOTO[100:]).status_code, other.ask("DELETE", path).status_code] == [404] * 3
    assert first.offset(path) == 100
    again = Uploader(Phone(one_app, "supervisor"))  # a new session of the same phone goes on
    assert again.patch(path, 100, PHOTO[100:]).status_code == 204


def test_bytes_that_are_not_what_their_name_says_are_discarded_and_can_be_sent_again(app: Flask):
    sender = Uploader(Phone(app, "supervisor"))
    path = sender.start(PHOTO, sha256=sha(OTHER))
    answer = sender.patch(path, 0, PHOTO)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "hash-mismatch")
    assert sender.ask("HEAD", path).status_code == 404
    assert count(app, Photo) == 0
    sender.send(OTHER)


@pytest.mark.parametrize(("data", "why"), [
    (PHOTO[:-200], "truncated"), (b"PK\x03\x04" + b"0" * 500, "not-an-image"), (PHOTO + b"<html><script>alert(1)</script></html>", "trailing-data"),
    (b"GIF89a" + b"\x01" * 50, "unsupported")], ids=["truncated", "zip", "polyglot", "gif"])
def test_what_is_no_photo_is_refused_for_what_it_is_and_every_repeat_is_told_at_once(app: Flask, data: bytes, why: str):
    sender = Uploader(Phone(app, "supervisor"))
    first = sender.create(data, data)
    assert (first.status_code, first.get_json()["code"], first.get_json()["errors"][0]["code"]) == (422, "bad-photo", why)
    again = sender.create(data)
    assert (again.status_code, again.get_json()["code"]) == (422, "bad-photo")
    assert count(app, Photo) == 0


def test_a_page_of_evidence_and_a_push_of_many_photos_cost_a_constant_number_of_statements(app: Flask, as_reviewer: Person):
    phone = Phone(app, "supervisor")
    sender, pages, pushes = Uploader(phone), [], []
    pushed(phone, phone.visit(1, DAY, bright()))  # plans and checklists are in memory from here on
    for many in (1, 8):
        photos = [jpeg(200 + 10 * many + number, (64, 48)) for number in range(many)]
        for photo in photos:
            sender.send(photo)
        visit = phone.visit(1, DAY, bright(*photos))
        with statements(app) as seen:
            phone.push(visit)
        pushes.append(len(seen))
        as_reviewer.get(f"/api/v1/visits/{visit['id']}/photos")  # they are looked at
        with statements(app) as seen:
            as_reviewer.get(f"/api/v1/visits/{visit['id']}/photos")
        pages.append(len(seen))
    assert len(set(pages)) == 1 and len(set(pushes)) == 1, (pages, pushes)
