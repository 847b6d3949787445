"""`flask sync load-bundle`: what a phone exported arrives once, as if it had been pushed, and what cannot be loaded is told."""

import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from flask import Flask

from inspect_api.db import reading
from inspect_api.models import Audit, Change, Device, Operation, Photo, Quarantine, Site, User, Visit
from inspect_api.services.push import run as push_run
from tests.api.asking import assert_equal_to_rebuild, count, kept, numbers, pushed, result, write
from tests.api.sending import DAY, FAIL
from tests.api.test_cli import run
from tests.support.bundles import bundle, manifest, zipped
from tests.support.databases import Template
from tests.support.documents import named, read, section
from tests.support.people import Person, Phone, instant, new_id
from tests.support.uploads import Uploader, jpeg, sha
from tests.support.world import GRID_A1, TOWN_A, site_id

UNFINISHED = "01968a3e-0000-7000-8000-000000000077"
ONE, TWO = jpeg(1), jpeg(2)


def load(app: Flask, path: str, *more: str, exit_code: int = 0) -> str:
    """Run the command."""
    return run(app, "sync", "load-bundle", path, *more, exit_code=exit_code)


def everything(app: Flask) -> Any:
    """What must be the same after a repeat: the rows, the numbers, and how far the feed and the audit went."""
    tables = (Visit, Site, Operation, Quarantine, Photo, Audit)
    with app.app_context(), reading() as connection:
        seq = connection.execute(sa.select(sa.func.max(Change.seq))).scalar()
        device = [tuple(row) for row in connection.execute(sa.select(Device.__table__).order_by(Device.id))]
    return [count(app, table) for table in tables], seq, device, numbers(app)


def seen(phone: Phone, *photos: bytes, **more: Any) -> dict[str, Any]:
    """A visit that names photos."""
    return phone.visit(1, DAY, {"kitchen.bright": {"mark": "fail", "photos": [sha(data) for data in photos]}}, **more)


def test_what_a_phone_exported_arrives_once_with_its_photos_however_often_it_is_loaded_and_pushed(
        app: Flask, as_supervisor: Phone, tmp_path: Path):
    found = as_supervisor.operation("create", "site", {"type": "cold_store", "name": "新冷库", "grid": GRID_A1})
    visits = [seen(as_supervisor, ONE, TWO), as_supervisor.visit(found["id"], DAY, {}, site_type="cold_store")]
    path = bundle(tmp_path, as_supervisor, found, *visits, photos=(ONE, TWO))
    told = load(app, path)
    assert "操作 3 项：已接受 3 项" in told and "照片 2 张：新存入 2 张，服务器已有 0 张" in told and "还缺" not in told
    assert_equal_to_rebuild(app)
    after = everything(app)
    assert after[0][0] == 2

    told = load(app, path)
    assert "操作 3 项：以前已收到 3 项" in told and "照片 2 张：新存入 0 张，服务器已有 2 张" in told
    assert everything(app) == after, "repeated, it changes nothing"
    assert "链条完整" in run(app, "audit", "verify")

    results = as_supervisor.push(found, *visits, schema=2)["results"]
    assert [(one["status"], one["replay"]) for one in results] == [("applied", True)] * 3, "the phone's own push is a replay"
    assert count(app, Visit) == 2
    [row] = [one["row"] for one in as_supervisor.get("/api/v1/sync/pull")["changes"] if one["id"] == visits[0]["id"]]
    assert row["receipt"]["photos"] == sorted([sha(ONE), sha(TWO)])
    assert row["offset_ms"] == 0


def test_what_the_phone_could_push_by_itself_is_known(app: Flask, as_supervisor: Phone, tmp_path: Path):
    first, second = seen(as_supervisor, ONE, TWO), as_supervisor.visit(4, DAY, {})
    pushed(as_supervisor, first)
    Uploader(as_supervisor).send(ONE)
    told = load(app, bundle(tmp_path, as_supervisor, first, second, photos=(ONE, TWO)))
    assert "操作 2 项：已接受 1 项，以前已收到 1 项" in told and "新存入 1 张，服务器已有 1 张" in told


def test_photos_that_come_later_complete_what_was_loaded(app: Flask, as_supervisor: Phone, tmp_path: Path):
    visit = seen(as_supervisor, ONE, TWO)
    assert "还缺 1 张" in load(app, bundle(tmp_path, as_supervisor, visit, photos=(ONE,)))
    assert result(as_supervisor, visit, schema=2)["photos_missing"] == sorted([sha(ONE), sha(TWO)]), "a replay is the stored result"
    assert as_supervisor.get(f"/api/v1/visits/{visit['id']}/photos")["missing"] == [sha(TWO)]
    Uploader(as_supervisor).send(TWO)
    assert as_supervisor.get(f"/api/v1/visits/{visit['id']}/photos")["complete"]


def test_what_an_interrupted_upload_of_the_phone_left_is_gone_on_with_or_thrown_away(app: Flask, as_supervisor: Phone, tmp_path: Path):
    uploads = Uploader(as_supervisor)
    uploads.patch(uploads.start(ONE), 0, ONE[:100])
    uploads.patch(uploads.start(TWO), 0, b"not what it should be" * 5)
    assert "新存入 2 张" in load(app, bundle(tmp_path, as_supervisor, seen(as_supervisor, ONE, TWO), photos=(ONE, TWO)))


def test_a_load_is_in_the_audit_log_and_is_no_contact_with_the_phone(app: Flask, as_supervisor: Phone, tmp_path: Path):
    as_supervisor.push(unsent=5, app="0.9")
    write(app, lambda c: c.execute(sa.update(Device).where(Device.id == as_supervisor.device).values(seen_at=1_600_000_000_000)))
    load(app, bundle(tmp_path, as_supervisor, seen(as_supervisor, ONE), photos=(ONE,)))
    with app.app_context(), reading() as connection:
        device = connection.execute(sa.select(Device.__table__).where(Device.id == as_supervisor.device)).mappings().one()
        asked = sa.select(Audit.__table__).where(Audit.action == "sync.load-bundle").order_by(Audit.seq)
        entries = connection.execute(asked).mappings().all()
    assert (device["seen_at"], device["unsent"], device["app"], device["last_n"]) == (1_600_000_000_000, 5, "0.9", 1)
    assert [(one["actor"], one["subject"]) for one in entries] == [("command-line", as_supervisor.device)] * 2
    assert entries[0]["detail"] | {"made_at": 0} == {"login": "supervisor", "made_at": 0, "operations": 1, "numbers": [1, 1]}
    assert entries[1]["detail"]["photos"] == 1


def test_every_key_of_a_bundle_is_documented(one_app: Flask):
    told = section(read("docs/sync-protocol.md"), "## Bundles")
    assert named(told) - {"bundle.json", "photos/SHA256.jpg", ".png", ".webp", ".heic"} == set(manifest(Phone(one_app, "supervisor")))


# What is wrong with a file


def test_a_file_that_is_no_whole_bundle_is_refused_in_plain_words_and_nothing_is_loaded(one_app: Flask, tmp_path: Path):
    phone = Phone(one_app, "supervisor")
    whole = Path(bundle(tmp_path, phone, phone.visit(4, DAY, {}), photos=(ONE,))).read_bytes()
    told = {"文件是空的": b"", "不是手机导出的文件": b"%PDF-1.7 " + ONE, "文件不完整": whole[:-60],
            "文件里没有 bundle.json": zipped({"photos/x.jpg": ONE}), "bundle.json 无法读取": zipped({"bundle.json": b'{"format": "field-'}),
            "bundle.json 已损坏": whole.replace(b'"field-bundle"', b'"field-bungle"'),
            "bundle.json 不是手机导出的清单": zipped({"bundle.json": b"[]"})}
    wrong = {"文件格式版本是 2": {"version": 2}, "made_at": {"made_at": "yesterday"}, "device_id": {"device_id": ""}, "ops": {"ops": {}},
             "schema": {"schema": 3}, "acked": {"acked": -1}, "login": {"login": None}}
    told |= {words: zipped({"bundle.json": orjson.dumps(manifest(phone) | more)}) for words, more in wrong.items()}
    for words, data in told.items():
        (tmp_path / "bad.zip").write_bytes(data)
        assert words in load(one_app, str(tmp_path / "bad.zip"), exit_code=1)
    assert count(one_app, Visit) == 0 and count(one_app, Photo) == 0
    load(one_app, str(tmp_path / "nowhere.zip"), exit_code=2)


def test_a_file_cut_off_anywhere_is_told_so(one_app: Flask, tmp_path: Path):
    phone = Phone(one_app, "supervisor")
    whole = Path(bundle(tmp_path, phone, phone.visit(4, DAY, {}), photos=(ONE,))).read_bytes()
    for length in (10, 100, len(whole) // 2, len(whole) - 100, len(whole) - 1):
        (tmp_path / "cut.zip").write_bytes(whole[:length])
        assert "文件不完整" in load(one_app, str(tmp_path / "cut.zip"), exit_code=1), length
    assert count(one_app, Operation) == 0


def test_photos_that_cannot_be_used_are_named_and_hold_up_nothing_else(app: Flask, as_supervisor: Phone, tmp_path: Path):
    gone, text = jpeg(3), b"This is no picture at all. " * 20
    visit = seen(as_supervisor, ONE, TWO, gone, text)
    content = zipped({"bundle.json": orjson.dumps(manifest(as_supervisor, visit, photos=(ONE, TWO, gone, text))),
                      f"photos/{sha(ONE)}.jpg": TWO, f"photos/{sha(TWO)}.jpg": TWO, f"photos/{sha(text)}.jpg": text})
    (tmp_path / "b.zip").write_bytes(content)
    told = load(app, str(tmp_path / "b.zip"), exit_code=1)
    assert "操作 1 项：已接受 1 项" in told and "照片 4 张：新存入 1 张，服务器已有 0 张，未能存入 3 张" in told
    assert f"photos/{sha(ONE)}.jpg：内容与文件名（SHA-256）不符" in told and f"photos/{sha(gone)}：清单里有，文件里没有" in told
    assert f"photos/{sha(text)}.jpg：" in told and "有 3 项只在这个文件里" in told
    assert as_supervisor.get(f"/api/v1/visits/{visit['id']}/photos")["missing"] == sorted([sha(ONE), sha(gone), sha(text)])
    assert load(app, str(tmp_path / "b.zip"), exit_code=1).count("photos/") == 3, "the same when it is repeated"
    again = bundle(tmp_path, as_supervisor, visit, photos=(ONE, TWO, gone))
    assert "新存入 2 张，服务器已有 1 张" in load(app, again), "a good copy of the file brings the rest"


def test_a_photo_that_is_damaged_in_the_file_is_named(one_app: Flask, tmp_path: Path):
    phone = Phone(one_app, "supervisor")
    path = Path(bundle(tmp_path, phone, seen(phone, ONE), photos=(ONE,)))
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo(f"photos/{sha(ONE)}.jpg").header_offset + 400
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)
    assert f"photos/{sha(ONE)}.jpg：已损坏" in load(one_app, str(path), exit_code=1)


def test_a_full_disk_ends_the_load_and_what_was_loaded_stays(template: Template, tmp_path: Path):
    with template.copy(UPLOAD_KEEP_FREE=10**13) as app:
        phone = Phone(app, "supervisor")
        path = bundle(tmp_path, phone, seen(phone, ONE), photos=(ONE,))
        assert "存储空间不足" in load(app, path, exit_code=1)
        assert count(app, Visit) == 1
        app.config["UPLOAD_KEEP_FREE"] = 0
        assert "以前已收到 1 项" in load(app, path)


# What is refused, as a push would be


def test_operations_out_of_scope_are_in_quarantine_and_named(app: Flask, as_supervisor: Phone, as_reviewer: Person, tmp_path: Path):
    far, near = as_supervisor.visit(3, DAY, {}), as_supervisor.visit(4, DAY, {})
    told = load(app, bundle(tmp_path, as_supervisor, far, near))
    assert "操作 2 项：已接受 1 项，其中未被接受 1 项" in told and "第 1 号在待处理区：超出您的管辖区域" in told
    assert [one["op"] for one in as_reviewer.get("/api/v1/sync/quarantine", region=TOWN_A)["operations"]] == [far["op"]]
    assert result(as_supervisor, far)["replay"]


def test_a_revoked_phones_file_goes_to_quarantine_with_its_photos(app: Flask, as_supervisor: Phone, as_county: Person, tmp_path: Path):
    old, visit = as_supervisor.visit(4, DAY, {}), seen(as_supervisor, ONE)
    pushed(as_supervisor, old)
    as_county.post(f"/api/v1/devices/{as_supervisor.device}/revoke", {})
    path = bundle(tmp_path, as_supervisor, old, visit, photos=(ONE, TWO))
    told = load(app, path, exit_code=1)
    assert "以前已收到 1 项，因手机已停用放入待处理区 1 项" in told
    assert f"photos/{sha(TWO)}.jpg：停用的设备只能补交本机检查和主体所用的照片" in told and "新存入 1 张" in told
    [row] = kept(app)
    assert (row["payload"], row["problem"]["code"]) == (visit, "device-revoked")
    after = everything(app)
    load(app, path, exit_code=1)
    assert everything(app) == after
    assert count(app, Visit) == 1


def test_reused_numbers_are_kept_and_the_rest_is_done(app: Flask, as_supervisor: Phone, tmp_path: Path):
    first = as_supervisor.visit(4, DAY, {})
    pushed(as_supervisor, first)
    reused = as_supervisor.visit(1, DAY, FAIL) | {"n": first["n"]}
    path = bundle(tmp_path, as_supervisor, reused, as_supervisor.visit(2, DAY, {}))
    assert "已接受 1 项，因编号与以前的内容重复放入待处理区 1 项" in load(app, path)
    assert [row["payload"] for row in kept(app)] == [reused]
    after = everything(app)
    assert "以前已收到 1 项，因编号与以前的内容重复放入待处理区 1 项" in load(app, path)
    assert everything(app) == after


def test_two_payloads_under_one_id_in_a_file_lose_neither(app: Flask, as_supervisor: Phone, tmp_path: Path):
    first = as_supervisor.visit(4, DAY, {})
    twin = first | {"set": first["set"] | {"note": "另一份"}}
    load(app, bundle(tmp_path, as_supervisor, first, twin))
    assert count(app, Visit, Visit.id == first["id"]) == 1
    assert [row["payload"] for row in kept(app)] == [twin]


def test_a_file_may_hold_more_operations_than_one_push(template: Template, tmp_path: Path):
    with template.copy(PUSH_MAX_OPERATIONS=3) as app:
        phone = Phone(app, "supervisor")
        found = phone.operation("create", "site", {"type": "cold_store", "name": "新冷库", "grid": GRID_A1})
        visits = [phone.visit(found["id"], f"2021-05-{day:02} 09:30", {}, site_type="cold_store") for day in range(1, 8)]
        assert "操作 8 项：已接受 8 项" in load(app, bundle(tmp_path, phone, found, *visits))
        assert phone.push()["results"] == [] and count(app, Visit) == 7


def test_an_operation_that_the_server_cannot_do_fails_alone_and_stays_in_the_file(
        app: Flask, as_supervisor: Phone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    visits = [as_supervisor.visit(site, DAY, {}) for site in (1, 2, 4)]
    real = push_run.HANDLERS["visit", "create"]

    def fail(work: Any, operation: Any) -> Any:
        if operation.id == visits[1]["id"]:
            raise RuntimeError("a defect")
        return real(work, operation)

    path = bundle(tmp_path, as_supervisor, *visits)
    with monkeypatch.context() as patched:
        patched.setitem(push_run.HANDLERS, ("visit", "create"), fail)
        told = load(app, path, exit_code=1)
    assert "已接受 2 项，未能载入 1 项" in told and "第 2 号未能载入" in told and "有 1 项只在这个文件里" in told
    assert "已接受 1 项，以前已收到 2 项" in load(app, path), "once the server is mended"


# The clock


def test_times_are_corrected_by_what_the_phones_last_push_showed(app: Flask, tmp_path: Path):
    phone = Phone(app, "supervisor", clock=timedelta(days=-3))
    phone.push()
    visit = phone.visit(1, DAY, {})
    load(app, bundle(tmp_path, phone, visit))
    [row] = [one["row"] for one in phone.get("/api/v1/sync/pull")["changes"] if one["id"] == visit["id"]]
    assert row["at"].startswith("2021-05-04") and abs(row["offset_ms"] - 3 * 86_400_000) < 60_000


def test_a_file_that_says_it_was_made_tomorrow_shows_that_its_clock_is_ahead(app: Flask, tmp_path: Path):
    phone = Phone(app, "supervisor", clock=timedelta(days=2))
    visit = phone.visit(1, DAY, {}) | {}
    visit["set"]["at"] = phone.now()
    assert "已接受 1 项" in load(app, bundle(tmp_path, phone, visit)), "not set aside as of the future"
    [row] = [one["row"] for one in phone.get("/api/v1/sync/pull")["changes"] if one["id"] == visit["id"]]
    assert abs(row["offset_ms"] + 2 * 86_400_000) < 60_000


# Whose it is


def test_a_phone_that_the_server_does_not_know_is_loaded_only_when_somebody_says_whose_it_is(
        app: Flask, as_supervisor: Phone, tmp_path: Path):
    visit = as_supervisor.visit(1, DAY, {})
    path = bundle(tmp_path, as_supervisor, visit, device_id="from-before-the-restore")
    assert "--as 用户名" in load(app, path, exit_code=1)
    assert "没有用户 nobody" in load(app, path, "--as", "nobody", exit_code=1)
    load(app, path, "--as", "supervisor", "--dry-run")
    assert count(app, Device, Device.id == "from-before-the-restore") == 0
    assert "已接受 1 项" in load(app, path, "--as", "supervisor")
    assert count(app, Audit, Audit.action == "device.add") == 1
    assert "以前已收到 1 项" in load(app, path), "known from then on"
    again = Phone(app, "supervisor", "from-before-the-restore")
    assert result(again, visit)["replay"]


def test_nobody_hands_in_a_file_as_another_persons(app: Flask, as_supervisor: Phone, tmp_path: Path):
    visit = as_supervisor.visit(1, DAY, {})
    assert "属于 supervisor" in load(app, bundle(tmp_path, as_supervisor, visit, login="reviewer"), exit_code=1)
    assert "属于 supervisor" in load(app, bundle(tmp_path, as_supervisor, visit), "--as", "reviewer", exit_code=1)
    write(app, lambda c: c.execute(sa.update(User).where(User.login == "supervisor").values(active=False)))
    assert "flask users enable supervisor" in load(app, bundle(tmp_path, as_supervisor, visit), exit_code=1)
    assert count(app, Visit) == 0


def test_a_dry_run_counts_and_changes_nothing(app: Flask, as_supervisor: Phone, tmp_path: Path):
    old, bad = as_supervisor.visit(4, DAY, {}), jpeg(3)
    pushed(as_supervisor, old)
    before = everything(app)
    begun = {"id": new_id(), "set": {}, "at": instant(DAY)}
    path = bundle(tmp_path, as_supervisor, old, seen(as_supervisor, ONE), photos=(ONE,), drafts=[begun])
    told = load(app, path, "--dry-run")
    assert "操作 2 项：可载入 1 项，以前已收到 1 项" in told and "未完成的检查 1 项" in told and "照片 1 张：可存入 1 张" in told
    content = orjson.dumps(manifest(as_supervisor, photos=(bad,)))
    (tmp_path / "bad.zip").write_bytes(zipped({"bundle.json": content}))
    assert "未能存入 1 张" in load(app, str(tmp_path / "bad.zip"), "--dry-run", exit_code=1)
    assert everything(app) == before


# Unfinished visits


def unfinished(phone: Phone, *photos: bytes) -> dict[str, Any]:
    """A draft as it is exported."""
    return {"id": new_id(), "at": instant(DAY), "set": seen(phone, *photos)["set"] | {"status": "draft", "note": "没做完"}}


def test_unfinished_visits_are_kept_for_a_person_and_the_phone_goes_on_with_them(
        app: Flask, as_supervisor: Phone, as_reviewer: Person, tmp_path: Path):
    draft = unfinished(as_supervisor, ONE)
    path = bundle(tmp_path, as_supervisor, photos=(ONE,), drafts=[draft])
    assert "未完成的检查 1 项：新放入待处理区 1 项" in load(app, path)
    [row] = as_reviewer.get("/api/v1/sync/quarantine", region=TOWN_A)["operations"]
    assert row["problem"]["code"] == "unfinished-draft" and row["region"] == GRID_A1
    assert row["payload"]["set"] == draft["set"] and row["payload"]["visit"] == draft["id"]
    assert count(app, Visit) == 0, "no draft appears anywhere"
    assert as_reviewer.ask("GET", f"/api/v1/photos/{sha(ONE)}").status_code == 200, "its photo can be seen by who looks at it"
    after = everything(app)
    assert "以前已放入 1 项" in load(app, path)
    assert everything(app) == after

    signed = as_supervisor.operation("create", "visit", draft["set"] | {"status": "signed"}, draft["id"])
    outcome = result(as_supervisor, signed, schema=2)
    assert outcome["status"] == "applied" and outcome["receipt"], "the phone signs its own visit as if nothing had been"
    assert row["arrived"] is False
    assert as_reviewer.get("/api/v1/sync/quarantine", region=TOWN_A)["operations"][0]["arrived"] is True, "whoever settles it sees that"
    assert "后来已签字上传 1 项" in load(app, path)


def test_an_office_may_release_an_unfinished_visit_and_does_not_stand_in_the_phones_way(
        app: Flask, as_supervisor: Phone, as_reviewer: Person, tmp_path: Path):
    draft = unfinished(as_supervisor)
    load(app, bundle(tmp_path, as_supervisor, drafts=[draft]))
    [row] = kept(app)
    released = as_reviewer.post(f"/api/v1/sync/quarantine/{row['op']}/release", {})
    assert released["result"]["row"]["status"] == "draft" and row["row_id"] != draft["id"]
    [pulled] = [one["row"] for one in as_supervisor.get("/api/v1/sync/pull")["changes"] if one["id"] == row["row_id"]]
    assert pulled["answers"] == draft["set"]["answers"], "the person may go on with it on any of their phones"
    signed = as_supervisor.operation("create", "visit", draft["set"] | {"status": "signed"}, draft["id"])
    assert result(as_supervisor, signed)["status"] == "applied"


def test_more_work_on_an_unfinished_visit_is_kept_beside_the_earlier_state(app: Flask, as_supervisor: Phone, tmp_path: Path):
    draft = unfinished(as_supervisor)
    load(app, bundle(tmp_path, as_supervisor, drafts=[draft]))
    load(app, bundle(tmp_path, as_supervisor, drafts=[draft | {"set": draft["set"] | {"note": "又做了一些"}}]))
    assert sorted(row["payload"]["set"]["note"] for row in kept(app)) == ["又做了一些", "没做完"]


@pytest.mark.parametrize("odd", [5, None, "text", {"id": "x"}, {"id": UNFINISHED}, {"id": UNFINISHED, "set": [], "at": "?"}], ids=repr)
def test_an_unfinished_visit_of_any_shape_is_kept(one_app: Flask, tmp_path: Path, odd: Any):
    phone = Phone(one_app, "supervisor")
    path = bundle(tmp_path, phone, phone.visit(site_id(1), DAY, {}), drafts=[odd])
    assert "新放入待处理区 1 项" in load(one_app, path) and "以前已放入 1 项" in load(one_app, path)
    assert count(one_app, Quarantine) == 1 and count(one_app, Visit) == 1
