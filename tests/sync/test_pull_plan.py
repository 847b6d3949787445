"""Where a pull resumes: cursors survive the wire, scope moves, floors and epochs are noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.pull import Cursor, CursorError, Gone, advanced, decode, resume

buckets = st.sampled_from(["14052510020001", "14052510020002", "140525"])
seen = st.dictionaries(buckets, st.integers(0, 100))


@given(st.text(max_size=10), seen)
def test_a_cursor_survives_the_wire(epoch: str, seqs: dict[str, int]):
    assert decode(Cursor(epoch, seqs).encode()) == Cursor(epoch, seqs)


@given(st.text(max_size=60))
def test_a_text_that_is_no_cursor_is_refused_and_breaks_nothing(text: str):
    try:
        decode(text)
    except CursorError:
        pass


def test_a_first_pull_starts_everywhere_from_nothing():
    assert resume(None, "e", 9, ["b", "a"], {}).after == {"a": 0, "b": 0}


def test_a_gained_bucket_starts_from_nothing_and_a_lost_one_is_dropped():
    going = resume(Cursor("e", {"a": 5, "b": 5}), "e", 9, ["b", "c"], {})
    assert going.after == {"b": 5, "c": 0} and going.drop == ["a"]


@pytest.mark.parametrize(("cursor", "code"), [
    (Cursor("other", {"a": 5}), "epoch-changed"), (Cursor("e", {"a": 10}), "epoch-changed"),
    (Cursor("e", {"a": 3}), "cursor-expired")])
def test_a_cursor_that_cannot_be_served_says_why(cursor: Cursor, code: str):
    with pytest.raises(Gone) as gone:
        resume(cursor, "e", 9, ["a"], {"a": 4})
    assert gone.value.code == code


def test_a_first_pull_of_a_bucket_is_above_every_floor():
    assert resume(Cursor("e", {}), "e", 9, ["a"], {"a": 4}).after == {"a": 0}


@given(seen, st.integers(0, 100), st.integers(0, 100), st.booleans())
def test_a_cursor_never_goes_back(seqs: dict[str, int], last: int, top: int, more: bool):
    going = resume(Cursor("e", seqs), "e", 100, seqs, {})
    after = advanced("e", going, last, top, more).seen
    assert all(after[bucket] >= seq for bucket, seq in seqs.items())
