"""Deny by default: every rule of the URL map, with every method, as every role and as nobody, inside and outside."""

import io
import time
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed

from inspect_api.auth import ACTIONS, ROLES
from inspect_api.models import Session, User
from inspect_api.problems import CATALOGUE
from tests.api.asking import pushed, write
from tests.api.permitted import ROOMS, RULES
from tests.api.permitted.first import INDICATOR, PUSH, REPORTED, report
from tests.api.permitted.rule import OUTSIDE_COUNTY, Ask
from tests.api.sending import troubles
from tests.support.apps import built
from tests.support.databases import Template, app_on
from tests.support.people import Person, Phone
from tests.support.world import GRID_A1, NOW, PASSWORD, PEOPLE, TOWN_A, TOWN_B

MISSING = "00000000-0000-4000-8000-00000000dead"


class World:
    """A county with a visit in each town, and everybody logged in."""

    def __init__(self, app: Flask):
        self.app = app
        built(app.config["DATA_DIR"], app="office")
        app.config["APPS_DIR"] = built(app.config["DATA_DIR"])
        self.people: dict[str, Person] = {role: Phone(app, role) for role in ROLES}
        far = Phone(app, "other-supervisor")
        write(app, lambda c: c.execute(sa.insert(User.__table__).values(
            id="user-neighbour", login="neighbour", name="邻县", role="county", regions=[OUTSIDE_COUNTY],
            password=c.execute(sa.select(User.password).where(User.login == "county")).scalar_one(), active=True, created_at=NOW)))
        Person(app, "neighbour")
        Person(app, "supervisor", device="stopped-one")
        near = self.people["supervisor"]
        self.names = troubles("", near, 1, self.people["county"]) | troubles("far_", far, 3, self.people["county"]) | {
            "visit": pushed(near, near.visit(1, "2021-05-01 09:30", {})),
            "far_visit": pushed(far, far.visit(3, "2021-05-01 09:30", {})),
            **{name: self.people["county"].post(REPORTED, report(town), 201)["id"] for name, town in (("report", TOWN_A), ("far_report", TOWN_B))},
            "version": near.checklist("cold_store"), "device_a": "stopped-one", "far_device": "device-of-neighbour"}
        for room in ROOMS:
            self.names |= room.made(app, self.people) if hasattr(room, "made") else {}

    def ask(self, role: str, method: str, asked: Ask) -> Any:
        own = {name.partition("@")[0]: id_ for name, id_ in self.names.items() if name.endswith(f"@{role}")}
        path, options = asked.path.format(**self.names | own), {}
        if asked.body == "ledger":
            options["data"] = {"file": (io.BytesIO("名称,主体类型,所属乡镇\n".encode()), "a.csv")}
        elif callable(asked.body):
            options["json"] = asked.body(self.people)
        elif isinstance(asked.body, bytes):
            options["data"] = {"file": (io.BytesIO(asked.body), "a.csv")}
        elif asked.body is not None:
            device = self.people[role].device if role != "nobody" else "none"
            options["json"] = asked.body | {"device_id": device} if asked.body is PUSH else asked.body
        if role == "nobody":
            return self.app.test_client().open(path, method=method, **options)
        return self.people[role].ask(method, path, **options)


@pytest.fixture(scope="module")
def world(sqlite_template: Template):
    with sqlite_template.copy() as app:
        yield World(app)


def every_rule(app: Flask) -> set[tuple[str, str]]:
    """(endpoint, method) of the whole URL map; HEAD and OPTIONS are asked apart, uploads and pictures in test_photos.py."""
    return {(rule.endpoint, method) for rule in app.url_map.iter_rules() for method in rule.methods - {"HEAD", "OPTIONS"}
            if rule.endpoint != "photos.show" and not rule.endpoint.startswith("files.")}


def test_every_rule_of_the_url_map_has_an_action_and_stands_in_the_table(world: World):
    views = world.app.view_functions
    unstated = {name for name, _ in every_rule(world.app) if getattr(views[name], "action", None) not in ACTIONS}
    assert unstated == set(), "these views state no permission"
    assert every_rule(world.app) == set(RULES), "a route is missing in RULES, or RULES has one that is gone"


def test_the_table_of_actions_and_the_table_of_this_test_say_the_same(world: World):
    for (name, _), rule in RULES.items():
        allowed = {role for role, status in rule.expected.items() if status == 200}
        assert allowed == set(ACTIONS[world.app.view_functions[name].action]), name


@pytest.mark.parametrize("role", ["nobody", *ROLES])
def test_inside_its_region_a_role_may_exactly_what_the_table_says(sqlite_template: Template, role: str):
    with sqlite_template.copy() as app:
        made = World(app)
        # a report is withdrawn before another is made in its place, and logging out ends the session that asks
        for (name, method), rule in sorted(RULES.items(), key=lambda one: (one[0][0] == "sessions.log_out", one[0][1])):
            answer = made.ask(role, method, rule.inside)
            expected = rule.expected[role]
            if expected == 200:
                assert 200 <= answer.status_code < 300, (name, method, answer.get_data(as_text=True)[:300])
            else:
                assert answer.status_code == expected, (name, method, answer.get_data(as_text=True)[:300])
                assert answer.get_json()["code"] == ("unauthorized" if role == "nobody" else "forbidden"), name


@pytest.mark.parametrize("role", ["supervisor", "reviewer", "county"])
def test_outside_its_region_a_role_is_refused_by_name(world: World, role: str):
    asked = 0
    for (name, method), rule in RULES.items():
        if rule.outside and role in rule.outside_for:
            answer = world.ask(role, method, rule.outside)
            assert (answer.status_code, answer.get_json()["code"]) == (403, "out-of-scope"), (name, answer.get_json())
            asked += 1
    assert asked >= 4


def test_an_admin_without_regions_is_outside_nowhere(world: World):
    for (name, method), rule in sorted(RULES.items(), key=lambda one: one[0][1]):
        if rule.outside and name != "devices.revoke":
            answer = world.ask("admin", method, rule.outside)
            assert answer.status_code < 300, (name, answer.get_json())


def test_no_office_reaches_the_numbers_of_the_divisions_above_it(world: World):
    for path in ("/api/v1/plans/zezhou-2021/indicators", f"{INDICATOR}/sites", "/api/v1/sites?region=140525",
                 "/api/v1/visits?region=14", "/api/v1/sync/quarantine?region=140525"):
        answer = world.ask("reviewer", "GET", Ask(path))
        assert (answer.status_code, answer.get_json()["code"]) == (403, "out-of-scope"), path


@pytest.mark.parametrize("role", ["nobody", *ROLES])
def test_every_other_method_on_every_rule_is_refused_or_asks_for_the_same_permission(world: World, role: str):
    routes, seen = world.app.url_map.bind("localhost"), 0
    for (_, stated), rule in RULES.items():
        path = rule.inside.path.format(**world.names).partition("?")[0]
        for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} - {stated}:
            try:
                name, _ = routes.match(path, method=method)
            except MethodNotAllowed:
                assert world.ask(role, method, Ask(path)).status_code == 405, (path, method)
                continue
            if (name, method) in RULES:
                continue  # asked as itself
            assert method in ("HEAD", "OPTIONS")
            asked = RULES.get((name, "GET"), rule).inside if method == "HEAD" else Ask(path)
            status = world.ask(role, method, asked).status_code
            if role in ACTIONS[world.app.view_functions[name].action]:
                assert status in (200, 404), (path, method, status)
            else:
                assert status == (401 if role == "nobody" else 403), (path, method, status)
            seen += 1
    assert seen >= len(RULES)


def test_what_does_not_exist_tells_nobody_anything_and_the_logged_in_that_it_is_not_there(world: World):
    for path in (f"/api/v1/sites/{MISSING}", f"/api/v1/visits/{MISSING}", "/api/v1/plans/none", "/api/v1/regions/99",
                 "/api/v1/plans/none/indicators", "/api/v1/plans/zezhou-2021/indicators/none/sites",
                 "/api/v1/checklists/none", "/api/v1/plans/none/coverage"):
        assert world.ask("nobody", "GET", Ask(path)).status_code == 401, path
        answer = world.ask("admin", "GET", Ask(path))
        assert answer.status_code == 404 and answer.get_json()["code"] in CATALOGUE, path


def test_a_view_that_states_no_action_answers_nobody_not_even_an_admin(sqlite_template: Template, tmp_path: Any):
    app = app_on("", str(tmp_path))
    app.add_url_rule("/api/v1/forgotten", "forgotten", lambda: "secret")
    app.add_url_rule("/api/v1/forgotten/<x>", "forgotten_too", lambda x: "secret", methods=["POST"])
    for method, path in (("GET", "/api/v1/forgotten"), ("HEAD", "/api/v1/forgotten"), ("POST", "/api/v1/forgotten/1")):
        answer = app.test_client().open(path, method=method)
        assert answer.status_code == 403
        if method != "HEAD":
            assert answer.get_json()["code"] == "no-permission-stated" and b"secret" not in answer.data


# Sessions and devices


def refused(person: Person, path: str = "/api/v1/sessions/current") -> tuple[int, str]:
    """Status and code of a GET that must fail."""
    answer = person.ask("GET", path)
    return answer.status_code, answer.get_json()["code"]


def test_a_revoked_device_is_refused_everything_at_once_and_cannot_log_in_again(app: Flask, as_county: Person):
    phone, spare = Phone(app, "supervisor"), Phone(app, "supervisor", device="spare")
    as_county.post(f"/api/v1/devices/{phone.device}/revoke", {})
    for path in ("/api/v1/sessions/current", "/api/v1/plans", f"/api/v1/sites?region={GRID_A1}"):
        assert refused(phone, path) == (403, "device-revoked")
    answer = app.test_client().post("/api/v1/sessions", json={
        "login": "supervisor", "password": PASSWORD, "device_id": phone.device})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "device-revoked")
    assert spare.get("/api/v1/sessions/current")["device_id"] == "spare", "other devices of the person go on"
    as_county.post(f"/api/v1/devices/{phone.device}/revoke", {})  # twice is once
    assert as_county.ask("POST", "/api/v1/devices/nobody-s/revoke", json={}).status_code == 404


def test_a_session_ends_when_it_was_not_used_for_the_days_that_are_set_and_lives_while_it_is(app: Flask, as_supervisor: Phone):
    day = 86_400_000

    def aged(days: float) -> None:
        write(app, lambda c: c.execute(sa.update(Session.__table__).values(
            used_at=int(time.time() * 1000 - days * day))))

    aged(89.9)
    assert as_supervisor.ask("GET", "/api/v1/sessions/current").status_code == 200
    used = write(app, lambda c: c.execute(sa.select(Session.used_at)).scalar_one())
    assert used > time.time() * 1000 - day, "its use was noted"
    aged(90.1)
    assert refused(as_supervisor) == (401, "unauthorized")


def test_a_logged_out_token_is_dead_and_the_person_s_other_sessions_live(app: Flask, as_supervisor: Phone):
    other = Phone(app, "supervisor", device="other")
    assert as_supervisor.ask("DELETE", "/api/v1/sessions/current").get_json() == {"revoked": True}
    assert refused(as_supervisor) == (401, "unauthorized")
    assert as_supervisor.ask("DELETE", "/api/v1/sessions/current").status_code == 401
    assert other.get("/api/v1/sessions/current")["login"] == "supervisor"


def test_a_person_who_was_made_inactive_is_out_at_once(app: Flask, as_supervisor: Phone):
    write(app, lambda c: c.execute(sa.update(User.__table__).where(User.login == "supervisor").values(active=False)))
    assert refused(as_supervisor) == (401, "unauthorized")
    answer = app.test_client().post("/api/v1/sessions", json={
        "login": "supervisor", "password": PASSWORD, "device_id": "d"})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "bad-credentials")


def test_the_database_holds_no_token_and_no_password(app: Flask, as_supervisor: Phone):
    def everything(connection: Any) -> str:
        rows = [str(tuple(row)) for table in (Session, User) for row in connection.execute(sa.select(table.__table__))]
        return "\n".join(rows)

    stored = write(app, everything)
    assert as_supervisor.token not in stored and PASSWORD not in stored
    assert stored.count("$argon2id$") == len(PEOPLE)
    assert len(as_supervisor.token) >= 43, "256 bits"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer nonsense", "Bearer \xff\xfe", "x" * 5000])
def test_an_authorization_that_is_none_is_401_and_names_the_scheme(one_app: Flask, header: str):
    answer = one_app.test_client().get("/api/v1/sessions/current", headers={"Authorization": header})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def log_in(app: Flask, **body: Any) -> Any:
    """A login attempt."""
    return app.test_client().post("/api/v1/sessions", json={"login": "supervisor", "password": PASSWORD, "device_id": "d"} | body)


def test_a_wrong_password_and_an_unknown_login_cannot_be_told_apart(one_app: Flask, monkeypatch: pytest.MonkeyPatch):
    hashes: list[str] = []
    verify = PasswordHasher.verify

    def noting(self: PasswordHasher, given: str, password: str) -> bool:
        hashes.append(given)
        return verify(self, given, password)

    monkeypatch.setattr(PasswordHasher, "verify", noting)

    def asked(**body: Any) -> dict[str, Any]:
        answer = log_in(one_app, **body)
        assert answer.status_code == 401
        return {name: value for name, value in answer.get_json().items() if name != "request_id"}

    assert asked(password="wrong") == asked(login="nobody-of-that-name")
    assert len(hashes) == 2, "both pay for one hash"
    costs = [one.split("$")[3] for one in hashes]
    assert costs[0] == costs[1], "of the same cost"


def test_a_device_belongs_to_the_person_who_first_logged_in_on_it(app: Flask):
    assert log_in(app, device_id="shared").status_code == 201
    answer = log_in(app, login="reviewer", device_id="shared")
    assert (answer.status_code, answer.get_json()["code"]) == (403, "forbidden")
    assert log_in(app, device_id="shared").status_code == 201, "its owner may log in again"


@pytest.mark.parametrize("body", [
    {"login": ""}, {"password": ""}, {"device_id": ""}, {"login": "a" * 65}, {"password": "a" * 201}, {"device_id": "d" * 65},
    {"login": None}, {"login": 5}, {"login": "a\x00"}, {"device_id": "a\x00"}, {"password": "a\x00"}, {"extra": 1},
    {"device_label": "a\x00"}, {"login": ["supervisor"]}], ids=str)
def test_a_login_that_is_filled_in_wrongly_names_the_field(one_app: Flask, body: dict[str, Any]):
    answer = log_in(one_app, **body)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid")
    assert answer.get_json()["errors"][0]["field"] == next(iter(body))


@pytest.mark.parametrize("field", ["login", "password", "device_id"])
def test_half_a_character_in_a_login_is_an_error_of_the_sender(one_app: Flask, field: str):
    fields = {"login": '"supervisor"', "password": f'"{PASSWORD}"', "device_id": '"d"'} | {field: '"\\ud800"'}
    body = "{" + ", ".join(f'"{name}": {value}' for name, value in fields.items()) + "}"
    answer = one_app.test_client().post("/api/v1/sessions", data=body, content_type="application/json")
    assert answer.status_code in (400, 401, 422), answer.get_json()
