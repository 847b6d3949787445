"""The walk: phones through the demo counties, offices behind them, all over HTTP. Nothing here touches the database."""

import hashlib
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from inspect_api.demo import campaigns, offices
from inspect_api.demo.camera import ODD
from inspect_api.demo.ledger import bring_up_to_date
from inspect_api.demo.mending import rectify
from inspect_api.demo.phones import Person, Phone, Tally, WalkError
from inspect_api.demo.rounds import Round
from inspect_api.demo.schedule import spans
from inspect_api.demo.uploads import Lane
from inspect_api.demo.world import User

Tables = dict[str, dict[str, dict[str, Any]]]  # plan -> basis -> answer of GET /plans/{id}/indicators
SAMPLE = 20  # acknowledged photos that are read back
Bar = Callable[[str], AbstractContextManager[Callable[[int, int], None]]]


@dataclass(frozen=True, slots=True)
class Walked:
    """What came of a walk: the indicators before and after, the counts, and acknowledged visits that are not there.

    `sample` are the names of acknowledged photos that were read back, `damaged` those of them that came back with other bytes.
    """

    before: Tables
    after: Tables
    tally: Tally
    missing: set[str]
    sample: list[str]
    damaged: set[str]
    seconds: float


class Steps:
    """A progress bar that many threads advance, and whose end is found out on the way."""

    def __init__(self, update: Callable[[int, int], None], total: int):
        self._update, self._total, self._done = update, total, 0
        self._lock = threading.Lock()

    def expect(self, more: int) -> None:
        """There is more to do than was known."""
        with self._lock:
            self._total += more
            self._update(self._done, max(self._total, 1))

    def __call__(self, done: int) -> None:
        """So much more is done."""
        with self._lock:
            self._done += done
            self._total = max(self._total, self._done)
            self._update(self._done, max(self._total, 1))


class Walk:
    """One walk. `users` are the accounts to log in with; `towns` limits how many townships of a county are walked."""

    def __init__(self, url: str, password: str, users: Iterable[User], counties: Iterable[str], today: date, *,
                 seed: int, towns: int | None = None, phones: int = 4, bar: Bar):
        self.url, self.password, self.today, self.seed, self.bar = url, password, today, seed, bar
        self.phones, self.tally = phones, Tally()
        self.users = {user.login: user for user in users}
        self.counties = tuple(counties)
        self.towns = [town for county in self.counties for town in sorted(
            user.regions[0] for user in self.users.values()
            if user.role == "supervisor" and user.regions[0].startswith(county))[:towns]]
        self._people: list[Person] = []
        self._album = Path()

    def run(self) -> Walked:
        """Walk. Raises WalkError or httpx.HTTPError when the server cannot be walked on."""
        with tempfile.TemporaryDirectory(prefix="demo-photos-") as album:
            self._album = Path(album)
            try:
                return self._run(time.perf_counter())
            finally:
                for person in self._people:
                    person.close()

    def _run(self, started: float) -> Walked:
        admin = self._person("admin")
        before = tables(admin)
        self.seed = self.seed if self._first(admin) else Random().getrandbits(32)  # a second walk is another one
        rounds = self._push(before)
        returned = self._review(rounds)
        self._amend(rounds, returned)
        self._rectify()
        self._report(before)
        self._ledgers()
        self._ask_again()
        missing = self.tally.acknowledged - set(self._present(admin))
        stored = sorted(self.tally.stored)
        sample = self._random("sample").sample(stored, min(SAMPLE, len(stored)))
        damaged = {name for name in sample if not _is_there(admin, name)}
        return Walked(before, tables(admin), self.tally, missing, sample, damaged, time.perf_counter() - started)

    def _person(self, login: str, kind: type[Person] = Person) -> Any:
        person = kind(self.url, login, self.password, self.tally)
        self._people.append(person)
        return person

    def _random(self, *parts: Any) -> Random:
        return Random(":".join(map(str, (self.seed, *parts))))

    def _first(self, admin: Person) -> bool:
        return not any(admin.get("/api/v1/visits", region=county, limit=1)["visits"] for county in self.counties)

    def _each(self, work: Callable[[Any], Any], things: Iterable[Any]) -> list[Any]:
        with ThreadPoolExecutor(self.phones) as pool:
            return list(pool.map(work, things))

    def _push(self, before: Tables) -> dict[str, Round]:
        """Every township: its supervisor's round, then the office's own inspections."""
        found = {county: spans((bases["received"] for bases in before.values()), county, self.today) for county in self.counties}

        def town(numbered: tuple[int, str]) -> tuple[str, Round]:
            number, code = numbered
            odd = ODD if code == next(one for one in self.towns if one.startswith(code[:6])) else ()
            walked = self._round(f"sup-{code}", code, found[code[:6]], number, steps, odd)
            steps.expect(len(walked.sites))
            walked.walk()
            self._round(f"rev-{code}", code, found[code[:6]], number, steps).inspect("李示例")
            return code, walked

        with self.bar("手机推送检查") as update:
            steps = Steps(update, len(self.towns))
            return dict(self._each(town, enumerate(self.towns)))

    def _round(self, login: str, town: str, spans: list, number: int, steps: Steps, odd: Iterable[str] = ()) -> Round:
        phone = self._person(login, Phone)
        return Round(phone, Lane(phone, self._album), town, spans, self.today, self._random(login), number, steps, odd)

    def _review(self, rounds: dict[str, Round]) -> dict[str, list[str]]:
        """Townships review patrols; counties review what the townships' own officers inspected."""
        def town(code: str) -> tuple[str, list[str]]:
            random = self._random("review", code)
            county = self._person(f"county-{code[:6]}")
            offices.review(county, code, "inspection", random, steps)
            return code, offices.review(self._person(f"rev-{code}"), code, "patrol", random, steps)

        with self.bar("乡镇审核") as update:
            steps = Steps(update, len(self.tally.acknowledged))
            return dict(self._each(town, rounds))

    def _amend(self, rounds: dict[str, Round], returned: dict[str, list[str]]) -> None:
        """Supervisors correct half of what came back, and the office signs it."""
        def town(code: str) -> None:
            own = [visit for visit in returned[code] if visit in rounds[code].phone.known
                   and rounds[code].phone.known[visit]["site_id"] in rounds[code].sites]
            reviewer = self._person(f"rev-{code}") if own else None
            for visit in own[::2]:
                made = rounds[code].amend(visit)
                offices.approve(reviewer, made, 1)
                self.tally.add(amended=1)
            if own:
                rounds[code].hand_in()

        self._each(town, rounds)

    def _rectify(self) -> None:
        """Townships follow up on a few findings each."""
        self._each(lambda town: rectify(self._person(f"rev-{town}"), town, self._random("rectify", town), self.today), self.towns)

    def _report(self, before: Tables) -> None:
        """Counties, and the city for its own plan, report what no visit can count."""
        with self.bar("单位填报") as update:
            reporting = {plan: office for plan, bases in before.items() if (office := self._office(bases["received"]["region"]))}
            steps = Steps(update, sum(bool(i["form"]) for plan in reporting for i in before[plan]["received"]["indicators"]))
            for plan, login in reporting.items():
                offices.report(self._person(login), before[plan]["received"], self._random("report", plan), self.today, steps)

    def _ledgers(self) -> None:
        """Every county imports what was registered, filed, licensed and graded since."""
        for county in self.counties:
            office = self._person(f"county-{county}")
            self.tally.add(updated=bring_up_to_date(office, county, self._random("ledger", county), self.today))

    def _ask_again(self) -> None:
        """Every county starts a campaign in its first township."""
        for county in self.counties:
            town = next((town for town in self.towns if town.startswith(county)), None)
            if town:
                campaigns.start(self._person(f"county-{county}"), town, self._random("campaign", county), self.today)

    def _office(self, region: str) -> str | None:
        """Who reports for a plan's region; None when the region has nothing to do with the counties that are walked."""
        if not any(county.startswith(region) for county in self.counties):
            return None
        return next((login for login in (f"county-{region}", f"city-{region}") if login in self.users), "admin")

    def _present(self, admin: Person) -> Iterable[str]:
        """Ids of all visits that the server holds in the walked counties."""
        for county in self.counties:
            for visit in admin.pages("/api/v1/visits", "visits", region=county):
                yield visit["id"]


def _is_there(admin: Person, name: str) -> bool:
    """Whether a photo can be read back byte for byte."""
    answer = admin.http.get(f"/api/v1/photos/{name}", params={"size": "full"})
    return answer.status_code == 200 and hashlib.sha256(answer.content).hexdigest() == name


def tables(person: Person) -> Tables:
    """The indicators of every plan on both bases."""
    plans = person.get("/api/v1/plans")["plans"]
    if not plans:
        raise WalkError("服务器上还没有载入计划：flask plans load")
    return {plan["id"]: {basis: person.get(f"/api/v1/plans/{plan['id']}/indicators", basis=basis)
                         for basis in ("received", "approved")} for plan in plans}
