"""The demo end to end: load it, serve it with granian, walk it over real HTTP, and look at what moved."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from random import Random

import orjson
import pytest
import sqlalchemy as sa
from flask import Flask
from rich.cells import cell_len
from rich.console import Console

from checklists.answers import Validator
from checklists.bank import load_bank
from checklists.compile import compile_checklists
from checklists.plan import load_plans
from inspect_api.app import create_app
from inspect_api.cli.demo import report
from inspect_api.cli.prepare import prepare
from inspect_api.db import db, reading, transaction
from inspect_api.demo import picture, ready
from inspect_api.demo.answers import answers
from inspect_api.demo.load import PASSWORD, load, loaded
from inspect_api.demo.phones import Person, Phone, Tally, WalkError
from inspect_api.demo.schedule import days, settled, spans
from inspect_api.demo.serve import serving
from inspect_api.demo.tables import WIDTH
from inspect_api.demo.walk import Walk, Walked
from inspect_api.demo.world import world
from inspect_api.http import now_ms
from inspect_api.models import Site, User, Visit
from inspect_api.problems import Problem
from inspect_api.services import rollup
from inspect_api.services.plans import withdraw

WORLD = world()
TODAY = (datetime.now(UTC) + timedelta(hours=8)).date()
NEEDED = ("agri_input_shop", "meal_supplier", "school_canteen", "cold_store", "catering", "small_workshop")


def _busiest_town(county: str) -> str:
    """The township of a county that has the most of the site types that the plans count."""
    types: dict[str, set[str]] = {}
    for site in WORLD.sites:
        if site.grid.startswith(county) and site.type in NEEDED:
            types.setdefault(site.grid[:9], set()).add(site.type)
    return max(sorted(types), key=lambda town: len(types[town]))


TOWNS = [_busiest_town(county) for county in WORLD.counties]
PEOPLE = [user for user in WORLD.users if user.role in ("admin", "county") or user.regions[0] in TOWNS]
CHEAP = {"ARGON2_TIME_COST": 1, "ARGON2_MEMORY_KIB": 64, "LOG_LEVEL": "ERROR"}


@pytest.fixture(scope="module")
def demo() -> Iterator[Flask]:
    """The app on a SQLite file of its own with plans and demo, as `flask prepare` makes it.

    Without the demo's plan of this year: what it asks for depends on the day, and what is held here must not.
    """
    folder = tempfile.mkdtemp(prefix="inspect-demo-")
    app = create_app(DATABASE_URL="", DATA_DIR=folder, **CHEAP)
    with app.app_context():
        prepare(demo=True)
        transaction(lambda connection: withdraw(connection, f"zezhou-demo-{TODAY.year}", now_ms(), "tests"))
    yield app
    with app.app_context():
        db.engine.dispose()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def url(demo: Flask) -> Iterator[str]:
    """A granian server on that database."""
    with serving({"DATABASE_URL": "", "DATA_DIR": demo.config["DATA_DIR"], **{k: str(v) for k, v in CHEAP.items()}}) as address:
        yield address


@contextmanager
def silent(title: str):
    """A progress bar that nobody sees."""
    yield lambda done, total: None


@pytest.fixture(scope="module")
def walked(url: str) -> Walked:
    """One township of every county, walked."""
    return Walk(url, PASSWORD, PEOPLE, WORLD.counties, TODAY, seed=2022, bar=silent).run()


def moved(walked: Walked, plan: str, basis: str) -> set[str]:
    """Indicators of a plan with a window whose numbers are not what they were before the walk."""
    def numbers(table: dict) -> dict:
        return {(i["id"], w["key"]): (w["num"], w["den"], w["value"]) for i in table["indicators"] for w in i["windows"]}
    before, after = numbers(walked.before[plan][basis]), numbers(walked.after[plan][basis])
    return {key[0] for key in after if after[key] != before[key]}


def test_the_walk_moves_indicators_of_every_plan_on_both_bases(walked: Walked):
    assert len(walked.before) == 5
    for plan, before in walked.before.items():
        measures = {i["id"]: i["measure"] for i in before["received"]["indicators"]}
        for basis in ("received", "approved"):
            kinds = {measures[name] for name in moved(walked, plan, basis)}
            assert "inspected" in kinds or "marked" in kinds, (plan, basis, kinds)
            assert "counted" in kinds or "reported" in kinds, (plan, basis, kinds)


def test_pushes_sent_twice_and_over_broken_connections_had_no_second_effect(walked: Walked):
    counts = walked.tally.counts()
    assert counts["doubled"] > 0 and counts["cut"] > 0 and counts["replays"] > 0
    assert counts["effects"] == 0


def test_every_acknowledged_visit_is_on_the_server(walked: Walked):
    assert len(walked.tally.acknowledged) == walked.tally.visits > 100
    assert walked.missing == set()


def test_every_visit_of_the_walk_has_its_receipt_or_waits_for_photos_that_are_still_on_the_phone(demo: Flask, walked: Walked):
    with demo.app_context(), reading() as connection:
        visits = connection.execute(sa.select(sa.func.count()).select_from(Visit)).scalar_one()
    counts = walked.tally.counts()
    assert counts["receipts"] + counts["waiting"] == visits == counts["visits"] > 100
    assert 0 < counts["waiting"] < 10 and counts["owed"] == 0


def test_photos_were_sent_some_twice_and_some_over_broken_connections(walked: Walked):
    counts = walked.tally.counts()
    assert counts["photos"] == len(walked.tally.stored) > 50 and 8_000 < counts["photo_bytes"] / counts["photos"] < 32_000
    assert counts["photos_doubled"] > 0 and counts["resumed"] > 0


def test_acknowledged_photos_are_on_the_server_byte_for_byte(demo: Flask, walked: Walked):
    assert len(walked.sample) == 20 and walked.damaged == set()
    there = {path.name for path in (Path(demo.config["DATA_DIR"]) / "photos").rglob("*") if path.is_file()}
    assert there >= walked.tally.stored


def test_evidence_is_graded_and_what_is_odd_in_a_county_is_seen(demo: Flask, url: str, walked: Walked):
    admin = Person(url, "admin", PASSWORD, Tally())
    with demo.app_context(), reading() as connection:
        visits = [row.id for row in connection.execute(sa.select(Visit.id, Visit.details).where(Visit.grid.startswith("140525")))
                  if row.details.get("photos")]
    photos = [photo for visit in visits for photo in admin.get(f"/api/v1/visits/{visit}/photos")["photos"]]
    admin.close()
    assert {photo["grade"] for photo in photos} >= {"strong", "fair", "weak"}
    reasons = {reason["code"] for photo in photos for reason in photo["reasons"]}
    assert reasons >= {"taken-in-app", "exif-time-agrees", "place-near", "same-elsewhere", "long-before-visit", "place-far", "place-mock"}
    assert sum(photo["grade"] == "weak" for photo in photos) < len(photos) / 4


def test_the_signature_of_an_inspection_is_a_photo_that_arrived(demo: Flask, walked: Walked):
    with demo.app_context(), reading() as connection:
        signatures = [row.details["signature"] for row in connection.execute(
            sa.select(Visit.details).where(Visit.document_type == "inspection"))]
    signed = {one["photo"] for one in signatures if one["kind"] == "signed"}
    assert len(signatures) > 5 and signed <= walked.tally.stored


def test_a_site_found_on_the_street_has_a_photo_of_its_front_that_arrived(demo: Flask, walked: Walked):
    with demo.app_context(), reading() as connection:
        found = connection.execute(sa.select(Site.photos).where(Site.name.contains("新发现"))).scalars().all()
    assert found and all(len(photos) == 1 and photos.keys() <= walked.tally.stored for photos in found)


def test_the_walk_has_late_visits_a_quarantined_operation_reviews_and_a_site_found_on_the_street(walked: Walked):
    counts = walked.tally.counts()
    idle = [name for name in ("late", "quarantined", "approved", "returned", "rejected", "sites", "reports", "updated", "pulled", "receipts", "waiting")
            if not counts[name]]
    assert idle == []


def test_after_the_walk_the_increments_equal_a_rebuild(demo: Flask, walked: Walked):
    with demo.app_context():
        def both(connection):
            before = rollup.snapshot(connection)
            rollup.rebuild(connection)
            return before, rollup.snapshot(connection)
        before, after = transaction(both)
    assert before == after


def test_a_batch_pushed_three_times_leaves_every_indicator_as_after_the_first(url: str, walked: Walked):
    tally = Tally()
    town = next(user.regions[0] for user in PEOPLE if user.login.startswith("sup-140525"))
    phone = Phone(url, f"sup-{town}", PASSWORD, tally)
    site = next(s for s in phone.pages("/api/v1/sites", "sites", region=town) if s["type"] in NEEDED)
    checklist = phone.get("/api/v1/checklists", site_type=site["type"], region=site["grid"])
    day = date(2021, 5, 6)
    batch = [phone.visit(site["id"], checklist["version"], f"{day}T10:00:00+08:00", answers(checklist, Random(1), day, 1))]
    phone.push(batch)
    once = phone.get("/api/v1/plans/zezhou-2021/indicators", region=site["grid"])
    for _ in range(2):
        [result] = phone.push(batch)
        assert result["replay"] is True and result["status"] == "applied"
    assert phone.get("/api/v1/plans/zezhou-2021/indicators", region=site["grid"]) == once
    assert tally.quarantined == 0 and len(tally.acknowledged) == 1
    phone.close()


def test_a_second_walk_works_and_sends_new_visits(url: str, walked: Walked):
    again = Walk(url, PASSWORD, PEOPLE, ("120114",), TODAY, seed=2022, bar=silent).run()
    assert again.missing == again.damaged == set() and again.tally.visits > 0 and again.tally.effects == again.tally.owed == 0
    assert not again.tally.acknowledged & walked.tally.acknowledged


def test_the_tables_fit_a_hundred_columns_and_the_picture_asks_the_network_for_nothing(walked: Walked, tmp_path):
    shown = report(walked, (), all_windows=True)
    screen = Console(width=WIDTH, file=StringIO(), highlight=False)
    for one in shown:
        screen.print(one)
    assert max(cell_len(line) for line in screen.file.getvalue().splitlines()) <= WIDTH
    picture.draw(shown, tmp_path / "tables.svg", WIDTH)
    drawn = (tmp_path / "tables.svg").read_text("utf-8")
    assert "年食品安全重点工作安排" in drawn and "审核通过" in drawn
    assert drawn.count("http") == drawn.count("http://www.w3.org/2000/svg")


def test_a_wrong_password_stops_the_walk_with_the_server_s_own_words(url: str):
    with pytest.raises(WalkError, match="bad-credentials"):
        Walk(url, "wrong-password", PEOPLE, WORLD.counties, TODAY, seed=1, bar=silent).run()


def test_preparing_and_loading_again_change_nothing(demo: Flask):
    with demo.app_context():
        assert prepare(demo=True) == []
        assert transaction(lambda c: load(c, 0)) == {"regions": 0, "populations": 0, "users": 0, "sites": 0}


def test_the_demo_is_not_loaded_beside_real_users(one_app: Flask):
    with one_app.app_context():
        with pytest.raises(Problem, match="真实用户"):
            transaction(lambda c: load(c, 0))
        with reading() as connection:
            assert loaded(connection) is None


def test_everyone_in_the_demo_has_the_one_demo_password(demo: Flask):
    with demo.app_context(), reading() as connection:
        hashes = set(connection.execute(User.__table__.select().with_only_columns(User.password)).scalars())
    assert len(hashes) == 1
    assert PASSWORD not in hashes.pop()


def test_a_database_counts_as_ready_only_with_the_stamp_of_just_these_files(demo: Flask, tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    shutil.copytree(demo.config["DATA_DIR"], tmp_path / "copy")
    folder = tmp_path / "copy"
    assert not ready.prepared(folder)
    (folder / ready.WELCOME).write_text("你好", "utf-8")
    for stamp, expected in ((ready.fingerprint(), True), (ready.fingerprint() - 1, False)):
        with sqlite3.connect(folder / "inspect.sqlite3") as connection:
            connection.execute("INSERT INTO stamp VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                               (ready.STAMP, stamp))
        connection.close()
        assert ready.prepared(folder) is expected
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere")
    assert not ready.prepared(folder)


@pytest.mark.parametrize("quality", [0.5, 0.85, 1.0])
def test_invented_answers_are_complete_and_without_error_on_every_checklist(quality: float):
    day = date(2022, 3, 9)
    for checklist in compile_checklists(load_plans().values(), load_bank()).values():
        validator = Validator(checklist)
        for seed in range(10):
            judged = validator.judge(orjson.loads(orjson.dumps(answers(checklist.to_dict(), Random(seed), day, quality))), day)
            assert (judged.errors, judged.missing, judged.wanting_photos) == ([], [], []), checklist.site_type
            assert quality < 1 or judged.findings == []


def test_an_item_that_nobody_photographed_is_answered_all_the_same():
    day = date(2022, 3, 9)
    for checklist in compile_checklists(load_plans().values(), load_bank()).values():
        judged = Validator(checklist).judge(answers(checklist.to_dict(), Random(1), day, 0.85, lambda item, mark: None), day)
        assert judged.errors == [], checklist.site_type


def test_visit_days_fall_into_every_stretch_but_for_what_nobody_got_round_to():
    window = {"start": "2022-01-01", "end": "2022-12-31"}
    quarter = {"start": "2022-04-01", "end": "2022-06-30"}
    future = {"start": "2999-01-01", "end": "2999-12-31"}
    tables = [{"region": "1405", "indicators": [{"measure": "inspected", "windows": [window, future]},
                                                {"measure": "marked", "windows": [quarter]},
                                                {"measure": "reported", "windows": [{"start": "2020-01-01", "end": "2020-12-31"}]}]}]
    wanted = spans(tables, "140525", date(2023, 1, 1))
    assert wanted == [(date(2022, 4, 1), date(2022, 6, 30)), (date(2022, 1, 1), date(2022, 12, 31))]
    assert spans(tables, "120114", date(2023, 1, 1)) == []
    assert settled(wanted, date(2023, 1, 1)) == date(2022, 1, 1) and settled(wanted, date(2024, 1, 1)) == date.min
    drawn = [days(wanted, Random(seed), date(2024, 1, 1)) for seed in range(200)]
    assert all(len(each) <= 2 for each in drawn)
    inside = sum(any(date(2022, 4, 1) <= day <= date(2022, 6, 30) for day in each) for each in drawn)
    assert 160 < inside < 200
    now = [day for seed in range(200) for day in days(wanted[1:], Random(seed), date(2023, 1, 1))]
    assert 60 < sum(day >= date(2022, 12, 30) for day in now) < 120, "much of what a running stretch asks for was done just now"
