"""What arrives broken on the wire: envelopes, JSON, gzip, sizes. Nothing of it crashes, nothing good is lost."""

import gzip
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from flask import Flask

from inspect_api.models import Device, Operation, Quarantine, Visit
from tests.api.asking import code, count, kept, write
from tests.api.sending import DAY, envelope, good, send
from tests.support.people import Person, Phone, new_id
from tests.support.world import GRID_A2

ENVELOPES: dict[str, tuple[Any, str]] = {
    "a list": ([], ""), "a text": ("push", ""), "null": (None, ""),
    "no device": ({"device_id": None}, "device_id"), "an empty device": ({"device_id": ""}, "device_id"),
    "a device too long": ({"device_id": "d" * 65}, "device_id"), "ops missing": ({"ops": None}, "ops"),
    "ops an object": ({"ops": {}}, "ops"), "no time of sending": ({"sent_at": None}, "sent_at"),
    "a time of sending without a zone": ({"sent_at": "2021-05-01T00:00:00"}, "sent_at"),
    "a newer schema": ({"schema": 3}, "schema"),
}


@pytest.mark.parametrize("change,field", ENVELOPES.values(), ids=list(ENVELOPES))
def test_an_envelope_that_cannot_be_read_is_refused_with_the_field(one_app: Flask, change: Any, field: str):
    phone = Phone(one_app, "supervisor")
    body = envelope(phone, good(phone)) | change if isinstance(change, dict) else change
    answer = send(phone, orjson.dumps(body))
    assert answer.status_code == 422 and answer.get_json()["errors"][0]["field"] == field
    assert count(one_app, Operation) == 0


def test_a_push_in_the_name_of_another_device_is_refused(one_app: Flask):
    phone = Phone(one_app, "supervisor")
    assert phone.push(good(phone), device_id="somebody-else", status=403)["code"] == "device-mismatch"


def test_an_envelope_s_unknown_members_are_left_alone_for_newer_phones(one_app: Flask):
    phone = Phone(one_app, "supervisor")
    assert phone.push(good(phone), app_version="9.9")["results"][0]["status"] == "applied"


UNREADABLE: dict[str, bytes] = {
    "nothing": b"", "cut": b'{"device_id": "a", "ops": [', "not JSON": b"device_id=a", "NaN": b'{"ops": [NaN]}',
    "infinity": b'{"ops": [Infinity]}', "a lone surrogate": b'{"ops": ["\\ud800"]}', "not UTF-8": b'{"ops": ["\xff"]}',
    "GBK": '{"ops": ["冷库"]}'.encode("gbk"), "nested a hundred thousand deep": b"[" * 100_000,
    "a byte order mark in UTF-16": '{"ops": []}'.encode("utf-16"),
}


@pytest.mark.parametrize("data", UNREADABLE.values(), ids=list(UNREADABLE))
def test_what_is_not_json_is_refused_with_the_position(one_app: Flask, data: bytes):
    phone = Phone(one_app, "supervisor")
    answer = send(phone, data)
    assert answer.status_code == 400 and answer.get_json()["code"] == "malformed-json"
    assert "第 " in answer.get_json()["detail"]


def nested(depth: int) -> Any:
    """A list in a list in a list …"""
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("depth", [200, 260, 700])
def test_deep_nesting_neither_crashes_the_push_nor_fails_its_batch(one_app: Flask, depth: int):
    phone = Phone(one_app, "supervisor")
    deep = good(phone)
    deep["set"]["answers"] = {"common.wildlife": "@"}
    data = orjson.dumps(envelope(phone, deep, good(phone))).replace(
        b'"@"', b"[" * depth + b"]" * depth)
    answer = send(phone, data)
    assert answer.status_code == 200, answer.get_json()
    first, second = answer.get_json()["results"]
    assert first["status"] == "rejected" and second["status"] == "applied"
    assert len(kept(one_app)) == 1


def test_numbers_beyond_every_range_are_answered_like_any_other_wrong_value(one_app: Flask):
    phone = Phone(one_app, "supervisor")
    for big in (b"1" + b"0" * 400, b"1e308", b"-123456789012345678901234567890", b"9223372036854775808"):
        data = orjson.dumps(envelope(phone, phone.visit(1, DAY, {"common.health-certificates": {"value": "@"}})))
        answer = send(phone, data.replace(b'"@"', big))
        assert answer.status_code in (200, 400), (big, answer.get_json())
        if answer.status_code == 200:
            assert code(answer.get_json()["results"][0]) == "answers-invalid"


def test_a_gzip_body_is_read_and_a_broken_one_is_refused(one_app: Flask):
    phone = Phone(one_app, "supervisor")
    assert phone.push(good(phone), zipped=True)["results"][0]["status"] == "applied"
    data = gzip.compress(orjson.dumps(envelope(phone, good(phone))))
    for broken in (data[:-12], data[:20], b"", b"not gzip", orjson.dumps(envelope(phone))):
        answer = send(phone, broken, **{"Content-Encoding": "gzip"})
        assert (answer.status_code, answer.get_json()["code"]) == (400, "malformed-body"), broken[:10]
    assert count(one_app, Operation) == 1


def test_a_gzip_bomb_is_refused_without_being_inflated(one_app: Flask):
    phone = Phone(one_app, "supervisor")
    bomb = gzip.compress(b" " * 60_000_000, 9)
    assert len(bomb) < 100_000
    answer = send(phone, bomb, **{"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.get_json()["code"]) == (413, "too-large")
    assert answer.get_json()["limit"] == one_app.config["PUSH_MAX_BYTES"]


def test_a_body_larger_than_the_limits_is_refused(one_app: Flask):
    phone = Phone(one_app, "supervisor")
    answer = send(phone, b'"' + b"a" * 4_000_001 + b'"')
    assert (answer.status_code, answer.get_json()["code"]) == (413, "too-large")
    answer = send(phone, b" " * 20_000_001)
    assert (answer.status_code, answer.get_json()["code"]) == (413, "too-large")


def test_too_many_operations_are_refused_with_the_limit_and_none_is_done(one_app: Flask):
    phone = Phone(one_app, "supervisor")
    version = phone.checklist("cold_store")
    operations = [phone.visit(4, DAY, {}, checklist=version) for _ in range(501)]
    problem = phone.push(*operations, status=413)
    assert problem["code"] == "batch-too-large" and problem["limit"] == 500
    assert count(one_app, Visit) == 0
    assert {one["status"] for one in phone.push(*operations[:500])["results"]} == {"applied"}


def test_other_media_types_and_encodings_are_refused(one_app: Flask):
    phone = Phone(one_app, "supervisor")
    data = orjson.dumps(envelope(phone, good(phone)))
    for headers in ({"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"},
                    {"Content-Encoding": "br"}, {"Content-Encoding": "deflate"}):
        answer = phone.ask("POST", "/api/v1/sync/push", data=data, headers={"Content-Type": "application/json"} | headers)
        assert (answer.status_code, answer.get_json()["code"]) == (415, "unsupported-media-type")


def test_an_empty_push_is_a_sign_of_life(app: Flask, as_supervisor: Phone):
    assert as_supervisor.push()["results"] == []

    def seen(connection: Any) -> int:
        return connection.execute(sa.select(Device.seen_at).where(Device.id == as_supervisor.device)).scalar_one()

    assert write(app, seen) > 0


def test_the_quarantine_pages_through_everything_once(one_app: Flask):
    phone, office = Phone(one_app, "supervisor"), Person(one_app, "county")
    operations = [phone.visit(3, DAY, {}, id=new_id()) for _ in range(7)]
    phone.push(*operations)
    found, after = [], ""
    while True:
        page = office.get("/api/v1/sync/quarantine", region=GRID_A2[:6], limit=3, after=after)
        found += [one["op"] for one in page["operations"]]
        after = page["next"]
        if not after:
            break
    assert sorted(found) == sorted(one["op"] for one in operations) and count(one_app, Quarantine) == 7


def test_a_body_that_the_network_cut_short_is_told_from_one_that_is_wrong(one_app: Flask):
    phone = Phone(one_app, "supervisor")
    data = orjson.dumps(envelope(phone, good(phone)))
    answer = phone.ask("POST", "/api/v1/sync/push", data=data[:100], headers={"Content-Type": "application/json"},
                       environ_overrides={"CONTENT_LENGTH": str(len(data))})
    assert (answer.status_code, answer.get_json()["code"]) == (400, "cut-short")
    assert count(one_app, Operation) == 0
