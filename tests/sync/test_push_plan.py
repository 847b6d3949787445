"""What the pure floor decides about a batch: replayed, reused, new; and how operations are read."""

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.operation import Operation, PushError, parse_instant, parse_operation, parse_push
from sync.push import WIRE_MS, Stored, clock_offset, implausible, sort_out

JSON = st.recursive(st.none() | st.booleans() | st.integers(-2**53, 2**53) | st.floats(allow_nan=False, allow_infinity=False)
                    | st.text(max_size=10), lambda inner: st.lists(inner, max_size=3)
                    | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=8)


def raw(n: int = 1, op: int = 1, **more: Any) -> dict[str, Any]:
    return {"n": n, "op": str(uuid.UUID(int=op)), "t": "visit", "id": str(uuid.UUID(int=op + 1000)), "kind": "create",
            "base": None, "was": {}, "set": {}, "at": "2021-05-01T09:30:00+08:00"} | more


def operation(**more: Any) -> Operation:
    return parse_operation(raw(**more), "a")


def stored(one: Operation, device: str = "a", owner: str = "王") -> Stored:
    return Stored(one.op, owner, device, one.n, one.digest, {"n": one.n, "op": one.op, "status": "applied", "replay": False})


def test_an_operation_answered_before_gets_its_stored_result():
    one = operation()
    batch = sort_out([one], [stored(one)], "a", "王")
    assert batch.results[0]["replay"] and not batch.fresh and not batch.reused


def test_the_same_operation_twice_in_a_batch_is_done_once():
    batch = sort_out([operation(), operation()], [], "a", "王")
    assert len(batch.fresh) == 1 and batch.twins == {1: 0}


def test_the_same_id_with_another_payload_is_a_restored_backup():
    batch = sort_out([operation(set={"note": "别的"})], [stored(operation())], "a", "王")
    assert len(batch.reused) == 1 and not batch.fresh


def test_the_same_number_with_another_id_is_a_restored_backup():
    batch = sort_out([operation(op=2)], [stored(operation(op=1))], "a", "王")
    assert len(batch.reused) == 1


def test_two_devices_may_use_the_same_number():
    batch = sort_out([operation(op=2)], [stored(operation(op=1), "b")], "a", "王")
    assert len(batch.fresh) == 1


def test_an_operation_of_another_person_is_not_replayed_to_this_one():
    one = operation()
    batch = sort_out([one], [stored(one, "b", "李")], "a", "王")
    assert batch.reused == [one]


def test_a_restored_phone_under_a_new_id_gets_the_results_of_what_it_sent_before():
    one = operation()
    batch = sort_out([one], [stored(one, "the old id")], "a", "王")
    assert batch.results[0]["replay"] and not batch.reused


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2)), max_size=8),
       st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2)), max_size=4))
def test_every_operation_of_a_batch_has_exactly_one_fate(wanted: list, before: list):
    operations = [operation(n=n, op=op, set={"x": x}) for n, op, x in wanted]
    known = {one.op: stored(one) for one in (operation(n=n, op=op, set={"x": x}) for n, op, x in before)}
    batch = sort_out(operations, known.values(), "a", "王")
    fates = sorted([*batch.results, *batch.twins, *(position for position, _ in batch.fresh)])
    assert len(fates) + len(batch.reused) == len(operations)
    assert len(set(fates)) == len(fates)


@given(JSON)
def test_no_operation_whatever_it_holds_breaks_the_reader(anything: Any):
    one = parse_operation(anything, "a")
    assert one.raw == anything and uuid.UUID(one.op)
    assert one.error


@given(st.dictionaries(st.sampled_from(["n", "op", "t", "id", "kind", "base", "was", "set", "at"]), JSON))
def test_a_half_right_operation_is_told_what_is_wrong_and_kept(parts: dict[str, Any]):
    one = parse_operation(raw() | parts, "a")
    assert one.raw == raw() | parts
    assert one.error is None or isinstance(one.error, str)


@pytest.mark.parametrize(("body", "field"), [
    ([], ""), ({}, "device_id"), ({"device_id": "a"}, "ops"), ({"device_id": "a", "ops": {}}, "ops"),
    ({"device_id": "a", "ops": []}, "sent_at"), ({"device_id": "a", "ops": [], "sent_at": "2021-05-01T09:30:00"}, "sent_at"),
    ({"device_id": "a", "ops": [], "sent_at": "2021-05-01T09:30:00Z", "schema": 3}, "schema"),
    ({"device_id": "a", "ops": [], "sent_at": "2021-05-01T09:30:00Z", "schema": True}, "schema"),
    ({"device_id": "a", "ops": [], "sent_at": "2021-05-01T09:30:00Z", "acked": -1}, "acked"),
    ({"device_id": "a", "ops": [], "sent_at": "2021-05-01T09:30:00Z", "unsent": "3"}, "unsent"),
    ({"device_id": "a" * 65, "ops": []}, "device_id")])
def test_an_unreadable_envelope_is_named_by_its_field(body: Any, field: str):
    with pytest.raises(PushError) as error:
        parse_push(body, "a")
    assert error.value.field == field


def test_a_time_without_a_zone_is_refused_and_one_with_a_zone_is_exact():
    assert parse_instant("1970-01-01T08:00:00.001+08:00") == 1
    with pytest.raises(ValueError, match="时区"):
        parse_instant("1970-01-01T08:00:00")


@given(st.integers(-10**11, 10**11), st.integers(0, 10**12))
def test_a_visit_s_corrected_time_does_not_depend_on_the_phone_s_clock(error: int, ago: int):
    now = 1_700_000_000_000
    sent_by_phone, visit_by_phone = now + error, now + error - ago
    assert abs(visit_by_phone + clock_offset(sent_by_phone, now) - (now - ago)) < WIRE_MS


def test_a_difference_of_a_few_seconds_is_the_wire_s_and_not_the_clock_s():
    assert clock_offset(1_000_000, 1_000_000 + WIRE_MS - 1) == 0
    assert clock_offset(1_000_000, 1_000_000 + WIRE_MS) == WIRE_MS


def test_a_time_in_the_future_is_implausible_and_one_long_ago_is_not():
    now = 1_700_000_000_000
    assert implausible(now + 86_400_001, now, 86_400_000)
    assert implausible(now + 86_400_000, now, 86_400_000) is None
    assert implausible(now - 3 * 365 * 86_400_000, now, 86_400_000) is None
    assert implausible(0, now, 86_400_000)
