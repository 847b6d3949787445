"""Where a pull resumes: cursors survive the wire, scope moves, floors and epochs are noticed, pages add up to the whole."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.feed import DELETED, MOVED, PUT, Change
from sync.pull import At, Cursor, CursorError, Gone, Page, areas_of, decode, pull
from tests.support.dictionary import DictFeed

A, B, C = "14052510020001", "14052510020002", "14052610020001"
TOWN, COUNTY, OTHER = "140525100", "140525", "140526"


def feed(*changes: Change) -> DictFeed:
    """A feed in which these changes happened one after the other."""
    made = DictFeed()
    for one in changes:
        made.append([one])
    return made


def put(bucket: str, id_: str, op: str = PUT) -> Change:
    return Change(bucket, "site", id_, op)


def told(page: Page) -> list[tuple[str, str, str]]:
    return [(entry.bucket, entry.id, entry.op) for entry in page.entries]


@given(st.text(max_size=10), st.dictionaries(st.sampled_from([A, B, TOWN]), st.integers(0, 100)),
       st.none() | st.builds(At, st.text("abc"), st.just(COUNTY), st.integers(0, 9), st.integers(0, 9), st.just(A), st.integers(0, 9)))
def test_a_cursor_survives_the_wire(epoch: str, seqs: dict[str, int], at: Any):
    assert decode(Cursor(epoch, seqs, at).encode()) == Cursor(epoch, seqs, at)


@given(st.text(max_size=60))
def test_a_text_that_is_no_cursor_is_refused_and_breaks_nothing(text: str):
    try:
        decode(text)
    except CursorError:
        pass


@pytest.mark.parametrize("content", [b"[1]", b"[1,2]", b'["e",{"a":-1}]', b'["e",{"a":1.5}]', b'["e",{},[1]]', b'["e",{},3]',
                                     b'["e",{},["s","o",1,2,"b","x"]]', b"{}", b"null", b'["e",{"a":true}]'])
def test_a_cursor_of_another_shape_is_refused(content: bytes):
    import base64
    with pytest.raises(CursorError):
        decode(base64.urlsafe_b64encode(content).decode())


def test_a_first_pull_has_everything_of_the_scope_and_no_tombstones():
    made = feed(put(A, "1"), put(A, "2", DELETED), put(B, "3"), put(f"{COUNTY}/*", "c"), put(f"{A}/me", "v"), put(f"{A}/you", "w"))
    assert told(pull(made, None, [A], "me", 10)) == [(f"{COUNTY}/*", "c", PUT), (A, "1", PUT), (f"{A}/me", "v", PUT)]


def test_the_next_pull_has_what_changed_since_with_tombstones():
    made = feed(put(A, "1"), put(A, "2"))
    cursor = pull(made, None, [A], "me", 10).cursor
    made.append([put(A, "2", MOVED), put(B, "2"), put(A, "3")])
    assert told(pull(made, cursor, [A], "me", 10)) == [(A, "2", MOVED), (A, "3", PUT)]


def test_when_nothing_changed_the_cursor_stays_though_the_clock_went_on():
    made = feed(put(A, "1"))
    cursor = pull(made, None, [A], "me", 10).cursor
    made.append([put(B, "9")])
    page = pull(made, cursor, [A], "me", 10)
    assert (page.entries, page.cursor, page.unchanged, page.has_more) == ([], cursor, True, False)


def test_a_gained_grid_comes_whole_and_a_lost_one_is_dropped():
    made = feed(put(A, "1"), put(B, "2"), put(f"{A}/me", "v"))
    cursor = pull(made, None, [A], "me", 10).cursor
    page = pull(made, cursor, [B], "me", 10)
    assert (told(page), page.drop) == ([(B, "2", PUT)], [A])
    back = pull(made, page.cursor, [A], "me", 10)
    assert (told(back), back.drop) == ([(A, "1", PUT), (f"{A}/me", "v", PUT)], [B])


def test_a_scope_that_widens_sends_only_what_is_new_in_it():
    made = feed(put(A, "1"), put(B, "2"), put(TOWN, "t"))
    cursor = pull(made, None, [A], "me", 10).cursor
    page = pull(made, cursor, [TOWN], "me", 10)
    assert (sorted(told(page)), page.drop) == ([(TOWN, "t", PUT), (B, "2", PUT)], [])


def test_a_scope_that_narrows_drops_exactly_what_is_lost():
    made = feed(put(A, "1"), put(B, "2"), put(TOWN, "t"))
    cursor = pull(made, None, [TOWN], "me", 10).cursor
    page = pull(made, cursor, [A], "me", 10)
    assert (told(page), page.drop) == ([], [TOWN, B])


def test_a_scope_above_the_counties_reads_each_of_them_and_loses_everyone_s_bucket_with_the_county():
    made = feed(put(A, "1"), put(C, "2"), put(f"{OTHER}/*", "c"))
    assert areas_of(made, ["1405"]) == [COUNTY, f"{COUNTY}/*", OTHER, f"{OTHER}/*"]
    page = pull(made, None, ["1405"], "me", 10)
    assert sorted(told(page)) == [(A, "1", PUT), (f"{OTHER}/*", "c", PUT), (C, "2", PUT)]
    assert pull(made, page.cursor, [COUNTY], "me", 10).drop == [f"{OTHER}/*", C]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("regions", [[A], [A, B], [TOWN], [COUNTY], ["1405"], [""], [A, C]])
def test_pages_of_any_size_add_up_to_the_whole_and_never_exceed_it(size: int, regions: list[str]):
    made = feed(*(put(bucket, f"{bucket}-{n}") for n in range(5) for bucket in (A, B, C, TOWN, f"{A}/me", f"{COUNTY}/*")))
    whole = told(pull(made, None, regions, "me", 1000))
    found, cursor, more = [], None, True
    while more:
        page = pull(made, cursor, regions, "me", size)
        assert len(page.entries) <= size
        found, cursor, more = found + told(page), page.cursor, page.has_more
    assert sorted(found) == sorted(whole) and len(set(found)) == len(found)


def test_what_changes_while_a_phone_pages_is_told_in_the_end_and_once():
    made = feed(*(put(A, str(n)) for n in range(4)))
    page = pull(made, None, [A], "me", 2)
    assert told(page) == [(A, "0", PUT), (A, "1", PUT)]
    made.append([put(A, "0"), put(A, "9")])
    found, more, cursor = [], True, page.cursor
    while more:
        page = pull(made, cursor, [A], "me", 2)
        found, more, cursor = found + [entry.id for entry in page.entries], page.has_more, page.cursor
    assert found == ["2", "3", "0", "9"]


def test_a_cursor_of_another_epoch_or_ahead_of_the_clock_begins_anew():
    made = feed(put(A, "1"))
    cursor = pull(made, None, [A], "me", 10).cursor
    made.clock[COUNTY] = 0
    with pytest.raises(Gone) as gone:
        pull(made, cursor, [A], "me", 10)
    assert gone.value.code == "epoch-changed"
    made.clock[COUNTY], made.name = 5, "another"
    with pytest.raises(Gone) as gone:
        pull(made, cursor, [A], "me", 10)
    assert gone.value.code == "epoch-changed"


def test_a_cursor_below_a_floor_begins_anew_and_never_gets_a_part():
    made = feed(put(A, "1"), put(B, "2"))
    cursor, other = pull(made, None, [A], "me", 10).cursor, pull(made, None, [B], "me", 10).cursor
    made.append([put(A, "1", DELETED)])
    made.compact()
    with pytest.raises(Gone) as gone:
        pull(made, cursor, [A], "me", 10)
    assert gone.value.code == "cursor-expired"
    assert told(pull(made, other, [B], "me", 10)) == [], "whose grid lost nothing goes on"
    assert told(pull(made, None, [A], "me", 10)) == []


def test_the_floor_of_somebody_else_s_rows_troubles_nobody():
    made = feed(put(A, "1"), put(f"{A}/you", "v"))
    cursor = pull(made, None, [A], "me", 10).cursor
    made.append([put(f"{A}/you", "v", DELETED)])
    made.compact()
    assert pull(made, cursor, [A], "me", 10).unchanged


def test_a_scope_that_changes_in_the_middle_of_a_round_begins_anew():
    made = feed(*(put(A, str(n)) for n in range(4)))
    cursor = pull(made, None, [A], "me", 2).cursor
    with pytest.raises(Gone):
        pull(made, cursor, [A, B], "me", 2)


def test_types_that_are_not_asked_for_are_left_out():
    made = feed(put(A, "1"), Change(A, "task", "t"))
    assert [entry.id for entry in pull(made, None, [A], "me", 10, ("task",)).entries] == ["t"]


def test_who_has_no_region_sees_nothing():
    assert told(pull(feed(put(A, "1"), put(f"{COUNTY}/*", "c")), None, [], "me", 10)) == []


def test_tombstones_that_are_collected_while_a_page_is_read_are_not_missed():
    class Collecting(DictFeed):
        """A feed whose tombstones are collected at the worst moment."""

        def after(self, *asked: Any) -> Any:
            self.compact()
            return super().after(*asked)

    made = Collecting()
    made.append([put(A, "1")])
    cursor = pull(made, None, [A], "me", 10).cursor
    made.append([put(A, "1", DELETED)])
    with pytest.raises(Gone):
        pull(made, cursor, [A], "me", 10)
