"""One operation as a phone sends it: read, checked for its form, and given a digest of its payload.

The form is that of the push in docs/sync.md. What the fields mean for a visit or a site is decided above.
"""

import hashlib
import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from sync.deep import deep_text

TYPES = ("visit", "site")
KINDS = ("create", "patch", "delete")
SCHEMA = 1  # the newest operation schema that this server reads

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z").match
_ZONE = uuid.UUID("6f6b54b4-55a4-4d0f-9d57-6c1f6f2c6b1e")


class PushError(ValueError):
    """The envelope itself cannot be read, so that no operation can be answered. `field` names where."""

    def __init__(self, field: str, message: str):
        super().__init__(message)
        self.field, self.message = field, message


@dataclass(slots=True)
class Operation:
    """One operation. `error` says what is wrong with its form; such a one is rejected and kept whole."""

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


@dataclass(slots=True)
class Push:
    """A batch of one device. `sent_at` is the phone's clock when it sent, from which its offset is measured."""

    device_id: str
    sent_at: int
    operations: list[Operation]


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
    if not isinstance(raw.get("op"), str) or not _UUID(raw["op"]):
        return "op 应为小写 UUID"
    if not isinstance(raw.get("id"), str) or not _UUID(raw["id"]):
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
    if not isinstance(op, str) or not _UUID(op):
        op = str(uuid.uuid5(_ZONE, device_id + digest))
    n = raw.get("n")
    if type(n) is not int or not 0 < n < 2**53:
        n = 0
    if error:
        return Operation(n, op, "", str(raw.get("id"))[:64], "", None, {}, {}, at, digest, raw, error)
    return Operation(n, op, raw["t"], raw["id"], raw["kind"], raw.get("base"), raw.get("was") or {},
                     raw.get("set") or {}, at, digest, raw)


def parse_push(body: Any, session_device: str) -> Push:
    """Read a whole push.

    Raises PushError when the envelope is unreadable: not an object, no device, no list of operations, a schema
    newer than SCHEMA, or no readable `sent_at`.
    """
    if not isinstance(body, dict):
        raise PushError("", "请求应为 JSON 对象")
    device_id = body.get("device_id")
    if not isinstance(device_id, str) or not 1 <= len(device_id) <= 64:
        raise PushError("device_id", "应为 1 至 64 个字符")
    if body.get("schema", SCHEMA) != SCHEMA:
        raise PushError("schema", f"本服务器支持的版本为 {SCHEMA}")
    if not isinstance(body.get("ops"), list):
        raise PushError("ops", "应为操作列表")
    try:
        sent_at = parse_instant(body.get("sent_at"))
    except (ValueError, OverflowError) as error:
        raise PushError("sent_at", str(error)) from None
    return Push(device_id, sent_at, [parse_operation(raw, session_device) for raw in body["ops"]])
