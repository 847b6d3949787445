"""Campaigns of the year and their tasks: made from windows, risk grades and gaps, done by the visits that came."""

from collections import defaultdict
from datetime import timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from checklists.plan import Plan
from checklists.state import State
from checklists.windows import all_windows
from inspect_api.fill.ground import Ground
from inspect_api.fill.records import Ledger
from inspect_api.fill.rounds import Arrival
from inspect_api.fill.shape import COUNTY, DAYS, HOUR_MS, Shape, new_id
from inspect_api.models import Campaign, History, Task
from inspect_api.models.tasks import for_indicator
from inspect_api.services import holders
from inspect_api.services.days import day_of, local_text, start_of_day
from inspect_api.services.history import Entry
from inspect_api.services.rules import DAY_MS, DEFAULTS
from sync.feed import Change

Row = dict[str, Any]
MOST = 1_500  # tasks of one campaign
DAYS_BEFORE = {"window": (320, 230, 140, 50), "risk": (90, 20), "gap": (12, 2)}  # when campaigns are made, counted from the end
MEASURES = ("inspected", "marked")


class _Aim(NamedTuple):
    title: str
    plan: str | None
    purpose: str
    source: Row
    sites: dict[int, int]  # site -> since when a visit does its task
    reason: Row | None = None


class Errands:
    """The tasks of the county. `states` are those of its sites as received, as they stand."""

    def __init__(self, shape: Shape, made: Ground, sites: list[Row], states: list[State], ledger: Ledger):
        self.shape, self.made, self.sites, self.states, self.ledger = shape, made, sites, states, ledger
        self.plans: list[Plan] = []
        self.random = shape.random("errands")
        self._to_come = sorted((shape.now - days * DAY_MS - 3 * HOUR_MS, kind)
                               for kind, all_ in DAYS_BEFORE.items() for days in all_ if days < DAYS)
        self._open: dict[int, list[Row]] = defaultdict(list)
        self._tasks: list[Row] = []
        self._history: list[Entry] = []

    def visited(self, site: int, arrival: Arrival) -> None:
        """A visit does what is open at its site; campaigns whose time has come are made before."""
        while self._to_come and self._to_come[0][0] <= arrival.at:
            self._make(*self._to_come.pop(0))
        for task in self._open.pop(site, ()):
            if arrival.at >= task["since"]:
                result = f"检查 {local_text(arrival.at)}"
                task |= {"state": "done", "result": result, "visit_id": arrival.id, "rev": 2, "field_rev": {"state": 2},
                         "updated_at": arrival.received}
                self._history.append(Entry("task", task["id"], 2, {"state": ["open", "done"], "result": ["", result]}, arrival.received,
                                           arrival.by.id, arrival.device))

    def end(self) -> None:
        """Write all tasks, and what happened to them."""
        for task in self._tasks:
            self.ledger.row(Task.__table__, task, ("reason", "field_rev"))
            self.ledger.changed(Change(task["grid"], "task", task["id"]), task["updated_at"])
        for entry in self._history:
            self.ledger.row(History.__table__, entry._asdict(), ("changes",))

    def _make(self, at: int, kind: str) -> None:
        aim = {"window": self._window, "risk": self._risk, "gap": self._gap}[kind](at)
        if aim is None:
            return
        day, campaign = day_of(at), new_id(self.random, at)
        chosen = sorted(aim.sites)[:MOST]
        due = day + timedelta(days=20)
        self.ledger.connection.execute(sa.insert(Campaign.__table__).values(
            id=campaign, org=COUNTY, region=COUNTY, plan=aim.plan, kind=kind, title=aim.title, source={"per": "site"} | aim.source, due_on=due,
            tasks=len(chosen), state="open", created_by=self.made.office.id, created_at=at, rev=1))
        for number in chosen:
            site = self.sites[number]
            task = {"id": new_id(self.random, at), "grid": site["grid"], "site_id": site["id"], "campaign_id": campaign, "title": aim.title,
                    "note": "", "reason": aim.reason, "purpose": aim.purpose, "since": aim.sites[number], "due_on": due.isoformat(),
                    "state": "open", "result": "", "visit_id": None, "rev": 1, "field_rev": None, "created_by": self.made.office.id,
                    "created_at": at, "updated_at": at}
            self._tasks.append(task)
            self._open[number].append(task)
        self.ledger.audit(at, self.made.office.id, "campaign.make", campaign, {"title": aim.title, "kind": kind, "tasks": len(chosen)})

    def _free(self, purpose: str) -> list[int]:
        """The open sites at which nothing is under way for a purpose."""
        return [n for n, site in enumerate(self.sites)
                if site["active"] and not any(task["purpose"] == purpose for task in self._open.get(n, ()))]

    def _last(self, site: int) -> int:
        last = self.states[site]["last"]
        return last[0] if last else 0

    def _window(self, at: int) -> _Aim | None:
        day = day_of(at)
        quarters = [(plan, one) for plan in self.plans for one in all_windows(plan) if "Q" in one.key and one.start <= day <= one.end]
        if not quarters:
            return None
        plan, window = quarters[0]
        since, purpose = start_of_day(window.start), f"window|{plan.id}|{window.key}"
        kinds = self.random.sample(sorted({site["type"] for site in self.sites}), 3)
        found = {n: since for n in self._free(purpose) if self.sites[n]["type"] in kinds and self._last(n) < since}
        return _Aim(f"{window.title}检查", plan.id, purpose, {"window": window.key, "site_types": sorted(kinds)}, found) if found else None

    def _risk(self, at: int) -> _Aim | None:
        since = {grade: at - 365 * DAY_MS // times for grade, times in DEFAULTS.frequencies.items()}
        found = {n: since[grade] for n in self._free("risk") if (grade := self.sites[n]["risk_grade"]) and self._last(n) < since[grade]}
        return _Aim("按风险等级检查", None, "risk", {}, found) if found else None

    def _gap(self, at: int) -> _Aim | None:
        day, best = day_of(at), None
        for plan in self.plans:
            for indicator in (one for one in plan.indicators if one.measure in MEASURES):
                asked = holders.track(plan, indicator, None, day)
                purpose = for_indicator(plan.id, indicator.id)
                found = [n for n in self._free(purpose) if asked.state(self.states[n]["sums"].get(asked.key)) == "missing"]
                if found and (best is None or len(found) > len(best.sites)):
                    best = _Aim(f"补齐：{indicator.title}"[:200], plan.id, purpose, {"indicator": indicator.id, "basis": "received"},
                                dict.fromkeys(found, start_of_day(asked.window.start)), {"plan": plan.id, "indicator": indicator.id})
        return best
