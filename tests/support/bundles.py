"""Bundles as a phone exports them: a ZIP written as a stream, so that sizes and checksums follow the bytes (data descriptors)."""

import io
import zipfile
from pathlib import Path
from typing import Any

import orjson

from tests.support.people import Phone
from tests.support.uploads import sha


class _Stream(io.RawIOBase):
    """A file that can only be written to its end, as a browser's is."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, piece: Any) -> int:
        """Take bytes."""
        self.data += piece
        return len(piece)


def manifest(phone: Phone, *operations: Any, photos: tuple[bytes, ...] = (), **more: Any) -> dict[str, Any]:
    """What bundle.json says."""
    return {"format": "field-bundle", "version": 1, "made_at": phone.now(), "app": "1.0.0", "device_id": phone.device, "login": phone.login,
            "schema": 2, "acked": 0, "ops": list(operations), "drafts": [],
            "photos": [{"sha256": sha(data), "bytes": len(data), "mime": "image/jpeg"} for data in photos]} | more


def zipped(files: dict[str, bytes]) -> bytes:
    """A ZIP of files, stored and not compressed."""
    stream = _Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return bytes(stream.data)


def bundle(folder: Path, phone: Phone, *operations: Any, photos: tuple[bytes, ...] = (), **more: Any) -> str:
    """Export to a file in a folder; its path."""
    files = {"bundle.json": orjson.dumps(manifest(phone, *operations, photos=photos, **more))}
    path = folder / "bundle.zip"
    path.write_bytes(zipped(files | {f"photos/{sha(data)}.jpg": data for data in photos}))
    return str(path)
