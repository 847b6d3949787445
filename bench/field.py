"""The phone app in Chromium with its CPU slowed four times: first load, a tap on an answer, a long list.

    python -m bench.field

A server on this machine, so the network costs nothing here; needs the built app (`make app`) and Chromium.
"""

import gzip
import re
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect
from rich.console import Console
from rich.table import Table

from checklists.bank import load_bank
from tests.e2e.conftest import plan_of_this_year, publish
from tests.e2e.phone import FieldPhone
from tests.support.browsing import chromium
from tests.support.databases import Template
from tests.support.serving import ROOT, Server
from tests.support.world import fill, site_id

SLOWER = 4
ITEMS = 60
SITES = 5_000

# Taps the next unanswered pair of buttons, and tells milliseconds until it is stored and shown, and until that is painted.
TAPS = """async (count) => {
    const told = []
    for (const card of [...document.querySelectorAll('article.card')]) {
        const button = card.querySelector('button.choice.pass')
        if (!button || told.length >= count) continue
        card.scrollIntoView({block: 'center'})
        await new Promise((done) => setTimeout(done, 600))
        const begun = performance.now()
        const shown = new Promise((done) => {
            const seen = new MutationObserver(() => button.getAttribute('aria-pressed') === 'true' && (seen.disconnect(), done(performance.now())))
            seen.observe(button, {attributes: true})
        })
        button.click()
        const stored = await shown
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))
        told.push([stored - begun, performance.now() - begun])
    }
    return told
}"""

# Copies of a site, as a pull would have brought them.
MANY = """async (count) => {
    const name = (await indexedDB.databases()).map(({name}) => name).find((name) => name.startsWith('field-') && name !== 'field-people')
    const db = await new Promise((done) => { const asked = indexedDB.open(name); asked.onsuccess = () => done(asked.result) })
    const store = db.transaction('sites', 'readwrite').objectStore('sites')
    const one = await new Promise((done) => { const asked = store.getAll(); asked.onsuccess = () => done(asked.result[0]) })
    for (let i = 0; i < count; i++) {
        const id = `11111111-0000-4000-8000-${String(i).padStart(12, '0')}`
        store.put({...one, id, name: `第${i}号饭店`, initials: `D${i}HFD`})
    }
    await new Promise((done) => { store.transaction.oncomplete = done })
    db.close()
}"""

# Scrolls the window as a thumb flings: the milliseconds between frames, how far it went, and how many sites were seen on the way.
STEP, STEPS = 240, 240
FLING = """async ([step, steps]) => {
    const gaps = [], begun = scrollY, seen = new Set()
    let before = await new Promise(requestAnimationFrame)
    for (let i = 0; i < steps; i++) {
        scrollBy(0, step)
        const now = await new Promise(requestAnimationFrame)
        gaps.push(now - before)
        before = now
        for (const link of document.querySelectorAll('a.site')) seen.add(link.getAttribute('href'))
    }
    return {gaps, moved: scrollY - begun, seen: seen.size}
}"""


def _share(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def first_load() -> int:
    """Bytes of JavaScript, gzipped, that the page names: what is loaded before anything is shown."""
    folder = ROOT / "inspect_api" / "static" / "field"
    named = re.findall(r'"/field/(assets/[^"]+\.js)"', (folder / "index.html").read_text("utf-8"))
    return sum(len(gzip.compress((folder / name).read_bytes(), 9)) for name in named)


@contextmanager
def a_phone() -> Iterator[FieldPhone]:
    """A phone of a county whose school canteens are asked ITEMS questions."""
    items = [id_ for id_, item in load_bank().items.items() if "school_canteen" in item.site_types and item.kind == "mark"]
    template = Template("sqlite", None, fill)
    try:
        with template.copy() as app, chromium() as browser:
            publish(app, plan_of_this_year(*items[:ITEMS]))
            with Server(app) as server:
                yield FieldPhone(browser, server)
    finally:
        template.drop()


def _slow(page: Page) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def main() -> None:
    """Measure and print the table."""
    table = Table(title=f"Phone app, CPU slowed {SLOWER} times", title_justify="left")
    for name in ("what", "median", "p95"):
        table.add_column(name, justify="left" if name == "what" else "right")
    table.add_row("JavaScript of the first load, gzipped", f"{first_load() / 1000:.0f} KB", "")
    with a_phone() as one:
        one.log_in()
        page = one.page
        _slow(page)
        starts = []
        for _ in range(5):
            begun = time.perf_counter()
            page.reload(wait_until="commit")
            expect(page.get_by_text("第一小学食堂").first).to_be_visible()
            starts.append((time.perf_counter() - begun) * 1000)
        table.add_row("start until 今日 is shown", f"{statistics.median(starts):.0f} ms", f"{max(starts):.0f} ms (worst of 5)")
        one.begin_visit(site_id(1))
        cards = page.locator("article.card")
        expect(cards.first).to_be_visible()
        taps = page.evaluate(TAPS, 40)
        for number, name in enumerate(("stored and shown", "painted")):
            values = [tap[number] for tap in taps]
            table.add_row(f"a tap, {name} ({cards.count()} items)", f"{statistics.median(values):.0f} ms", f"{_share(values, 0.95):.0f} ms")
        page.evaluate(MANY, SITES)
        one.go("/sites")
        expect(page.get_by_text("号饭店").first).to_be_visible()
        fling = page.evaluate(FLING, [STEP, STEPS])
        gaps = fling["gaps"]
        if fling["moved"] != STEP * STEPS or fling["seen"] < STEPS:
            raise RuntimeError(f"the list did not scroll: {fling['moved']} px, {fling['seen']} sites")
        table.add_row(f"between frames, {SITES} sites flung", f"{statistics.median(gaps):.0f} ms", f"{_share(gaps, 0.95):.0f} ms")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
