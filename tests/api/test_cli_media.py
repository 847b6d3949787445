"""`flask media verify`, `move` and `examine` over real folders and a real S3: no photo is lost, whatever is moved or killed."""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Connection

from inspect_api.db import reading
from inspect_api.models import Audit, Photo
from inspect_api.services.photos import keeping, moving
from inspect_api.services.photos.storage import backend, original
from media.backend import Backend
from media.backends.s3 import S3Backend
from tests.api.asking import count, pushed, write
from tests.api.sending import DAY
from tests.api.test_cli import run
from tests.api.test_photos import bright
from tests.support.databases import Template
from tests.support.objects import ObjectServer
from tests.support.people import Phone
from tests.support.serving import ROOT
from tests.support.uploads import Uploader, jpeg, sha
from tests.support.world import COUNTY

OTHER = {"folder": "s3", "s3": "folder"}


@pytest.fixture(scope="module")
def bucket(s3_server: ObjectServer) -> dict[str, str]:
    """The settings of a bucket."""
    name = f"media-{uuid.uuid4().hex[:20]}"
    with closing(S3Backend(name, s3_server.endpoint, "", s3_server.access_key, s3_server.secret_key)) as made:
        made.ensure_bucket()
    return {"S3_BUCKET": name, "S3_ENDPOINT": s3_server.endpoint, "S3_ACCESS_KEY": s3_server.access_key,
            "S3_SECRET_KEY": s3_server.secret_key}


@contextmanager
def on(template: Template, where: str, bucket: dict[str, str]) -> Iterator[Flask]:
    """The app with one storage in use and the other set up as well, both empty."""
    with template.copy(MEDIA_BACKEND=where, S3_PREFIX=f"{uuid.uuid4().hex}/", **bucket) as made:
        yield made
        store(made, "s3").close()


@pytest.fixture(params=["folder", "s3"])
def kept_app(request: pytest.FixtureRequest, template: Template, bucket: dict[str, str]) -> Iterator[Flask]:
    """The app on each database with each storage."""
    with on(template, request.param, bucket) as made:
        yield made


@pytest.fixture(params=["sqlite-folder", "postgres-s3"])
def some_app(request: pytest.FixtureRequest, bucket: dict[str, str]) -> Iterator[Flask]:
    """The app on each database, and with each storage, once."""
    kind, where = request.param.split("-")
    with on(request.getfixturevalue(f"{kind}_template"), where, bucket) as made:
        yield made


@pytest.fixture
def folder_app(template: Template, bucket: dict[str, str]) -> Iterator[Flask]:
    """The app on each database, with photos in its folder and a bucket for later."""
    with on(template, "folder", bucket) as made:
        yield made


def store(app: Flask, name: str) -> Backend:
    """A storage of an app."""
    with app.app_context():
        return backend(name)


def sent(app: Flask, *seeds: int) -> dict[str, bytes]:
    """Small photos that a supervisor sends: {SHA-256: bytes}."""
    sender = Uploader(Phone(app, "supervisor"))
    return {sender.send(photo): photo for photo in (jpeg(seed, (64, 48)) for seed in seeds)}


def got(app: Flask, photos: dict[str, bytes]) -> dict[str, bytes]:
    """What the server gives for these photos now."""
    phone = Phone(app, "supervisor")
    return {name: phone.ask("GET", f"/api/v1/photos/{name}").data for name in photos}


def key(name: str) -> str:
    """The key of a photo of the county."""
    return original(COUNTY, name)


def keys(app: Flask, where: str) -> list[str]:
    """What a storage holds."""
    return [one for one, _ in store(app, where).keys("")]


def put(app: Flask, where: str, name: str, content: bytes) -> None:
    """Store an object, whatever was there."""
    path = Path(app.config["DATA_DIR"]) / f"given-{uuid.uuid4().hex}"
    path.write_bytes(content)
    store(app, where).put(name, path, sha(content))


def rows(app: Flask) -> dict[str, str]:
    """{SHA-256: backend} of the stored photos."""
    with app.app_context(), reading() as connection:
        return dict(connection.execute(sa.select(Photo.sha256, Photo.backend).where(Photo.stored_at.is_not(None))).tuples().all())


# Verify


def test_verify_finds_what_is_missing_damaged_or_of_another_size_and_removes_nothing(kept_app: Flask):
    where = kept_app.config["MEDIA_BACKEND"]
    phone = Phone(kept_app, "supervisor")
    photos = sent(kept_app, 1, 2, 3, 4)
    whole, damaged, missing, sized = photos
    visit = pushed(phone, phone.visit(1, DAY, bright(photos[damaged], photos[whole])))
    told = run(kept_app, "media", "verify")
    assert "已核对照片 4 张" in told and "全部完好" in told and "没有登记的文件 0 个" in told
    put(kept_app, where, key(damaged), photos[damaged][:-1] + b"?")
    store(kept_app, where).delete(key(missing))
    write(kept_app, lambda c: c.execute(sa.update(Photo).where(Photo.sha256 == sized).values(size=7)))
    put(kept_app, where, key("ab" * 32), b"nobody knows")
    put(kept_app, OTHER[where], key(whole), photos[whole])
    before = {name: keys(kept_app, name) for name in OTHER}
    told = run(kept_app, "media", "verify", exit_code=1)
    for line in (f"损坏：{COUNTY}/{damaged}（{where}）", f"缺失：{COUNTY}/{missing}", f"大小不符：{COUNTY}/{sized}", visit,
                 "缺失 1 张，损坏 1 张，大小不符 1 张", "没有登记的文件 1 个，12 bytes", "副本 1 个"):
        assert line in told, line
    assert whole not in told
    assert {name: keys(kept_app, name) for name in OTHER} == before
    assert "已核对照片 0 张" in run(kept_app, "media", "verify", "--org", "140521")
    assert "已核对照片 4 张" in run(kept_app, "media", "verify", "--org", COUNTY, exit_code=1)


def test_verify_walks_over_many_pages_and_stops_at_its_limit(one_app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keeping, "_PAGE", 2)
    sent(one_app, *range(1, 6))
    assert "已核对照片 5 张" in run(one_app, "media", "verify")
    assert "已核对照片 3 张" in (told := run(one_app, "media", "verify", "--limit", "3")) and "没有登记" not in told


def test_a_file_that_the_disk_cannot_read_ends_no_walk(one_app: Flask):
    photos = sent(one_app, 1, 2, 3)
    unreadable = sorted(photos)[0]
    path = store(one_app, "folder").root / key(unreadable)
    path.unlink()
    path.symlink_to("/proc/self/mem")  # there, and reading it from its beginning is an input/output error
    told = run(one_app, "media", "verify", exit_code=1)
    assert "已核对照片 3 张" in told and f"损坏：{COUNTY}/{unreadable}" in told and "损坏 1 张" in told


# Move


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of two photos, so that a few photos are many pages."""
    monkeypatch.setattr(moving, "_PAGE", 2)
    monkeypatch.setattr(keeping, "_PAGE", 2)


def move(app: Flask, to: str, *words: str, exit_code: int = 0) -> str:
    """`flask media move`, with nobody to wait for."""
    return run(app, "media", "move", "--to", to, "--grace", "0", *words, exit_code=exit_code)


def audited(app: Flask) -> list[tuple[str, dict]]:
    """(organisation, detail) of the audit entries of moves."""
    with app.app_context(), reading() as connection:
        return connection.execute(sa.select(Audit.org, Audit.detail).where(Audit.action == "photo.move").order_by(Audit.seq)).tuples().all()


def test_photos_that_were_moved_are_given_out_byte_by_byte_and_only_their_new_storage_has_them(kept_app: Flask, small_pages: None):
    here = kept_app.config["MEDIA_BACKEND"]
    there = OTHER[here]
    photos = sent(kept_app, *range(1, 6))
    phone = Phone(kept_app, "supervisor")
    visit = pushed(phone, phone.visit(1, DAY, bright(*photos.values())))
    urls = [one["urls"]["thumb"] for one in phone.get(f"/api/v1/visits/{visit}/photos")["photos"]]
    thumb = phone.ask("GET", urls[0]).data
    assert any(one.startswith("derived/") for one in keys(kept_app, here))
    told = move(kept_app, there)
    assert f"已迁移到 {there}：照片 5 张" in told and f"MEDIA_BACKEND 仍是 {here}" in told
    assert rows(kept_app) == dict.fromkeys(photos, there) and got(kept_app, photos) == photos
    assert keys(kept_app, there) == sorted(map(key, photos))
    assert all(one.startswith("derived/") for one in keys(kept_app, here)), "the server goes on making pictures here"
    assert audited(kept_app) == [(COUNTY, {"to": there, "waiting": 5, "bytes": sum(map(len, photos.values())), "keep": False, "limit": None})]
    kept_app.config["MEDIA_BACKEND"] = there
    assert "照片 0 张" in move(kept_app, there) and "MEDIA_BACKEND" not in move(kept_app, there)
    assert "全部完好" in run(kept_app, "media", "verify")
    assert "照片 5 张" in move(kept_app, here)
    assert got(kept_app, photos) == photos and phone.ask("GET", urls[0]).data == thumb, "pictures are made again"
    assert "链条完整" in run(kept_app, "audit", "verify")


def test_pictures_that_were_made_of_a_photo_go_with_the_source_when_the_server_makes_them_elsewhere(some_app: Flask):
    here = some_app.config["MEDIA_BACKEND"]
    [(name, photo)] = sent(some_app, 1).items()
    phone = Phone(some_app, "supervisor")
    visit = pushed(phone, phone.visit(1, DAY, bright(photo)))
    [shown] = phone.get(f"/api/v1/visits/{visit}/photos")["photos"]
    before = phone.ask("GET", shown["urls"]["screen"]).data
    some_app.config["MEDIA_BACKEND"] = OTHER[here]
    move(some_app, OTHER[here])
    assert keys(some_app, here) == []
    assert phone.ask("GET", shown["urls"]["screen"]).data == before


def test_sources_that_are_kept_can_be_removed_later(some_app: Flask, small_pages: None):
    here = some_app.config["MEDIA_BACKEND"]
    there = OTHER[here]
    photos = sent(some_app, 1, 2, 3)
    assert "源文件保留" in move(some_app, there, "--keep", "--limit", "2")
    assert sorted(rows(some_app).values()) == sorted([there, there, here])
    assert "源文件保留" in move(some_app, there, "--keep")
    assert keys(some_app, here) == keys(some_app, there) == sorted(map(key, photos))
    assert "副本 3 个" in run(some_app, "media", "verify")
    first, bad, last = sorted(photos)
    put(some_app, there, key(bad), b"rotten meanwhile")
    told = move(some_app, there, exit_code=1)
    assert "以前留下的源文件 2 个" in told and bad in told and "保留源文件的照片 1 张" in told
    assert keys(some_app, here) == [key(bad)], "the last good copy stays"
    put(some_app, there, key(bad), photos[bad])
    assert "以前留下的源文件 1 个" in move(some_app, there)
    assert keys(some_app, here) == [] and got(some_app, photos) == photos


def test_a_photo_whose_source_is_missing_or_damaged_stays_where_it_is_and_holds_up_no_other(some_app: Flask, small_pages: None):
    here = some_app.config["MEDIA_BACKEND"]
    photos = sent(some_app, *range(1, 6))
    damaged, missing = sorted(photos)[:2]
    put(some_app, here, key(damaged), b"not this")
    store(some_app, here).delete(key(missing))
    told = move(some_app, OTHER[here], "--limit", "2", exit_code=1)
    assert "照片 2 张" in told and "留在原处的照片 2 张" in told and damaged in told and missing in told
    move(some_app, OTHER[here], exit_code=1)
    assert rows(some_app) == {name: here if name in (damaged, missing) else OTHER[here] for name in photos}
    assert keys(some_app, here) == [key(damaged)], "what is left of it is not thrown away"


def test_a_move_whose_storage_goes_down_says_so_and_goes_on_when_it_is_back(folder_app: Flask, s3_server: ObjectServer, small_pages: None):
    photos = sent(folder_app, *range(1, 6))
    move(folder_app, "s3", "--limit", "3")
    s3_server.stop()
    try:
        for told in (move(folder_app, "s3", exit_code=1), run(folder_app, "media", "verify", exit_code=1)):
            assert "照片存储出错" in told and "连不上 S3 存储" in told
        assert sorted(rows(folder_app).values()) == ["folder"] * 2 + ["s3"] * 3
    finally:
        s3_server.start()
    assert got(folder_app, photos) == photos
    assert "照片 2 张" in move(folder_app, "s3")
    assert got(folder_app, photos) == photos and keys(folder_app, "folder") == []


def test_a_move_to_a_storage_that_was_never_set_up_is_refused(one_app: Flask):
    photos = sent(one_app, 1)
    assert "S3_BUCKET" in move(one_app, "s3", exit_code=1)
    assert got(one_app, photos) == photos


def command(app: Flask, *words: str) -> subprocess.Popen:
    """`flask …` in a process of its own, to be killed."""
    names = ["DATABASE_URL", "DATA_DIR", "MEDIA_BACKEND", *(name for name in app.config if name.startswith("S3_"))]
    return subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", *words], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            env=os.environ | {name: str(app.config[name]) for name in names})


def killed(process: subprocess.Popen, when: Callable[[], bool]) -> None:
    """Kill a process as soon as something has come about."""
    while not when():
        assert process.poll() is None, "it ended by itself"
        time.sleep(0.005)
    process.kill()
    process.wait()


def test_a_move_that_is_killed_loses_nothing_and_the_next_one_finishes_its_work(folder_app: Flask):
    photos = sent(folder_app, *range(1, 13))

    def meanwhile_no_row_changes(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("LOCK TABLE photo IN EXCLUSIVE MODE")
        killed(command(folder_app, "media", "move", "--to", "s3"), lambda: len(keys(folder_app, "s3")) == len(photos))

    write(folder_app, meanwhile_no_row_changes)  # all is copied, and no row says so
    assert set(rows(folder_app).values()) == {"folder"} and got(folder_app, photos) == photos

    def is_moved() -> bool:
        return "folder" not in rows(folder_app).values() and "正在运行" in move(folder_app, "folder", exit_code=1)

    killed(command(folder_app, "media", "move", "--to", "s3", "--grace", "3600"), is_moved)  # and no other may go the opposite way
    assert got(folder_app, photos) == photos
    assert keys(folder_app, "folder") == sorted(map(key, photos)), "it was killed before it removed a source"
    assert "照片 0 张" in (told := move(folder_app, "s3")) and "以前留下的源文件 12 个" in told
    assert keys(folder_app, "folder") == [] and got(folder_app, photos) == photos


# Examine, settings


def test_examine_looks_at_what_nobody_looked_at_and_passes_over_what_cannot_be_read(some_app: Flask):
    photos = sent(some_app, 1, 2, 3)
    damaged, missing, fine = photos
    put(some_app, some_app.config["MEDIA_BACKEND"], key(damaged), b"no picture at all")
    store(some_app, some_app.config["MEDIA_BACKEND"]).delete(key(missing))
    assert count(some_app, Photo, Photo.fingerprint.is_(None)) == 3
    assert "已分析照片 2 张；无法读取 1 张" in run(some_app, "media", "examine")
    with some_app.app_context(), reading() as connection:
        found = dict(connection.execute(sa.select(Photo.sha256, Photo.fingerprint)).tuples().all())
    assert len(found[fine]) == 16 and found[missing] is None
    assert "已分析照片 0 张；无法读取 1 张" in run(some_app, "media", "examine")


def test_settings_says_of_the_keys_of_s3_only_whether_they_are_there(one_app: Flask):
    one_app.config.update(S3_ACCESS_KEY="AKIDEXAMPLE", S3_SECRET_KEY="hush")
    told = run(one_app, "settings")
    assert "AKIDEXAMPLE" not in told and "hush" not in told and told.count("…") >= 2
