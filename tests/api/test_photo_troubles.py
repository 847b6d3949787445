"""Photos when something went wrong before: a restored database, a torn record, operations in quarantine, garbage in headers."""

from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from inspect_api.models import Photo
from tests.api.asking import result, write
from tests.support.people import Person, Phone
from tests.support.uploads import Uploader, jpeg, sha

PHOTO = jpeg(1)


def test_a_photo_that_a_restored_database_does_not_know_is_sent_again(one_app: Flask):
    sender = Uploader(Phone(one_app, "supervisor"))
    path = sender.start(PHOTO, PHOTO)
    write(one_app, lambda connection: connection.execute(sa.delete(Photo)))
    assert sender.ask("HEAD", path).status_code == 404
    assert sender.create(PHOTO).headers["Upload-Offset"] == "0"
    assert sender.patch(path, 0, PHOTO).status_code == 204
    assert sender.person.ask("HEAD", f"/api/v1/blobs/{sha(PHOTO)}").status_code == 200


def test_a_record_that_a_power_cut_tore_is_written_anew(one_app: Flask):
    sender = Uploader(Phone(one_app, "supervisor"))
    path = sender.start(PHOTO, PHOTO[:100])
    (Path(one_app.config["DATA_DIR"]) / "uploads" / f"{path.rsplit('/', 1)[1]}.json").write_bytes(b"")
    assert sender.ask("HEAD", path).status_code == 404
    assert sender.create(PHOTO).headers["Upload-Offset"] == "100"


def test_what_a_revoked_phone_patched_names_its_photos_whatever_else_is_wrong_with_it(app: Flask):
    phone = Phone(app, "supervisor")
    patch = phone.operation("patch", "visit", {"photos": {sha(PHOTO): {}, "\0" * 64: {}}, "answers": {"x": 1}}, "0" * 8 + "-0000-4000-8000-" + "0" * 12)
    assert result(phone, patch)["status"] == "rejected"
    Person(app, "county").post(f"/api/v1/devices/{phone.device}/revoke", None)
    Uploader(phone).send(PHOTO)


def test_bytes_that_are_no_text_in_a_header_are_a_problem_of_that_header(one_app: Flask):
    sender = Uploader(Phone(one_app, "supervisor"))
    assert sender.ask("POST", Upload_Length="5", Upload_Metadata="sha256 é").get_json()["errors"][0]["field"] == "Upload-Metadata"
    assert sender.patch(sender.start(PHOTO), 0, PHOTO, Upload_Checksum="sha1 é").get_json()["errors"][0]["field"] == "Upload-Checksum"
