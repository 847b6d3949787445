"""The audit chain: what offices and the command line did, each entry hashed over the one before it."""

import hashlib
from collections.abc import Iterator
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspect_api.db import pending
from inspect_api.models import Audit

GENESIS = "0" * 64
_PAGE = 1000


def _hash(row: dict[str, Any]) -> str:
    covered = {name: row[name] for name in ("seq", "org", "at", "actor", "action", "subject", "detail", "previous")}
    return hashlib.sha256(orjson.dumps(covered, option=orjson.OPT_SORT_KEYS)).hexdigest()


def append(connection: Connection, org: str, now: int, actor: str, action: str, subject: str,
           detail: dict[str, Any]) -> None:
    """Add one entry to the chain of `org`. It is written when the transaction is sealed."""
    pending(connection).setdefault("audit", {}).setdefault(org, []).append(
        {"org": org, "at": now, "actor": actor, "action": action, "subject": subject[:100], "detail": detail})


def taken(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """The entries so far, by organisation."""
    return pending(connection).pop("audit", {})


def write(connection: Connection, org: str, entries: list[dict[str, Any]], first: int) -> None:
    """Write entries with the sequences that begin at `first`, under the organisation's clock: no two follow the same one."""
    last = connection.execute(sa.select(Audit.hash).where(Audit.org == org).order_by(Audit.seq.desc()).limit(1)).scalar()
    rows = []
    for seq, entry in enumerate(entries, first):
        rows.append(chained(entry, seq, last or GENESIS))
        last = rows[-1]["hash"]
    connection.execute(sa.insert(Audit.__table__), rows)


def chained(entry: dict[str, Any], seq: int, previous: str) -> dict[str, Any]:
    """The row of an entry that follows the one of the hash `previous`."""
    row = {"seq": seq, **entry, "previous": previous}
    return row | {"hash": _hash(row)}


def _chains(connection: Connection) -> Iterator[Any]:
    """Every entry, chain by chain, a page at a time."""
    table = Audit.__table__
    for org in list(connection.execute(sa.select(table.c.org).distinct().order_by(table.c.org)).scalars()):
        after = -1
        while page := connection.execute(sa.select(table).where(table.c.org == org, table.c.seq > after)
                                         .order_by(table.c.seq).limit(_PAGE)).mappings().all():
            yield from page
            after = page[-1]["seq"]


def verify(connection: Connection) -> tuple[int, list[str]]:
    """Walk every chain. Returns how many entries there are and what is broken ("org/seq: why")."""
    broken, count = [], 0
    previous: dict[str, str] = {}
    for row in _chains(connection):
        count += 1
        if row["previous"] != previous.get(row["org"], GENESIS):
            broken.append(f"{row['org']}/{row['seq']}: 与前一条的哈希不衔接")
        if _hash(dict(row)) != row["hash"]:
            broken.append(f"{row['org']}/{row['seq']}: 内容与哈希不符")
        previous[row["org"]] = row["hash"]
    return count, broken
