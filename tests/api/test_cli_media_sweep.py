"""`flask media sweep`: what uploads leave behind goes, and no phone loses a byte that it was told of."""

import os
import threading
from dataclasses import replace

from flask import Flask

from inspect_api.http import now_ms
from inspect_api.models import Photo
from inspect_api.services.photos import sweeping
from inspect_api.services.photos.storage import staging
from tests.api.asking import count
from tests.api.test_cli import run
from tests.api.test_cli_media import got, store
from tests.support.people import Phone
from tests.support.uploads import Uploader, jpeg, sha

OLD = (1_000_000_000, 1_000_000_000)


def id_of(path: str) -> str:
    """The id of an upload in its address."""
    return path.rpartition("/")[2]


def expire(app: Flask, id_: str, at: int = 1) -> None:
    """Let an upload have expired, and nobody have touched it for long."""
    with app.app_context():
        staging().save(replace(staging().find(id_), expires=at))
        for path in staging().folder.glob(f"{id_}.*"):
            os.utime(path, OLD)


def staged(app: Flask) -> list[str]:
    """The files of the staging folder."""
    with app.app_context():
        return sorted(path.name for path in staging().folder.iterdir())


def stray(app: Flask, name: str, content: bytes = b"12345", old: bool = True) -> None:
    """A file in the staging folder."""
    with app.app_context():
        path = staging().folder / name
    path.write_bytes(content)
    if old:
        os.utime(path, OLD)


def test_an_expired_upload_and_the_records_of_ended_ones_are_swept_and_what_goes_on_is_not(one_app: Flask):
    phone = Uploader(Phone(one_app, "supervisor"))
    expired, live = phone.start(jpeg(1), jpeg(1)[:1000]), phone.start(jpeg(2), jpeg(2)[:1000])
    done, refused = phone.start(jpeg(3), jpeg(3)), phone.start(jpeg(4)[:-200])
    assert phone.patch(refused, 0, jpeg(4)[:-200]).status_code == 422
    assert "未完成的上传 0 个，已结束上传的记录 0 条，残留文件 0 个" in run(one_app, "media", "sweep")
    for path in (expired, done, refused):
        expire(one_app, id_of(path))
    before = staged(one_app)
    told = "过期未完成的上传 1 个，已结束上传的记录 2 条，残留文件 0 个，照片文件夹中的半份副本 0 个，共 1.0 kB"
    assert f"可清理：{told}" in run(one_app, "media", "sweep", "--dry-run")
    assert staged(one_app) == before
    assert f"已清理：{told}" in run(one_app, "media", "sweep")
    assert {name.partition(".")[0] for name in staged(one_app)} == {id_of(live)}
    assert phone.ask("HEAD", expired).status_code == 404
    assert phone.patch(live, phone.offset(live), jpeg(2)[1000:]).status_code == 204
    assert got(one_app, {sha(jpeg(3)): b""}) == {sha(jpeg(3)): jpeg(3)}, "a photo outlives the record of its upload"


def test_an_upload_that_expired_a_moment_ago_or_is_being_written_is_left_alone(one_app: Flask):
    phone = Uploader(Phone(one_app, "supervisor"))
    just, written, verified = (id_of(phone.start(jpeg(seed), jpeg(seed)[:1000])) for seed in (1, 2, 3))
    for id_ in (just, written, verified):
        expire(one_app, id_)
    expire(one_app, just, now_ms() - 60_000)
    with one_app.app_context():
        os.utime(staging().part(written))
    stray(one_app, f"{verified}.chunk-0011", old=False)  # a body that counts when its checksum has come
    assert "未完成的上传 0 个" in run(one_app, "media", "sweep")
    expire(one_app, just)
    assert "未完成的上传 1 个" in run(one_app, "media", "sweep")


def test_files_that_a_crash_left_are_swept_when_they_are_old_and_nobody_s_files_never(one_app: Flask):
    phone = Uploader(Phone(one_app, "supervisor"))
    live = id_of(phone.start(jpeg(1), jpeg(1)[:1000]))
    with one_app.app_context():
        os.utime(staging().part(live), OLD)
    dead, torn = "a" * 32, "b" * 32
    for name in (f"{dead}.part", f"{dead}.turn", f"{dead}.json-00ff", f"{live}.chunk-00ff", f"{live}.give-00fe", f"{torn}.json", f"{torn}.part"):
        stray(one_app, name)
    stray(one_app, f"{live}.chunk-0123", old=False)
    stray(one_app, "notes.txt")
    folder = store(one_app, "folder").root
    (folder / "photos").mkdir()
    (folder / "photos" / ".tmp-0011").write_bytes(b"half")
    os.utime(folder / "photos" / ".tmp-0011", OLD)
    before, told = staged(one_app), "残留文件 7 个，照片文件夹中的半份副本 1 个，共 39 bytes"
    assert told in run(one_app, "media", "sweep", "--dry-run")
    assert staged(one_app) == before and (folder / "photos" / ".tmp-0011").exists()
    assert told in run(one_app, "media", "sweep")
    assert staged(one_app) == sorted(["notes.txt", *(f"{live}.{end}" for end in ("chunk-0123", "json", "part", "turn"))])
    assert list(folder.rglob(".tmp-*")) == []
    assert "残留文件 0 个" in run(one_app, "media", "sweep", "--hours", "1")
    assert phone.offset(f"/api/v1/files/{live}") == 1000


def test_an_upload_that_is_begun_again_while_it_is_swept_keeps_every_byte_that_its_phone_was_told_of(one_app: Flask):
    phone = Uploader(Phone(one_app, "supervisor"))
    ends = set()
    for number in range(20):
        photo = jpeg(300 + number, (64, 48))
        path = phone.start(photo, photo[:300])
        expire(one_app, id_of(path))

        def sweep() -> None:
            with one_app.app_context():
                sweeping.sweep(now_ms(), 24, False)

        other = threading.Thread(target=sweep)
        other.start()
        if number % 2:
            other.join(0.001 * (number % 5))
        told = int(phone.create(photo).headers["Upload-Offset"])
        other.join()
        there = phone.offset(path)
        assert there >= told
        ends.add(told)
        assert phone.patch(path, there, photo[there:]).status_code == 204
    assert ends <= {0, 300}
    assert count(one_app, Photo) == 20
