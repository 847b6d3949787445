"""One operation as a phone sends it: read, checked for its form, and given a digest of its payload.

The form is that of the push in docs/sync-protocol.md. What the fields mean for a visit or a site is decided above.
"""

import hashlib
import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from sync.deep import deep_text

TYPES = ("visit", "site", "task")
KINDS = ("create", "patch", "delete")
SCHEMA = 2  # the newest protocol version that this server speaks
OLDEST = 1  # the oldest; 1 had no merge: a patch without `base` and `was` is taken as made on the newest revision

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z").match
_ZONE = uuid.UUID("6f6b54b4-55a4-4d0f-9d57-6c1f6f2c6b1e")


class PushError(ValueError):
    """The envelope itself cannot be read, so that no operation can be answered. `field` names where."""

    def __init__(self, field: str, message: str):
        super().__init__(message)
        self.field, self.message = field, message


@dataclass(slots=True)
class Operation:
    """One operation. `error` says what is wrong with its form; such a one is rejected and kept whole.

    `blind`: it comes from a version that knew no merge, so that a patch is not held to what its phone had read.
    """

    n: int
    op: str
    type: str
    id: str
    kind: str
    base: int | None
    was: dict[str, Any]
    set: dict[str, Any]
    at: int  # milliseconds UTC by the phone's clock
    digest: str
    raw: Any
    error: str | None = None
    form: Any = None  # what the floor above made of `set` before the transaction: its fields, or a refusal
    blind: bool = False


@dataclass(slots=True)
class Push:
    """A batch of one device. `sent_at` is the phone's clock when it sent, from which its offset is measured.

    `acked`: all results up to this number are kept by the phone. `unsent`: operations that stay behind on it. `app`: its version.
    """

    device_id: str
    sent_at: int
    operations: list[Operation]
    schema: int = SCHEMA
    acked: int = 0
    unsent: int | None = None
    app: str = ""


def is_uuid(value: Any) -> bool:
    """Whether a value is a UUID in canonical lower-case form."""
    return isinstance(value, str) and bool(_UUID(value))


def parse_instant(value: Any) -> int:
    """Milliseconds UTC of an ISO 8601 text with offset (RFC 3339). Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError("时间应为 RFC 3339 文本，如 2022-05-01T09:30:00+08:00")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"无法识别的时间 {value[:40]!r}，应为 RFC 3339，如 2022-05-01T09:30:00+08:00") from None
    if moment.tzinfo is None:
        raise ValueError(f"时间 {value[:40]!r} 缺少时区，应如 2022-05-01T09:30:00+08:00")
    return round(moment.timestamp() * 1000)


def _form_error(raw: dict[str, Any]) -> str | None:
    if type(raw.get("n")) is not int or not 0 < raw["n"] < 2**53:
        return "n 应为正整数"
    if not is_uuid(raw.get("op")):
        return "op 应为小写 UUID"
    if not is_uuid(raw.get("id")):
        return "id 应为小写 UUID"
    if not isinstance(raw.get("t"), str):
        return "t 应为对象类型"
    if raw.get("kind") not in KINDS:
        return "kind 应为 create、patch 或 delete"
    if not isinstance(raw.get("set", {}), dict) or not isinstance(raw.get("was", {}), dict):
        return "set 与 was 应为对象"
    base = raw.get("base")
    if base is not None and (type(base) is not int or not 0 <= base < 2**53):
        return "base 应为整数或空"
    return None


def parse_operation(raw: Any, device_id: str) -> Operation:
    """Read one operation. Never raises: what is wrong is in `error`, and the raw payload is kept.

    An operation whose own id cannot be read is given one made from its content, so that it can be answered and
    replayed like any other.
    """
    try:
        text, error = orjson.dumps(raw, option=orjson.OPT_SORT_KEYS), "操作应为对象"
    except orjson.JSONEncodeError:
        raw = deep_text(raw)
        text, error = raw.encode(), "内容嵌套过深"
    digest = hashlib.sha256(text).hexdigest()
    if not isinstance(raw, dict):
        return Operation(0, str(uuid.uuid5(_ZONE, device_id + digest)), "", "", "", None, {}, {}, 0, digest, raw, error)
    error = _form_error(raw)
    at = 0
    try:
        at = parse_instant(raw.get("at"))
    except (ValueError, OverflowError) as problem:
        error = error or f"at：{problem}"
    op = raw.get("op")
    if not is_uuid(op):
        op = str(uuid.uuid5(_ZONE, device_id + digest))
    n = raw.get("n")
    if type(n) is not int or not 0 < n < 2**53:
        n = 0
    if error:
        return Operation(n, op, "", str(raw.get("id"))[:64], "", None, {}, {}, at, digest, raw, error)
    return Operation(n, op, raw["t"], raw["id"], raw["kind"], raw.get("base"), raw.get("was") or {},
                     raw.get("set") or {}, at, digest, raw)


class TooOld(ValueError):
    """The phone speaks a version that this server no longer reads. `oldest` is the oldest one that it does."""

    def __init__(self, oldest: int):
        super().__init__(f"本服务器支持的最低版本为 {oldest}")
        self.oldest = oldest


def _count(body: dict[str, Any], name: str) -> int | None:
    value = body.get(name)
    if value is not None and (type(value) is not int or not 0 <= value < 2**53):
        raise PushError(name, "应为不小于 0 的整数")
    return value


def _schema(body: dict[str, Any], oldest: int) -> int:
    schema = body.get("schema", OLDEST)
    if type(schema) is not int or schema > SCHEMA:
        raise PushError("schema", f"本服务器支持的版本为 {oldest} 至 {SCHEMA}")
    if schema < oldest:
        raise TooOld(oldest)
    return schema


def parse_push(body: Any, session_device: str, oldest: int = OLDEST) -> Push:
    """Read a whole push.

    Raises PushError when the envelope is unreadable: not an object, no device, no list of operations, a schema
    newer than SCHEMA, no readable `sent_at`, or a count that is none. Raises TooOld for a schema older than `oldest`.
    """
    if not isinstance(body, dict):
        raise PushError("", "请求应为 JSON 对象")
    device_id = body.get("device_id")
    if not isinstance(device_id, str) or not 1 <= len(device_id) <= 64:
        raise PushError("device_id", "应为 1 至 64 个字符")
    schema = _schema(body, oldest)
    if not isinstance(body.get("ops"), list):
        raise PushError("ops", "应为操作列表")
    try:
        sent_at = parse_instant(body.get("sent_at"))
    except (ValueError, OverflowError) as error:
        raise PushError("sent_at", str(error)) from None
    operations = [parse_operation(raw, session_device) for raw in body["ops"]]
    if schema == 1:
        for operation in operations:
            operation.blind = True
    app = body.get("app") if isinstance(body.get("app"), str) else ""
    return Push(device_id, sent_at, operations, schema, _count(body, "acked") or 0, _count(body, "unsent"),
                app.replace("\x00", "")[:40])
