"""The web apps as a browser fetches them: what may be kept for how long, what a page may load, and nothing but the app's own files."""

import gzip
import tomllib
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from inspect_api.config import VERSION, SettingError, load_settings
from inspect_api.resources.apps import APPS
from inspect_api.services.apps import origin
from tests.support.apps import built
from tests.support.databases import Template, app_on
from tests.support.documents import ROOT, read

PAGE, SCRIPT = "<!doctype html><title>手机端</title>", "console.log('巡查')"
JAVASCRIPT = "text/javascript; charset=utf-8"
FILES = {"index.html": (PAGE, "text/html; charset=utf-8"), "sw.js": ("self", JAVASCRIPT),
         "manifest.webmanifest": ("{}", "application/manifest+json"), "assets/index-B0aM1QvF.js": (SCRIPT, JAVASCRIPT),
         "assets/index-D2.css": ("a{}", "text/css; charset=utf-8"), "icon.svg": ("<svg/>", "image/svg+xml"),
         "icon.png": ("png", "image/png"),
         "assets/font-x.woff2": ("font", "font/woff2"), "assets/heic-x.wasm": ("wasm", "application/wasm")}
SCRIPT_PATH = "/field/assets/index-B0aM1QvF.js"


@pytest.fixture
def served(tmp_path: Path) -> Flask:
    """A server without a database and with a built app, beside which lies what nobody may fetch."""
    apps = built(tmp_path, {name: text for name, (text, _) in FILES.items()})
    (tmp_path / "apps" / "secret.txt").write_text("for nobody")
    (tmp_path / "apps" / "field-secret").mkdir()
    (tmp_path / "apps" / "field-secret" / "secret.txt").write_text("for nobody")
    return app_on("", str(tmp_path / "data"), APPS_DIR=apps)


def folder(app: Flask) -> Path:
    """Where the app was built."""
    return Path(app.config["APPS_DIR"]) / "field"


def get(app: Flask, path: str, **headers: str) -> Any:
    """GET; header names are given with `_` for `-`."""
    return app.test_client().get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_the_app_is_there_without_a_database_and_its_short_address_leads_to_it(served: Flask):
    answer = get(served, "/field/")
    assert (answer.status_code, answer.get_data(as_text=True)) == (200, PAGE)
    short = get(served, "/field")
    assert short.status_code == 308 and short.headers["Location"].endswith("/field/")
    assert served.test_client().head("/field/").headers["Content-Length"] == str(len(PAGE.encode()))


@pytest.mark.parametrize("name", FILES)
def test_every_file_has_its_type_and_may_be_kept_as_long_as_its_name_says(served: Flask, name: str):
    answer = get(served, f"/field/{name}")
    text, mime = FILES[name]
    assert (answer.status_code, answer.get_data(as_text=True), answer.headers["Content-Type"]) == (200, text, mime)
    lasting = name.startswith("assets/")
    assert answer.headers["Cache-Control"] == ("public, max-age=31536000, immutable" if lasting else "no-cache")


def test_what_is_asked_for_each_time_is_sent_only_when_it_changed(served: Flask):
    tag = get(served, "/field/").headers["ETag"]
    again = get(served, "/field/", If_None_Match=tag)
    assert (again.status_code, again.data) == (304, b"") and again.headers["Cache-Control"] == "no-cache"
    (folder(served) / "index.html").write_text("another build")
    assert get(served, "/field/", If_None_Match=tag).data == b"another build"


def test_a_compressed_file_beside_it_is_sent_to_who_reads_it(served: Flask):
    script = folder(served) / "assets" / "index-B0aM1QvF.js"
    plain = get(served, SCRIPT_PATH, Accept_Encoding="gzip, br")
    assert "Content-Encoding" not in plain.headers and plain.data == SCRIPT.encode(), "nothing is compressed when it is asked for"
    packed = gzip.compress(SCRIPT.encode())
    script.with_name(script.name + ".gz").write_bytes(packed)
    script.with_name(script.name + ".br").write_bytes(b"brotli")
    tags = set()
    for accepts, encoding, body in (("gzip, deflate, br", "br", b"brotli"), ("gzip", "gzip", packed), ("br;q=0, gzip", "gzip", packed),
                                    ("identity", None, SCRIPT.encode()), ("*;q=0", None, SCRIPT.encode())):
        answer = get(served, SCRIPT_PATH, Accept_Encoding=accepts)
        assert (answer.headers.get("Content-Encoding"), answer.data) == (encoding, body), accepts
        assert answer.headers["Vary"] == "Accept-Encoding" and answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
        tags.add(answer.headers["ETag"])
    assert len(tags) == 3, "each form has a tag of its own"


@pytest.mark.parametrize("path", [
    "../secret.txt", "%2e%2e/secret.txt", "..%2fsecret.txt", "assets/../../secret.txt", "assets/%2e%2e/%2e%2e/secret.txt",
    "..\\secret.txt", "/etc/passwd", "%2fetc%2fpasswd", "../field-secret/secret.txt", "assets", "assets/", "nothing.js", "index.html/",
    "a" * 5000, "%ff", "con:"])
def test_nothing_but_the_apps_files_is_there(served: Flask, path: str):
    answer = served.test_client().get(f"/field/{path}", follow_redirects=True)  # two slashes lead to the address with one
    assert answer.status_code == 404 and answer.get_json()["code"] == "not-found", path
    assert b"for nobody" not in answer.data


def test_a_page_may_load_only_from_here_and_where_it_is_framed_it_shows_nothing(served: Flask):
    for path in ("/field/", SCRIPT_PATH):
        headers = get(served, path).headers
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == policy["connect-src"] == "'self'" and policy["img-src"] == "'self' blob: data:"
        assert policy["style-src"] == "'self' 'unsafe-inline'" and policy["worker-src"] == "'self' blob:"
        assert policy["font-src"] == "'self' data:"
        assert policy["frame-ancestors"] == "'none'" and "script-src" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert "geolocation=(self)" in headers["Permissions-Policy"] and "camera=(self)" in headers["Permissions-Policy"]


@pytest.mark.parametrize(("template", "source"), [
    ("https://tiles.example/{z}/{x}/{y}.png", "https://tiles.example"), ("http://10.0.0.5:8080/t/{z}/{x}/{y}", "http://10.0.0.5:8080"),
    ("https://{s}.tiles.example/{z}/{x}/{y}.png?key=1", "https://*.tiles.example"),
    ("https://t{s}.tianditu.example/DataServer?T=vec_w&x={x}&y={y}&l={z}", "https://*.tianditu.example"),
    ("/tiles/{z}/{x}/{y}.png", None), ("", None)])
def test_map_tiles_may_come_from_where_the_settings_say(served: Flask, template: str, source: str | None):
    assert load_settings({"MAP_TILES_URL": template})["MAP_TILES_URL"] == template
    assert origin(template) == source
    served.config["MAP_TILES_URL"] = template
    policy = get(served, "/field/").headers["Content-Security-Policy"]
    assert f"img-src 'self' blob: data:{' ' + source if source else ''};" in policy


@pytest.mark.parametrize("template", ["tiles", "https://tiles.example/", "https://tiles.example/{z}/{x}.png", "ftp://a/{z}/{x}/{y}",
                                      "https://a b/{z}/{x}/{y}", "https://a;script-src *//{z}/{x}/{y}", "https:///{z}/{x}/{y}"])
def test_an_address_of_tiles_that_is_none_stops_the_start(template: str):
    with pytest.raises(SettingError, match="MAP_TILES_URL"):
        load_settings({"MAP_TILES_URL": template})


def test_the_app_learns_of_the_tiles_before_anybody_has_logged_in(served: Flask):
    assert get(served, "/api/v1/app").get_json() == {"version": VERSION, "tiles": None}
    served.config.update(MAP_TILES_URL="https://tiles.example/{z}/{x}/{y}.png", MAP_TILES_CRS="GCJ02", MAP_TILES_ATTRIBUTION="© 某图商")
    answer = get(served, "/api/v1/app")
    assert answer.get_json()["tiles"] == {"url": "https://tiles.example/{z}/{x}/{y}.png", "crs": "GCJ02", "attribution": "© 某图商"}
    assert get(served, "/api/v1/app", If_None_Match=answer.headers["ETag"]).status_code == 304


def test_the_version_is_the_projects():
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"] == VERSION


def test_a_server_without_the_app_says_how_to_build_it(tmp_path: Path):
    app = app_on("", str(tmp_path), APPS_DIR=str(tmp_path / "nothing"))
    page = get(app, "/field/")
    text = page.get_data(as_text=True)
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert "手机端还没有构建" in text and "make app" in text and "\napp:" in read("Makefile")
    other = get(app, "/field/assets/x.js")
    assert (other.status_code, other.get_json()["code"]) == (503, "not-ready") and "make app" in other.get_json()["detail"]


def test_the_first_page_leads_to_every_app(sqlite_template: Template):
    with sqlite_template.copy() as app:
        text = get(app, "/").get_data(as_text=True)
    assert [f'href="/{one.name}/"' in text and one.title in text for one in APPS] == [True] * len(APPS)
