"""The people who log in, as an office keeps them: nobody reaches beyond their own role, their own regions, or above themselves."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from inspect_api import auth
from inspect_api.db import reading
from inspect_api.models import Audit, User
from inspect_api.services import audit
from tests.api.asking import statements, write
from tests.api.test_at_once import at_once, twin
from tests.support.people import Person, Phone
from tests.support.world import COUNTY, GRID_A1, GRID_B1, PASSWORD, TOWN_A, TOWN_B

USERS = "/api/v1/users"
NEW = {"login": "zhang.san", "name": "张三", "role": "supervisor", "regions": [GRID_A1]}


def edit(person: Person, login: str, rev: int = 1, **fields: Any) -> tuple[int, Any]:
    """Try to change a user of the small county."""
    answer = person.ask("PATCH", f"{USERS}/user-{login}", json={"rev": rev, **fields})
    return answer.status_code, answer.get_json()


def login(app: Flask, name: str, password: str, device: str = "another") -> int:
    """The status of a login."""
    return app.test_client().post("/api/v1/sessions", json={"login": name, "password": password, "device_id": device}).status_code


def logins(person: Person, **query: Any) -> list[str]:
    """The logins of a list, walked page by page."""
    walked, after = [], ""
    while True:
        page = person.get(USERS, limit=2, after=after, **query)
        walked += [user["login"] for user in page["users"]]
        if not (after := page["next"]):
            return walked


def test_users_are_listed_by_region_role_and_name_with_what_their_devices_tell(app: Flask, as_supervisor: Phone, as_reviewer: Person, as_county: Person):
    assert logins(as_reviewer, region=TOWN_A) == ["reviewer", "supervisor"]
    assert logins(as_county, region=COUNTY) == ["county", "other-reviewer", "other-supervisor", "reviewer", "supervisor"]
    assert logins(as_county, region=COUNTY, role="supervisor") == ["other-supervisor", "supervisor"]
    assert logins(as_county, region=COUNTY, text="OTHER") == ["other-reviewer", "other-supervisor"] and logins(as_county, region=COUNTY, text="%") == []
    assert "admin" in logins(Person(app, "admin"))
    [row] = as_county.get(USERS, region=TOWN_A, role="supervisor")["users"]
    assert (row["region_names"], row["devices"], row["rev"]) == (["一网格", "二网格"], 1, 1) and row["seen_at"] and "password" not in row
    with statements(app) as few:
        as_county.get(USERS, region=COUNTY, limit=1)
    with statements(app) as many:
        as_county.get(USERS, region=COUNTY)
    assert len(few) == len(many)


def test_a_new_user_gets_a_password_that_is_told_once_and_the_name_is_taken(app: Flask, as_county: Person):
    made = as_county.post(USERS, NEW, 201)
    assert len(made["password"]) >= 12 and login(app, "zhang.san", made["password"]) == 201
    assert as_county.post(USERS, NEW, 409)["code"] == "conflict"
    [row] = as_county.get(USERS, region=COUNTY, text="张三")["users"]
    assert "password" not in row and row["id"] == made["id"]
    for wrong, field in (({"login": "张 三"}, "login"), ({"role": "king"}, "role"), ({"regions": []}, "region"), ({"regions": ["14052599"]}, "region")):
        problem = as_county.post(USERS, NEW | {"login": "other.one"} | wrong, 422)
        assert problem["errors"][0]["field"].startswith(field), problem
    with app.app_context(), reading() as connection:
        details = connection.execute(sa.select(Audit.detail, Audit.org).where(Audit.action == "user.add")).all()
    assert [(row.org, row.detail["role"]) for row in details] == [(COUNTY, "supervisor")] and made["password"] not in str(details)


def test_two_offices_that_want_the_same_name_at_once_make_one_user(app: Flask, as_county: Person):
    answers = at_once(*(lambda: twin(as_county).ask("POST", USERS, json=NEW) for _ in range(3)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409]


def test_nobody_gives_more_than_they_have(app: Flask, as_county: Person, as_reviewer: Person):
    assert as_county.post(USERS, NEW | {"role": "admin"}, 403)["code"] == "forbidden"
    assert as_county.post(USERS, NEW | {"role": "admin", "regions": []}, 403)["code"] == "forbidden"
    assert as_county.post(USERS, NEW | {"regions": [GRID_A1, "140502"]}, 403)["code"] == "out-of-scope"
    assert as_reviewer.post(USERS, NEW, 403)["code"] == "forbidden"
    assert edit(as_county, "reviewer", role="admin")[1]["code"] == "forbidden"
    assert edit(as_county, "reviewer", regions=["1405"])[1]["code"] == "out-of-scope"
    assert edit(as_county, "admin", name="x")[1]["code"] == "forbidden"
    assert as_county.post(f"{USERS}/user-admin/password", {}, 403)["code"] == "forbidden"
    for fields in ({"role": "supervisor"}, {"regions": [TOWN_A]}, {"active": False}):
        assert edit(as_county, "county", **fields)[1]["code"] == "forbidden", fields
    assert edit(as_county, "county", name="县食安办")[1]["name"] == "县食安办"
    assert edit(Person(app, "admin"), "admin", active=False)[1]["code"] == "forbidden", "somebody must be left"
    assert as_county.ask("PATCH", f"{USERS}/nobody", json={"rev": 1}).status_code == 404


def test_an_edit_is_held_to_what_was_seen_and_tells_what_there_is_now(app: Flask, as_county: Person):
    status, row = edit(as_county, "supervisor", name="李四")
    assert (status, row["name"], row["rev"]) == (200, "李四", 2)
    status, problem = edit(as_county, "supervisor", name="王五")
    assert (status, problem["code"], problem["errors"][0]) == (409, "state-changed", {"field": "name", "message": "现为 李四"})
    assert edit(as_county, "supervisor", 2, name="李四")[1]["rev"] == 2, "nothing to change is no revision"
    assert edit(as_county, "supervisor", 2, regions=[])[1]["errors"][0]["field"] == "regions"
    answers = at_once(*(lambda n=n: twin(as_county).ask("PATCH", f"{USERS}/user-supervisor", json={"rev": 2, "name": n}) for n in ("甲", "乙", "丙")))
    assert sorted(one.status_code for one in answers) == [200, 409, 409]
    with app.app_context(), reading() as connection:
        assert connection.execute(sa.select(Audit.detail).where(Audit.action == "user.edit").order_by(Audit.seq)).scalars().first() == {
            "name": ["supervisor", "李四"]}
        assert audit.verify(connection)[1] == []


def test_other_regions_reach_the_phone_with_its_next_pull_and_the_list_of_devices(app: Flask, as_supervisor: Phone, as_county: Person):
    page = as_supervisor.get("/api/v1/sync/pull")
    held = {one["id"] for one in page["changes"] if one["t"] == "site"}
    assert edit(as_county, "supervisor", regions=[GRID_B1])[0] == 200
    moved = as_supervisor.get("/api/v1/sync/pull", cursor=page["cursor"])
    gained = {one["id"] for one in moved["changes"] if one["t"] == "site"}
    assert moved["drop"] and gained and not gained & held
    assert [row["login"] for row in as_county.get("/api/v1/sync/devices", region=TOWN_B)["devices"]] == ["supervisor"]


def test_devices_are_found_by_who_has_them(app: Flask, as_supervisor: Phone, as_county: Person):
    def found(words: str) -> list[str]:
        return [row["login"] for row in as_county.get("/api/v1/sync/devices", region=COUNTY, text=words)["devices"]]

    assert (found("SUPERV"), found(as_supervisor.device), found("nobody"), found("%")) == (["supervisor"], ["supervisor"], [], [])


def test_a_county_does_not_stop_the_device_of_who_stands_above_it(app: Flask, as_county: Person):
    Person(app, "admin").post(USERS, NEW | {"login": "above", "role": "admin", "regions": [COUNTY]}, 201)
    write(app, lambda c: c.execute(sa.update(User).where(User.login == "above").values(
        password=c.execute(sa.select(User.password).where(User.login == "county")).scalar_one())))
    above = Person(app, "above")
    assert as_county.post(f"/api/v1/devices/{above.device}/revoke", {}, 403)["code"] == "forbidden"
    assert above.get("/api/v1/sessions/current")["login"] == "above"


def test_who_is_shut_out_is_out_at_once_and_may_come_back(app: Flask, as_supervisor: Phone, as_county: Person):
    assert edit(as_county, "supervisor", active=False)[1]["active"] is False
    assert as_supervisor.ask("GET", "/api/v1/sessions/current").status_code == 401
    assert logins(as_county, region=TOWN_A, active="false") == ["supervisor"]
    assert edit(as_county, "supervisor", 2, active=True)[0] == 200 and login(app, "supervisor", PASSWORD) == 201


def test_a_reset_password_is_told_once_and_ends_every_session(app: Flask, as_supervisor: Phone, as_county: Person):
    told = as_county.post(f"{USERS}/user-supervisor/password", {})
    assert as_supervisor.ask("GET", "/api/v1/sessions/current").status_code == 401
    assert (login(app, "supervisor", PASSWORD), login(app, "supervisor", told["password"])) == (401, 201)
    with app.app_context(), reading() as connection:
        stored = connection.execute(sa.select(User.password).where(User.login == "supervisor")).scalar_one()
        assert told["password"] not in stored and told["password"] not in str(connection.execute(sa.select(Audit.detail)).all())


def test_one_changes_one_s_own_password_knowing_the_old_one_and_stays_logged_in_here_only(app: Flask, as_supervisor: Phone):
    other = Phone(app, "supervisor", device="other")
    wrong = as_supervisor.post("/api/v1/sessions/password", {"old": "guess", "new": "a longer one"}, 422)
    assert wrong["errors"][0]["field"] == "old"
    assert as_supervisor.post("/api/v1/sessions/password", {"old": PASSWORD, "new": "short"}, 422)["errors"][0]["field"] == "new"
    assert as_supervisor.post("/api/v1/sessions/password", {"old": PASSWORD, "new": "a longer one"}) == {"changed": True}
    assert as_supervisor.ask("GET", "/api/v1/sessions/current").status_code == 200
    assert other.ask("GET", "/api/v1/sessions/current").status_code == 401
    assert (login(app, "supervisor", PASSWORD), login(app, "supervisor", "a longer one")) == (401, 201)


def test_who_knows_the_old_password_does_not_undo_a_reset_that_overtook_the_change(app: Flask, as_supervisor: Phone, as_county: Person,
                                                                                 monkeypatch: pytest.MonkeyPatch):
    check = auth.check_password

    def overtaken(*arguments: Any) -> Any:
        known = check(*arguments)
        monkeypatch.setattr(auth, "check_password", check)
        told.append(as_county.post(f"{USERS}/user-supervisor/password", None)["password"])
        return known

    told: list[str] = []
    monkeypatch.setattr(auth, "check_password", overtaken)
    assert as_supervisor.post("/api/v1/sessions/password", {"old": PASSWORD, "new": "a longer one"}, 409)["code"] == "state-changed"
    assert (login(app, "supervisor", "a longer one"), login(app, "supervisor", told[0])) == (401, 201)
