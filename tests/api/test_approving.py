"""Many clean visits are approved at once; what a person must open first stays where it is, and says why."""

from typing import Any

import sqlalchemy as sa
from flask import Flask

from inspect_api.db import reading
from inspect_api.models import Audit
from inspect_api.services import audit
from tests.api.asking import assert_equal_to_rebuild, pushed, statements
from tests.api.reviewing import (
    APPROVE,
    FAIL,
    PASS,
    PLACE,
    ago,
    assert_all_in_place,
    clean,
    counted,
    review,
    rules,
    waiting,
)
from tests.api.test_at_once import at_once, twin
from tests.support.people import Person, Phone, new_id


def approve(person: Person, *visits: str, rev: int = 1, status: int = 200, note: str = "") -> Any:
    """Approve visits at once: {visit: status, or the code of the problem}; the problem's body when the whole is refused."""
    answer = person.post(APPROVE, {"visits": [{"id": one, "rev": rev} for one in visits], "note": note}, status)
    if status != 200:
        return answer
    assert [one["id"] for one in answer["visits"]] == list(visits), "in the order in which they were asked"
    return {one["id"]: one["problem"]["code"] if one["status"] == "refused" else one["status"] for one in answer["visits"]}


def test_clean_visits_are_approved_at_once_and_count_at_once(app: Flask, as_supervisor: Phone, as_reviewer: Person, as_county: Person):
    made = [clean(as_supervisor, site) for site in (1, 2, 1)]
    assert approve(as_reviewer, *made, note="已看过") == dict.fromkeys(made, "approved")
    assert waiting(as_reviewer) == {} and counted(app) == set(made[1:])
    shown = as_county.get(f"/api/v1/visits/{made[0]}")
    assert (shown["review"], shown["reviewer"], shown["rev"], shown["review_note"]) == ("approved", "reviewer", 2, {"reason": "已看过", "items": {}})
    told = [one["row"] for one in as_supervisor.get("/api/v1/sync/pull")["changes"] if one["t"] == "visit"]
    assert {one["review"] for one in told} == {"approved"} and len(told) == 3
    with app.app_context(), reading() as connection:
        assert audit.verify(connection)[1] == []
        assert sorted(connection.execute(sa.select(Audit.subject).where(Audit.action == "visit.approve")).scalars()) == sorted(made)
    assert_all_in_place(app)
    assert_equal_to_rebuild(app)


def test_each_that_is_not_clean_or_not_theirs_is_refused_with_its_reason_and_the_rest_goes_on(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    good, failed = clean(as_supervisor), clean(as_supervisor, answers=FAIL)
    flagged = clean(as_supervisor, place=None)
    photo = clean(as_supervisor, answers={"kitchen.bright": {"mark": "pass", "photos": ["ab" * 32]}})
    own = clean(Phone(app, "reviewer", device="theirs"))
    far = clean(Phone(app, "other-supervisor"), 3)
    draft = clean(as_supervisor, status="draft")
    returned, amended, done = clean(as_supervisor), clean(as_supervisor), clean(as_supervisor)
    amendment = clean(as_supervisor, replaces=amended)
    review(as_reviewer, returned, "return", reason="补照片")
    review(as_reviewer, done)
    stale, nobody = clean(as_supervisor), new_id()
    before = waiting(Person(app, "county"), region="140525")
    assert approve(as_reviewer, good, failed, flagged, photo, own, far, draft, amended, done, nobody, amendment) == {
        good: "approved", failed: "not-clean", flagged: "not-clean", photo: "not-clean", own: "own-visit", far: "out-of-scope",
        draft: "state-changed", amended: "state-changed", done: "state-changed", nobody: "not-found", amendment: "approved"}
    assert approve(as_reviewer, returned, stale, rev=2) == {returned: "not-clean", stale: "state-changed"}
    after = waiting(Person(app, "county"), region="140525")
    assert after == {one: queue for one, queue in before.items() if one not in (good, amendment)}, "what was refused stays as it was"
    why = as_reviewer.post(APPROVE, {"visits": [{"id": photo, "rev": 1}]})["visits"][0]["problem"]
    assert "1 张照片" in why["detail"] and why["title"] == "不能批量通过"
    assert_all_in_place(app)
    assert_equal_to_rebuild(app)


def test_where_two_must_approve_the_first_pass_makes_them_wait_and_another_person_s_approves(
        app: Flask, as_supervisor: Phone, as_reviewer: Person, as_county: Person):
    rules(as_county, second_approval="always")
    made = [clean(as_supervisor, site) for site in (1, 2)]
    assert approve(as_reviewer, *made) == dict.fromkeys(made, "second")
    assert approve(as_reviewer, *made, rev=2) == dict.fromkeys(made, "same-reviewer")
    assert counted(app) == set()
    assert approve(as_county, *made, rev=2) == dict.fromkeys(made, "approved")
    assert counted(app) == set(made)
    assert_all_in_place(app)
    assert_equal_to_rebuild(app)


def test_a_hundred_cost_the_statements_of_two(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    def push(many: int) -> list[str]:
        batch = [as_supervisor.visit(1 + n % 2, ago(hours=1), PASS, place=PLACE) for n in range(many)]
        as_supervisor.push(*batch)
        return [one["id"] for one in batch]

    sent = []
    for many in (2, 2, 100):
        made = push(many)
        with statements(app) as seen:
            assert set(approve(as_reviewer, *made).values()) == {"approved"}
        sent.append(len(seen))
    assert sent[1] == sent[2]
    assert_equal_to_rebuild(app)


def test_two_offices_that_approve_the_same_at_once_approve_each_visit_once(app: Flask, as_supervisor: Phone, as_reviewer: Person, as_county: Person):
    made = [clean(as_supervisor, 1 + n % 2) for n in range(6)]
    one, other = at_once(lambda: approve(twin(as_reviewer), *made), lambda: approve(twin(as_county), *reversed(made)))
    for visit in made:
        assert sorted((one[visit], other[visit])) == ["approved", "state-changed"]
    assert_all_in_place(app)
    assert_equal_to_rebuild(app)


def test_a_request_that_is_wrong_is_refused_as_a_whole(app: Flask, as_supervisor: Phone, as_reviewer: Person):
    made = pushed(as_supervisor, as_supervisor.visit(1, ago(hours=1), PASS, place=PLACE))
    assert approve(as_reviewer, made, made, status=422)["errors"][0]["field"] == "visits"
    assert approve(as_reviewer, status=422)["code"] == "invalid"
    assert approve(as_reviewer, *(new_id() for _ in range(101)), status=422)["code"] == "invalid"
    assert as_reviewer.post(APPROVE, {"visits": [{"id": made}]}, 422)["errors"] == [{"field": "visits.0.rev", "message": "必填"}]
    assert waiting(as_reviewer) == {made: "new"}
