"""The steps of offices, as the fold and the lists need them: what stands now, from all that was said.

A case is an item and the first version of the visit that found it: an amendment of that visit finds the same.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from checklists.state import Said, Words
from inspect_api.models import RectificationStep

_FINDINGS = uuid.UUID("2f1f9d0e-8d2f-4b83-9a8e-0d4f3c1f7a55")
_STEPS = RectificationStep.__table__


def finding_id(visit_id: str, link_id: str) -> str:
    """The id of the finding that a visit opens on an item: the same whenever it is computed."""
    return str(uuid.uuid5(_FINDINGS, visit_id + link_id))


@dataclass(slots=True)
class Standing:
    """What the steps of a case come to. `recheck`: which visit the sign-off took for proof; `waived`: since when (ms) without one."""

    due: str | None = None
    notice: str | None = None
    evidence: bool = False
    supervised: bool = False
    escalated: bool = False
    recheck: str | None = None
    waived: int | None = None
    rev: int = 0

    def take(self, step: Mapping[str, Any]) -> None:
        """One further step, in order."""
        kind, data = step["kind"], step["data"]
        self.rev = step["n"]
        if kind == "deadline":
            self.due = data["due_on"]
        elif kind == "notice":
            self.notice = data["number"]
        elif kind == "evidence":
            self.evidence = True
        elif kind in ("supervise", "unsupervise"):
            self.supervised = kind == "supervise"
        elif kind == "escalate":
            self.escalated = True
        elif kind == "sign_off":
            self.recheck, self.waived = data.get("recheck"), None if data.get("recheck") else step["at"]
        elif kind == "reopen":
            self.recheck, self.waived, self.evidence = None, None, False

    def columns(self, closed_by: str | None) -> dict[str, Any]:
        """The columns of a finding that follow, `closed_by` being the visit that proves it mended. A sign-off by a recheck that no
        longer proves it holds no more.
        """
        signed = self.waived is not None or closed_by is not None and closed_by == self.recheck
        if signed:
            stage = "closed"
        elif closed_by is not None:
            stage = "to_sign"
        else:
            stage = "evidence" if self.evidence else "notified" if self.notice else "open"
        return {"stage": stage, "waits": "" if signed else "mend" if closed_by is None else "sign", "notice_number": self.notice,
                "supervised": self.supervised and not signed, "escalated": self.escalated and not signed}


def standing(steps: Iterable[Mapping[str, Any]]) -> Standing:
    """What the steps of one case, in order, come to."""
    found = Standing()
    for step in steps:
        found.take(step)
    return found


class Cases:
    """The cases of some sites, and to which case the visits of those sites belong. One statement."""

    def __init__(self, connection: Connection, site_ids: Iterable[str], visits: Iterable[Any]):
        """`visits`: rows of all visits of the sites, with `id`, `site_id` and `replaces`."""
        before = {visit.id: visit.replaces for visit in visits}
        self._roots = {id_: _root(id_, before) for id_, replaces in before.items() if replaces is not None}
        self.standing: dict[str, Standing] = defaultdict(Standing)
        self._said: dict[str, list[tuple[str, str]]] = defaultdict(list)  # site -> (first visit, item)
        ids = sorted(site_ids)
        rows = connection.execute(sa.select(_STEPS).where(_STEPS.c.site_id.in_(ids)).order_by(_STEPS.c.finding_id, _STEPS.c.n)).mappings() if ids else ()
        for row in rows:
            if row["n"] == 1:
                self._said[row["site_id"]].append((row["visit_id"], row["link_id"]))
            self.standing[row["finding_id"]].take(row)
        self._versions: dict[str, list[str]] = defaultdict(list)
        for id_, root in self._roots.items():
            self._versions[root].append(id_)

    def root(self, visit_id: str) -> str:
        """The first version of a visit; itself, when it amends none."""
        return self._roots.get(visit_id, visit_id)

    def words(self, site_id: str) -> Words:
        """What offices said of the findings of a site, for every version of the visits that found them."""
        said = {}
        for root, link_id in self._said.get(site_id, ()):
            now = self.standing[finding_id(root, link_id)]
            for version in (root, *self._versions.get(root, ())):
                said[(version, link_id)] = Said(now.due, now.waived)
        return said


def _root(visit_id: str, before: Mapping[str, str | None]) -> str:
    while (older := before.get(visit_id)) is not None:
        visit_id = older
    return visit_id
