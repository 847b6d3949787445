"""Where a pull resumes: cursors, epochs, floors and scope. Pure; what changed is read by the floor above.

A cursor is opaque to phones: the epoch of the server and a sequence per bucket.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import orjson


class Gone(Exception):
    """The phone must pull anew, and keeps its outbox. `code` is cursor-expired or epoch-changed."""

    def __init__(self, code: str, detail: str):
        super().__init__(detail)
        self.code, self.detail = code, detail


class CursorError(ValueError):
    """A cursor that this server never gave."""


class Cursor(NamedTuple):
    """How far a phone has read: the server's epoch, and the last sequence seen of each bucket."""

    epoch: str
    seen: dict[str, int]

    def encode(self) -> str:
        """The opaque text."""
        return base64.urlsafe_b64encode(orjson.dumps([self.epoch, self.seen], option=orjson.OPT_SORT_KEYS)).rstrip(b"=").decode()


def decode(text: str) -> Cursor:
    """Read a cursor back. Raises CursorError."""
    try:
        epoch, seen = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, TypeError) as error:
        raise CursorError(str(error)) from None
    if not isinstance(epoch, str) or not isinstance(seen, dict) or not all(type(v) is int and v >= 0 for v in seen.values()):
        raise CursorError("not a cursor")
    return Cursor(epoch, seen)


@dataclass(slots=True)
class Resume:
    """From which sequence to read each bucket, and which buckets the phone may no longer see."""

    after: dict[str, int]
    drop: list[str]


def resume(cursor: Cursor | None, epoch: str, top: int, scope: Iterable[str], floors: Mapping[str, int]) -> Resume:
    """Where a pull goes on.

    `top` is the clock, `scope` the buckets of the phone, `floors` the sequence up to which the tombstones of a bucket
    are collected. A gained bucket starts from 0, a lost one is dropped. Raises Gone: another epoch, a cursor ahead
    of the clock (a restored server), or one below a floor, whose deletions can no longer be told.
    """
    buckets = sorted(set(scope))
    if cursor is None:
        return Resume(dict.fromkeys(buckets, 0), [])
    if cursor.epoch != epoch:
        raise Gone("epoch-changed", "服务器数据已恢复或重建")
    if any(seq > top for seq in cursor.seen.values()):
        raise Gone("epoch-changed", "游标超前于服务器")
    after = {bucket: cursor.seen.get(bucket, 0) for bucket in buckets}
    for bucket, seq in after.items():
        if 0 < seq < floors.get(bucket, 0):
            raise Gone("cursor-expired", "离线过久，删除记录已清理")
    return Resume(after, sorted(set(cursor.seen) - set(buckets)))


def advanced(epoch: str, started: Resume, last: int, top: int, has_more: bool) -> Cursor:
    """The cursor after a page in the order of the clock: to the page's last sequence, or to the clock at the end."""
    reached = last if has_more else top
    return Cursor(epoch, {bucket: max(seq, reached) for bucket, seq in started.after.items()})
