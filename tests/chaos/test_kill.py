"""kill -9: the real server dies at random moments, in the middle of whatever it does; nothing is lost or done twice.

Eight phones and an office go on all the while, as they would: no answer means that they send again. `make chaos` sets
CHAOS_KILLS to 200. What must hold afterwards is in held.py.
"""

import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from flask import Flask

from tests.api.asking import assert_equal_to_rebuild
from tests.chaos.held import audited, complaints, differing
from tests.chaos.work import Day, serve
from tests.support.outbox import Lost, Outbox
from tests.support.serving import Server

KILLS = int(os.environ.get("CHAOS_KILLS", "10"))
LOGINS = ("supervisor", "supervisor", "supervisor", "supervisor", "supervisor", "county", "county", "reviewer")


class Loops:
    """Threads that repeat an act until they are told to stop; what breaks one of them breaks the test."""

    def __init__(self) -> None:
        self.stopping, self.errors, self.threads = threading.Event(), [], []

    def run(self, act: Callable[[], None], rest: Callable[[], float]) -> None:
        """Repeat `act`, with `rest()` seconds between; a lost answer is part of life."""
        def loop() -> None:
            while not self.stopping.is_set():
                try:
                    act()
                except Lost:
                    self.stopping.wait(0.03)
                except BaseException as error:
                    self.errors.append(error)
                    return
                self.stopping.wait(rest())

        self.threads.append(threading.Thread(target=loop))
        self.threads[-1].start()

    @contextmanager
    def going(self) -> Iterator[None]:
        """Stop them all in the end, and raise what broke one."""
        try:
            yield
        finally:
            self.stopping.set()
            for thread in self.threads:
                thread.join(120)
        assert not any(thread.is_alive() for thread in self.threads), "a phone hangs"
        if self.errors:
            raise self.errors[0]


class Office:
    """A county office that decides on visits as they come in, and knows which decisions were acknowledged."""

    def __init__(self, desk: Outbox, phones: list[Outbox]):
        self.desk, self.phones, self.luck = desk, phones, desk.luck
        self.told: Counter = Counter()
        self.unsure: Counter = Counter()

    def decide(self) -> None:
        """Review a visit of somebody else that has a receipt."""
        phone = self.luck.choice([one for one in self.phones if one.login != self.desk.login])
        signed = [result["id"] for result in list(phone.results.values()) if "receipt" in result]
        if not signed:
            return
        visit, decision = self.luck.choice(signed[-20:]), self.luck.choice(["approve", "approve", "return", "reject"])
        key = (f"visit.{decision}", visit)
        self.unsure[key] += 1
        body = {"decision": decision, "reason": "核实"}
        status, answer = self.desk.ask("POST", f"/api/v1/visits/{visit}/review", body)
        self.unsure[key] -= 1
        assert status in (200, 409), answer  # decided or amended meanwhile
        self.told[key] += status == 200


def act(phone: Outbox, day: Day) -> None:
    """Go on with the work, push some of the outbox, and now and then pull."""
    if len(phone.waiting) < 40:
        day.goes_on(phone.luck.randint(1, 3))
    phone.push(phone.luck.randint(1, 25))
    if phone.luck.random() < 0.3:
        phone.pull(phone.luck.randint(5, 60))


def killed(server: Server, luck: random.Random, times: int) -> None:
    """Kill the server at random moments and start it again."""
    pause = threading.Event()
    for _ in range(times):
        pause.wait(luck.uniform(0.02, 0.8))
        server.kill()
        server.start()


def test_a_server_that_is_killed_at_random_moments_loses_nothing_and_does_nothing_twice(app: Flask, seed: int):
    with serve(app) as server, ExitStack() as stack:
        def on(login: str, device: str) -> Outbox:
            return stack.enter_context(Outbox(server.port, login, device, random.Random(f"{seed}-{device}")))

        phones = [on(login, f"phone-{n}") for n, login in enumerate(LOGINS)]
        office = Office(on("county", "desk"), phones)
        for one in (*phones, office.desk):
            one.log_in()
            one.pull_all()
        loops = Loops()
        with loops.going():
            for phone in phones:
                day = Day(phone)
                loops.run(lambda phone=phone, day=day: act(phone, day), lambda phone=phone: phone.luck.uniform(0, 0.06))
            loops.run(office.decide, lambda: office.luck.uniform(0.02, 0.08))
            killed(server, random.Random(seed), KILLS)
        server.kill()
        assert complaints(app, phones) == []  # acknowledged: once; the others: once or not at all

        server.start()
        for phone in phones:
            phone.until_quiet(25, 60, tries=50)
        for phone in phones:
            phone.until_quiet(25, 60, tries=50)  # what the others pushed after it
        assert_pulls_agree(phones)
    assert complaints(app, phones) == []  # and now all of them: once
    assert not [op for phone in phones for op in phone.made if op not in phone.results]
    print(told(phones, office))
    assert_reviews_are_in_the_chain(app, office)
    assert_equal_to_rebuild(app)
    assert sum(phone.lost for phone in phones), "the kills hit nobody: this proves nothing"
    assert {one["kind"] for phone in phones for one in phone.made.values()} == {"create", "patch", "delete"}


def assert_pulls_agree(phones: list[Outbox]) -> None:
    """Who kept up through all kills has what somebody has who begins now."""
    for phone in phones:
        fresh = phone.afresh(f"{phone.device}-new")
        assert differing(phone, fresh) == [], f"{phone.device} is not where a new phone is after {phone.pages} pages"


def assert_reviews_are_in_the_chain(app: Flask, office: Office) -> None:
    """A decision that was acknowledged is in the audit once; one of which nobody heard is there at most once."""
    entries = audited(app)
    for key in {*office.told, *office.unsure, *(key for key in entries if key[0].startswith("visit."))}:
        assert office.told[key] <= entries[key] <= office.told[key] + office.unsure[key], key
    assert sum(office.told.values()), "the office decided nothing: the chain proves nothing"


def told(phones: list[Outbox], office: Office) -> dict[str, Any]:
    """What a run was made of, for who reads its output."""
    statuses = Counter(result["status"] for phone in phones for result in phone.results.values())
    return {"kills": KILLS, "lost": sum(phone.lost for phone in phones),
            "replayed": sum(phone.replayed for phone in phones), "pages": sum(phone.pages for phone in phones),
            "reviews": sum(office.told.values()), **statuses}
