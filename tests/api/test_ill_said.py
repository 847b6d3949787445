"""What no client should send: every field of every body, every query and every part of a path in turn made something else.

It is refused by name, or taken; the server never fails of it, on either database.
"""

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from flask import Flask

from tests.api.permitted import RULES
from tests.api.permitted.first import PUSH
from tests.api.permitted.rule import Ask
from tests.api.test_permissions import World
from tests.support.databases import Template
from tests.support.people import new_id

DEEP: Any = 1
for _ in range(300):  # deeper than JSON is written by our encoder, and less deep than it is read
    DEEP = {"x": DEEP}
STORED = ("\0", "长" * 5_000, 1e30, 10 ** 18, "0001-01-01", "9999-12-31")  # what databases differ in
SHAPES = (None, "", -1, [], {}, [None], [[]], DEEP, "\ud800")
UUID = new_id()
ASKED = ("", "-1", "9" * 30, "长" * 1_100, "\ud7ff%", "0001-01-01", "9999-12-31")
PLACES = (f"_{UUID}", f"2021-13-45_{UUID}", f"-.{UUID}", f"0001-01-01.{UUID}", f"2021-13-45.{UUID}", f"{'9' * 15}.{UUID}", f"{'9' * 30}.x", f"{'9' * 30}.1.x",
          f"{UUID}.OTk5", f"{UUID}.===", "x.y.z")
PARTS = ("x", "0", "-1", "9" * 30, "长" * 500, "%FF", "140525/../1")
LEAVES = {"sessions.log_out", "sessions.change_password"}  # these would end the session that asks


Fields = dict[str, Any]  # of an object: {field: the Fields of what it holds}


def described(app: Flask) -> dict[tuple[str, str], tuple[Fields, list[str]]]:
    """(endpoint, method) -> the fields of its body and those of its query, by the description."""
    told = app.test_client().get("/api/openapi.json").get_json()

    def held(given: Any) -> Fields:
        if "$ref" in given:
            given = told["components"]["schemas"][given["$ref"].rsplit("/", 1)[1]]
        return {name: held(one.get("items", one)) for name, one in sorted(given.get("properties", {}).items())}

    found = {}
    for rule in app.url_map.iter_rules():
        path = told["paths"].get(re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule), {})
        for method in rule.methods & {one.upper() for one in path}:
            operation = path[method.lower()]
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            found[(rule.endpoint, method)] = (held(body), sorted(
                one["name"] for one in operation.get("parameters", ()) if one.get("in") == "query"))
    return found


def bodies(body: Any, fields: Fields, values: tuple[Any, ...]) -> Iterator[Any]:
    """A body with each of its fields in turn made wrong, also those of what lies in it; and what is named twice in a list."""
    for name, value in product(dict.fromkeys([*body, *fields]), values):
        yield body | {name: value}
    for name in dict.fromkeys([*body, *(name for name, inside in fields.items() if inside)]):
        inner, inside = body.get(name), fields.get(name) or {}
        if isinstance(inner, dict) or inside and not isinstance(inner, list):
            yield from (body | {name: changed} for changed in bodies(inner or {}, inside, values))
        elif isinstance(inner, list) and inner:
            yield from (body | {name: [changed]} for changed in (bodies(inner[0], inside, values) if isinstance(inner[0], dict) else values))
            yield body | {name: [inner[0], inner[0]]}


def queries(path: str, names: list[str]) -> Iterator[str]:
    """A path with each field of its query in turn made wrong."""
    base, _, asked = path.partition("?")
    for name in names:
        for value in (*ASKED, *(PLACES if name == "after" else ())):
            yield f"{base}?{urlencode(dict(parse_qsl(asked)) | {name: value}, encoding='utf-8', errors='surrogatepass')}"


@pytest.fixture
def world(template: Template) -> Iterator[World]:
    with template.copy(LOG_LEVEL="CRITICAL") as app:
        app.extensions["behind the feed"] = True  # what is taken of all this is nobody's to look at
        yield World(app)


def asks(world: World, database: str) -> Iterator[tuple[str, str, Ask]]:
    """Every request: what it is about, its method, its path and body."""
    county, fields = world.people["county"], described(world.app)
    names = world.names | {name.partition("@")[0]: id_ for name, id_ in world.names.items() if name.endswith("@county")}
    values = STORED if database == "postgres" else STORED + SHAPES
    for (name, method), rule in sorted(RULES.items(), key=lambda one: one[0]):
        if name in LEAVES:
            continue
        body = rule.inside.body(world.people) if callable(rule.inside.body) else rule.inside.body
        body = body | {"device_id": county.device} if body is PUSH else body
        path, (inside, query_names) = rule.inside.path.format(**names), fields.get((name, method), ({}, []))
        if isinstance(body, dict):
            yield from ((name, method, Ask(path, wrong)) for wrong in (*bodies(body, inside, values), [], None, "x"))
        yield from ((name, method, Ask(wrong, body)) for wrong in queries(path, query_names))
        if "{" in rule.inside.path:
            yield from ((name, method, Ask(re.sub(r"{\w+}", part, rule.inside.path), body)) for part in PARTS)
    for path in ("plans/zezhou-2021/versions/{}", "plans/zezhou-2021/versions/{}/changes", "counties/{}/rules", "regions/{}", "documents/{}",
                 "plans/{}/indicators", "plans/zezhou-2021/indicators/{}/trend", "sites/{}/visits", "visits/{}/trail"):
        yield from (("paths", "GET", Ask(f"/api/v1/{path.format(part)}")) for part in PARTS)
    for (name, method), rule in RULES.items():  # what was taken of all this can be read and exported
        if method == "GET":
            yield name, method, Ask(rule.inside.path.format(**names))


def test_whatever_is_sent_is_taken_or_refused_and_never_a_failure_of_the_server(world: World, template: Template):
    county, failed, asked = world.people["county"], [], 0
    for name, method, ask in asks(world, template.kind):
        given: dict[str, Any] = {}
        if isinstance(ask.body, bytes) or ask.body == "ledger":
            continue
        if method not in ("GET", "DELETE"):
            given = {"data": json.dumps(ask.body), "content_type": "application/json"}
        answer, asked = county.ask(method, ask.path, **given), asked + 1
        if answer.status_code >= 500:
            failed.append((name, method, ask.path[:150], str(ask.body)[:150], answer.status_code))
    assert asked > 2_000 and not failed, failed
