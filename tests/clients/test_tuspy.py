"""tuspy, the client of Python programs, against the real server: whole photos, and over connections that break."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError, TusUploadFailed
from tusclient.storage.filestorage import FileStorage
from tusclient.uploader import Uploader

from tests.clients.uploading import CHUNK, PIECE, Sender, large
from tests.support.cutting import Cutting, Fault, cut, held, lost_answer
from tests.support.serving import Server
from tests.support.uploads import FILES, jpeg, sha

MODES: dict[str, dict[str, Any]] = {
    "creation, then PATCH": {},
    "in chunks": {"chunk_size": CHUNK},
    "in chunks with a checksum of each": {"chunk_size": CHUNK, "upload_checksum": True},
}


def uploader(sender: Sender, url: str, photo: bytes, claim: str | None = None, **options: Any) -> Uploader:
    """An upload of a photo by tuspy as this person; it tries again at once."""
    client = TusClient(url + FILES, headers={"Authorization": f"Bearer {sender.token}"})
    return client.uploader(file_stream=BytesIO(photo), metadata={"sha256": claim or sha(photo)},
                           **({"retries": 5, "retry_delay": 0} | options))


def through(server: Server, photo: bytes, *faults: Fault, tries: int = 1, **options: Any) -> Cutting:
    """Upload a photo over a connection with faults, all of which must have happened; the program begins anew `tries` - 1 times."""
    sender = Sender(server.port)
    with Cutting(server.port, *faults) as network:
        for _ in range(tries - 1):
            with pytest.raises(TusCommunicationError):
                uploader(sender, network.url, photo, **options).upload()
        uploader(sender, network.url, photo, **options).upload()
    assert not network.faults
    assert sender.photo(sha(photo)) == photo
    return network


# Whole

@pytest.mark.parametrize("mode", MODES)
def test_a_photo_goes_up_byte_for_byte(one_server: Server, mode: str):
    photo = large(100 + list(MODES).index(mode), "png")
    network = through(one_server, photo, **MODES[mode])
    patches = -(-len(photo) // CHUNK) if MODES[mode] else 1
    assert [request.method for request in network.requests()] == ["POST"] + ["PATCH"] * patches
    assert network.bodies() == len(photo)


def test_eight_photos_at_once_go_up(server: Server):
    photos = [large(110 + number) if number % 4 == 0 else jpeg(110 + number) for number in range(8)]
    sender = Sender(server.port)
    with ThreadPoolExecutor(8) as lanes:
        list(lanes.map(lambda photo: uploader(sender, server.url, photo, chunk_size=CHUNK).upload(), photos))
    assert [sender.photo(sha(photo)) for photo in photos] == photos


# Over connections that break

@pytest.mark.parametrize("mode", MODES)
def test_after_a_cut_at_70_percent_no_more_than_one_chunk_is_sent_again(one_server: Server, mode: str):
    photo = large(120 + list(MODES).index(mode))
    fault = cut("PATCH", 0.5, skip=int(len(photo) / CHUNK * 0.7)) if MODES[mode] else cut("PATCH", 0.7)
    network = through(one_server, photo, fault, **MODES[mode])
    again = network.bodies() - len(photo)
    assert 0 <= again <= (CHUNK if "upload_checksum" in MODES[mode] else PIECE), again
    assert sum(wire.up for wire in network.wires) <= len(photo) + again + 1024 * len(network.requests())


@pytest.mark.parametrize("at", [1, -1])
@pytest.mark.parametrize("reset", [False, True])
def test_after_a_cut_at_the_first_or_the_last_byte_it_finishes(one_server: Server, at: int, reset: bool):
    photo = large(130 + (at == 1) + 2 * reset, "png")
    network = through(one_server, photo, cut("PATCH", at, reset=reset))
    assert reset or network.bodies() - len(photo) <= PIECE


def test_when_the_answer_to_the_creation_is_lost_there_is_one_upload(one_server: Server):
    photo = large(140, "png")
    network = through(one_server, photo, lost_answer("POST"), tries=2)
    assert [request.method for request in network.requests()] == ["POST", "POST", "PATCH"]
    assert network.bodies() == len(photo)


def test_when_the_answer_to_a_patch_in_the_middle_is_lost_nothing_is_sent_again(one_server: Server):
    photo = large(141, "png")
    assert through(one_server, photo, lost_answer("PATCH", skip=5), chunk_size=CHUNK).bodies() == len(photo)


@pytest.mark.parametrize("mode", MODES)
def test_when_the_answer_to_the_last_patch_is_lost_nothing_is_sent_again(one_server: Server, mode: str):
    photo = large(142 + list(MODES).index(mode), "png")
    last = (len(photo) - 1) // CHUNK if MODES[mode] else 0
    network = through(one_server, photo, lost_answer("PATCH", skip=last), **MODES[mode])
    assert network.bodies() == len(photo)
    assert [request.length for request in network.requests()][-2:] == [0, 0]  # it asks, and sends what is left: nothing


# The program and the server are ended

@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # tuspy leaves the closing to the garbage collector
def test_a_program_that_was_ended_continues_where_it_was(one_server: Server, tmp_path: Path):
    photo, sender, store = large(150), Sender(one_server.port), FileStorage(str(tmp_path / "uploads.json"))
    path = tmp_path / "photo.jpg"
    path.write_bytes(photo)
    client = TusClient(one_server.url + FILES, headers={"Authorization": f"Bearer {sender.token}"})
    told = {"metadata": {"sha256": sha(photo)}, "chunk_size": CHUNK, "store_url": True, "url_storage": store}
    first = client.uploader(str(path), **told)
    first.upload(stop_at=10 * CHUNK)
    second = client.uploader(str(path), **told)
    assert (second.url, second.offset) == (first.url, 10 * CHUNK)
    second.upload()
    store.close()
    assert sender.photo(sha(photo)) == photo


def test_a_server_that_is_killed_in_the_middle_and_started_again_gets_the_rest(app: Flask):
    photo = large(151)
    with Server(app) as server, Cutting(server.port, held("PATCH", 0.5, skip=12)) as network:
        sender = Sender(server.port)
        program = threading.Thread(target=uploader(sender, network.url, photo, chunk_size=CHUNK, retries=400, retry_delay=0.02).upload)
        program.start()
        while network.faults and program.is_alive():
            threading.Event().wait(0.01)
        server.kill()
        server.start()
        program.join()
        assert sender.photo(sha(photo)) == photo
    assert 0 <= network.bodies() - len(photo) <= CHUNK


# Refused

def test_a_photo_that_is_not_what_its_hash_says_is_refused_and_not_stored(one_server: Server):
    photo, claim, sender = jpeg(160), sha(b"another"), Sender(one_server.port)
    with pytest.raises(TusUploadFailed) as refused:
        uploader(sender, one_server.url, photo, claim, retries=0).upload()
    assert (refused.value.status_code, json.loads(refused.value.response_content)["code"]) == (422, "hash-mismatch")
    assert sender.photo(sha(photo)) is None and sender.photo(claim) is None
    through(one_server, photo)


def test_a_broken_image_is_refused_and_says_why(one_server: Server):
    photo, sender = jpeg(161)[:-2], Sender(one_server.port)
    with pytest.raises(TusUploadFailed) as refused:
        uploader(sender, one_server.url, photo, retries=0).upload()
    problem = json.loads(refused.value.response_content)
    assert (refused.value.status_code, problem["code"], problem["errors"][0]["code"]) == (422, "bad-photo", "truncated")
    assert sender.photo(sha(photo)) is None
