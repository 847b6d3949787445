"""When a phone may forget a visit: its row is applied and every photo that it names is stored and verified."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
import rfc8785

CONTENT = ("id", "site_id", "checklist", "document_type", "replaces", "phone_at", "status", "answers", "details")


def photos_named(visit: Mapping[str, Any]) -> list[str]:
    """The SHA-256 of every photo that a visit names, each once, sorted: in its answers, its signature, its captures."""
    found: set[str] = set()
    for answer in visit["answers"].values():
        if type(answer) is dict and (photos := answer.get("photos")):
            found.update(photos)
    signature = visit["details"].get("signature") or {}
    if signature.get("photo"):
        found.add(signature["photo"])
    found.update(visit["details"].get("photos") or ())
    return sorted(found)


def content_hash(visit: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of what a phone captured: the fields of CONTENT as canonical JSON (RFC 8785).

    `phone_at` is in milliseconds UTC; what the server adds (corrected time, review, verdict) is not in it, so that a phone
    can compute the same. A number that canonical JSON cannot say (beyond 2**53) is written as text.
    """
    return hashlib.sha256(canonical({name: visit[name] for name in CONTENT})).hexdigest()


def canonical(document: dict[str, Any]) -> bytes:
    """Canonical JSON (RFC 8785) of an object. Mostly orjson's, which is many times as quick and gives the same bytes."""
    text = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    if not _is_doubtful(document) and (text.isascii() or not _ASTRAL(text)):
        return text
    try:
        return rfc8785.dumps(document)
    except rfc8785.CanonicalizationError:
        return rfc8785.dumps(_spelled(document))


_ASTRAL = re.compile(rb"[\xf0-\xf7]").search  # RFC 8785 orders keys by UTF-16


def _is_doubtful(value: Any) -> bool:
    """Whether there is a number that orjson may write in another way: whole floats, exponents, integers beyond 2**53."""
    kind = type(value)
    if kind is dict:
        value = value.values()
    elif kind is not list:
        return kind is float and (value.is_integer() or not 1e-6 < abs(value) < 1e15) or kind is int and abs(value) > 2**53 - 1
    return any(type(inner) is not str and _is_doubtful(inner) for inner in value)


def _spelled(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _spelled(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_spelled(inner) for inner in value]
    return str(value) if type(value) is int and abs(value) > 2**53 - 1 else value


def missing(visit: Mapping[str, Any], stored: Iterable[str]) -> list[str]:
    """The photos that a visit names and that are not among the `stored` ones."""
    return sorted(set(photos_named(visit)) - set(stored))


def receipt(visit: Mapping[str, Any], stored: Mapping[str, int]) -> dict[str, Any] | None:
    """The receipt of a visit, or None while it is a draft or a photo is missing.

    `stored` is {sha256: milliseconds UTC when it was verified}. The receipt's `at` is when the last part of it came in.
    """
    photos = photos_named(visit)
    if visit["status"] != "signed" or any(photo not in stored for photo in photos):
        return None
    return {"visit": visit["id"], "rev": visit["rev"], "sha256": content_hash(visit), "photos": photos,
            "at": max([visit.get("signed_at") or visit["received_at"], *(stored[photo] for photo in photos)])}
