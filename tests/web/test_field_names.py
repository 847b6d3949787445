"""The desk names every field of what it sends as a clerk calls it: the server tells a wrong one by its own name."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Flask

from tests.web.packages import WEB
from tests.web.test_attributes import literal

OFFICE = WEB / "src" / "office"
#: What phones and other programs send, and the two names that are made for a login, not typed.
OTHERS = re.compile(r"/api/v1/(sync/push|rxdb/)")
UNTYPED = {"device_id", "device_label", "rules", "set"}


def fields(schema: dict[str, Any], schemas: dict[str, Any], seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """The members of a schema and of those inside it, by name."""
    if name := schema.get("$ref", "").rpartition("/")[2]:
        if name in seen:
            return
        schema, seen = schemas[name], seen | {name}
    for member, inner in schema.get("properties", {}).items():
        yield member
        yield from fields(inner, schemas, seen)
    inside = [schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)]
    for inner in [*inside, *(one for key in ("allOf", "anyOf", "oneOf") for one in schema.get(key, ()))]:
        yield from fields(inner, schemas, seen)


def test_the_desk_has_a_word_for_every_field_that_it_sends(one_app: Flask):
    told = one_app.test_client().get("/api/openapi.json").get_json()
    bodies = [body["schema"] for path, ways in told["paths"].items() if not OTHERS.match(path) for way in ways.values()
              if isinstance(way, dict) for body in way.get("requestBody", {}).get("content", {}).values()]
    sent = {name for body in bodies for name in fields(body, told["components"]["schemas"])}
    assert {"due_on", "licence_until", "without_recheck"} <= sent
    assert sent - UNTYPED <= set(literal(OFFICE / "locales" / "fields.ts", "fields"))
