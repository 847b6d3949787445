"""A day's work over a bad line: 20 visits with 60 photos of 250 KB, made offline, sent at 256 kbit/s, 600 ms, cut every 30 seconds.

    python -m bench.day [--visits 4] [--away 2]

The app in Chromium, the real server, a line of our own between them (bench/line.py). The visits are made as a person makes them, with an
answer to each of 30 questions. What counts begins when the phone comes online and ends when it holds a receipt for every visit. The payload is
the photos and the operations, these as JSON in one gzip: nothing is added that a protocol would need. All else is overhead: headers, questions
where an upload is, answers, pulls, and what a cut lost. Takes ten minutes; needs the built app (`make app`) and Chromium.
"""

import argparse
import gzip
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from playwright.sync_api import Request, expect
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from bench.line import Line, Weather
from checklists.bank import load_bank
from inspect_api.db import transaction
from inspect_api.models import Site
from inspect_api.services import rollup
from inspect_api.services.changes import append
from sync.feed import Change
from tests.e2e.conftest import plan_of_this_year, publish
from tests.e2e.phone import FieldPhone
from tests.media.pictures import encoded, scene
from tests.support.browsing import chromium
from tests.support.databases import Template
from tests.support.people import Person
from tests.support.serving import Server
from tests.support.world import GRID_A1, fill, site_id, site_row

VISITS, PHOTOS, ITEMS = 20, 3, 30
SIZE, GRAIN = (1600, 1200), 84  # of a photo: 250 KB, which the app sends as they are
FIRST = 100  # number of the first site
PHOTOGRAPHED = "kitchen.bright"
GIVE_UP = 3_600  # seconds

# Taps 符合 of every question that has no answer yet, and waits until each is stored.
ANSWER = """async () => {
    for (const button of document.querySelectorAll('article.card button.choice.pass[aria-pressed="false"]')) {
        const stored = new Promise((done) => new MutationObserver((_, seen) => {
            if (button.getAttribute('aria-pressed') === 'true') { seen.disconnect(); done() }
        }).observe(button, {attributes: true}))
        button.click()
        await stored
    }
}"""

# How many visits the phone holds a receipt for that fits.
RECEIPTS = "(visits) => visits.filter(({receipt, sha256}) => receipt && receipt.sha256 === sha256).length"


def _fill(app: Flask, visits: int) -> None:
    fill(app)
    new = [site_row(FIRST + number, type="school_canteen", grid=GRID_A1, name=f"第{number + 1}号食堂", attributes={"stage": "primary"})
           for number in range(visits)]

    def store(connection: Connection) -> None:
        connection.execute(Site.__table__.insert(), new)
        append(connection, [Change(row["grid"], "site", row["id"]) for row in new])

    with app.app_context():
        transaction(store)
        transaction(rollup.rebuild)


@contextmanager
def _phone(visits: int) -> Iterator[tuple[FieldPhone, Line, Person]]:
    """A phone behind a line, still a good one, in a county with a site for each visit; and the county's office."""
    items = [id_ for id_, item in load_bank().items.items() if "school_canteen" in item.site_types and item.kind == "mark"]
    asked = [PHOTOGRAPHED, *(id_ for id_ in items if id_ != PHOTOGRAPHED)][:ITEMS]
    template = Template("sqlite", None, lambda app: _fill(app, visits))
    try:
        with template.copy() as app, chromium() as browser:
            publish(app, plan_of_this_year(*asked))
            with Server(app) as server, Line(server.port) as line:
                yield FieldPhone(browser, line), line, Person(app, "county")
    finally:
        template.drop()


def _work(one: FieldPhone, visits: int) -> None:
    """The day, without a network."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(visits):
            one.begin_visit(site_id(FIRST + number))
            card = one.item(PHOTOGRAPHED)
            expect(card).to_be_visible()
            one.page.evaluate(ANSWER)
            files = [Path(folder) / f"{number}-{shot}.jpg" for shot in range(PHOTOS)]
            for shot, path in enumerate(files):
                path.write_bytes(encoded("JPEG", scene(number * PHOTOS + shot, SIZE, GRAIN), quality=80))
            with one.page.expect_file_chooser() as chosen:
                card.get_by_role("button", name="相册").click()
            chosen.value.set_files(files)
            expect(card.locator("img")).to_have_count(PHOTOS)
            one.finish()


def _receipts(one: FieldPhone) -> int:
    return one.page.evaluate(RECEIPTS, one.stored("captures"))


def _lane(request: Request) -> str:
    path = request.url.partition("/api/v1/")[2]
    return f"{request.method} {path.partition('?')[0].split('/')[0] if not path.startswith('sync/') else path.partition('?')[0]}"


def measure(visits: int, weather: Weather) -> Table:
    """One day; its table. Raises RuntimeError when something did not arrive."""
    with _phone(visits) as (one, line, county):
        one.log_in()
        one.page.wait_for_load_state("networkidle")  # the service worker has fetched the app by then
        one.offline()
        _work(one, visits)
        one.go("/sync")
        operations = [row["operation"] for row in one.stored("outbox")]
        photos = one.stored("photos")
        requests: Counter[str] = Counter()
        one.context.on("request", lambda request: requests.update([_lane(request)]))
        line.worsen(weather)
        begun = time.monotonic()
        one.offline(False)
        while _receipts(one) < visits:
            if time.monotonic() - begun > GIVE_UP:
                raise RuntimeError(f"{_receipts(one)} of {visits} visits have arrived after {GIVE_UP} seconds: {line.passed}, {requests}")
            one.page.wait_for_timeout(1_000)
        took, passed = time.monotonic() - begun, line.passed
        seen = [county.get(f"/api/v1/visits/{operation['id']}") for operation in operations]
        arrived = {sha for visit in seen for sha in visit["details"]["photos"] if sha not in visit["photos_missing"]}
    complete = sum(visit["complete"] for visit in seen)
    if complete < visits or arrived != {row["sha256"] for row in photos} or len(arrived) < visits * PHOTOS:
        raise RuntimeError(f"{complete} of {visits} visits are complete, {len(arrived)} of {visits * PHOTOS} photos are there")
    bodies, of_photos = len(gzip.compress(json.dumps(operations, ensure_ascii=False).encode())), sum(row["bytes"] for row in photos)
    payload, total = bodies + of_photos, passed.up + passed.down
    table = Table(title=f"A day's work at {weather.bits // 1000} kbit/s, {weather.round_trip * 1000:.0f} ms, cut every {weather.every:.0f} s "
                        f"for {weather.away:.0f} s", title_justify="left")
    table.add_column("what")
    table.add_column("", justify="right")
    for what, value in (
            ("visits complete on the server, with receipts on the phone", f"{complete} of {visits}"),
            ("photos on the server", f"{len(arrived)} of {len(photos)}, {of_photos / len(photos) / 1000:.0f} KB each"),
            ("payload: photos", f"{of_photos:,} B"), ("payload: operations, gzipped", f"{bodies:,} B"),
            ("up the line", f"{passed.up:,} B"), ("down the line", f"{passed.down:,} B"), ("of these lost in cuts", f"{passed.lost:,} B"),
            ("more than the payload, up and down", f"{(total / payload - 1) * 100:.1f} %"),
            ("more than the payload, up alone", f"{(passed.up / payload - 1) * 100:.1f} %"),
            ("time", f"{took:.0f} s"), ("the payload alone would take", f"{payload * 8 / weather.bits:.0f} s"),
            ("cuts, connections", f"{passed.cuts}, {passed.connections}"),
            *sorted((f"requests {name}", str(count)) for name, count in requests.items())):
        table.add_row(what, value)
    return table


def main() -> None:
    """Measure and print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--visits", type=int, default=VISITS, help=f"with {PHOTOS} photos each")
    asked.add_argument("--away", type=float, default=Weather().away, help="seconds without a line after each cut")
    given = asked.parse_args()
    Console(width=100).print(measure(given.visits, Weather(away=given.away)))


if __name__ == "__main__":
    main()
