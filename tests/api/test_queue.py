"""The queue of a review office: who waits in it, for what, since when, and what is told of each before it is opened."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from inspect_api.db import reading
from inspect_api.models import Visit
from inspect_api.models.visits import FLAGS, IN_QUEUE
from sync.location import from_wgs84
from tests.api.asking import assert_equal_to_rebuild, pushed, result, statements, write
from tests.api.reviewing import (
    FAIL,
    GENERAL,
    PASS,
    PLACE,
    QUEUE,
    ago,
    assert_all_in_place,
    clean,
    queue,
    review,
    rules,
    waiting,
)
from tests.support.people import Person, Phone
from tests.support.uploads import Uploader, jpeg, sha
from tests.support.world import COUNTY, GRID_A1, GRID_A2, TOWN_A, TOWN_B, site_id

DAY = "2021-05-01 09:30"
OFFICERS = {"officers": [{"name": "甲", "certificate": "1"}, {"name": "乙", "certificate": "2"}]}
DAY_MS = 86_400_000


def since(app: Flask, visit: str, **much: Any) -> None:
    """Have a visit wait for so long already."""
    past = int(timedelta(**much).total_seconds() * 1000)
    write(app, lambda c: c.execute(sa.update(Visit).where(Visit.id == visit).values(
        signed_at=Visit.signed_at - past, queued_at=Visit.queued_at - past)))


# Who waits


def test_a_signed_visit_waits_as_new_with_all_that_is_to_be_known_of_it(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    made = clean(as_supervisor, answers=FAIL | GENERAL)
    [seen] = queue(as_reviewer)["visits"]
    assert seen["received_at"] == seen["queued_at"]
    assert {name: seen[name] for name in seen if name not in ("at", "received_at", "queued_at")} == {
        "id": made, "rev": 1, "queue": "new", "site": {"id": site_id(1), "name": "第一小学食堂", "type": "school_canteen", "address": ""},
        "grid": GRID_A1, "grid_name": "一网格", "town_name": as_reviewer.get(f"/api/v1/regions/{TOWN_A}")["name"],
        "inspector": {"id": "user-supervisor", "name": "supervisor"}, "waiting_days": 0, "overdue": False, "document_type": "patrol",
        "verdict": as_reviewer.get(f"/api/v1/visits/{made}")["verdict"], "findings": {"key": 1, "general": 1},
        "flags": [{"code": "key", "title": "重点项不合格"}, {"code": "failed", "title": "有不合格项"}],
        "photos": {"named": 0, "missing": 0}, "replaces": None, "first_approval": None}


def test_a_draft_does_not_wait_until_it_is_signed_and_waits_since_then(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    draft = clean(as_supervisor, answers={}, status="draft")
    assert waiting(as_reviewer) == {}
    write(app, lambda c: c.execute(sa.update(Visit).values(received_at=Visit.received_at - 9 * DAY_MS)))
    result(as_supervisor, as_supervisor.operation("patch", "visit", {"status": "signed", "answers": FAIL}, draft))
    [seen] = queue(as_reviewer)["visits"]
    assert (seen["id"], seen["queue"], seen["waiting_days"], seen["findings"]) == (draft, "new", 0, {"key": 1, "general": 0})
    assert_all_in_place(app)


def test_a_decision_takes_a_visit_out_of_the_queue_or_has_it_wait_for_the_phone(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    made = {decision: clean(as_supervisor) for decision in ("approve", "reject", "return")}
    for visit in made.values():
        since(app, visit, days=9)
    decided = {decision: review(as_reviewer, visit, decision, reason="核实")["queue"] for decision, visit in made.items()}
    assert decided == {"approve": "", "reject": "", "return": "returned"}
    assert waiting(as_reviewer) == {made["return"]: "returned"}
    assert queue(as_reviewer)["visits"] == [], "a returned one is shown only to who asks for it"
    assert_all_in_place(app)


def test_what_is_corrected_after_a_return_waits_again_and_its_predecessor_no_more(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    first = clean(as_supervisor)
    review(as_reviewer, first, "return", reason="补照片")
    second = clean(as_supervisor, replaces=first)
    assert waiting(as_reviewer) == {second: "again"}
    assert queue(as_reviewer)["visits"][0]["replaces"] == first
    third = clean(as_supervisor, replaces=second)
    assert waiting(as_reviewer) == {third: "new"}, "nobody had returned the one that it amends"
    assert_all_in_place(app)


def test_when_an_amendment_is_rejected_its_predecessor_is_back_where_it_was(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    made = {decision: clean(as_supervisor) for decision in ("", "return", "approve")}
    for decision, visit in made.items():
        if decision:
            review(as_reviewer, visit, decision, reason="看过")
    before = waiting(as_reviewer)
    amendments = {decision: clean(as_supervisor, replaces=visit) for decision, visit in made.items()}
    assert waiting(as_reviewer) == {amendments[""]: "new", amendments["return"]: "again", amendments["approve"]: "new"}
    for amendment in amendments.values():
        review(as_reviewer, amendment, "reject", reason="不对")
    assert waiting(as_reviewer) == before == {made[""]: "new", made["return"]: "returned"}
    assert_all_in_place(app)
    assert_equal_to_rebuild(app)


def test_an_approval_that_is_taken_back_has_the_visit_wait_for_the_phone(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    made = clean(as_supervisor)
    review(as_reviewer, made)
    review(as_reviewer, made, "return", reason="还是不对")
    assert waiting(as_reviewer) == {made: "returned"}
    review(as_reviewer, made)
    assert waiting(as_reviewer) == {}
    assert_all_in_place(app)


def test_a_visit_and_its_amendment_in_one_push_leave_one_to_be_looked_at(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    first = as_supervisor.visit(1, ago(hours=1), PASS, place=PLACE)
    second = as_supervisor.visit(1, ago(hours=1), PASS, place=PLACE, replaces=first["id"])
    as_supervisor.push(first, second)
    assert waiting(as_reviewer) == {second["id"]: "new"}
    assert_all_in_place(app)


def test_what_an_office_releases_from_quarantine_waits_like_any_other(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    odd = as_supervisor.visit(1, "2099-05-01 09:30", PASS, place=PLACE)
    assert result(as_supervisor, odd)["status"] == "rejected" and waiting(as_reviewer) == {}
    as_reviewer.post(f"/api/v1/sync/quarantine/{odd['op']}/release", {"set": {"at": "2021-05-01T09:30:00+08:00"}})
    [seen] = queue(as_reviewer)["visits"]
    assert (seen["id"], seen["queue"], [one["code"] for one in seen["flags"]]) == (odd["id"], "new", ["late"])
    assert_all_in_place(app)


def test_a_site_that_moves_takes_its_waiting_visits_along(app: Flask, as_supervisor: Phone, as_county: Person):
    made = clean(as_supervisor)
    answer = as_county.ask("PATCH", f"/api/v1/sites/{site_id(1)}", json={"rev": 1, "set": {"grid": GRID_A2}})
    assert answer.status_code == 200
    assert list(waiting(as_county, region=GRID_A2)) == [made] and waiting(as_county, region=GRID_A1) == {}


# What is told


def flagged(phone: Phone, reviewer: Person, site: int = 1, answers: Any = PASS, at: str = "", **more: Any) -> list[str]:
    """The flags of a visit."""
    pushed(phone, phone.visit(site, at or ago(hours=1), answers, **{"place": PLACE} | more))
    return [one["code"] for one in queue(reviewer, sort="newest")["visits"][0]["flags"]]


def test_each_flag_is_raised_by_its_fact_and_by_nothing_else(app: Flask, as_supervisor: Phone, as_reviewer: Person, as_county: Person):
    as_county.ask("PATCH", f"/api/v1/sites/{site_id(2)}", json={"rev": 1, "set": {"place": PLACE | {"accuracy": 50}}})
    officer = Phone(app, "county", device="officer")
    north = PLACE["lat"]
    shifted = PLACE | dict(zip(("lon", "lat"), from_wgs84(PLACE["lon"] + 0.005, north, "GCJ02"), strict=True), crs="GCJ02")
    raised = {
        "nothing": flagged(as_supervisor, as_reviewer),
        "key": flagged(as_supervisor, as_reviewer, answers=FAIL),
        "failed": flagged(as_supervisor, as_reviewer, answers=GENERAL),
        "near": flagged(as_supervisor, as_reviewer, 2, place=PLACE | {"lat": north + 0.005}),  # 556 m, less 20 m and 50 m
        "far": flagged(as_supervisor, as_reviewer, 2, place=PLACE | {"lat": north + 0.0052}),  # 578 m
        "vague": flagged(as_supervisor, as_reviewer, 2, place=PLACE | {"lat": north + 0.0052, "accuracy": 60}),
        "another system": flagged(as_supervisor, as_reviewer, 2, place=shifted),  # 453 m, read as WGS-84 it would be 1,014 m
        "no place": flagged(as_supervisor, as_reviewer, place=None),
        "mock": flagged(as_supervisor, as_reviewer, place=PLACE | {"mock": True}),
        "mock end": flagged(as_supervisor, as_reviewer, end_place=PLACE | {"mock": True}),
        "late": flagged(as_supervisor, as_reviewer, at=ago(days=2, minutes=2)),
        "not late": flagged(as_supervisor, as_reviewer, at=ago(days=1, hours=23, minutes=58)),
        "clock": flagged(Phone(app, "supervisor", "slow", clock=timedelta(minutes=-61)), as_reviewer),
        "clock a little": flagged(Phone(app, "supervisor", "quick", clock=timedelta(minutes=59)), as_reviewer, at=ago(hours=2)),
        "refused": flagged(officer, as_reviewer, document_type="inspection", signature={"kind": "refused", "reason": "不认可"}, **OFFICERS),
        "absent": flagged(officer, as_reviewer, document_type="inspection", signature={"kind": "absent", "reason": "外出"}, **OFFICERS),
    }
    assert raised == {
        "nothing": [], "key": ["key", "failed"], "failed": ["failed"], "near": [], "far": ["far"], "vague": [], "another system": [],
        "no place": ["no_place"], "mock": ["mock"], "mock end": ["mock"], "late": ["late"], "not late": [], "clock": ["clock"],
        "clock a little": [], "refused": ["unsigned"], "absent": []}
    assert {code for codes in raised.values() for code in codes} == set(FLAGS)
    with app.app_context(), reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(Visit).where(Visit.late)).scalar_one() == 1


def test_a_failure_counts_in_every_visit_that_saw_it_although_it_is_one_finding(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    clean(as_supervisor, answers=FAIL)
    second = clean(as_supervisor, answers=FAIL)
    shown = as_reviewer.get(f"/api/v1/visits/{second}")
    assert shown["findings"] == [] and shown["failed"] == {"key": 1, "general": 0}
    assert [one["findings"]["key"] for one in queue(as_reviewer)["visits"]] == [1, 1]


def test_photos_that_are_on_their_way_are_counted_until_they_arrive(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    there, away = jpeg(1), jpeg(2)
    clean(as_supervisor, answers={"kitchen.bright": {"mark": "pass", "photos": [sha(there), sha(away)]}})
    clean(as_supervisor)
    assert [one["photos"] for one in queue(as_reviewer)["visits"]] == [{"named": 2, "missing": 2}, {"named": 0, "missing": 0}]
    Uploader(as_supervisor).start(there, there)
    assert queue(as_reviewer)["visits"][0]["photos"] == {"named": 2, "missing": 1}


def test_a_visit_is_overdue_after_the_days_of_its_county_and_a_returned_one_never_is(
        app: Flask, as_supervisor: Phone, as_reviewer: Person, as_county: Person):
    old, older, returned = (clean(as_supervisor) for _ in range(3))
    for one, days in ((old, 2.9), (older, 3.1), (returned, 30)):
        since(app, one, days=days)
    review(as_reviewer, returned, "return", reason="补照片")
    write(app, lambda c: c.execute(sa.update(Visit).where(Visit.id == returned).values(queued_at=Visit.queued_at - 30 * DAY_MS)))

    def overdue(**asked: Any) -> list[str]:
        return [one["id"] for one in queue(as_reviewer, queue="new,returned", overdue="true", **asked)["visits"] if one["overdue"]]

    assert overdue() == [older] and queue(as_reviewer)["counts"]["overdue"] == 1
    assert [(one["id"], one["waiting_days"]) for one in queue(as_reviewer)["visits"]] == [(older, 3), (old, 2)]
    rules(as_county, review_days=2)
    assert overdue() == [older, old] and queue(as_reviewer)["counts"]["overdue"] == 2
    assert Person(app, "admin").get(QUEUE)["counts"]["overdue"] == 2, "who sees many counties has each by its own rules"
    assert waiting(as_reviewer, overdue="false") == {returned: "returned"}


# What is asked


def test_the_queue_is_filtered_by_everything_that_it_shows_and_counts_the_whole_region(app: Flask, as_supervisor: Phone, as_county: Person):
    canteen, failed, shop = clean(as_supervisor), clean(as_supervisor, 2, FAIL), clean(as_supervisor, 5, {})
    officer = Phone(app, "county", device="officer")
    inspection = clean(officer, 1, document_type="inspection", signature={"kind": "signed", "name": "店主"}, **OFFICERS)
    far = clean(Phone(app, "other-supervisor"), 3)
    verdict = as_county.get(f"/api/v1/visits/{failed}")["verdict"]
    everything = {canteen, failed, shop, inspection, far}
    found = {name: set(waiting(as_county, **{"region": COUNTY} | asked)) for name, asked in {
        "all": {}, "town": {"region": TOWN_A}, "grid": {"region": GRID_A2}, "flagged": {"flagged": "true"}, "not": {"flagged": "false"},
        "flag": {"flag": "key"}, "other flag": {"flag": "mock"}, "type": {"site_type": "catering"}, "document": {"document_type": "inspection"},
        "verdict": {"verdict": verdict}, "inspector": {"inspector": "user-county"}, "text": {"text": "小学"}, "wild": {"text": "%"},
        "queue": {"queue": "again,second"}, "both": {"flagged": "true", "site_type": "catering"}}.items()}
    assert found == {
        "all": everything, "town": everything - {far}, "grid": {failed}, "flagged": {failed}, "not": everything - {failed}, "flag": {failed},
        "other flag": set(), "type": {shop}, "document": {inspection}, "verdict": {failed}, "inspector": {inspection},
        "text": {canteen, failed, inspection}, "wild": set(), "queue": set(), "both": set()}
    counted = as_county.get(QUEUE, region=TOWN_A, flag="mock")["counts"]
    assert counted == {"new": 4, "again": 0, "second": 0, "returned": 0, "overdue": 0, "flagged": 1}


def test_pages_follow_each_other_from_who_waits_longest_also_among_those_of_one_moment(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    made = [as_supervisor.visit(1 + n % 2, ago(hours=1), {}) for n in range(7)]
    as_supervisor.push(*made[:5])  # these five arrive at one moment
    as_supervisor.push(*made[5:])

    def walked(**asked: Any) -> list[str]:
        found, after = [], {}
        while True:
            page = queue(as_reviewer, limit=2, **asked, **after)
            found += [one["id"] for one in page["visits"]]
            if page["next"] is None:
                return found
            after = {"after": page["next"]}

    expected = [one["id"] for one in sorted(made, key=lambda one: (one["n"] > 5, one["id"]))]
    assert walked() == expected
    assert walked(sort="newest") == expected[::-1]


def test_asking_again_costs_one_statement_and_304_until_something_changes(app: Flask, as_supervisor: Phone, as_reviewer: Person, as_county: Person):
    clean(as_supervisor)

    def ask(tag: str = "", **asked: Any) -> Any:
        return as_reviewer.ask("GET", QUEUE, query_string={"region": TOWN_A} | asked, headers={"If-None-Match": tag})

    first = ask()
    tag = first.headers["ETag"]
    assert first.status_code == 200 and first.headers["Cache-Control"] == "private, no-cache"
    with statements(app) as seen:
        again = ask(tag)
    assert (again.status_code, again.get_data(), again.headers["ETag"]) == (304, b"", tag)
    assert len([one for one in seen if "session" not in one and one != "BEGIN"]) == 1, "beside who asks"
    assert ask(tag, flagged="true").status_code == 200, "another question"
    made = clean(as_supervisor)
    changed = ask(tag)
    assert changed.status_code == 200 and len(changed.get_json()["visits"]) == 2
    review(as_reviewer, made, "return", reason="补照片")
    assert ask(changed.headers["ETag"]).get_json()["counts"]["returned"] == 1
    tag = ask().headers["ETag"]
    rules(as_county, review_days=0)
    assert ask(tag).status_code == 200, "the county's rules are part of the answer"


def test_a_page_costs_the_same_number_of_statements_whatever_its_length(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    clean(as_supervisor)
    with statements(app) as few:
        queue(as_reviewer)
    photo = {"kitchen.bright": {"mark": "pass", "photos": ["ab" * 32]}}
    as_supervisor.push(*(as_supervisor.visit(1 + n % 2, ago(hours=1), photo) for n in range(20)))
    with statements(app) as many:
        assert len(queue(as_reviewer)["visits"]) == 21
    assert len(few) == len(many) < 10, many


def test_a_push_costs_the_same_number_of_statements_whatever_it_flags(app: Flask, as_supervisor: Phone):
    counted = []
    for many in (2, 2, 20):  # the first one reads the plans, and opens the findings
        batch = [as_supervisor.visit(1 + n % 2, ago(hours=1), FAIL) for n in range(many)]
        with statements(app) as seen:
            as_supervisor.push(*batch)
        counted.append(len(seen))
    assert counted[1] == counted[2]


WRONG = [("queue", "new,old"), ("flag", "lazy"), ("after", "5"), ("after", "x.y"), ("limit", 201), ("sort", "site"), ("flagged", "perhaps"), ("verdict", "bad")]


def test_a_question_that_is_wrong_names_the_field(one_app: Flask):
    reviewer = Person(one_app, "reviewer")
    for field, value in WRONG:
        answer = reviewer.ask("GET", QUEUE, query_string={"region": TOWN_A, field: value})
        assert answer.status_code == 422, (field, value)
        assert {error["field"] for error in answer.get_json()["errors"]} == {field}, (field, value)


def test_an_office_sees_the_queue_of_its_own_region_only(one_app: Flask):
    for region in (TOWN_B, COUNTY, ""):
        answer = Person(one_app, "reviewer").ask("GET", QUEUE, query_string={"region": region} if region else {})
        assert (answer.status_code, answer.get_json()["code"]) == (403, "out-of-scope")


# How it is found


def test_the_partial_indexes_serve_the_questions_that_they_were_made_for(app: Flask):
    served = {"ix_visit_queue": IN_QUEUE, "ix_visit_late": Visit.late, "ix_visit_replaces": Visit.replaces.is_not(None)}
    with app.app_context(), reading() as connection:
        explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off")
        for index, where in served.items():
            asked = sa.select(sa.func.count()).select_from(Visit).where(where, Visit.grid >= COUNTY, Visit.grid < "140526")
            text = str(asked.compile(connection, compile_kwargs={"literal_binds": True}))
            plan = " ".join(str(row) for row in connection.exec_driver_sql(explain + text))
            assert index in plan, plan
