"""tus-js-client, which most apps upload with, against the real server: in each of its modes, and over connections that break.

The client runs in tests/clients/tus; tests/support/cutting.py breaks its connections where a test says, and counts.
"""

import json
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.clients.uploading import CHUNK, PIECE, Sender, large
from tests.support.cutting import Cutting, Fault, cut, held, late, lost_answer
from tests.support.serving import Server
from tests.support.uploads import jpeg, sha
from tests.support.world import PASSWORD

Doc = dict[str, Any]
SECONDS = 60
MODES: dict[str, Doc] = {
    "creation, then PATCH": {},
    "creation with upload": {"uploadDataDuringCreation": True},
    "in chunks": {"chunkSize": CHUNK},
    "in chunks, the first with the creation": {"chunkSize": CHUNK, "uploadDataDuringCreation": True},
    "PATCH as POST": {"overridePatchMethod": True},
}


class App:
    """An app on a phone that has tus-js-client."""

    def __init__(self, client: Path, folder: Path):
        self.client, self.folder = client, folder

    def task(self, url: str, photos: Sequence[bytes], options: Doc | None = None, claim: str | None = None, told: bool = True,
             **more: Any) -> str:
        """What the app is to do: upload photos, with their SHA-256 (or a claimed one) unless `told` is False."""
        files = []
        for number, data in enumerate(photos):
            path = self.folder / f"{number}.jpg"
            path.write_bytes(data)
            files.append({"path": str(path), "metadata": {"filename": path.name} | ({"sha256": claim or sha(data)} if told else {})})
        return json.dumps({"url": url, "login": {"login": "supervisor", "password": PASSWORD, "device_id": "tus-js"}, "files": files,
                           "options": {"retryDelays": [0, 20, 50, 100, 200]} | (options or {}), "seconds": SECONDS} | more)

    def upload(self, *given: Any, **more: Any) -> list[Doc]:
        """Do it; a report for each photo."""
        done = subprocess.run(["node", "upload.mjs"], cwd=self.client, input=self.task(*given, **more), capture_output=True, text=True,
                              timeout=SECONDS + 30)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)


@pytest.fixture
def app_on_phone(tus_js: Path, tmp_path: Path) -> App:
    """The app."""
    return App(tus_js, tmp_path)


def through(app: App, server: Server, photo: bytes, *faults: Fault, **more: Any) -> tuple[Doc, Cutting]:
    """Upload a photo over a connection with faults, all of which must have happened; the report and what passed."""
    with Cutting(server.port, *faults) as network:
        (report,) = app.upload(network.url, [photo], **more)
    assert not network.faults
    assert report["state"] == "done", json.dumps(report)
    assert Sender(server.port).photo(sha(photo)) == photo
    return report, network


# Whole

@pytest.mark.parametrize("mode", MODES)
def test_a_photo_goes_up_byte_for_byte(app_on_phone: App, one_server: Server, mode: str):
    photo = large(list(MODES).index(mode), "png")
    report, network = through(app_on_phone, one_server, photo, options=MODES[mode])
    sent = [(one["sentAs"], one["method"]) for one in report["requests"]]
    assert network.bodies() == len(photo)
    assert {one["status"] for one in report["requests"]} <= {201, 204}
    if MODES[mode].get("chunkSize"):
        assert len(sent) >= len(photo) // CHUNK
    else:
        assert sent == {"creation with upload": [("POST", "POST")], "PATCH as POST": [("POST", "POST"), ("POST", "PATCH")]}.get(
            mode, [("POST", "POST"), ("PATCH", "PATCH")])


def test_eight_photos_at_once_go_up(app_on_phone: App, server: Server):
    photos = [large(20 + number) if number % 4 == 0 else jpeg(20 + number) for number in range(8)]
    reports = app_on_phone.upload(server.url, photos, {"chunkSize": CHUNK}, parallel=8)
    assert [report["state"] for report in reports] == ["done"] * 8
    sender = Sender(server.port)
    assert [sender.photo(sha(photo)) for photo in photos] == photos


def test_a_photo_goes_up_without_its_hash_being_told(app_on_phone: App, one_server: Server):
    through(app_on_phone, one_server, jpeg(30), told=False)


@pytest.mark.parametrize("there", [1.0, 0.6])
def test_an_app_that_forgot_how_far_it_was_is_told_and_goes_on_from_there(app_on_phone: App, one_server: Server, there: float):
    photo = large(31 + (there < 1))
    begun, by_hand = int(len(photo) * there), Sender(one_server.port, device="tus-js")
    by_hand.patch(by_hand.create(photo), 0, photo[:begun])
    report, _ = through(app_on_phone, one_server, photo, held("PATCH", 1))
    assert [one["method"] for one in report["requests"]][:3] == ["POST", "PATCH", "HEAD"]
    assert report["requests"][1]["status"] in (409, None)  # None: the connection was closed under what it was sending


# Over connections that break

@pytest.mark.parametrize("mode", ["creation, then PATCH", "in chunks", "PATCH as POST"])
def test_after_a_cut_at_70_percent_no_more_than_one_chunk_is_sent_again(app_on_phone: App, one_server: Server, mode: str):
    photo = large(40 + list(MODES).index(mode))
    assert len(photo) > 1_900_000
    chunks = len(photo) // CHUNK
    fault = {"creation, then PATCH": cut("PATCH", 0.7), "in chunks": cut("PATCH", 0.5, skip=int(chunks * 0.7)),
             "PATCH as POST": cut("POST", 0.7, skip=1)}[mode]
    report, network = through(app_on_phone, one_server, photo, fault, options=MODES[mode])
    again = network.bodies() - len(photo)
    assert 0 <= again <= PIECE, again
    assert sum(wire.up for wire in network.wires) <= len(photo) + PIECE + 1024 * len(network.requests()) + 1024
    assert "HEAD" in [one["method"] for one in report["requests"]]


@pytest.mark.parametrize("at", [1, -1, 0.5])
@pytest.mark.parametrize("reset", [False, True])
def test_after_a_cut_at_any_place_it_finishes(app_on_phone: App, one_server: Server, at: float | int, reset: bool):
    photo = large(50 + [1, -1, 0.5].index(at) + 3 * reset, "png")
    _, network = through(app_on_phone, one_server, photo, cut("PATCH", at, reset=reset))
    if not reset:
        assert network.bodies() - len(photo) <= PIECE


@pytest.mark.parametrize("at", [1, 0.7, -1])
def test_after_a_cut_of_a_creation_with_upload_it_finishes(app_on_phone: App, one_server: Server, at: float | int):
    photo = large(60 + [1, 0.7, -1].index(at), "png")
    through(app_on_phone, one_server, photo, cut("POST", at), options=MODES["creation with upload"])


def test_three_cuts_of_one_photo_cost_no_more_than_three_pieces(app_on_phone: App, one_server: Server):
    photo = large(65)
    _, network = through(app_on_phone, one_server, photo, cut("PATCH", 0.3), cut("PATCH", 0.5), cut("PATCH", 0.9))
    assert 0 <= network.bodies() - len(photo) <= 3 * PIECE


@pytest.mark.parametrize("after", [0, 20])
def test_when_the_answer_to_the_creation_is_lost_there_is_one_upload(app_on_phone: App, one_server: Server, after: int):
    report, network = through(app_on_phone, one_server, large(70 + bool(after), "png"), lost_answer("POST", after))
    assert [one["method"] for one in report["requests"]] == ["POST", "POST", "PATCH"]
    assert network.bodies() == len(large(70 + bool(after), "png"))


def test_when_the_answer_to_a_creation_with_upload_is_lost_it_finishes(app_on_phone: App, one_server: Server):
    through(app_on_phone, one_server, jpeg(72), lost_answer("POST"), options=MODES["creation with upload"])


def test_when_the_answer_to_a_patch_in_the_middle_is_lost_nothing_is_sent_again(app_on_phone: App, one_server: Server):
    photo = large(73, "png")
    _, network = through(app_on_phone, one_server, photo, lost_answer("PATCH", skip=5), options=MODES["in chunks"])
    assert network.bodies() == len(photo)


@pytest.mark.parametrize("mode", ["creation, then PATCH", "in chunks"])
def test_when_the_answer_to_the_last_patch_is_lost_nothing_is_sent_again(app_on_phone: App, one_server: Server, mode: str):
    photo = large(74 + list(MODES).index(mode), "png")
    last = (len(photo) - 1) // CHUNK if MODES[mode] else 0
    report, network = through(app_on_phone, one_server, photo, lost_answer("PATCH", skip=last), options=MODES[mode])
    assert network.bodies() == len(photo)
    assert report["requests"][-1]["method"] == "HEAD"


def test_what_comes_late_arrives(app_on_phone: App, one_server: Server):
    through(app_on_phone, one_server, jpeg(80), late("POST", 0.2), late("PATCH", 0.2))


# The app and the server are ended

def test_an_app_that_was_closed_continues_where_it_was(app_on_phone: App, one_server: Server):
    photo, store = large(90), app_on_phone.folder / "uploads.json"
    store.write_text("{}")
    more = {"options": MODES["in chunks"], "store": str(store)}
    with Cutting(one_server.port) as network:
        (first,) = app_on_phone.upload(network.url, [photo], stopAfter=len(photo) // 2, **more)
        assert first["state"] == "stopped" and Sender(one_server.port).photo(sha(photo)) is None
        (second,) = app_on_phone.upload(network.url, [photo], **more)
    assert second["state"] == "done" and second["url"] == first["url"]
    assert second["requests"][0]["method"] == "HEAD"
    assert 0 <= network.bodies() - len(photo) <= CHUNK
    assert Sender(one_server.port).photo(sha(photo)) == photo


def test_a_server_that_is_killed_in_the_middle_and_started_again_gets_the_rest(app_on_phone: App, app: Flask):
    photo = large(91)
    with Server(app) as server, Cutting(server.port, held("PATCH", 0.5, skip=12)) as network:
        task = app_on_phone.task(network.url, [photo], {"chunkSize": CHUNK, "retryDelays": [50] * 200})
        done: list[subprocess.CompletedProcess] = []
        client = threading.Thread(target=lambda: done.append(subprocess.run(
            ["node", "upload.mjs"], cwd=app_on_phone.client, input=task, capture_output=True, text=True, timeout=SECONDS + 30)))
        client.start()
        while network.faults and client.is_alive():
            threading.Event().wait(0.01)
        server.kill()
        server.start()
        client.join()
        assert done[0].returncode == 0, done[0].stderr[-3000:]
        (report,) = json.loads(done[0].stdout)
        assert report["state"] == "done", json.dumps(report)
        assert "HEAD" in [one["method"] for one in report["requests"]]
        assert Sender(server.port).photo(sha(photo)) == photo
    assert 0 <= network.bodies() - len(photo) <= CHUNK


# Refused

def test_a_photo_that_is_not_what_its_hash_says_is_refused_and_not_stored(app_on_phone: App, one_server: Server):
    photo, claim = jpeg(95), sha(b"another")
    (report,) = app_on_phone.upload(one_server.url, [photo], claim=claim)
    assert (report["state"], report["status"], report["problem"]["code"]) == ("failed", 422, "hash-mismatch")
    sender = Sender(one_server.port)
    assert sender.photo(sha(photo)) is None and sender.photo(claim) is None
    through(app_on_phone, one_server, photo)


def test_a_broken_image_is_refused_and_says_why(app_on_phone: App, one_server: Server):
    photo = jpeg(96)[:-2]
    (report,) = app_on_phone.upload(one_server.url, [photo])
    assert (report["state"], report["status"], report["problem"]["code"]) == ("failed", 422, "bad-photo")
    assert report["problem"]["errors"][0]["code"] == "truncated"
    assert Sender(one_server.port).photo(sha(photo)) is None
