"""What offices decide on a visit, and when: most are approved within days, some returned and answered again, few rejected."""

from random import Random
from typing import Any, NamedTuple

from inspect_api.fill.ground import Ground, Person
from inspect_api.fill.shape import HOUR_MS, Shape, new_id
from inspect_api.services.queue import AGAIN, NEW, RETURNED, SECOND
from inspect_api.services.rules import DAY_MS

Row = dict[str, Any]
RETURN, REJECT = 0.02, 0.005  # of the visits
ANSWERED = 0.8  # of the returned ones
FORGOTTEN = 0.0005  # nobody gets round to them
REASONS = ("照片看不清，请补拍", "台账日期与现场不一致，请核对", "有两项漏填，请补充", "处置情况没有写明")


class Decided(NamedTuple):
    """The columns that follow, the decisions for the audit (at, actor, action, note), and when and as what the visit is amended."""

    columns: Row
    told: list[tuple[int, str, str, Row]]
    amended: tuple[int, str] | None = None


class Decisions:
    """The offices of the towns. The first reviewer of a town decides, the second gives second approvals, the county where that one made the visit."""

    def __init__(self, shape: Shape, made: Ground):
        self.shape, self.made = shape, made

    def on(self, random: Random, visit: Row, findings: int, by: Person) -> Decided:
        """All that is decided by the end of the year on a visit that arrived."""
        arrived, again = visit["received_at"], visit["replaces"] is not None
        waits = _waiting(AGAIN if again else NEW, arrived, 1)
        at = arrived + HOUR_MS + int(random.expovariate(1 / DAY_MS))
        drawn = random.random()
        if at >= self.shape.now or drawn < FORGOTTEN:
            return Decided(waits, [])
        one, other = self.made.reviewers[visit["grid"][:9]]
        if not again and drawn > 1 - REJECT:
            note = {"reason": "不是本网格的主体", "items": {}}
            return Decided(_decided("rejected", at, one, note, 2, {"queued_at": at}), [(at, one.id, "visit.reject", note)])
        if not again and drawn > 1 - REJECT - RETURN and by.role == "supervisor":
            return self._returned(random, at, one)
        note = {"reason": "", "items": {}}
        if not findings:
            return Decided(_decided("approved", at, one, note, 2, {"queued_at": arrived}), [(at, one.id, "visit.approve", note)])
        first = {"approved_first_by": one.id, "approved_first_at": at}
        told = [(at, one.id, "visit.approve-first", note)]
        second = other if by.id != other.id else self.made.office
        at += HOUR_MS + int(random.expovariate(1 / DAY_MS))
        if at >= self.shape.now:
            return Decided(waits | first | {"queue": SECOND, "rev": 2}, told)
        return Decided(_decided("approved", at, second, note, 3, {"queued_at": arrived} | first), [*told, (at, second.id, "visit.approve", note)])

    def _returned(self, random: Random, at: int, one: Person) -> Decided:
        note = {"reason": random.choice(REASONS), "items": {}}
        told = [(at, one.id, "visit.return", note)]
        again = at + HOUR_MS + int(random.expovariate(1 / DAY_MS))
        if random.random() >= ANSWERED or again >= self.shape.now - HOUR_MS:
            return Decided(_decided("returned", at, one, note, 2, {"queue": RETURNED, "queued_at": at}), told)
        amendment = new_id(random, again)
        return Decided(_decided("returned", at, one, note, 3, {"queued_at": at, "replaced_by": amendment}), told, (again, amendment))


def _waiting(queue: str, since: int, rev: int) -> Row:
    return {"review": "received", "reviewed_by": None, "reviewed_at": None, "review_note": None, "queue": queue, "queued_at": since, "rev": rev,
            "replaced_by": None}


def _decided(review: str, at: int, by: Person, note: Row, rev: int, more: Row) -> Row:
    return {"review": review, "reviewed_by": by.id, "reviewed_at": at, "review_note": note, "queue": "", "rev": rev, "replaced_by": None} | more
