"""The one wrapper of every resource: authenticate, load, open the transaction, commit, dump.

A resource is `@endpoint(...)` on a function of five to ten lines that takes a Call and plain data and returns
plain data. It never sees a request, a session or a commit.
"""

import gzip
import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from typing import Any

import orjson
import structlog
from flask import Flask, Response, current_app, g, make_response, request
from flask.json.provider import JSONProvider
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, missing
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from uuid_utils import uuid7
from webargs.flaskparser import FlaskParser

from inspect_api.auth import ACTIONS, NOBODY, Actor, authenticate, may, touch_session
from inspect_api.db import is_unprepared, reading, transaction
from inspect_api.keepalive import listen_alive
from inspect_api.problems import Problem, respond

log = structlog.get_logger()
_HOUR_MS = 3_600_000
_WORTH_ZIPPING = 1_000  # bytes
HAND_IN = ("sync.push", "photo.upload")  # what a revoked device may still do: hand in what it holds


def now_ms() -> int:
    """Milliseconds since 1970 UTC by the server's clock."""
    return time.time_ns() // 1_000_000


@dataclass(slots=True)
class Call:
    """What a resource is given: who asks, the open connection (None for one that needs no database), and when."""

    actor: Actor
    connection: Connection | None
    now: int
    action: str

    def within(self, region: str) -> str:
        """`region`, after checking that the actor may do this action there. Raises Problem out-of-scope."""
        may(self.actor, self.action, region)
        return region


def endpoint(blueprint: Blueprint, rule: str, *, action: str, method: str = "GET", query: type[Schema] | None = None,
             body: type[Schema] | None = None, returns: type[Schema] | None = None, status: int = 200,
             writes: bool | None = None, before: Callable[[Actor, dict[str, Any]], Any] | None = None, database: bool = True,
             document: dict[str, Any] | None = None) -> Callable:
    """Register `function(call, **path [, query=] [, body=] [, given=])` under `rule`.

    `action` is its permission in auth.ACTIONS. `writes` (default: any method but GET) runs it inside the one
    write transaction. `before(actor, arguments)` does what needs no transaction before it begins; its result is `given`.
    With `database` False there is no connection: `before` has done all. `document` adds to its OpenAPI entry. A Problem
    that is returned is told after the commit.
    """
    assert action in ACTIONS, action
    writing = method != "GET" if writes is None else writes

    def decorate(function: Callable) -> Callable:
        @wraps(function)
        def view(*loaded: Any, **path: Any) -> Any:
            arguments = dict(path)
            given = list(loaded)
            if query is not None:
                arguments["query"] = given.pop(0)
            if body is not None:
                arguments["body"] = given.pop(0)
            if before is not None:
                arguments["given"] = before(g.actor, arguments)

            def work(connection: Connection | None) -> Any:
                return function(Call(g.actor, connection, g.now, action), **arguments)

            if not database:
                result = work(None)
            else:
                with current_app.extensions["work slots"]:
                    result = transaction(work) if writing else _read(work)
            if isinstance(result, Problem):
                raise result
            return result if returns is not None or isinstance(result, Response) else as_json(result, status)

        view.action = action
        wrapped: Callable = view
        if returns is not None:
            wrapped = blueprint.response(status, returns)(wrapped)
        if body is not None:
            wrapped = blueprint.arguments(body, location="json")(wrapped)
        if query is not None:
            wrapped = blueprint.arguments(query, location="query", unknown=RAISE)(wrapped)
        if document:
            wrapped = blueprint.doc(**document)(wrapped)
        blueprint.route(rule, methods=[method])(wrapped)
        return function

    return decorate


class Parser(FlaskParser):
    """Bodies are read by orjson: strict about UTF-8, numbers and depth."""

    def load_json(self, req: Any, schema: Any) -> Any:
        """The document of a request's body; a 400 with the place of the error."""
        if not self.is_json_request(req):
            return missing
        try:
            return orjson.loads(req.get_data())
        except orjson.JSONDecodeError as error:
            return self._handle_invalid_json_error(error, req)

    @staticmethod
    def is_json_request(req: Any) -> bool:
        """Whether the client says that it sends JSON."""
        return req.mimetype == "application/json"


Blueprint.ARGUMENTS_PARSER = Parser()


def _read(work: Callable[[Connection], Any]) -> Any:
    with reading() as connection:
        return work(connection)


def as_json(data: Any, status: int = 200) -> Response:
    """Plain data as a JSON answer."""
    return Response(orjson.dumps(data, default=str), status=status, mimetype="application/json")


def immutable(response: Response) -> Response:
    """Mark an answer that never changes under its address."""
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def with_etag(data: Any) -> Response:
    """Plain data with an ETag of its content; 304 when the client has it."""
    response = make_response(as_json(data))
    response.add_etag()
    return response.make_conditional(request)


def tagged(data: dict[str, Any], **told: Any) -> Response:
    """Plain data with an ETag of its content and, beside it, what is `told` without being part of that; 304 when the client has it."""
    response = as_json(data)
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32], weak=True)
    response.set_data(response.get_data()[:-1] + b"," + orjson.dumps(told)[1:])
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)


class OrjsonProvider(JSONProvider):
    """orjson as the app's JSON, for everything flask-smorest writes."""

    def dumps(self, obj: Any, **_: Any) -> str:
        """JSON text."""
        return orjson.dumps(obj, default=str).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """The document of a JSON text."""
        return orjson.loads(s)


def _guard() -> None:
    """Before any view: who is it, and may they at all? A view without an action is refused."""
    listen_alive()
    g.now = now_ms()
    g.request_id = request.headers.get("X-Request-Id", "")[:64] or str(uuid7())
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    if request.endpoint is None:
        return
    if "\x00" in request.path or b"%00" in request.query_string:
        raise Problem("bad-request", "地址里不能含有空字符")
    view = current_app.view_functions[request.endpoint]
    action = getattr(view, "action", None)
    if action is None:
        raise Problem("no-permission-stated", f"{request.method} {request.path}")
    g.actor = NOBODY
    if action == "public":
        return
    with reading() as connection:
        g.actor = authenticate(connection, request.headers.get("Authorization"), g.now)
    if g.actor.revoked and action not in HAND_IN:
        raise Problem("device-revoked")
    may(g.actor, action)
    if g.actor.idle_ms > _HOUR_MS:
        with suppress(Problem):  # busy: who only reads is not kept from it, and the next request will tell
            transaction(lambda connection: touch_session(connection, g.now, request.headers["Authorization"], g.actor.device_id))


def _zip(response: Response) -> None:
    """Compress a JSON answer for a client that reads gzip: mobile data is what a phone pays for."""
    response.vary.add("Accept-Encoding")
    if (response.direct_passthrough or response.content_encoding or response.content_length is None
            or response.content_length < _WORTH_ZIPPING or request.accept_encodings["gzip"] <= 0):
        return
    response.set_data(gzip.compress(response.get_data(), 6, mtime=0))
    response.content_encoding = "gzip"


def _finish(response: Response) -> Response:
    if response.mimetype in ("application/json", "application/problem+json"):
        _zip(response)
    response.headers["X-Request-Id"] = g.get("request_id", "")
    response.headers["X-Content-Type-Options"] = "nosniff"
    log.info("request", method=request.method, path=request.path, status=response.status_code,
             ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
             user=getattr(g.get("actor"), "login", ""))
    return response


def state_public(app: Flask, *endpoints: str) -> None:
    """State that views of a library are open to everyone: the API's description and its page."""
    for name in endpoints:
        view = app.view_functions[name]

        def public(*args: Any, view: Callable = view, **path: Any) -> Any:
            return view(*args, **path)

        public.action = "public"
        app.view_functions[name] = public


def _busy(error: Exception) -> Response:
    """A database that is locked, full or away: nothing was written, and the client may send again."""
    if is_unprepared(error):
        return respond(Problem("not-ready", "数据库尚未建立数据表：flask prepare"))
    if isinstance(error, ProgrammingError):
        log.error("unhandled", exc_info=error)
        return respond(Problem("internal"))
    log.error("database", error=str(getattr(error, "orig", error)))
    return respond(Problem("busy"))


def register(app: Flask) -> None:
    """Install the wrapper's parts that belong to the app."""
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(ProgrammingError, _busy)
    app.register_error_handler(PoolTimeout, _busy)
    app.json = OrjsonProvider(app)
    app.before_request(_guard)
    app.after_request(_finish)
