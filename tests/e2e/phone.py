"""A grid supervisor's phone as a person holds it: what is tapped and what is read, by the words on the screen."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.media.pictures import encoded, scene
from tests.support.browsing import PATIENCE
from tests.support.serving import Server
from tests.support.world import PASSWORD

SIZE = {"width": 360, "height": 740}
PLACE = {"latitude": 35.505, "longitude": 112.805, "accuracy": 12}

# A browser's own limit cannot be lowered from outside (Chromium's override reaches neither the estimate nor the writes), so its
# answer to a write is given in its place. `room()` ends it.
_FULL = """() => {
    const put = IDBObjectStore.prototype.put
    window.room = () => { IDBObjectStore.prototype.put = put }
    IDBObjectStore.prototype.put = function () { throw new DOMException('full', 'QuotaExceededError') }
}"""


class FieldPhone:
    """One phone: a browser context with storage, network and place of its own. `page` is the tab in front."""

    def __init__(self, browser: Browser, server: Server, **options: Any):
        self.server = server
        self.context = browser.new_context(
            viewport=SIZE, device_scale_factor=2, is_mobile=True, has_touch=True, locale="zh-CN", timezone_id="Asia/Shanghai",
            geolocation=PLACE, permissions=["geolocation"], **options)
        self.context.set_default_timeout(PATIENCE)
        self.page = self.open()

    def open(self) -> Page:
        """Another tab of the app."""
        page = self.context.new_page()
        page.goto(f"{self.server.url}/field/")
        return page

    def log_in(self, login: str = "supervisor") -> None:
        """Log in, and wait until the first pull has brought everything."""
        self.page.get_by_label("用户名").fill(login)
        self.page.get_by_label("密码", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="登录", exact=True).click()
        expect(self.page).to_have_url(re.compile("#/today"), timeout=PATIENCE)

    def until(self, done: Callable[[], object]) -> None:
        """Wait until something holds. Fails after PATIENCE."""
        end = time.monotonic() + PATIENCE / 1000
        while not done():
            assert time.monotonic() < end, "it did not come about in time"
            self.page.wait_for_timeout(50)

    def offline(self, away: bool = True) -> None:
        """Into the cellar, or out of it."""
        self.context.set_offline(away)

    def go(self, where: str) -> None:
        """A page by its address."""
        self.page.evaluate("where => { location.hash = where }", where)

    def begin_visit(self, site: str) -> str:
        """Open a site and begin its visit; the visit's id."""
        self.go(f"/sites/{site}")
        self.page.get_by_role("button", name=re.compile("开始检查|继续检查")).click()
        expect(self.page).to_have_url(re.compile("#/visits/[0-9a-f-]{36}$"))
        return self.page.url.rpartition("/")[2]

    def telephone(self, site: str, number: str) -> None:
        """Set the telephone number of a site right in its form."""
        self.go(f"/sites/{site}")
        self.page.get_by_role("link", name="修改").click()
        self.page.get_by_label("电话").fill(number)
        self.page.get_by_role("button", name="保存", exact=True).click()
        expect(self.page.get_by_text(number)).to_be_visible()

    def item(self, link_id: str) -> Locator:
        """The card of a question."""
        return self.page.locator(f'[id="item-{link_id}"]')

    def mark(self, link_id: str, label: str) -> None:
        """Tap an answer, and wait until it is shown as stored."""
        button = self.item(link_id).get_by_role("button", name=label, exact=True)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")

    def photograph(self, link_id: str, seed: int, folder: Path, size: tuple[int, int] = (2400, 1800)) -> None:
        """Take a photo for an item, and wait until it is there."""
        path = folder / f"photo-{seed}.jpg"
        path.write_bytes(encoded("JPEG", scene(seed, size)))
        card = self.item(link_id)
        taken = card.get_by_role("button", name=re.compile("查看第 .* 张照片"))
        before = taken.count()
        with self.page.expect_file_chooser() as chosen:
            card.get_by_role("button", name="拍照").click()
        chosen.value.set_files(path)
        expect(taken.locator("img")).to_have_count(before + 1, timeout=PATIENCE)

    def full(self, full: bool = True) -> None:
        """Nothing more can be stored, or it can again."""
        self.page.evaluate(_FULL if full else "() => window.room()")

    def sync(self) -> None:
        """Open 同步 and ask for it now. What comes of it is seen where one looks for it."""
        self.go("/sync")
        self.page.get_by_role("button", name="立即同步").click()

    def finish(self) -> None:
        """To the end of the visit, and sign it."""
        self.page.get_by_role("button", name="完成", exact=True).click()
        self.page.get_by_role("button", name="提交", exact=True).click()
        expect(self.page).to_have_url(re.compile("/summary$"))

    def delivered(self) -> None:
        """Wait until the summary says that all of it is on the server."""
        expect(self.page.get_by_role("status").get_by_text("已送达", exact=True)).to_be_visible(timeout=60_000)

    def hand_in(self, site: str, link_id: str, label: str) -> str:
        """A visit with one answer, from its beginning until all of it is on the server; its id."""
        visit = self.begin_visit(site)
        self.mark(link_id, label)
        self.finish()
        self.delivered()
        return visit

    def end_login(self) -> None:
        """The phone's token ends on the server, and the phone does not know."""
        told = {"Authorization": f"Bearer {self.device()['token']}"}
        assert self.context.request.delete(f"{self.server.url}/api/v1/sessions/current", headers=told).ok

    def device(self) -> dict[str, Any]:
        """Who is logged in, as the phone keeps it: `device_id`, `token` and more."""
        return next(row["value"] for row in self.stored("meta") if row["key"] == "session")

    def stored(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table of the phone's database, as they lie on its disk."""
        return self.page.evaluate("""async (table) => {
            const all = (await indexedDB.databases()).map(({name}) => name)
            const names = all.filter((name) => name.startsWith('field-') && name !== 'field-people')
            const rows = []
            for (const name of names) rows.push(...await new Promise((done, failed) => {
                const opening = indexedDB.open(name)
                opening.onerror = () => failed(opening.error)
                opening.onsuccess = () => {
                    const asked = opening.result.transaction(table).objectStore(table).getAll()
                    asked.onsuccess = () => { opening.result.close(); done(JSON.parse(JSON.stringify(asked.result))) }
                    asked.onerror = () => failed(asked.error)
                }
            }))
            return rows
        }""", table)
