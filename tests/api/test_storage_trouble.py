"""The disk is full, the object storage is away, too much comes at once: the phone is told to wait, and nothing is lost."""

import os
import socket
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from inspect_api.models import Photo
from media.backends.s3 import S3Backend
from tests.api.asking import count, pushed
from tests.api.sending import DAY
from tests.support.databases import Template
from tests.support.objects import ObjectServer
from tests.support.people import Phone
from tests.support.serving import Server
from tests.support.uploads import OFFSET, Uploader, jpeg, sha

PHOTO = jpeg(1)
HALF = len(PHOTO) // 2


def is_told_to_wait(answer: Any, status: int, code: str) -> bool:
    """Whether a client is told why, and when to come again."""
    return (answer.status_code, answer.get_json()["code"], int(answer.headers["Retry-After"]) > 0) == (status, code, True)


def test_a_disk_that_is_nearly_full_takes_no_more_and_loses_nothing(one_app: Flask):
    sender = Uploader(Phone(one_app, "supervisor"))
    path = sender.start(PHOTO, PHOTO[:HALF])
    one_app.config["UPLOAD_KEEP_FREE"] = 10**15
    assert is_told_to_wait(sender.patch(path, HALF, PHOTO[HALF:]), 507, "storage-full")
    assert is_told_to_wait(sender.create(jpeg(2)), 507, "storage-full")
    assert sender.offset(path) == HALF
    one_app.config["UPLOAD_KEEP_FREE"] = 0
    assert sender.patch(path, HALF, PHOTO[HALF:]).status_code == 204


def test_a_disk_that_fills_up_in_the_middle_is_told_as_full(one_app: Flask):
    sender = Uploader(Phone(one_app, "supervisor"))
    path = sender.start(PHOTO)
    part = Path(one_app.config["DATA_DIR"]) / "uploads" / f"{path.rsplit('/', 1)[1]}.part"
    part.symlink_to("/dev/full")  # every write to it fails as on a full disk
    assert is_told_to_wait(sender.patch(path, 0, PHOTO), 507, "storage-full")
    part.unlink()
    assert sender.patch(path, 0, PHOTO).status_code == 204
    assert sender.person.ask("GET", f"/api/v1/photos/{sha(PHOTO)}").data == PHOTO


def test_a_photo_folder_that_cannot_be_written_is_told_as_away_and_the_photo_is_finished_later(one_app: Flask):
    sender = Uploader(Phone(one_app, "supervisor"))
    path = sender.start(PHOTO, PHOTO[:HALF])
    root = Path(one_app.config["DATA_DIR"]) / "photos"
    root.write_text("not a folder")
    assert is_told_to_wait(sender.patch(path, HALF, PHOTO[HALF:]), 503, "storage-down")
    assert sender.ask("HEAD", path).status_code == 503  # it does not say that all is there
    root.unlink()
    assert sender.offset(path) == len(PHOTO)
    assert sender.person.ask("GET", f"/api/v1/photos/{sha(PHOTO)}").data == PHOTO


@pytest.fixture
def in_a_bucket(template: Template, s3_server: ObjectServer) -> Any:
    """The app with its photos on S3, on each database."""
    keys = {"S3_ENDPOINT": s3_server.endpoint, "S3_ACCESS_KEY": s3_server.access_key, "S3_SECRET_KEY": s3_server.secret_key}
    bucket = f"trouble-{template.kind}"
    S3Backend(bucket, s3_server.endpoint, access_key=s3_server.access_key, secret_key=s3_server.secret_key).ensure_bucket()
    with template.copy(MEDIA_BACKEND="s3", S3_BUCKET=bucket, **keys) as app:
        yield app


def test_photos_go_to_s3_and_come_back_whole_in_part_and_small(in_a_bucket: Flask):
    phone = Phone(in_a_bucket, "supervisor")
    Uploader(phone).send(PHOTO)
    visit = pushed(phone, phone.visit(1, DAY, {"kitchen.bright": {"mark": "pass", "photos": [sha(PHOTO)]}}))
    [shown] = phone.get(f"/api/v1/visits/{visit}/photos")["photos"]
    assert phone.ask("GET", shown["urls"]["full"]).data == PHOTO
    part = phone.ask("GET", shown["urls"]["full"], headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.data) == (206, PHOTO[100:200])
    assert phone.ask("GET", shown["urls"]["thumb"]).data == phone.ask("GET", shown["urls"]["thumb"]).data
    assert not (Path(in_a_bucket.config["DATA_DIR"]) / "photos").exists()


def test_an_object_storage_that_is_away_loses_nothing_and_the_upload_is_finished_when_it_is_back(in_a_bucket: Flask, s3_server: ObjectServer):
    phone = Phone(in_a_bucket, "supervisor")
    sender = Uploader(phone)
    visit = pushed(phone, phone.visit(1, DAY, {"kitchen.bright": {"mark": "pass", "photos": [sha(PHOTO)]}}))
    path = sender.start(PHOTO, PHOTO[:HALF])
    s3_server.stop()
    try:
        assert is_told_to_wait(sender.patch(path, HALF, PHOTO[HALF:]), 503, "storage-down")
        assert sender.ask("HEAD", path).status_code == 503
        assert count(in_a_bucket, Photo, Photo.stored_at.is_not(None)) == 0
    finally:
        s3_server.start()
    assert sender.offset(path) == len(PHOTO)
    assert phone.get(f"/api/v1/visits/{visit}/photos")["complete"]


def test_uploads_that_hang_leave_room_for_answers_and_further_ones_are_told_to_wait(one_app: Flask):
    phone = Phone(one_app, "supervisor")
    sender = Uploader(phone)
    head = (f"POST /api/v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {phone.token}\r\nTus-Resumable: 1.0.0\r\n"
            f"Content-Type: {OFFSET}\r\nUpload-Length: {len(PHOTO)}\r\nContent-Length: {len(PHOTO)}\r\n\r\n").encode()
    with Server(one_app, UPLOADS_AT_ONCE=2) as server:
        hanging = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(8)]
        try:
            for one in hanging:
                one.sendall(head + PHOTO[:50])
            refused = 0
            for one in hanging:
                one.settimeout(0.5)
                try:
                    refused += one.recv(200).startswith(b"HTTP/1.1 503")
                except TimeoutError:
                    pass
            assert refused >= 4  # two of each of two processes hang, the others are told
            assert asked(server.port, phone.token, "GET", "/api/v1/sync/pull").startswith(b"HTTP/1.1 200")
        finally:
            for one in hanging:
                one.close()
    assert sender.send(PHOTO)


def asked(port: int, token: str, method: str, path: str) -> bytes:
    """The first bytes of an answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as one:
        one.sendall(f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n".encode())
        return one.recv(100)


def test_nothing_of_an_upload_is_left_when_it_is_stored(one_app: Flask):
    sender = Uploader(Phone(one_app, "supervisor"))
    sender.send(PHOTO)
    sender.start(jpeg(2), jpeg(2)[:10])
    names = sorted(name.partition(".")[2] for name in os.listdir(Path(one_app.config["DATA_DIR"]) / "uploads"))
    assert names == ["json", "json", "part", "turn"]
