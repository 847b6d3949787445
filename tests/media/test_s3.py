"""A bucket of a real S3 service: what it verifies, what it answers, and what happens when it is killed or away."""

import hashlib
import multiprocessing
import random
import socket
import threading
import uuid
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from media.backend import Damaged, StorageDown, StorageFull, hash_of
from media.backends import BACKENDS
from media.backends.s3 import S3Backend
from tests.media.conftest import Give, arguments, keys_of
from tests.support.objects import ObjectServer

KEY = "photos/140525/ab/cd/abcd0001"
BIG = random.Random(1).randbytes(20 * 1024 * 1024)
_spawn = multiprocessing.get_context("spawn")


def _put(name: str, how: dict, file: Path, sha256: str) -> None:
    BACKENDS[name](**how).put(KEY, file, sha256)


def test_an_upload_that_was_killed_is_never_seen(s3: S3Backend, s3_server: ObjectServer, give: Give):
    file, sha256 = give(BIG)
    with socket.create_server(("127.0.0.1", 0)) as between:
        how = arguments(s3_server, s3.prefix, endpoint=f"http://127.0.0.1:{between.getsockname()[1]}")
        child = _spawn.Process(target=_put, args=("s3", how, file, sha256))
        child.start()
        client, _ = between.accept()
        upstream = socket.create_connection(("127.0.0.1", int(s3_server.endpoint.rpartition(":")[2])))
        with client, upstream:
            upstream.sendall(client.recv(65536))  # the head; the client waits for 100 Continue
            client.sendall(upstream.recv(65536))
            for _ in range(200):
                upstream.sendall(client.recv(65536))
            child.kill()
            child.join()
            upstream.shutdown(socket.SHUT_WR)
            while upstream.recv(65536):
                pass  # until the server has nothing more to say of it
    assert keys_of(s3) == [] and s3.size(KEY) is None and file.exists()
    s3.put(KEY, file, sha256)
    assert hash_of(s3, KEY) == sha256


# The service


def test_bytes_that_are_not_what_they_are_said_to_be_are_refused(s3: S3Backend, give: Give):
    for content in (b"x", BIG):
        file, _ = give(content)
        with pytest.raises(Damaged):
            s3.put(KEY, file, hashlib.sha256(b"other").hexdigest())
        assert file.exists() and s3.size(KEY) is None


def test_a_service_that_compares_nothing_is_read_back(s3: S3Backend, give: Give):
    s3.client.meta.events.register("before-parameter-build.s3.PutObject", lambda params, **_: params.pop("ChecksumSHA256"))
    s3.put(KEY, *give(BIG[:300_000]))
    assert s3.size(KEY) == 300_000
    with pytest.raises(Damaged):
        s3.put(KEY, give(b"x")[0], hashlib.sha256(b"other").hexdigest())
    assert s3.size(KEY) is None


def test_a_bucket_that_is_missing_is_named_and_can_be_made(s3_server: ObjectServer, give: Give):
    file, sha256 = give(b"x")
    with closing(S3Backend(**arguments(s3_server, bucket=f"new-{uuid.uuid4().hex}"))) as fresh:
        for action in (lambda: fresh.put(KEY, file, sha256), lambda: fresh.read(KEY), lambda: fresh.size(KEY),
                       lambda: fresh.delete(KEY), lambda: keys_of(fresh)):
            with pytest.raises(StorageDown, match=fresh.bucket):
                action()
        fresh.ensure_bucket()
        fresh.ensure_bucket()
        fresh.put(KEY, file, sha256)
        assert keys_of(fresh) == [KEY]


def test_keys_of_the_wrong_secret_are_down_and_not_missing(s3_server: ObjectServer):
    with closing(S3Backend(**arguments(s3_server, secret_key="wrong"))) as stranger:
        for action in (lambda: stranger.read(KEY), lambda: stranger.size(KEY), lambda: keys_of(stranger)):
            with pytest.raises(StorageDown, match="拒绝"):
                action()


@pytest.mark.parametrize("status, code, told", [
    (507, "XMinioStorageFull", StorageFull), (507, "Whatever", StorageFull), (403, "QuotaExceeded", StorageFull),
    (400, "XAmzContentChecksumMismatch", Damaged), (403, "AccessDenied", StorageDown), (501, "NotImplemented", StorageDown)])
def test_what_a_service_answers_becomes_the_error_that_it_means(give: Give, status: int, code: str, told: type):
    class Service(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            answer = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    file, sha256 = give(b"x")
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        s3 = S3Backend("photos", f"http://127.0.0.1:{server.server_port}", access_key="a", secret_key="b")
        with closing(s3), pytest.raises(told) as raised:
            s3.put(KEY, file, sha256)
        server.shutdown()
    assert type(raised.value) is told and file.exists()


def test_a_service_that_stops_is_down_and_has_everything_when_it_is_back(s3: S3Backend, s3_server: ObjectServer, give: Give):
    given = {f"photos/1/{n}": give(BIG[:n * 100_000]) for n in range(8)}
    for key, (file, sha256) in given.items():
        s3.put(key, file, sha256)
    late, sha256 = give(BIG)
    s3.put("late", late, sha256)
    reader = s3.read("late")
    next(reader)
    s3_server.stop()
    try:
        with pytest.raises(StorageDown):
            list(reader)
        file, sha256 = give(b"x")
        with pytest.raises(StorageDown):
            s3.put(KEY, file, sha256)
        with pytest.raises(StorageDown):
            s3.size("late")
    finally:
        s3_server.start()
    s3.put(KEY, file, sha256)
    assert {key: hash_of(s3, key) for key in keys_of(s3, "photos/1/")} == {key: sha256 for key, (_, sha256) in given.items()}
    assert hash_of(s3, "late") == hashlib.sha256(BIG).hexdigest()
