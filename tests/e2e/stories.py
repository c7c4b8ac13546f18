"""What every browser story needs: a person at the browser, axe, the policy, pictures."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.cast import Cast

RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
DESKTOP, PHONE = {"width": 1366, "height": 900}, {"width": 390, "height": 844}

# Fonts are in and the window's new width is laid out.
SETTLED = (
    "() => document.fonts.ready.then(() => new Promise(done => requestAnimationFrame(() => done(true))))"
)
# What reaches past an edge of the window and lies in no box that scrolls by itself.
WIDE = """() => [...document.body.querySelectorAll('*')].filter(e => {
    const box = e.getBoundingClientRect();
    return (box.left < 0 || box.right > innerWidth) && !e.closest('.table-box, .tabs');
}).map(e => e.outerHTML.slice(0, 120)).slice(-8)"""


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

    def at(self, size: dict[str, int]) -> None:
        self.page.set_viewport_size(size)  # type: ignore[arg-type]

    def check(self, picture: str = "") -> None:
        """No barrier, nothing sideways, nothing inline; a picture when SHOTS names a directory."""
        width = self.page.viewport_size["width"]  # type: ignore[index]
        self.page.evaluate(SETTLED)
        if self.page.evaluate("document.documentElement.scrollWidth") > width:
            pytest.fail(f"scrolls sideways: {self.page.evaluate(WIDE)}")
        assert self.page.locator("[style]:not([style='']), style, script:not([src])").count() == 0
        if picture and (place := os.environ.get("SHOTS")):
            Path(place).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{place}/{picture}.png", full_page=True)
        # The sticky foot covers what is scrolled under it; axe judges the page as if it were all in view.
        size = self.page.viewport_size
        self.page.set_viewport_size(
            {"width": width, "height": self.page.evaluate("document.documentElement.scrollHeight") + 60}
        )
        result = Axe().run(self.page, options={"runOnly": RULES, "resultTypes": ["violations"]})
        self.page.set_viewport_size(size)  # type: ignore[arg-type]
        assert result.violations_count == 0, result.generate_report()

    def end(self) -> None:
        # The camera's own style is refused by the policy; without pictures nothing is.
        shot = "inline style" if os.environ.get("SHOTS") else None
        assert [text for text in self.complaints if not (shot and shot in text)] == [], self.complaints
        assert {host for host in self.hosts if host} <= {urlsplit(self.url).netloc}
