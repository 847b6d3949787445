"""Photos in a bucket of a service that speaks S3. One request stores an object, whole, and names its SHA-256.

No multipart: parts are checked one by one and never against the hash of the whole, and a crash leaves them behind. One
request carries up to 5 GB, and a photo is a thousandth of that.
"""

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from media.backend import (
    Chunks,
    Damaged,
    NotStored,
    StorageDown,
    StorageError,
    StorageFull,
    check_key,
    check_prefix,
    hash_of,
)

_FULL = {"XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "QuotaExceeded", "InsufficientStorageSpace"}
_DAMAGED = {"BadDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch"}
_GONE = {"NoSuchKey", "404"}  # the answer to HEAD has no body, so no code either


class S3Backend:
    """A bucket, all of whose keys begin with `prefix`. The client is made when it is first needed.

    `endpoint` is the service's address ("" for AWS); empty keys and region are looked for where boto3 looks (environment,
    role of the machine). `addressing` is `path` or `virtual` (bucket.host, as Aliyun OSS and new Tencent COS demand);
    "" is `path` when there is an endpoint.
    """

    name = "s3"
    page = 1_000  # keys in an answer of the service

    def __init__(self, bucket: str, endpoint: str = "", region: str = "", access_key: str = "", secret_key: str = "",
                 prefix: str = "", addressing: str = ""):
        self.bucket, self.endpoint, self.region, self.prefix = bucket, endpoint, region, check_prefix(prefix)
        self._keys = {"aws_access_key_id": access_key or None, "aws_secret_access_key": secret_key or None}
        self._addressing = addressing or ("path" if endpoint else "auto")
        self._made: Any = None
        self._seen = False
        self._making = threading.Lock()

    @property
    def client(self) -> Any:
        """The boto3 client: one for all threads, made under a lock, since making one is not safe among threads."""
        with self._making:
            if self._made is None:
                import boto3  # here and not above: it takes a third of a second, and a folder needs none of it
                from botocore.config import Config
                config = Config(connect_timeout=5, read_timeout=30, max_pool_connections=32,
                                retries={"mode": "standard", "total_max_attempts": 3},
                                s3={"addressing_style": self._addressing}, request_checksum_calculation="when_required")
                self._made = boto3.session.Session().client(
                    "s3", endpoint_url=self.endpoint or None, config=config, **self._keys,
                    region_name=self.region or ("us-east-1" if self.endpoint else None))
            return self._made

    def close(self) -> None:
        """Let go of the connections; the next call makes new ones."""
        with self._making:
            if self._made is not None:
                self._made.close()
            self._made = None

    @contextmanager
    def _as_storage_errors(self, key: str = "") -> Iterator[None]:
        try:
            yield
        except Exception as error:
            raise self._wrong(error, key) from error

    def _wrong(self, error: Exception, key: str) -> StorageError:
        from botocore.exceptions import ClientError, FlexibleChecksumError
        if isinstance(error, FlexibleChecksumError):
            return Damaged(key)
        if not isinstance(error, ClientError):
            return StorageDown(f"连不上 S3 存储：{error}")
        code, status = error.response["Error"].get("Code", ""), error.response["ResponseMetadata"].get("HTTPStatusCode", 0)
        if code == "NoSuchBucket":
            return StorageDown(f"S3 存储桶“{self.bucket}”不存在，请先创建这个桶，或者检查设置里的桶名")
        if code in _GONE:
            return NotStored(key)
        if code in _DAMAGED:
            return Damaged(key)
        if status == 507 or code in _FULL:
            return StorageFull(f"S3 存储桶“{self.bucket}”空间不足：{code}")
        if status == 403:
            return StorageDown(f"S3 存储拒绝访问桶“{self.bucket}”（{code}），请检查密钥和权限，以及服务器时间是否准确")
        return StorageDown(f"S3 存储出错：{error}")

    def put(self, key: str, file: Path, sha256: str) -> None:
        """See Backend. The service compares the SHA-256; where it does not say so, the object is read back and hashed."""
        digest = base64.b64encode(bytes.fromhex(sha256)).decode()
        with open(file, "rb") as body, self._as_storage_errors(check_key(key)):
            answer = self.client.put_object(Bucket=self.bucket, Key=self.prefix + key, Body=body, ChecksumSHA256=digest)
        if answer.get("ChecksumSHA256") != digest and hash_of(self, key) != sha256:
            self.delete(key)
            raise Damaged(key)
        file.unlink()

    def read(self, key: str, start: int = 0, end: int | None = None) -> Chunks:
        """See Backend. Damaged at the end of a whole object that is not what its SHA-256 says, if the service keeps it."""
        length = None if end is None else max(0, end - start)
        try:
            with self._as_storage_errors(check_key(key)):
                body = self.client.get_object(Bucket=self.bucket, Key=self.prefix + key, **_range(start, length))["Body"]
        except StorageDown as error:
            if not _is_beyond(error.__cause__):
                raise
            body = BytesIO()
        return Chunks(body, length, lambda error: self._wrong(error, key))

    def size(self, key: str) -> int | None:
        """See Backend."""
        try:
            with self._as_storage_errors(check_key(key)):
                return self.client.head_object(Bucket=self.bucket, Key=self.prefix + key)["ContentLength"]
        except NotStored:
            self._look()
            return None

    def _look(self) -> None:
        # HEAD says 404 for a bucket that never was as well; a listing tells the two apart, and once is enough.
        if not self._seen:
            with self._as_storage_errors():
                self.client.list_objects_v2(Bucket=self.bucket, Prefix=self.prefix, MaxKeys=1)
            self._seen = True

    def delete(self, key: str) -> None:
        """See Backend."""
        try:
            with self._as_storage_errors(check_key(key)):
                self.client.delete_object(Bucket=self.bucket, Key=self.prefix + key)
        except NotStored:
            pass

    def keys(self, prefix: str = "") -> Iterator[tuple[str, int]]:
        """See Backend. A page of keys is held at a time; needs the permission to list the bucket."""
        wanted = self.prefix + check_prefix(prefix)
        with self._as_storage_errors():
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=wanted, PaginationConfig={"PageSize": self.page})
            for page in pages:
                for found in page.get("Contents", ()):
                    yield found["Key"].removeprefix(self.prefix), found["Size"]

    def ensure_bucket(self) -> None:
        """Make the bucket unless it is there."""
        with self._as_storage_errors():
            try:
                place = {"CreateBucketConfiguration": {"LocationConstraint": self.region}} if self.region and not self.endpoint else {}
                self.client.create_bucket(Bucket=self.bucket, **place)
            except self.client.exceptions.ClientError as error:
                if error.response["Error"].get("Code") != "BucketAlreadyOwnedByYou":
                    raise


def _range(start: int, length: int | None) -> dict[str, str]:
    """The range of a request (RFC 9110, 14.2). It cannot say "nothing", so that one byte is asked for and not read."""
    if length is None:
        return {"Range": f"bytes={start}-"} if start else {}
    return {"Range": f"bytes={start}-{start + length - 1}" if length else "bytes=0-0"}


def _is_beyond(error: BaseException | None) -> bool:
    """Whether the service says that a range begins after the end of an object (RFC 9110, 416)."""
    return getattr(error, "response", {}).get("Error", {}).get("Code") in ("InvalidRange", "416")
