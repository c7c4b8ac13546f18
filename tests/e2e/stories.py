"""What every browser story needs: a person at the browser, a step to the next page, and how a page is judged."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import BrowserContext, Locator, Page, ViewportSize
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.cast import Cast

AXE = "async options => (await axe.run(options)).violations"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
DESKTOP: ViewportSize = {"width": 1366, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
INLINE = "[style]:not([style='']), style, script:not([src])"

# Fonts are in and the window's new width is laid out.
SETTLED = (
    "() => document.fonts.ready.then(() => new Promise(done => requestAnimationFrame(() => done(true))))"
)
# What reaches past an edge of the window and lies in no box that scrolls by itself.
WIDE = """() => [...document.body.querySelectorAll('*')].filter(e => {
    const box = e.getBoundingClientRect();
    return (box.left < 0 || box.right > innerWidth) && !e.closest('.table-box, .tabs');
}).map(e => e.outerHTML.slice(0, 120)).slice(-8)"""


@contextmanager
def leads_on(page: Page) -> Iterator[None]:
    """What is done here opens another page: the next line meets that page, never the one that is left.

    Not `expect_navigation`: the way to a file that is downloaded counts there as one that failed, at times too late.
    """
    with page.expect_event("framenavigated", lambda frame: frame == page.main_frame):
        yield
    page.wait_for_load_state()


def press(target: Locator, key: str = "") -> None:
    """By hand or with a key, what leads to another page."""
    with leads_on(target.page):
        target.press(key) if key else target.click()


def judge(page: Page, picture: str = "", *sizes: ViewportSize) -> None:
    """At each size nothing sideways, a picture when SHOTS names a directory; nothing inline, and no barrier."""
    page.wait_for_load_state()
    before = _size(page)
    for size in sizes or [before]:
        page.set_viewport_size(size)
        page.evaluate(SETTLED)
        fits(page)
        snap(page, f"{picture}-{size['width']}" if sizes and picture else picture)
    found = barriers(page)
    page.set_viewport_size(before)
    assert not found, found


def fits(page: Page) -> None:
    """Also where scripts are off: nothing sideways, nothing inline."""
    page.wait_for_load_state()
    if page.evaluate("document.documentElement.scrollWidth") > _size(page)["width"]:
        pytest.fail(f"scrolls sideways: {page.evaluate(WIDE)}")
    assert not page.locator(INLINE).evaluate_all("all => all.map(e => e.outerHTML.slice(0, 200))")


def barriers(page: Page) -> str:
    """As if the whole page were in view: a sticky foot covers nothing then."""
    height = page.evaluate("document.documentElement.scrollHeight") + 60
    page.set_viewport_size({"width": _size(page)["width"], "height": height})
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    violations = page.evaluate(AXE, {"runOnly": RULES, "resultTypes": ["violations"]})
    return AxeResults({"violations": violations}).generate_report() if violations else ""


def snap(page: Page, picture: str) -> None:
    if picture and (place := os.environ.get("SHOTS")):
        Path(place).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{place}/{picture}.png", full_page=True)


def _size(page: Page) -> ViewportSize:
    size = page.viewport_size
    assert size is not None
    return size


class Story:
    """One browser in which people sign in one after another."""

    def __init__(self, page: Page, live_server: LiveServer, cast: Cast) -> None:
        self.page, self.url, self.cast = page, live_server.url, cast
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))

    def _note(self, message: object) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:  # type: ignore[attr-defined]
            self.complaints.append(message.text)  # type: ignore[attr-defined]

    def sign_in(self, name: str | User, *, fresh: bool = True) -> None:
        """The person sits down: whoever was there before has left."""
        user = self.cast.person(name) if isinstance(name, str) else name
        client = self.cast.sign_in(user, fresh=fresh)
        context: BrowserContext = self.page.context
        context.clear_cookies()
        for key, morsel in client.cookies.items():
            context.add_cookies([{"name": key, "value": morsel.value, "url": self.url}])

    def go(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")

    def at(self, size: ViewportSize) -> None:
        self.page.set_viewport_size(size)

    def check(self, picture: str = "", *sizes: ViewportSize) -> None:
        judge(self.page, picture, *sizes)

    def end(self) -> None:
        # The camera's own style is refused by the policy; without pictures nothing is.
        shot = "inline style" if os.environ.get("SHOTS") else None
        assert [text for text in self.complaints if not (shot and shot in text)] == [], self.complaints
        assert {host for host in self.hosts if host} <= {urlsplit(self.url).netloc}
