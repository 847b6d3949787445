"""What RxDB's plugin meets seldom and people would notice late: one request at a time, with its answer."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from inspect_api.db import reading, transaction
from inspect_api.models import Conflict, History, Quarantine
from inspect_api.services import users
from tests.support.people import Person, Phone, new_id
from tests.support.world import GRID_A1, NOW, site_id

Doc = dict[str, Any]
GONE = "_deleted"


class Rx(Phone):
    """A person whose phone speaks RxDB's protocol."""

    def send(self, type_: str, new: Doc, assumed: Doc | None = None, status: int = 200) -> Any:
        """One write; the documents that the server holds otherwise."""
        row = {"newDocumentState": new} | ({"assumedMasterState": assumed} if assumed else {})
        return self.post(f"/api/v1/rxdb/{type_}/push", [row], status)

    def edit(self, type_: str, known: Doc, **fields: Any) -> Any:
        """A write over a document that was read."""
        return self.send(type_, known | fields, known)

    def fetch(self, type_: str, checkpoint: Doc | None = None, size: int = 100) -> tuple[list[Doc], Doc]:
        """What the plugin does: page upon page until one is not full. Returns all documents and the checkpoint."""
        found: list[Doc] = []
        while True:
            page = self.get(f"/api/v1/rxdb/{type_}/pull", limit=size, **(checkpoint or {}))
            found, checkpoint = found + page["documents"], page["checkpoint"]
            if len(page["documents"]) < size:
                return found, checkpoint

    def site(self, number: int = 1) -> Doc:
        """A site as the server holds it."""
        return {one["id"]: one for one in self.fetch("site")[0]}[site_id(number)]

    def draft(self, **more: Any) -> Doc:
        """A new draft as a phone makes it."""
        return {"id": new_id(), "site_id": site_id(1), "checklist": self.checklist("school_canteen"),
                "document_type": "patrol", "at": "2021-05-01T09:30:00+08:00", "status": "draft", "answers": {},
                "_deleted": False} | more


@pytest.fixture
def phone(app: Flask) -> Rx:
    """The supervisor's phone."""
    return Rx(app, "supervisor", "rx-a")


@pytest.fixture
def other(app: Flask) -> Rx:
    """The supervisor's other phone."""
    return Rx(app, "supervisor", "rx-b")


def columns(app: Flask, *wanted: Any) -> list[tuple]:
    """Some columns of a whole table."""
    with app.app_context(), reading() as connection:
        return [tuple(row) for row in connection.execute(sa.select(*wanted))]


def conflicts(app: Flask) -> list[tuple]:
    """(field, kept, theirs) of the conflict log."""
    return columns(app, Conflict.field, Conflict.kept, Conflict.theirs)


def refused(app: Flask) -> list[tuple]:
    """(problem code, fields) of the quarantine."""
    return [(problem["code"], payload["set"])
            for problem, payload in columns(app, Quarantine.problem, Quarantine.payload)]


def kept_of(app: Flask, id_: str) -> str:
    """Everything in the history of a row, as text."""
    return str([changes for row_id, changes in columns(app, History.row_id, History.changes) if row_id == id_])


def alive(phone: Rx) -> list[str]:
    """The drafts of a phone that begins with nothing."""
    return [one["id"] for one in phone.fetch("visit")[0] if not one[GONE]]


# Pulls


def test_a_page_is_full_while_there_is_more(phone: Rx, other: Rx):
    drafts = [phone.draft() for _ in range(6)]
    for draft in drafts:
        phone.send("visit", draft)
    for draft in drafts[:4]:
        phone.send("visit", draft | {GONE: True}, draft)
    found, _ = other.fetch("visit", size=2)
    assert {one["id"]: one[GONE] for one in found} == {draft["id"]: n < 4 for n, draft in enumerate(drafts)}


def test_a_phone_that_never_pulled_hears_that_its_own_draft_was_thrown_away(phone: Rx, other: Rx):
    draft = phone.draft()
    assert phone.fetch("visit")[0] == [] and phone.send("visit", draft) == []
    [seen], _ = other.fetch("visit")
    other.send("visit", seen | {GONE: True}, seen)
    assert phone.fetch("visit")[0] == [{"id": draft["id"], GONE: True}]


@pytest.mark.parametrize("number", [1, 2])
def test_the_last_word_about_a_site_that_moved_within_the_scope_is_where_it_is(phone: Rx, other: Rx, number: int):
    _, checkpoint = other.fetch("site")
    known = phone.site(number)
    grid = {phone.site(1)["grid"], phone.site(2)["grid"]} - {known["grid"]}
    phone.edit("site", known, grid=grid.pop())
    found, _ = other.fetch("site", checkpoint, size=1)
    assert [one for one in found if one["id"] == site_id(number)][-1][GONE] is False


@pytest.mark.parametrize("size", [1, 100])
def test_what_left_the_scope_is_told_as_deleted_and_what_was_unsent_of_it_is_kept(app: Flask, phone: Rx, size: int):
    known, (_, checkpoint) = phone.site(2), phone.fetch("site")
    with app.app_context():
        transaction(lambda c: users.set_regions(c, "supervisor", [GRID_A1], NOW, "tests"))
    found, _ = phone.fetch("site", checkpoint, size)
    assert {one["id"]: one[GONE] for one in found}[site_id(2)] is True
    assert phone.edit("site", known, contact="王老师") == [{"id": site_id(2), GONE: True}]
    assert refused(app) == [("out-of-scope", {"contact": "王老师"})]


def test_a_batch_size_that_the_server_would_not_fill_is_refused(phone: Rx):
    answer = phone.ask("GET", "/api/v1/rxdb/site/pull?limit=1001")
    assert answer.status_code == 422 and answer.get_json()["errors"][0]["field"] == "limit"


# Writes that come twice


def test_a_conflict_whose_answer_was_lost_is_one_conflict(app: Flask, phone: Rx, other: Rx):
    known = phone.site()
    other.edit("site", known, contact="张三")
    for _ in range(3):
        [held] = phone.edit("site", known, contact="李四")
        assert held["contact"] == "张三"
    assert conflicts(app) == [("contact", "张三", "李四")]


def test_a_create_whose_answer_was_lost_is_no_conflict_and_undoes_nothing(app: Flask, phone: Rx, other: Rx):
    draft = phone.draft(note="一")
    assert phone.send("visit", draft) == [] and phone.send("visit", draft) == []
    [seen], _ = other.fetch("visit")
    other.edit("visit", seen, operator_word="没有意见")
    [held] = phone.send("visit", draft)
    assert held["operator_word"] == "没有意见" and (refused(app), conflicts(app)) == ([], [])


def test_what_a_phone_that_began_anew_holds_otherwise_is_in_the_conflict_log(app: Flask, phone: Rx, other: Rx):
    draft = phone.draft(note="一", answers={"kitchen.bright": {"mark": "pass"}})
    phone.send("visit", draft)
    [seen], _ = other.fetch("visit")
    other.edit("visit", seen, note="二")
    [held] = phone.send("visit", draft | {"note": "三", "answers": {}})
    assert held["note"] == "二"
    assert sorted(conflicts(app)) == [("answers.kitchen.bright", {"mark": "pass"}, None), ("note", "二", "三")]


def test_a_create_that_arrives_after_its_draft_was_thrown_away_does_not_dig_it_up(phone: Rx, other: Rx):
    draft = phone.draft()
    phone.send("visit", draft)
    [seen], _ = other.fetch("visit")
    assert other.send("visit", seen | {GONE: True}, seen) == []
    assert phone.send("visit", draft) == [{"id": draft["id"], GONE: True}]
    assert not alive(phone)


def test_nobody_is_in_conflict_with_themselves(app: Flask, phone: Rx):
    known = phone.site()
    assert phone.edit("site", known, contact="一") == []
    assert phone.edit("site", known, contact="二") == []  # its answer was a conflict elsewhere, and the person went on
    assert phone.edit("site", known, contact="三") == []
    [held] = phone.edit("site", known, contact="一")  # the first one again, by a slow way
    assert held["contact"] == "三" and conflicts(app) == []


def test_what_somebody_else_wrote_in_between_is_a_conflict(app: Flask, phone: Rx, other: Rx):
    known = phone.site()
    phone.edit("site", known, contact="一")
    other.edit("site", known | {"contact": "一"}, contact="二")
    [held] = phone.edit("site", known, contact="三")
    assert held["contact"] == "二" and conflicts(app) == [("contact", "二", "三")]


# Values


def test_false_is_not_the_same_as_nothing(phone: Rx, other: Rx):
    known = phone.site(5)  # attributes {online: true}
    other.edit("site", known, attributes={})
    [held] = phone.edit("site", known, attributes={"online": False})
    assert held["attributes"] == {}


def test_null_absent_and_the_empty_text_are_one_in_a_text(app: Flask, phone: Rx, other: Rx):
    known = phone.site()
    assert phone.edit("site", known, phone=None) == []
    assert phone.edit("site", known | {"phone": None}, contact="张三") == []
    assert phone.edit("site", known | {"contact": "张三"}, contact=None) == []
    draft = phone.draft(note="一")
    phone.send("visit", draft)
    assert phone.send("visit", {name: value for name, value in draft.items() if name != "note"}, draft) == []
    assert (other.site()["contact"], other.fetch("visit")[0][0]["note"], conflicts(app)) == ("", "", [])


def test_what_a_client_may_not_write_is_kept_aside_and_the_rest_is_taken(app: Flask, phone: Rx):
    draft = phone.draft()
    phone.send("visit", draft)
    [seen], _ = phone.fetch("visit")
    for _ in range(2):
        [held] = phone.edit("visit", seen, note="好", review="approved", at="2021-05-02T09:30:00+08:00", colour="red")
    assert (held["note"], held["review"], held["at"], "colour" in held) == ("好", "received", seen["at"], False)
    assert refused(app) == [("invalid", {"review": "approved", "at": "2021-05-02T09:30:00+08:00", "colour": "red"})]


def test_what_was_written_last_into_a_draft_that_is_thrown_away_is_in_its_history(app: Flask, phone: Rx):
    draft = phone.draft(note="一")
    phone.send("visit", draft)
    assert phone.send("visit", draft | {"note": "最后", GONE: True}, draft) == []
    assert not alive(phone) and "最后" in kept_of(app, draft["id"])


def test_a_site_cannot_be_deleted_and_comes_back(app: Flask, phone: Rx):
    known = phone.site()
    for _ in range(2):
        assert phone.send("site", known | {GONE: True}, known) == [known]
    assert refused(app) == [("not-deletable", {})]


def test_what_was_refused_can_be_mended_and_released(app: Flask, phone: Rx, as_reviewer: Person):
    draft = phone.draft(at="2221-05-01T09:30:00+08:00")
    for _ in range(2):
        assert phone.send("visit", draft) == [{"id": draft["id"], GONE: True}]
    [(code, _)] = refused(app)
    assert code == "clock-implausible"
    [operation] = as_reviewer.get("/api/v1/sync/quarantine", region="140525100")["operations"]
    mended = {"at": draft["at"].replace("2221", "2021")}
    as_reviewer.post(f"/api/v1/sync/quarantine/{operation['op']}/release", {"set": mended})
    assert alive(phone) == [draft["id"]]


@pytest.mark.parametrize("broken", ["红", ["红"], 7, {"a": {"b": 1}}])
def test_garbage_where_an_object_belongs_is_kept_aside(app: Flask, phone: Rx, broken: Any):
    known = phone.site()
    assert phone.edit("site", known, attributes=broken) == [known]
    assert phone.send("site", known, known | {"attributes": broken}) in ([], [known])
    assert refused(app)


def test_what_is_nested_too_deep_is_kept_aside_and_holds_up_nothing(app: Flask, phone: Rx):
    known, deep = phone.site(), []
    for _ in range(400):
        deep = [deep]
    rows = [{"newDocumentState": known | {"colour": deep}, "assumedMasterState": known},
            {"newDocumentState": phone.site(2) | {"contact": "张三"}, "assumedMasterState": phone.site(2)}]
    answer = phone.ask("POST", "/api/v1/rxdb/site/push", data=json.dumps(rows),
                       headers={"Content-Type": "application/json"})
    assert answer.status_code == 200 and [one["id"] for one in answer.get_json()] == [site_id(1)]
    assert phone.site(2)["contact"] == "张三"
    assert [problem["code"] for (problem,) in columns(app, Quarantine.problem)] == ["malformed-operation"]


def test_the_writes_of_a_revoked_device_are_kept_once(app: Flask, phone: Rx, as_county: Person):
    known = phone.site()
    as_county.post(f"/api/v1/devices/{phone.device}/revoke", {})
    for _ in range(2):
        answer = phone.ask("POST", "/api/v1/rxdb/site/push", json=[
            {"newDocumentState": known | {"contact": "张三"}, "assumedMasterState": known}])
        assert answer.get_json()["code"] == "device-revoked"
    assert refused(app) == [("device-revoked", {"contact": "张三"})]
