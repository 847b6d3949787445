"""A pull over HTTP: what a phone gets, what it costs, and what it is told when it cannot go on."""

import gzip
import hashlib
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from flask import Flask

from checklists.compile import version_of
from inspect_api.db import transaction
from inspect_api.models import Change, Operation, Region, Site
from inspect_api.services import changes, compaction, plans, regions, users
from inspect_api.services.changes import Bypassed
from sync.feed import Change as SiteChange
from tests.api.asking import count, load_plan, pushed, result, statements, write
from tests.api.test_push import ANOTHER_PLAN
from tests.support.handset import Handset
from tests.support.people import Person, Phone
from tests.support.shadow import Shadow
from tests.support.world import COUNTY, GRID_A1, GRID_A2, GRID_B1, NOW, TOWN_A, site_id

DAY, PULL = "2021-05-01 09:30", "/api/v1/sync/pull"
PASS, FAIL = {"kitchen.bright": {"mark": "pass"}}, {"kitchen.bright": {"mark": "fail", "note": "大屏不亮"}}


def pull(phone: Person, cursor: str | None = None, **query: Any) -> dict[str, Any]:
    """One page."""
    return phone.get(PULL, **({"cursor": cursor} if cursor else {}), **query)


def rows(page: dict[str, Any], type_: str) -> dict[str, Any]:
    """{id: row} of one type."""
    return {one["id"]: one["row"] for one in page["changes"] if one["t"] == type_ and one["op"] == "put"}


def test_a_first_pull_has_all_that_a_phone_needs_and_nothing_of_others(as_supervisor: Phone):
    page = pull(as_supervisor)
    assert {one["t"] for one in page["changes"]} == {"site", "checklist", "region", "plan"} and not page["has_more"]
    assert set(rows(page, "site")) == {site_id(n) for n in (1, 2, 4, 5)}
    assert set(rows(page, "region")) == {GRID_A1, GRID_A2}
    grid = rows(page, "region")[GRID_A1]
    assert grid["path"][0] == "泽州县" and len(grid["path"]) == 3 and grid["boundary"]["type"] == "Polygon"
    assert {one["b"] for one in page["changes"]} == {f"{COUNTY}/*", GRID_A1, GRID_A2}
    assert len(rows(page, "checklist")) == 24


def test_a_checklist_is_put_together_from_shared_questions_and_is_what_its_version_says(as_supervisor: Phone):
    page = pull(as_supervisor)
    for site_type, row in rows(page, "checklist").items():
        content = {"site_type": site_type, "title": row["title"], "sections": [
            section | {"items": [page["items"][one["ref"]] | {"citations": one["citations"]} for one in section["items"]]}
            for section in row["sections"]]}
        assert version_of(content) == row["version"]
        assert as_supervisor.get(f"/api/v1/checklists/{row['version']}") == {"version": row["version"], **content}


def test_a_site_comes_with_what_is_open_what_is_due_and_its_newest_visit(as_supervisor: Phone):
    before = rows(pull(as_supervisor), "site")[site_id(1)]
    assert before["findings"] == [] and before["last_visit"] is None
    assert "zezhou-2021|school-bright-kitchen|period" in before["due"]
    visit = pushed(as_supervisor, as_supervisor.visit(1, DAY, FAIL))
    after = rows(pull(as_supervisor), "site")[site_id(1)]
    [finding] = after["findings"]
    assert (finding["item"], finding["visit"], finding["due_on"], finding["key"]) == ("kitchen.bright", visit, "2021-05-31", True)
    assert finding["action"] and after["last_visit"]["id"] == visit
    pushed(as_supervisor, as_supervisor.visit(1, "2021-05-20 09:30", PASS))
    mended = rows(pull(as_supervisor), "site")[site_id(1)]
    assert mended["findings"] == [] and "zezhou-2021|school-bright-kitchen|period" not in mended["due"]


def test_every_due_indicator_and_window_is_explained_by_a_plan_of_the_pull(as_supervisor: Phone):
    page = pull(as_supervisor)
    known = {f"{plan['id']}|{indicator['id']}|{window['key']}" for plan in rows(page, "plan").values()
             for indicator in plan["indicators"] for window in indicator["windows"]}
    due = {key for site in rows(page, "site").values() for key in site["due"]}
    assert due and due <= known


def test_own_visits_come_with_their_review_and_the_reasons_of_a_return(as_supervisor: Phone, as_reviewer: Person):
    visit = pushed(as_supervisor, as_supervisor.visit(1, DAY, FAIL, note="第一次"))
    page = pull(as_supervisor)
    row = rows(page, "visit")[visit]
    assert (row["review"], row["receipt"]["visit"], row["photos_missing"]) == ("received", visit, []) and "answers" not in row
    as_reviewer.post(f"/api/v1/visits/{visit}/review", {"decision": "return", "reason": "请补", "items": {"kitchen.bright": "照片看不清"}})
    row = rows(pull(as_supervisor, page["cursor"]), "visit")[visit]
    assert (row["review"], row["review_note"]["items"], row["reviewer"]) == ("returned", {"kitchen.bright": "照片看不清"}, "reviewer")
    assert row["answers"] == FAIL and row["details"] == {"note": "第一次"}, "what must be corrected comes along, on any phone"


def test_a_visit_that_names_photos_has_no_receipt_and_says_which_are_missing(as_supervisor: Phone):
    photo = hashlib.sha256(b"a photo").hexdigest()
    outcome = result(as_supervisor, as_supervisor.visit(1, DAY, {"kitchen.bright": {"mark": "pass", "photos": [photo]}}))
    assert "receipt" not in outcome and outcome["photos_missing"] == [photo]
    [row] = rows(pull(as_supervisor), "visit").values()
    assert row["receipt"] is None and row["photos_missing"] == [photo]


def test_nobody_pulls_the_visits_of_others_not_even_in_the_same_grid(app: Flask, as_supervisor: Phone, as_county: Person):
    pushed(as_supervisor, as_supervisor.visit(1, DAY, PASS))
    page = pull(as_county, limit=1000)
    assert not rows(page, "visit") and set(rows(page, "site")) >= {site_id(1), site_id(3)}


def test_an_unchanged_pull_costs_no_bytes_and_says_so_until_something_changes(as_supervisor: Phone, as_county: Person):
    cursor = pull(as_supervisor)["cursor"]
    first = as_supervisor.ask("GET", PULL, query_string={"cursor": cursor})
    assert first.get_json()["cursor"] == cursor
    tag = {"If-None-Match": first.headers["ETag"]}
    far = Phone(as_supervisor.app, "other-supervisor")
    pushed(far, far.visit(3, DAY, {}))  # somewhere else the clock goes on
    again = as_supervisor.ask("GET", PULL, query_string={"cursor": cursor}, headers=tag)
    assert (again.status_code, again.data) == (304, b"")
    pushed(as_supervisor, as_supervisor.visit(1, DAY, PASS))
    changed = as_supervisor.ask("GET", PULL, query_string={"cursor": cursor}, headers=tag)
    assert changed.status_code == 200 and len(changed.get_json()["changes"]) == 2
    assert changed.headers["Cache-Control"] == "private, no-cache"


def test_answers_travel_zipped_to_whoever_can_read_it(as_supervisor: Phone):
    plain = as_supervisor.ask("GET", PULL)
    zipped = as_supervisor.ask("GET", PULL, headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in zipped.headers["Vary"]
    found = orjson.loads(gzip.decompress(zipped.data))
    assert found | {"server_time": 0} == plain.get_json() | {"server_time": 0} and len(zipped.data) < len(plain.data) / 4
    refused = as_supervisor.ask("GET", PULL, headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


@pytest.mark.parametrize("cursor", ["x", "AAAA", "bnVsbA", "W10", "中文", "a" * 20_000])
def test_a_cursor_that_is_none_is_refused_with_what_to_do(one_app: Flask, cursor: str):
    answer = Phone(one_app, "supervisor").ask("GET", PULL, query_string={"cursor": cursor})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "bad-cursor")


def test_after_a_backup_is_restored_every_phone_begins_anew(app: Flask, as_supervisor: Phone):
    cursor = pull(as_supervisor)["cursor"]
    write(app, lambda c: compaction.new_epoch(c, NOW, "tests"))
    answer = as_supervisor.ask("GET", PULL, query_string={"cursor": cursor})
    assert (answer.status_code, answer.get_json()["code"]) == (410, "epoch-changed")
    assert rows(pull(as_supervisor), "site")


def test_tombstones_are_collected_and_who_did_not_see_them_begins_anew(app: Flask, as_supervisor: Phone, as_county: Person):
    away, here = Handset("away"), Handset("here")
    for handset in (away, here):
        handset.take_page(pull(as_supervisor))
    rev = as_county.get(f"/api/v1/sites/{site_id(1)}")["rev"]
    as_county.ask("PATCH", f"/api/v1/sites/{site_id(1)}", json={"rev": rev, "set": {"grid": GRID_B1}})
    here.take_page(pull(as_supervisor, here.cursor))
    with app.app_context():
        assert compaction.tombstones(2**60, dry_run=True) == 1 and count(app, Change, Change.op == "moved") == 1
        assert compaction.tombstones(2**60) == 1 and count(app, Change, Change.op == "moved") == 0
        assert compaction.tombstones(2**60) == 0
    assert as_supervisor.ask("GET", PULL, query_string={"cursor": away.cursor}).get_json()["code"] == "cursor-expired"
    page = pull(as_supervisor, here.cursor)
    assert page["changes"] == [] and ("site", site_id(1)) not in here.rows
    away.begin_anew()
    away.take_page(pull(as_supervisor))
    assert away.rows == here.rows


def test_a_grid_that_is_taken_away_is_dropped_whole_and_comes_back_whole(app: Flask, as_supervisor: Phone):
    pushed(as_supervisor, as_supervisor.visit(2, DAY, PASS))
    handset = Handset("a")
    handset.take_page(pull(as_supervisor))
    before = dict(handset.rows)
    write(app, lambda c: users.set_regions(c, "supervisor", [GRID_A1], NOW, "tests"))
    page = pull(as_supervisor, handset.cursor)
    assert page["drop"] == [GRID_A2]
    handset.take_page(page)
    assert not any(bucket == GRID_A2 for bucket, _ in handset.rows.values())
    write(app, lambda c: users.set_regions(c, "supervisor", [GRID_A1, GRID_A2], NOW, "tests"))
    handset.take_page(pull(as_supervisor, handset.cursor))
    assert handset.rows == before


def test_a_new_plan_reaches_the_phones_with_its_checklists_and_a_withdrawn_one_leaves_them(app: Flask, as_supervisor: Phone):
    handset = Handset("a")
    handset.take_page(pull(as_supervisor))
    before = dict(handset.rows)
    load_plan(app, ANOTHER_PLAN)
    page = pull(as_supervisor, handset.cursor)
    handset.take_page(page)
    assert ("plan", "another") in handset.rows and {"cold_store", "school_canteen"} <= set(rows(page, "checklist"))
    write(app, lambda c: plans.withdraw(c, "another", NOW, "tests"))
    page = pull(as_supervisor, handset.cursor)
    assert [(one["op"], one["reason"]) for one in page["changes"] if one["id"] == "another"] == [("remove", "deleted")]
    handset.take_page(page)
    assert handset.rows == before


def test_a_town_with_another_name_is_shown_by_its_grids(app: Flask, as_supervisor: Phone, as_county: Person):
    cursor = pull(as_supervisor)["cursor"]
    as_county.ask("PUT", f"/api/v1/regions/{TOWN_A}", json={"name": "改名镇"})
    found = rows(pull(as_supervisor, cursor), "region")
    assert set(found) == {GRID_A1, GRID_A2} and all("改名镇" in row["path"] for row in found.values())


def test_pages_cost_a_constant_number_of_statements_and_no_more_rows_than_changed(app: Flask, as_supervisor: Phone):
    pull(as_supervisor)
    cursor, costs = pull(as_supervisor)["cursor"], {}
    for size in (1, 80):
        found = [as_supervisor.operation("create", "site", {"type": "catering", "name": f"店{n}", "grid": GRID_A1}) for n in range(size)]
        as_supervisor.push(*found, *(as_supervisor.visit(one["id"], DAY, {}, site_type="catering") for one in found))
        with statements(app) as seen:
            page = pull(as_supervisor, cursor, limit=1000)
        costs[size], cursor = len(seen), page["cursor"]
        assert len(page["changes"]) == 2 * size
    assert costs[1] == costs[80] <= 16, costs


def test_the_limit_of_a_page_is_kept_and_is_never_above_the_server_s(template: Any):
    with template.copy(PULL_MAX_CHANGES=5) as app:
        phone, cursor, found = Phone(app, "supervisor"), None, []
        while True:
            page = pull(phone, cursor, limit=100)
            assert len(page["changes"]) <= 5
            found, cursor = found + page["changes"], page["cursor"]
            if not page["has_more"]:
                break
        assert len(found) == len({(one["t"], one["id"]) for one in found}) == 31
        assert phone.get("/api/v1/sessions/current")["limits"]["pull_changes"] == 5


# The feed is told of everything


def test_a_writer_that_says_nothing_to_the_feed_cannot_commit(app: Flask):
    with app.app_context(), pytest.raises(Bypassed, match="region"):
        transaction(lambda c: c.execute(sa.update(Region).where(Region.code == GRID_A1).values(name="悄悄改")))
    assert count(app, Region, Region.name == "悄悄改") == 0
    with app.app_context():
        transaction(lambda c: (c.execute(sa.update(Region).where(Region.code == GRID_A1).values(name="好好改")),
                               changes.append(c, regions.changes_of([GRID_A1]))))


def test_the_unseen_phone_of_these_tests_notices_who_forgets_a_row(app: Flask):
    shadow = Shadow(app)
    with app.app_context():
        transaction(lambda c: (c.execute(sa.update(Site).where(Site.grid == GRID_A1).values(name="改名")),
                               changes.append(c, [SiteChange(GRID_A1, "site", site_id(n)) for n in (1, 4)])))
    with pytest.raises(AssertionError, match=site_id(5)):
        shadow.check(app)
    write(app, lambda c: changes.append(c, [SiteChange(GRID_A1, "site", site_id(5))]))
    shadow.check(app)


# What the server may forget


def test_results_that_a_phone_acknowledged_shrink_and_their_operations_still_have_no_second_effect(app: Flask, as_supervisor: Phone):
    operations = [as_supervisor.visit(1, DAY, FAIL), as_supervisor.visit(3, DAY, PASS), as_supervisor.visit(2, DAY, PASS)]
    first = as_supervisor.push(*operations)["results"]
    as_supervisor.push(acked=2)
    with app.app_context():
        assert compaction.results(2**60, dry_run=True) == 2 and compaction.results(2**60) == 2 and compaction.results(2**60) == 0
        assert compaction.results(0) == 0
    again = as_supervisor.push(*operations)["results"]
    assert [(one["status"], one["replay"], one.get("collected", False)) for one in again] == [
        ("applied", True, True), ("rejected", True, True), ("applied", True, False)]
    assert again[1]["problem"] == first[1]["problem"] and again[2] == first[2] | {"replay": True}
    changed = operations[0] | {"set": operations[0]["set"] | {"note": "另一份"}}
    assert as_supervisor.push(changed, status=409)["code"] == "op-reused"
    assert count(app, Operation) == 3
