"""The rules of tus 1.0.0, the protocol of resumable uploads (https://tus.io/protocols/resumable-upload): headers in, headers out.

Nothing here reads a body or a disk: media/staging.py keeps the bytes.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

VERSION = "1.0.0"
EXTENSIONS = ("creation", "creation-with-upload", "checksum", "termination", "expiration")
ALGORITHMS: dict[str, Callable[[], Any]] = {"sha1": lambda: hashlib.sha1(usedforsecurity=False), "sha256": hashlib.sha256}
CONTENT_TYPE = "application/offset+octet-stream"
METHODS = ("POST", "PATCH", "DELETE", "HEAD")  # what X-HTTP-Method-Override may ask for; it is sent with a POST
MOST_METADATA = 4096  # bytes of the header
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_DIGITS = re.compile(r"[0-9]{1,18}\Z")


class TusError(ValueError):
    """A header that breaks the protocol. `code` names the problem, `header` where, `message` why, in Chinese."""

    def __init__(self, code: str, header: str, message: str):
        super().__init__(f"{header}：{message}")
        self.code, self.header, self.message = code, header, message


@dataclass(frozen=True, slots=True)
class Checksum:
    """An Upload-Checksum: the algorithm's name and the digest that the body must have."""

    algorithm: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Creation:
    """What a client says when it creates an upload: its length, its metadata, and the SHA-256 (hex) if it tells it."""

    length: int
    metadata: dict[str, str]
    sha256: str | None


def options(most: int) -> dict[str, str]:
    """Headers that tell what the server can do (Core, OPTIONS). `most` is the largest upload in bytes."""
    return {"Tus-Resumable": VERSION, "Tus-Version": VERSION, "Tus-Max-Size": str(most), "Tus-Extension": ",".join(EXTENSIONS),
            "Tus-Checksum-Algorithm": ",".join(ALGORITHMS)}


def check_version(headers: Mapping[str, str]) -> None:
    """Every request but OPTIONS says the version that it speaks (Core, Tus-Resumable). Raises TusError tus-version."""
    if headers.get("Tus-Resumable") != VERSION:
        raise TusError("tus-version", "Tus-Resumable", f"应为 {VERSION}")


def number(headers: Mapping[str, str], name: str) -> int:
    """A header that is a non-negative integer. Raises TusError bad-upload."""
    text = headers.get(name)
    if text is None:
        raise TusError("bad-upload", name, "缺少此请求头")
    if not _DIGITS.match(text):
        raise TusError("bad-upload", name, f"应为不小于 0 的整数，收到 {text[:40]!r}")
    return int(text)


def creation(headers: Mapping[str, str], most: int) -> Creation:
    """What a POST says (Creation). Raises TusError bad-upload, or upload-too-large for more than `most` bytes."""
    if "Upload-Defer-Length" in headers:
        raise TusError("bad-upload", "Upload-Defer-Length", "不支持，创建时请给出 Upload-Length")
    length = number(headers, "Upload-Length")
    if length > most:
        raise TusError("upload-too-large", "Upload-Length", f"最多 {most} 字节，收到 {length}")
    if length == 0:
        raise TusError("bad-upload", "Upload-Length", "照片不能为空")
    told = metadata(headers.get("Upload-Metadata", ""))
    digest = told.get("sha256")
    if digest is not None and not _SHA256.match(digest):
        raise TusError("bad-upload", "Upload-Metadata", "sha256 应为 64 位小写十六进制")
    return Creation(length, told, digest)


def metadata(header: str) -> dict[str, str]:
    """{key: text} of an Upload-Metadata header (Creation): `key base64, key base64, …`. Raises TusError bad-upload."""
    if len(header) > MOST_METADATA:
        raise TusError("bad-upload", "Upload-Metadata", f"最长 {MOST_METADATA} 字节")
    told: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        if not key.isascii() or key in told:
            raise TusError("bad-upload", "Upload-Metadata", f"键 {key[:40]!r} 不合规或重复")
        try:
            told[key] = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except ValueError:
            raise TusError("bad-upload", "Upload-Metadata", f"{key} 的值应为 Base64 编码的 UTF-8 文字") from None
    return told


def checksum(headers: Mapping[str, str]) -> Checksum | None:
    """The Upload-Checksum of a body, if it has one (Checksum). Raises TusError bad-upload for one that cannot be read."""
    header = headers.get("Upload-Checksum")
    if header is None:
        return None
    algorithm, _, encoded = header.partition(" ")
    if algorithm not in ALGORITHMS:
        raise TusError("bad-upload", "Upload-Checksum", f"算法应为 {'、'.join(ALGORITHMS)} 之一")
    try:
        digest = base64.b64decode(encoded.strip(), validate=True)
    except ValueError:
        digest = b""
    if len(digest) != ALGORITHMS[algorithm]().digest_size:
        raise TusError("bad-upload", "Upload-Checksum", f"应为 {algorithm} 摘要的 Base64")
    return Checksum(algorithm, digest)


def check_body(headers: Mapping[str, str]) -> None:
    """A body with bytes of the file says so (Core, PATCH). Raises TusError unsupported-media-type."""
    if headers.get("Content-Type") != CONTENT_TYPE:
        raise TusError("unsupported-media-type", "Content-Type", f"应为 {CONTENT_TYPE}")


def expires(at_ms: int) -> str:
    """The value of Upload-Expires (Expiration), an HTTP date (RFC 9110, 5.6.7). `at_ms`: milliseconds UTC."""
    return formatdate(at_ms / 1000, usegmt=True)
