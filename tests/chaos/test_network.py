"""A bad network: requests are cut, doubled, delayed, half-closed, answers vanish; a day's work arrives whole and once.

The network is tests/support/proxy.py. The phone knows nothing of it: it sends again until it has heard an answer.
"""

import random
from collections import Counter

import pytest
from flask import Flask

from tests.api.asking import assert_equal_to_rebuild
from tests.chaos.held import Held, complaints, differing
from tests.chaos.work import ITEMS, KNOWN, SHARED, serve
from tests.support.outbox import Lost, Outbox
from tests.support.people import instant
from tests.support.proxy import Proxy
from tests.support.world import GRID_A1, GRID_A2

PATIENT = 400  # tries; at the worst rate here a try succeeds once in five
FAULTS = ("slow", "cut request", "cut answer", "swallowed", "half closed", "half a body", "twice", "late twin")


def day_of_work(phone: Outbox) -> None:
    """20 visits, two of them at sites found on the street, four begun as drafts; and six patches of shared sites."""
    checklists, sites, luck = phone.checklists(), list(SHARED), phone.luck
    for n in range(20):
        site, kind = sites[n % len(sites)], SHARED[sites[n % len(sites)]]
        if n in (7, 15):
            kind, fields = "catering", {"type": "catering", "name": f"街边{n}", "grid": (GRID_A1, GRID_A2)[n % 2]}
            site = phone.operation("create", "site", fields)["id"]
        answers = {item: {"mark": luck.choice(["pass", "fail"]), "note": f"第{n}家"} for item in ITEMS[kind]}
        at = instant(f"2021-05-{1 + n:02d} 09:30")
        if n % 5:
            phone.visit(site, checklists[kind], answers, at=at)
        else:
            draft = phone.visit(site, checklists[kind], {}, at=at, status="draft")["id"]
            for item, answer in answers.items():
                phone.patch_draft(draft, {f"answers.{item}": answer})
            phone.patch_draft(draft, {"status": "signed", "operator_word": "已知悉"})
        if n % 3 == 0:
            phone.patch_site(sites[n % 4], {"contact": f"负责人{n}", "phone": f"0356-{n:07d}"})


def until(work, tries: int = PATIENT) -> None:
    """Do something over and over until the network lets it through."""
    for _ in range(tries):
        try:
            return work()
        except Lost as error:
            last = error
    raise AssertionError(f"not through after {tries} tries") from last


def assert_whole_and_once(app: Flask, *phones: Outbox) -> None:
    """What the phones made is there, once, as they hold it, and nothing else is."""
    assert complaints(app, phones) == []
    held = Held(app)
    for phone in phones:
        assert not phone.waiting
        assert {phone.results[op]["status"] for op in phone.made} <= {"applied", "merged", "conflict", "noop"}
    visits = list(held.rows["visit"].values())
    assert len(visits) == 20 * len(phones) and {row["status"] for row in visits} == {"signed"}
    assert len(held.rows["site"]) == len(KNOWN) + 2 * len(phones)
    assert_equal_to_rebuild(app)


def test_a_days_work_arrives_whole_and_once_through_a_network_of_every_fault(app: Flask, seed: int):
    with serve(app) as server, Proxy(server.port, random.Random(seed), rate=0.75) as proxy, \
            Outbox(proxy.port, "supervisor", "phone", random.Random(seed), keep_alive=False) as phone:
        until(phone.log_in)
        phone.until_quiet(limit=5, tries=PATIENT)  # nothing waits yet: this is a first pull, in small pages
        day_of_work(phone)
        while phone.waiting:
            until(lambda: phone.push(3))
            until(lambda: phone.pull(7))
        for _ in range(500):  # a day that was lucky goes on until nothing was spared it
            if set(proxy.counts) >= {"none", *FAULTS}:
                break
            until(lambda: phone.pull(7))
        proxy.settle()
        phone.until_quiet(limit=3, tries=PATIENT)
        assert differing(phone, phone.afresh("another", server.port)) == []
        print(dict(proxy.counts), {"lost": phone.lost, "replayed": phone.replayed, "pages": phone.pages})
    assert_whole_and_once(app, phone)
    assert set(proxy.counts) == {"none", *FAULTS}, "not every fault happened"
    assert phone.lost and phone.replayed, "nothing was lost and sent again: this proves nothing"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_days_work_arrives_whole_and_once_through_a_network_of_one_fault(one_app: Flask, fault: str, seed: int):
    rate = 1.0 if fault in ("slow", "twice", "late twin") else 0.6
    with serve(one_app) as server, \
            Proxy(server.port, random.Random(seed), rate, faults=(fault,)) as proxy, \
            Outbox(proxy.port, "supervisor", "phone", random.Random(seed), keep_alive=False) as phone:
        until(phone.log_in)
        until(phone.pull_all)
        day_of_work(phone)
        phone.until_quiet(most=8, tries=PATIENT)
    assert_whole_and_once(one_app, phone)
    assert proxy.counts[fault]


def test_two_phones_that_share_sites_and_a_bad_network_end_with_the_same_rows(app: Flask, seed: int):
    with serve(app) as server, Proxy(server.port, random.Random(seed)) as proxy, \
            Outbox(proxy.port, "supervisor", "one", random.Random(seed), keep_alive=False) as one, \
            Outbox(proxy.port, "supervisor", "other", random.Random(seed + 1), keep_alive=False) as other:
        for phone in (one, other):
            until(phone.log_in)
            phone.until_quiet(tries=PATIENT)
            day_of_work(phone)
        while one.waiting or other.waiting:
            for phone in (one, other):
                until(lambda phone=phone: phone.push(5))
        proxy.settle()
        for phone in (one, other):
            phone.until_quiet(limit=20, tries=PATIENT)
        assert one.rows == other.rows
        results = [result for phone in (one, other) for result in phone.results.values()]
        print(dict(proxy.counts), dict(Counter(result["status"] for result in results)))
    assert_whole_and_once(app, one, other)
