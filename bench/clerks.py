"""What clerks of an office and phones of grids ask a server, as the office pages and the phone app do: the walks of bench/office.py."""

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from uuid_utils import uuid7

from bench import county, servers

Took = dict[tuple[str, str], list[float]]  # (noun, request) -> seconds
WORDS = ("面馆", "超市", "食堂 小学", "示例路", "盐湖", "便利店 镇", "云帆", "JY2", "13", "李")


class Clerk:
    """One person at the office. `took` is of this clerk alone: no lock is needed."""

    def __init__(self, port: int, login: str, password: str, region: str, seed: int):
        self.port, self.region, self.random = port, region, random.Random(seed)
        self.connection, self.token = servers.connect(port), servers.log_in(port, login, password, f"office-{seed}")
        self.took: Took = defaultdict(list)
        self.plans = [(plan["id"], plan["region"]) for plan in self.ask("", "plans", "/api/v1/plans")["plans"]]
        self.checklists: set[str] = set()
        self.queue: list[dict[str, Any]] = []

    def ask(self, noun: str, name: str, path: str, body: Any = None, **query: Any) -> Any:
        """One request, timed under its noun; its JSON. Raises RuntimeError when it is refused."""
        wanted = {key: value for key, value in query.items() if value not in ("", None)}
        target = f"{path}?{urlencode(wanted, quote_via=quote)}" if wanted else path
        begun = time.perf_counter()
        method, sent = ("GET", None) if body is None else ("POST", orjson.dumps(body))
        status, answer = servers.call(self.connection, method, target, sent, self.token)
        if noun:
            self.took[(noun, name)].append(time.perf_counter() - begun)
        if status != 200:
            raise RuntimeError(f"{target}: {status} {answer[:500]!r}")
        return orjson.loads(answer)

    def review(self) -> None:
        """The queue, narrowed now and then."""
        narrowed = self.random.choice(({}, {}, {}, {"queue": "new"}, {"overdue": "true"}, {"flagged": "true"}, {"sort": "newest"}))
        self.queue = self.ask("queue page", "queue", "/api/v1/review/queue", region=self.region, limit=50, **narrowed)["visits"]

    def visit(self) -> None:
        """One visit of the queue, with all that its page asks for."""
        if not self.queue:
            return
        id_, noun = self.random.choice(self.queue)["id"], "visit page"
        visit = self.ask(noun, "visit", f"/api/v1/visits/{id_}")
        self.ask(noun, "photos", f"/api/v1/visits/{id_}/photos")
        self.ask(noun, "visits of the site", f"/api/v1/sites/{visit['site_id']}/visits", limit=8)
        self.ask(noun, "trail", f"/api/v1/visits/{id_}/trail")
        self.ask(noun, "region", f"/api/v1/regions/{visit['grid']}")
        self.ask(noun, "plans", "/api/v1/plans")
        self.ask(noun, "rules", f"/api/v1/counties/{visit['grid'][:6]}/rules")
        for what in ("conflicts", "quarantine"):
            self.ask(noun, what, f"/api/v1/sync/{what}", region=self.region, row=id_, limit=50)
        if visit["checklist"] not in self.checklists:  # the app keeps them
            self.checklists.add(visit["checklist"])
            self.ask(noun, "checklist", f"/api/v1/checklists/{visit['checklist']}")

    def board(self) -> None:
        """All indicators of a plan by town (or by village), on both bases."""
        plan, _ = self.random.choice(self.plans)
        for basis in ("received", "approved"):
            self.ask("indicator board", f"board, {plan}", f"/api/v1/plans/{plan}/indicators", region=self.region, basis=basis,
                     windows="current")

    def drill(self) -> None:
        """One indicator down to its sites: its windows, why it says so, who holds it back, and what tasks would come of it."""
        plan, _ = self.random.choice(self.plans)
        noun, path = "drill-down", f"/api/v1/plans/{plan}/indicators"
        shown = self.ask(noun, "indicators, all windows", path, region=self.region, basis="received")["indicators"]
        one = self.random.choice([one for one in shown if one["measure"] in ("inspected", "marked", "summed", "holding", "closed")])
        asked = {"region": self.region, "window": one["current"], "basis": "received"}
        self.ask(noun, "explain", f"{path}/{one['id']}/explain", **asked)
        self.ask(noun, "trend", f"{path}/{one['id']}/trend", **asked)
        self.ask(noun, "gap sites", f"{path}/{one['id']}/sites", **asked, state="missing", limit=50)
        gap = {"kind": "gap", "plan": plan, "indicator": one["id"], "window": one["current"], "state": "missing"}
        kind: dict[str, Any] = self.random.choice(({"kind": "risk"}, gap))
        self.ask(noun, f"preview, {kind['kind']}", "/api/v1/campaigns/preview", {"region": self.region, **kind})

    def search(self) -> None:
        """Two searches of the ledger, and a site."""
        noun = "ledger search"
        found = self.ask(noun, "words", "/api/v1/sites", region=self.region, text=self.random.choice(WORDS), sort="name", limit=50)["sites"]
        narrowed = self.random.choice(({"type": "catering"}, {"risk_grade": "D"}, {"open_findings": "true"}, {"never_visited": "true"},
                                       {"licence_expires_within": 30}, {"sort": "newest"}))
        self.ask(noun, "narrowed", "/api/v1/sites", region=self.region, **{"sort": "name", "limit": 50} | narrowed)
        if found:
            self.ask(noun, "site", f"/api/v1/sites/{self.random.choice(found)['id']}")

    def walk(self, until: float, pause: float) -> None:
        """From page to page, with a pause of so many seconds on average after each. No two clerks go in step."""
        pages: tuple[Callable[[], None], ...] = (self.review, self.visit, self.visit, self.visit, self.board, self.drill, self.search)
        begin = self.random.randrange(len(pages))
        pages = pages[begin:] + pages[:begin]
        time.sleep(self.random.uniform(0, 2) * pause)
        while True:
            for page in pages:
                if time.perf_counter() >= until:
                    return
                page()
                time.sleep(self.random.uniform(0.5, 1.5) * pause)


class Phone:
    """A supervisor's phone that pushes what was just captured in its grid."""

    def __init__(self, port: int, login: str, password: str, grid: str, seed: int):
        self.connection, self.random, self.n, self.pushed = servers.connect(port), random.Random(seed), 0, 0
        self.device = f"bench-{uuid7()}"  # a new one each time: it numbers its operations from 1
        self.token = servers.log_in(port, login, password, self.device)
        self.took: list[float] = []
        self.sites = self._get(f"/api/v1/sites?region={grid}&limit=200&active=true")["sites"]
        kinds = {site["type"] for site in self.sites}
        self.checklists = {kind: self._get(f"/api/v1/checklists?region={grid}&site_type={kind}") for kind in kinds}

    def _get(self, path: str) -> Any:
        status, answer = servers.call(self.connection, "GET", path, token=self.token)
        if status != 200:
            raise RuntimeError(answer[:500])
        return orjson.loads(answer)

    def push(self, visits: int) -> None:
        """One batch of visits. Raises RuntimeError when one is refused."""
        operations = []
        for site in self.random.choices(self.sites, k=visits):
            self.n += 1
            checklist, at = self.checklists[site["type"]], datetime.now(UTC).isoformat()
            items = sum(len(section["items"]) for section in checklist["sections"])
            operations.append({
                "n": self.n, "op": str(uuid7()), "t": "visit", "id": str(uuid7()), "kind": "create", "base": None, "was": {}, "at": at,
                "set": {"site_id": site["id"], "checklist": checklist["version"], "document_type": "patrol", "status": "signed", "at": at,
                        "answers": county.answers(checklist, self.random, min(25, items))}})
        body = orjson.dumps({"device_id": self.device, "schema": 1, "sent_at": datetime.now(UTC).isoformat(), "ops": operations})
        begun = time.perf_counter()
        status, answer = servers.call(self.connection, "POST", "/api/v1/sync/push", body, self.token)
        self.took.append(time.perf_counter() - begun)
        if status != 200 or answer.count(b'"status":"applied"') != visits:
            raise RuntimeError(f"{status} {answer[:1000]!r}")
        self.pushed += visits

    def work(self, until: float, every: float, visits: int) -> None:
        """A batch every so many seconds."""
        while time.perf_counter() < until:
            self.push(visits)
            time.sleep(every)


def at_once(jobs: list[Callable[[], None]]) -> None:
    """Run jobs in a thread each. Raises the first error that one of them ended with."""
    errors: list[BaseException] = []

    def held(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=held, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
