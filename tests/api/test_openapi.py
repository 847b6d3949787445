"""The API's description, its page, the state of the server, and the shape of every error."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask

from inspect_api.problems import CATALOGUE
from inspect_api.services import audit
from tests.support.databases import Template, app_on
from tests.support.people import Person


def document(app: Flask) -> dict[str, Any]:
    """The OpenAPI document."""
    answer = app.test_client().get("/api/openapi.json")
    assert answer.status_code == 200
    return answer.get_json()


def test_the_description_is_openapi_3_1_and_lists_every_route_of_the_api_with_its_methods(one_app: Flask):
    told = document(one_app)
    assert told["openapi"].startswith("3.1.") and told["info"]["title"]
    described = {(path, method.upper()) for path, methods in told["paths"].items() for method in methods if method != "parameters"}
    routes = {(re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule), method) for rule in one_app.url_map.iter_rules()
              for method in rule.methods - {"HEAD", "OPTIONS"} if rule.rule.startswith("/api/v1/")}
    assert routes and routes <= described


def test_every_operation_has_a_summary_an_id_of_its_own_and_every_parameter_of_its_path(one_app: Flask):
    ids = []
    for path, methods in document(one_app)["paths"].items():
        for method, operation in methods.items():
            if method == "parameters":
                continue
            assert operation.get("summary"), (path, method)
            ids.append(operation.get("operationId", (path, method)))
            named = {p["name"] for p in [*methods.get("parameters", []), *operation.get("parameters", [])] if p.get("in") == "path"}
            assert named == set(re.findall(r"{(\w+)}", path)), (path, method)
    assert len(ids) == len(set(ids))


def test_every_reference_in_the_description_leads_somewhere(one_app: Flask):
    told = document(one_app)

    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [ref for one in value.values() for ref in references(one)]
        return [ref for one in value for ref in references(one)] if isinstance(value, list) else []

    for reference in references(told):
        found: Any = told
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        assert found


def test_what_a_body_must_hold_is_in_the_description(one_app: Flask):
    told = document(one_app)
    push = told["paths"]["/api/v1/sync/push"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert {"device_id", "sent_at", "ops"} <= set(push["required"])
    login = told["paths"]["/api/v1/sessions"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    login = told["components"]["schemas"][login["$ref"].rsplit("/", 1)[1]]
    assert set(login["required"]) == {"login", "password", "device_id"}


class Addresses(HTMLParser):
    """Everything that a page makes a browser fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect src and the href of links."""
        for name, value in attrs:
            if value and name in ("src", "href"):
                self.found.append(value)


def addresses(page: str) -> list[str]:
    """The addresses that a page names."""
    parser = Addresses()
    parser.feed(page)
    return parser.found


def test_the_docs_page_and_all_it_fetches_come_from_this_server(one_app: Flask):
    client = one_app.test_client()
    page = client.get("/api/docs/")
    text = page.get_data(as_text=True)
    assert page.status_code == 200 and "/api/openapi.json" in text
    fetched = addresses(text)
    assert fetched, "the page loads its scripts"
    for address in fetched:
        assert not re.match(r"(https?:)?//", address), address
        with client.get(address if address.startswith("/") else f"/api/docs/{address}") as answer:
            assert answer.status_code == 200, address
    scripts = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    assert not re.search(r"(src|href|url)\s*[=:]\s*[\"']?(https?:)?//", scripts)


@pytest.mark.parametrize("path", ["/", "/docs/problems"])
def test_the_pages_of_the_server_need_no_other_host_and_their_links_lead_somewhere(one_app: Flask, path: str):
    client = one_app.test_client()
    answer = client.get(path)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200 and answer.mimetype == "text/html" and 'lang="zh-CN"' in text
    assert "http://" not in text and "https://" not in text
    for address in addresses(text):
        assert address.startswith("data:") or client.get(address).status_code == 200, address


def test_the_first_page_names_the_plans_and_the_problems_page_every_code(one_app: Flask):
    client = one_app.test_client()
    home = client.get("/").get_data(as_text=True)
    for plan in Person(one_app, "admin").get("/api/v1/plans")["plans"]:
        assert plan["title"] in home and plan["id"] in home
    assert "泽州县 140525" in home
    assert "演示" not in home, "no demo is loaded"
    problems = client.get("/docs/problems").get_data(as_text=True)
    assert all(f'id="{code}"' in problems for code in CATALOGUE)


def test_a_server_lives_before_it_is_ready_and_is_ready_when_plans_are_loaded(app: Flask):
    client = app.test_client()
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").get_json()["status"] == "ready"
    assert client.get("/readyz").get_json()["plans"] >= 5


def test_a_server_without_tables_or_without_plans_says_that_it_is_not_ready_and_when_to_ask_again(tmp_path: Any):
    app = app_on("", str(tmp_path))
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "not-ready")
    assert int(answer.headers["Retry-After"]) > 0


def test_every_answer_carries_the_request_s_id_its_own_or_a_new_one(one_app: Flask):
    client = one_app.test_client()
    assert client.get("/healthz", headers={"X-Request-Id": "abc-123"}).headers["X-Request-Id"] == "abc-123"
    first, second = (client.get("/nowhere").headers["X-Request-Id"] for _ in range(2))
    assert first and second and first != second
    assert len(client.get("/healthz", headers={"X-Request-Id": "x" * 500}).headers["X-Request-Id"]) == 64
    told = client.get("/api/v1/plans", headers={"X-Request-Id": "abc-123"}).get_json()
    assert told["request_id"] == "abc-123"


def shape(answer: Any, status: int, code: str) -> dict[str, Any]:
    """Check that an answer is a problem of RFC 9457 as the catalogue has it."""
    assert answer.status_code == status and answer.mimetype == "application/problem+json"
    body = answer.get_json()
    kind = CATALOGUE[code]
    assert {name: body[name] for name in ("type", "title", "status", "code", "remedy")} == {
        "type": f"/docs/problems#{code}", "title": kind.title, "status": status, "code": code, "remedy": kind.remedy}
    assert isinstance(body["detail"], str) and body["request_id"] == answer.headers["X-Request-Id"]
    return body


def test_every_kind_of_error_has_the_same_shape(one_app: Flask):
    client, admin = one_app.test_client(), Person(one_app, "admin")
    shape(client.get("/nowhere"), 404, "not-found")
    shape(client.get("/api/v1/nowhere"), 404, "not-found")
    shape(client.get("/api/docs/nowhere.js"), 404, "not-found")
    shape(client.delete("/healthz"), 405, "method-not-allowed")
    shape(client.get("/api/v1/plans"), 401, "unauthorized")
    shape(client.post("/api/v1/sessions", data=b"{", content_type="application/json"), 400, "malformed-json")
    shape(client.post("/api/v1/sessions", data=b"\xff\xfe", content_type="application/json"), 400, "malformed-json")
    shape(admin.ask("POST", "/api/v1/sync/push", data=b"{}", headers={"Content-Type": "text/csv"}), 415, "unsupported-media-type")
    shape(admin.ask("GET", "/api/v1/plans/none"), 404, "unknown-plan")
    body = shape(client.post("/api/v1/sessions", json={"login": 5}), 422, "invalid")
    assert {error["field"] for error in body["errors"]} == {"login", "password", "device_id"}
    shape(client.post("/api/v1/sessions", json=[]), 422, "invalid")
    shape(client.post("/api/v1/sessions", data=b" " * 20_000_001, content_type="application/json"), 413, "too-large")


def test_what_is_not_there_is_told_in_chinese(one_app: Flask):
    client = one_app.test_client()
    assert client.get("/nowhere").get_json()["detail"] == CATALOGUE["not-found"].title
    assert client.delete("/healthz").get_json()["detail"] == CATALOGUE["method-not-allowed"].title


def test_a_405_says_which_methods_there_are(one_app: Flask):
    # FAILS until problems._http copies error.valid_methods into Allow (RFC 9110, 15.5.6).
    assert "GET" in one_app.test_client().delete("/healthz").headers.get("Allow", "")


@pytest.mark.parametrize("body", ["[" * 200_000, '{"login": ' * 2_000 + "1" + "}" * 2_000, '{"login": ' + "1" * 6_000 + "}"],
                         ids=["lists", "objects", "a very long number"])
def test_a_body_nested_or_long_beyond_reason_is_an_error_of_the_sender(one_app: Flask, body: str):
    answer = one_app.test_client().post("/api/v1/sessions", data=body, content_type="application/json")
    assert answer.status_code in (400, 422), answer.get_json()


def test_a_view_that_fails_answers_internal_without_a_word_of_the_cause(sqlite_template: Template, tmp_path: Any):
    app = app_on("", str(tmp_path))

    def fail() -> str:
        raise RuntimeError("the secret of the stack")

    fail.action = "public"
    app.add_url_rule("/fail", "fail", fail)
    answer = app.test_client().get("/fail")
    shape(answer, 500, "internal")
    text = answer.get_data(as_text=True)
    assert "secret" not in text and "Traceback" not in text and "RuntimeError" not in text


def test_a_failure_half_way_leaves_nothing_half_written(app: Flask, monkeypatch: pytest.MonkeyPatch, as_county: Person):
    """The audit entry is the last thing an edit writes: when it fails, the edit is not there."""
    before = as_county.get("/api/v1/regions/140525100")

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(audit, "append", fail)
    answer = as_county.ask("PUT", "/api/v1/regions/140525100", json={"name": "改名"})
    shape(answer, 500, "internal")
    assert as_county.get("/api/v1/regions/140525100") == before


def test_answers_that_do_not_change_are_told_so_by_etag(one_app: Flask):
    person = Person(one_app, "supervisor")
    for path in ("/api/v1/plans/zezhou-2021", "/api/v1/checklists?site_type=cold_store&region=140525"):
        first = person.ask("GET", path)
        assert first.status_code == 200 and first.headers["ETag"]
        again = person.ask("GET", path, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304 and again.data == b""
    version = first.get_json()["version"]
    pinned = person.ask("GET", f"/api/v1/checklists/{version}")
    assert pinned.get_json() == first.get_json() and "immutable" in pinned.headers["Cache-Control"]
