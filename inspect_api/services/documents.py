"""Documents that offices attach to what they report and to rectifications: kept by their SHA-256, read by who answers for their region.

The bytes are whole and durable in the backend before the row is written, and the row before anything is answered.
"""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.auth import Actor
from inspect_api.db import insert_missing, prefix_range
from inspect_api.models import Document
from inspect_api.problems import Problem
from inspect_api.services import audit
from inspect_api.services.photos.storage import backend
from media import papers
from media.staging import digest_of

PIECE = 128 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """A document whose bytes are durable in a backend."""

    sha256: str
    region: str
    name: str
    mime: str
    size: int
    backend: str


def key(org: str, sha256: str) -> str:
    """The key of a document's object."""
    return f"documents/{org}/{sha256[:2]}/{sha256}"


def org_of(region: str) -> str:
    """The county, or what is above it, whose folder a document lies in."""
    return region[:6]


def keep(region: str, name: str, stream: IO[bytes]) -> Kept:
    """Take in a document: look at what it is, and give it to the backend. Raises Problem bad-document, too-large; StorageError."""
    with tempfile.NamedTemporaryFile(prefix="document-", delete=False) as file:
        path, size = Path(file.name), 0
        try:
            while piece := stream.read(PIECE):
                size += len(piece)
                if size > papers.MOST_BYTES:
                    raise Problem("too-large", "文件超过 20 MB，请压缩或拆分")
                file.write(piece)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    try:
        mime = papers.kind_of(path)
        sha256, store = digest_of(path), backend()
        store.put(key(org_of(region), sha256), path, sha256)
    except papers.BadPaper as error:
        raise Problem("bad-document", str(error), errors=[{"field": "file", "message": str(error)}]) from None
    finally:
        path.unlink(missing_ok=True)
    return Kept(sha256, region, _named(name, mime), mime, size, store.name)


def _named(name: str, mime: str) -> str:
    """A name without folders and control characters, and with the suffix of what the file is."""
    plain = "".join(c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable()).strip(" .")[:190] or "文件"
    suffix = papers.SUFFIXES[mime]
    known = (suffix, ".jpeg") if suffix == ".jpg" else (suffix,)
    return plain if plain.lower().endswith(known) else plain + suffix


def store(connection: Connection, kept: Kept, by: str, now: int) -> dict[str, Any]:
    """Note that a document is kept in a region. The first name that it came under there stands."""
    row = {"sha256": kept.sha256, "region": kept.region, "name": kept.name, "mime": kept.mime, "size": kept.size, "backend": kept.backend,
           "user_id": by, "stored_at": now}
    insert_missing(connection, Document.__table__, [row])
    audit.append(connection, org_of(kept.region), now, by, "document.add", kept.sha256,
                 {"name": kept.name, "region": kept.region, "size": kept.size})
    stands = connection.execute(sa.select(Document.name).where(Document.sha256 == kept.sha256, Document.region == kept.region)).scalar_one()
    return {"sha256": kept.sha256, "region": kept.region, "name": stands, "mime": kept.mime, "size": kept.size}


def find(connection: Connection, actor: Actor, sha256: str) -> Any:
    """The row of a document that this person may read. Raises Problem not-found, or out-of-scope when it belongs to others only."""
    rows = connection.execute(sa.select(Document.__table__).where(Document.sha256 == sha256).order_by(Document.region)).all()
    for row in rows:
        if actor.covers(row.region):
            return row
    if rows:
        raise Problem("out-of-scope", "这份文件不属于您的辖区")
    raise Problem("not-found", "没有这份文件")


def missing(connection: Connection, region: str, wanted: Iterable[str]) -> list[str]:
    """Those of these SHA-256 that no document of the region's county has."""
    wanted = list(dict.fromkeys(wanted))
    if not wanted:
        return []
    known = set(connection.execute(sa.select(Document.sha256).where(
        Document.sha256.in_(wanted), prefix_range(Document.region, org_of(region)))).scalars())
    return [sha256 for sha256 in wanted if sha256 not in known]


def require(connection: Connection, region: str, wanted: Iterable[str]) -> None:
    """Raises Problem invalid unless all of these are documents of the region's county."""
    if gone := missing(connection, region, wanted):
        raise Problem("invalid", errors=[{"field": "documents", "message": f"没有文件 {sha256}，请先上传"} for sha256 in gone])


def named(connection: Connection, wanted: Iterable[str]) -> dict[str, dict[str, Any]]:
    """{sha256: {sha256, name, mime, size}} of these documents. One statement."""
    wanted = sorted(set(wanted))
    rows = connection.execute(sa.select(Document.sha256, Document.name, Document.mime, Document.size).where(
        Document.sha256.in_(wanted)).order_by(Document.region.desc())).mappings() if wanted else ()
    return {row["sha256"]: dict(row) for row in rows}
