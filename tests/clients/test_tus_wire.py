"""What no client can be made to do and networks do: requests that hang, two at once, and cuts at any byte, each by raw sockets."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from http.client import HTTPException
from pathlib import Path

import pytest
from flask import Flask

from tests.clients.uploading import CHUNK, PIECE, Answer, Sender, large
from tests.support.cutting import Cutting, Fault, cut, lost_answer
from tests.support.serving import Server
from tests.support.uploads import FILES, jpeg, metadata, sha

CUTS, ROUNDS, LANES = 40, 50, 7
METHODS = ("POST", "PATCH", "HEAD")


def arrived(sender: Sender, path: str, least: int) -> int:
    """How far an upload is, once at least so many bytes have arrived."""
    for _ in range(1000):
        if (offset := sender.offset(path)) >= least:
            return offset
        threading.Event().wait(0.01)
    raise AssertionError(f"{offset} bytes have arrived, and not {least}")


def stored_part(server: Server, path: str) -> bytes:
    """The bytes of an unfinished upload on the server's disk."""
    file = Path(server.environment["DATA_DIR"]) / "uploads" / f"{path.rpartition('/')[2]}.part"
    return file.read_bytes() if file.exists() else b""


def finish(sender: Sender, path: str, photo: bytes) -> None:
    """Send what is missing; again when something that was on its way meanwhile came in between."""
    for _ in range(20):
        with suppress(OSError, HTTPException):
            if sender.patch(path, offset := sender.offset(path), photo[offset:]).status == 204:
                return
    raise AssertionError(f"no end: {sender.ask('HEAD', path)}")


# A request that hangs

def test_head_is_answered_while_a_patch_hangs(server: Server):
    photo, sender = large(200, "png"), Sender(server.port)
    path, half = sender.create(photo), len(photo) // 2
    with sender.begin(path, 0, len(photo), photo[:half]):
        assert half - PIECE <= arrived(sender, path, half - PIECE) <= half


def test_a_second_patch_wins_over_one_that_hangs_and_that_one_can_write_no_more(server: Server):
    photo, sender = large(201, "png"), Sender(server.port)
    path, half = sender.create(photo), len(photo) // 2
    with sender.begin(path, 0, len(photo), photo[:half]) as hanging:
        offset = arrived(sender, path, half - PIECE)
        middle = offset + CHUNK
        assert sender.patch(path, offset, photo[offset:middle]).offset == middle
        refused = hanging.end(bytes(len(photo) - half))
        assert refused is None or (refused.status, refused.code) == (409, "superseded")
        assert sender.offset(path) == middle and stored_part(server, path) == photo[:middle]
        assert sender.patch(path, middle, photo[middle:]).status == 204
    assert sender.photo(sha(photo)) == photo


def test_a_patch_that_ends_after_another_has_finished_the_photo_changes_nothing(one_server: Server):
    photo, sender = large(202, "png"), Sender(one_server.port)
    path, half = sender.create(photo), len(photo) // 2
    with sender.begin(path, 0, len(photo), photo[:half]) as hanging:
        offset = arrived(sender, path, half - PIECE)
        assert sender.patch(path, offset, photo[offset:]).status == 204
        refused = hanging.end(bytes(len(photo) - half))
        assert refused is None or refused.status == 409
    assert sender.offset(path) == len(photo)
    assert sender.photo(sha(photo)) == photo


def test_uploads_that_hang_do_not_hold_up_other_answers(one_app: Flask):
    photo, many = jpeg(210), 2 * one_app.config["UPLOADS_AT_ONCE"] + 8  # more than both processes take in
    with Server(one_app) as server, ExitStack() as hanging:
        sender = Sender(server.port, patience=10)
        paths = [sender.create(photo, claim=sha(bytes([number]))) for number in range(many)]
        for path in paths:
            hanging.enter_context(sender.begin(path, 0, len(photo), photo[:100]))
        for path in paths[:10]:
            assert sender.ask("GET", "/api/v1/sessions/current").status == 200
            assert sender.ask("HEAD", path).status == 200


# Two at once

@pytest.mark.parametrize("round_", range(4))
def test_of_two_patches_at_the_same_offset_at_the_same_time_exactly_one_wins(server: Server, round_: int):
    photo, sender = large(240 + round_, "png"), Sender(server.port)
    path, begun, both = sender.create(photo), round_ * 200_000, threading.Barrier(2)
    sender.patch(path, 0, photo[:begun])

    def send(_: int) -> Answer | None:
        both.wait()
        try:
            return sender.patch(path, begun, photo[begun:])
        except (OSError, HTTPException):
            return None  # refused, and the connection was closed under what it was sending

    with ThreadPoolExecutor(2) as lanes:
        answers = list(lanes.map(send, range(2)))
    assert [answer.status if answer else 409 for answer in sorted(answers, key=lambda one: one.status if one else 409)] == [204, 409]
    assert sender.offset(path) == len(photo)
    assert sender.photo(sha(photo)) == photo


def test_two_phones_that_send_the_same_photo_at_once_both_succeed(one_server: Server):
    photo = large(250, "png")
    phones = [Sender(one_server.port, device=f"phone-{number}") for number in range(2)]
    with ThreadPoolExecutor(2) as lanes:
        answers = list(lanes.map(lambda phone: phone.patch(phone.create(photo), 0, photo), phones))
    assert [answer.status for answer in answers] == [204, 204]
    assert phones[0].photo(sha(photo)) == photo


def _again(sender: Sender, photo: bytes, path: str, method: str) -> Answer:
    """A request that a phone repeats whose answer does not come: the creation, or a PATCH of what has arrived long ago."""
    if method == "PATCH":
        return sender.patch(path, 0, photo[:1])
    return sender.ask(method, FILES if method == "POST" else path, Upload_Length=str(len(photo)), Upload_Metadata=metadata(sha256=sha(photo)))


@pytest.mark.parametrize("method", METHODS)
def test_what_a_phone_repeats_while_its_photo_is_being_finished_does_not_undo_that(one_server: Server, method: str):
    sender, luck = Sender(one_server.port), random.Random(method)

    def repeat(photo: bytes, path: str, pause: float) -> Answer:
        threading.Event().wait(pause)
        return _again(sender, photo, path, method)

    with ThreadPoolExecutor(LANES) as lanes:
        for round_ in range(ROUNDS):
            photo = jpeg(1000 * METHODS.index(method) + round_ + 1000)
            path = sender.create(photo)
            sender.patch(path, 0, photo[:-1])
            repeated = [lanes.submit(repeat, photo, path, luck.uniform(0, 0.015)) for _ in range(LANES)]
            assert sender.patch(path, len(photo) - 1, photo[-1:]).status == 204
            assert {one.result().status for one in repeated} <= {200, 201, 409}
            assert sender.offset(path) == len(photo)
            assert sender.photo(sha(photo)) == photo


@pytest.mark.parametrize("fault", ["hash-mismatch", "bad-photo"])
def test_a_photo_that_is_refused_while_others_ask_about_it_is_no_error_of_the_server(one_server: Server, fault: str):
    sender, statuses = Sender(one_server.port), set()
    with ThreadPoolExecutor(3) as lanes:
        for round_ in range(ROUNDS):
            photo = jpeg(4000 + round_) if fault == "hash-mismatch" else jpeg(5000 + round_)[:-2]
            path = sender.create(photo, claim=sha(b"%d" % round_) if fault == "hash-mismatch" else sha(photo))
            sender.patch(path, 0, photo[:-1])
            last = lanes.submit(sender.patch, path, len(photo) - 1, photo[-1:])
            asked = [lanes.submit(sender.ask, "HEAD", path) for _ in range(2)]
            statuses |= {one.result().status for one in [last, *asked]}
    assert statuses <= {200, 404, 422}


# Cuts anywhere

def _fault(luck: random.Random, length: int) -> Fault:
    """One of the ways in which a PATCH can break."""
    if length < PIECE:
        return lost_answer("PATCH", luck.choice((0, 10)))
    return cut("PATCH", luck.choice((0, 1, luck.randrange(PIECE), luck.randrange(3 * PIECE))), reset=luck.random() < 0.5)


@pytest.mark.parametrize("seed", [1, 2])
def test_under_any_cuts_the_stored_part_is_a_prefix_of_the_file_and_in_the_end_the_photo_is_there(server: Server, seed: int):
    photo, sender, luck = large(260 + seed), Sender(server.port), random.Random(seed)
    path, reached = sender.create(photo), 0
    with Cutting(server.port) as network:
        for _ in range(CUTS):
            length = min(len(photo) - reached, luck.choice((5_000, 4 * PIECE, len(photo))))
            network.faults.append(_fault(luck, length))
            with suppress(OSError, HTTPException):  # or 409: what was on its way when HEAD was answered has arrived since
                assert sender.patch(path, reached, photo[reached:reached + length], network.port).status == 409
            assert photo.startswith(stored_part(server, path))
            before, reached = reached, sender.offset(path)
            assert before <= reached < len(photo)
    assert not network.faults
    finish(sender, path, photo)
    assert sender.photo(sha(photo)) == photo
