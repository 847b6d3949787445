"""The web apps, as the build left them, and what the server tells them before anybody has logged in. APPS is the visible list."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Response, current_app, make_response, render_template, request
from flask_smorest import Blueprint

from inspect_api.auth import Actor
from inspect_api.config import VERSION
from inspect_api.http import Call, endpoint, with_etag
from inspect_api.problems import Problem
from inspect_api.services import apps

blueprint = Blueprint("apps", __name__, description="网页应用")


@dataclass(frozen=True, slots=True)
class App:
    """An app: served at /name/, built into the folder of that name; its title."""

    name: str
    title: str


APPS = (App("field", "手机端"), App("office", "办公端"))


def _folder(app: App) -> Path:
    return Path(current_app.config["APPS_DIR"] or Path(__file__).parents[1] / "static") / app.name


def _policy() -> str:
    """What a page of an app may load: only from here, and map tiles from where the settings say."""
    tiles = apps.origin(current_app.config["MAP_TILES_URL"])
    return "; ".join((
        "default-src 'self'", "img-src 'self' blob: data:" + (f" {tiles}" if tiles else ""), "style-src 'self' 'unsafe-inline'",
        "font-src 'self' data:",  # Vant's icons are a font inside its style
        "worker-src 'self' blob:", "connect-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'",
        "frame-ancestors 'none'"))


def _secured(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _policy()
    response.headers["X-Content-Type-Options"] = "nosniff"
    # The origin and no more: hosts of map tiles tell by it who may fetch them.
    response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    response.headers["Permissions-Policy"] = "geolocation=(self), camera=(self), microphone=()"
    return response


def _send(app: App, path: str) -> Response:
    """A file of the app. Raises Problem not-ready (the app is not built), not-found."""
    folder = _folder(app)
    found = apps.find(folder, path, lambda encoding: request.accept_encodings.quality(encoding) > 0)
    if found is None:
        if apps.built(folder):
            raise Problem("not-found", f"{app.title}没有文件 {path[:200]}")
        if path:
            raise Problem("not-ready", f"{app.title}还没有构建：make app")
        page = make_response(render_template("unbuilt.html", app=app))
        page.headers["Cache-Control"] = "no-store"
        return _secured(page)
    response = Response(found.content, content_type=found.type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if found.lasting else "no-cache"
    response.vary.add("Accept-Encoding")
    if found.encoding:
        response.content_encoding = found.encoding
    response.set_etag(found.tag)
    return _secured(response.make_conditional(request))


def _serve(app: App) -> None:
    """The routes of an app."""

    def page(_: Actor, __: dict[str, Any]) -> Response:
        return _send(app, "")

    def file(_: Actor, path: dict[str, Any]) -> Response:
        return _send(app, path["path"])

    def show(call: Call, given: Response):
        return given

    def fetch(call: Call, path: str, given: Response):
        return given

    for function, rule, before, summary in ((show, "", page, f"{app.title}的页面。"), (fetch, "<path:path>", file, f"{app.title}的文件。")):
        function.__name__, function.__doc__ = f"{app.name}_{function.__name__}", summary
        endpoint(blueprint, f"/{app.name}/{rule}", action="public", database=False, before=before)(function)


for _app in APPS:
    _serve(_app)


@endpoint(blueprint, "/api/v1/app", action="public", database=False)
def settings(call: Call):
    """应用启动时要知道的：服务器版本，地图底图（没有配置时为 null）。"""
    config = current_app.config
    tiles = {"url": config["MAP_TILES_URL"], "crs": config["MAP_TILES_CRS"], "attribution": config["MAP_TILES_ATTRIBUTION"]}
    return with_etag({"version": VERSION, "tiles": tiles if config["MAP_TILES_URL"] else None})
