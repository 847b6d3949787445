"""Every page of the desk as a picture, in two sizes, to be looked at by a person. `python -m tests.office.screenshots FOLDER [NAME…]`."""

import sys
from collections.abc import Container
from pathlib import Path

from playwright.sync_api import Page

from tests.office.pages import PAGES, found
from tests.office.world import COUNTY, DEMO_PASSWORD, walked
from tests.support.browsing import chromium

SIZES = ((1366, 768), (1920, 1080))


def enter(page: Page, url: str, login: str, password: str = DEMO_PASSWORD) -> None:
    """Log in on a page."""
    page.goto(f"{url}/office/#/login")
    page.get_by_label("用户名").fill(login)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("navigation", name="办公端").wait_for()


def rest(page: Page) -> None:
    """Wait until a page has what it asked for, and has painted it."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(700)  # charts grow


def main(folder: Path, only: Container[str] = ()) -> None:
    """Take them all, or those of these names; each size as it is seen without scrolling, and the smaller one whole."""
    folder.mkdir(parents=True, exist_ok=True)
    with walked() as url, chromium() as browser:
        ids = found(url)
        for width, height in SIZES:
            page = browser.new_page(viewport={"width": width, "height": height}, locale="zh-CN", reduced_motion="reduce")
            page.goto(f"{url}/office/")
            rest(page)
            page.screenshot(path=folder / f"office-00-login-{width}.png")
            enter(page, url, f"county-{COUNTY}")
            for number, (name, path) in enumerate(PAGES, 1):
                if only and name not in only:
                    continue
                page.goto("about:blank")
                page.goto(f"{url}/office/#{path.format(**ids)}")
                rest(page)
                target = folder / f"office-{number:02d}-{name}-{width}.png"
                page.screenshot(path=target, animations="disabled", full_page=width == SIZES[0][0])
                print(target)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"), sys.argv[2:])
