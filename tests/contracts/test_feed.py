"""One contract for every keeper of the feed: the dictionary of the tests, and SQL on both databases."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from inspect_api.db import reading, transaction
from inspect_api.services import compaction
from inspect_api.services.changes import append
from inspect_api.services.pull.feed import SqlFeed
from sync.feed import DELETED, MOVED, PUT, Change
from tests.support.dictionary import DictFeed

A, B, TOWN, COUNTY, FAR = "99990110020001", "99990110020002", "999901100", "999901", "99990200000001"


class Kept:
    """A feed that can be written and read."""

    def __init__(self, write: Callable[[list[Change]], None], read: Callable[[Callable[[Any], Any]], Any], compact: Callable[[], Any]):
        self.write, self.read, self.compact = write, read, compact

    def ask(self, name: str, *arguments: Any) -> Any:
        """A question to the feed."""
        return self.read(lambda feed: getattr(feed, name)(*arguments))

    def all(self, org: str, buckets: list[str], **more: Any) -> list[tuple[str, str, str]]:
        found = self.ask("after", org, buckets, more.get("seq", 0), more.get("upto", 10**6), more.get("limit", 100), more.get("types"))
        return [(entry.bucket, entry.id, entry.op) for entry in found]


@pytest.fixture(params=["dictionary", "sqlite", "postgres"])
def feed(request: pytest.FixtureRequest) -> Any:
    """Each keeper in turn, without an entry of the organisations of this test."""
    if request.param == "dictionary":
        made = DictFeed()
        yield Kept(made.append, lambda ask: ask(made), made.compact)
        return
    with request.getfixturevalue(f"{request.param}_template").copy() as app:
        yield on_sql(app)


def on_sql(app: Flask) -> Kept:
    def write(changed: list[Change]) -> None:
        with app.app_context():
            transaction(lambda c: append(c, changed))

    def read(ask: Callable[[Any], Any]) -> Any:
        with app.app_context(), reading() as connection:
            return ask(SqlFeed(connection))

    def compact() -> None:
        with app.app_context():
            compaction.tombstones(2**60)

    return Kept(write, read, compact)


def site(bucket: str, id_: str, op: str = PUT) -> Change:
    return Change(bucket, "other", id_, op)


def test_a_clock_begins_with_the_first_change_and_counts_each(feed: Kept):
    assert feed.ask("clocks", [COUNTY]) == {}
    feed.write([site(A, "1"), site(A, "2")])
    feed.write([site(A, "1")])
    assert feed.ask("clocks", [COUNTY, "000000"]) == {COUNTY: 3}


def test_organisations_have_clocks_and_sequences_of_their_own(feed: Kept):
    feed.write([site(A, "1"), site(FAR, "2"), site(FAR, "3")])
    assert feed.ask("clocks", [COUNTY, FAR[:6]]) == {COUNTY: 1, FAR[:6]: 2}
    assert feed.ask("organisations", "9999") == [COUNTY, FAR[:6]]
    assert feed.all(FAR[:6], [A, FAR]) == [(FAR, "2", PUT), (FAR, "3", PUT)]


def test_a_row_has_one_entry_in_a_bucket_at_its_newest_sequence(feed: Kept):
    feed.write([site(A, "1"), site(A, "2")])
    feed.write([site(A, "1", DELETED)])
    assert feed.all(COUNTY, [A]) == [(A, "2", PUT), (A, "1", DELETED)]


def test_of_two_changes_of_a_row_in_one_transaction_the_last_stands(feed: Kept):
    feed.write([site(A, "1"), site(A, "1", DELETED)])
    feed.write([site(B, "1", MOVED), site(B, "1")])
    assert feed.all(COUNTY, [A, B]) == [(A, "1", DELETED), (B, "1", PUT)]


def test_entries_come_by_bucket_and_sequence_within_a_range_and_a_limit(feed: Kept):
    for n in range(3):
        feed.write([site(B, f"b{n}"), site(A, f"a{n}")])
    assert [id_ for _, id_, _ in feed.all(COUNTY, [A, B])] == ["a0", "a1", "a2", "b0", "b1", "b2"]
    assert [id_ for _, id_, _ in feed.all(COUNTY, [A, B], seq=2, upto=4)] == ["a1", "b1"]
    assert [id_ for _, id_, _ in feed.all(COUNTY, [A, B], limit=4)] == ["a0", "a1", "a2", "b0"]
    assert feed.all(COUNTY, [A], types=["site"]) == [] and len(feed.all(COUNTY, [A], types=["other", "site"])) == 3


def test_the_buckets_of_an_area_are_shared_ones_and_one_s_own(feed: Kept):
    feed.write([site(bucket, "1") for bucket in (A, B, TOWN, f"{A}/me", f"{A}/you", f"{COUNTY}/*", COUNTY, FAR)])
    assert feed.ask("buckets", COUNTY, "me") == [COUNTY, TOWN, A, f"{A}/me", B]
    assert feed.ask("buckets", TOWN, "you") == [TOWN, A, f"{A}/you", B]
    assert feed.ask("buckets", TOWN, None) == [TOWN, A, f"{A}/me", f"{A}/you", B]
    assert feed.ask("buckets", "999901199", "me") == []


def test_collected_tombstones_leave_a_floor_and_rows_stay(feed: Kept):
    feed.write([site(A, "1"), site(A, "2"), site(B, "3")])
    feed.write([site(A, "1", DELETED)])
    feed.compact()
    assert feed.ask("floors", [COUNTY]) == feed.ask("floors", [A]) == {A: 4}
    assert feed.ask("floors", [B, f"{COUNTY}/*"]) == feed.ask("floors", []) == {}
    assert feed.all(COUNTY, [A, B]) == [(A, "2", PUT), (B, "3", PUT)]
    feed.write([site(A, "1")])
    feed.compact()
    assert feed.ask("floors", [COUNTY]) == {A: 4} and len(feed.all(COUNTY, [A])) == 2
