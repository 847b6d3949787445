"""The same operation from two connections at the same moment: one effect, and both hear the same of it.

A phone on a bad network has its request on the wire twice without knowing; a restored one sends from another device.
"""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from tests.api.asking import assert_equal_to_rebuild
from tests.chaos.held import Held, complaints, feed
from tests.chaos.work import KNOWN, Day, serve
from tests.support.outbox import Outbox, Row
from tests.support.world import GRID_A1

ROUNDS = 25


@pytest.fixture
def phone(app: Flask, seed: int) -> Iterator[Outbox]:
    """A supervisor's phone that has pulled, on the real server."""
    with serve(app) as server, Outbox(server.port, "supervisor", "phone", random.Random(seed)) as made:
        made.log_in()
        made.pull_all()
        yield made


def both(*requests: tuple[Outbox, Row]) -> list[list[Row]]:
    """Send bodies at the same moment, each on a connection of its own; their results."""
    start = threading.Barrier(len(requests))

    def send(sender: Outbox, body: Row) -> list[Row]:
        with Outbox(sender.port, sender.login, sender.device, random.Random(0)) as connection:
            connection.token = sender.token
            connection.ask("GET", "/api/v1/sessions/current")  # connected before the moment comes
            start.wait()
            status, answer = connection.ask("POST", "/api/v1/sync/push", body)
        assert status == 200, answer
        return answer["results"]

    with ThreadPoolExecutor(len(requests)) as pool:
        return [future.result() for future in [pool.submit(send, *request) for request in requests]]


def same(answers: list[list[Row]]) -> list[Row]:
    """The results, which must be the same in all answers apart from `replay`, and told as new in one of them only."""
    plain = [[result | {"replay": False} for result in answer] for answer in answers]
    assert all(one == plain[0] for one in plain)
    for results in zip(*answers, strict=True):
        assert [result["replay"] for result in results].count(False) == 1, results
    return plain[0]


def test_identical_pushes_from_two_connections_have_one_effect_and_the_same_answer(app: Flask, phone: Outbox):
    day = Day(phone)
    for _ in range(ROUNDS):
        day.goes_on(3)
        body = phone.batch(50)
        phone.take(body["ops"], same(both((phone, body), (phone, body))))
    assert complaints(app, [phone]) == []
    assert_equal_to_rebuild(app)


def test_identical_pushes_from_eight_connections_have_one_effect_and_the_same_answer(app: Flask, phone: Outbox):
    day = Day(phone)
    for _ in range(5):
        day.goes_on(6)
        body = phone.batch(50)
        phone.take(body["ops"], same(both(*[(phone, body)] * 8)))
    assert complaints(app, [phone]) == []
    assert_equal_to_rebuild(app)


def test_the_same_operations_from_a_phone_and_its_restored_copy_have_one_effect_and_the_same_answer(
        app: Flask, phone: Outbox):
    with Outbox(phone.port, phone.login, "restored", random.Random("restored")) as restored:
        restored.log_in()
        day = Day(phone)
        for _ in range(ROUNDS):
            day.goes_on(3)
            body = phone.batch(50)
            phone.take(body["ops"], same(both((phone, body), (restored, body | {"device_id": "restored"}))))
    assert complaints(app, [phone]) == []
    assert_equal_to_rebuild(app)


def test_pushes_that_share_only_some_operations_do_each_of_them_once(app: Flask, phone: Outbox):
    day = Day(phone)
    for _ in range(ROUNDS):
        day.goes_on(4)
        body = phone.batch(50)
        half = body | {"ops": body["ops"][:1 + len(body["ops"]) // 2]}
        whole, part = both((phone, body), (phone, half))
        assert [one | {"replay": False} for one in part] == [one | {"replay": False} for one in whole[:len(part)]]
        phone.take(body["ops"], whole)
    assert complaints(app, [phone]) == []
    assert_equal_to_rebuild(app)


def test_one_row_created_by_two_people_at_once_is_the_row_of_one_and_the_others_is_kept(app: Flask, phone: Outbox):
    with Outbox(phone.port, "county", "desk", random.Random("desk")) as other:
        other.log_in()
        for n in range(ROUNDS):
            id_ = phone.new_id()
            for one in (phone, other):
                one.operation("create", "site", {"type": "catering", "name": f"{one.device}{n}", "grid": GRID_A1}, id_)
            bodies = [phone.batch(50), other.batch(50)]
            answers = both((phone, bodies[0]), (other, bodies[1]))
            for one, body, answer in zip((phone, other), bodies, answers, strict=True):
                one.take(body["ops"], answer)
            assert sorted(result["status"] for [result] in answers) == ["applied", "rejected"]
            [refusal] = [result["problem"] for [result] in answers if result["status"] == "rejected"]
            assert refusal["code"] == "already-exists"
    held = Held(app)
    assert len(held.quarantine) == ROUNDS and len(held.rows["site"]) == len(KNOWN) + ROUNDS
    for one in (phone, other):
        for op, result in one.results.items():
            kept = held.rows["site"][one.made[op]["id"]]["name"] == one.made[op]["set"]["name"]
            assert kept == (result["status"] == "applied")
    assert feed(app) == []
    assert_equal_to_rebuild(app)
