"""Every page of the access tables once, as one of those who do most there: no barrier, nothing sideways, no other host,
nothing inline. The pages are answered by Django's test client inside a savepoint and laid before the browser, so that a
page costs a fraction of a story; what people do on them, the stories tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, Route

from tests.cast import HOME, PUBLIC, Cast
from tests.e2e.stories import DESKTOP, INLINE, PHONE, SETTLED, WIDE, barriers
from tests.matrix import Row, collect

pytestmark = [pytest.mark.e2e, pytest.mark.django_db, pytest.mark.usefixtures("lasting_second_factor")]

ORIGIN = "http://portal.test"
# Whoever writes sees most of a page.
READERS = (
    *("consolidation", "agency_user", "admin", "deputy", "expert", "treasurer", "head", "complaints"),
    *("agency_head", "auditor", "county_viewer", "national", PUBLIC),
)
ELSEWHERE = {"ground:api-docs"}  # drawn by a script of its own: tests/e2e/test_api_docs.py
TABLES = {file: rows for file, rows in collect("access", "ROWS") if file != "api"}
# Parts of the header that reach out of it or stand over each other.
OVERLAID = """() => {
    const parts = [...document.querySelectorAll('.brand, .nav__list > li, .top__end > *')]
        .filter(part => part.offsetParent && part.getBoundingClientRect().width > 1)
        .map(part => [part.getBoundingClientRect(), part.textContent.trim().slice(0, 20)]);
    const out = parts.filter(([box]) => box.left < 0 || box.right > innerWidth).map(([, name]) => name);
    const over = parts.filter(([box, name], i) => parts.slice(i + 1).some(([next]) =>
        next.right > box.left + 1 && next.left < box.right - 1 && next.bottom > box.top + 1 && next.top < box.bottom - 1));
    return [...out, ...over.map(([, name]) => name + ' is laid over')];
}"""
KEPT = ("content-type", "content-security-policy")


class Desk:
    """A browser whose every request is answered by the client of one person."""

    static: dict[str, tuple[bytes, Mapping[str, str]]] = {}

    def __init__(self, page: Page) -> None:
        self.page, self.wrong = page, list[str]()
        self.client, self.laid = Client(), HttpResponse()
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.route("**/*", self._answer)

    def _note(self, message: Any) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            self.wrong.append(message.text)

    def _answer(self, route: Route) -> None:
        url = urlsplit(route.request.url)
        if f"{url.scheme}://{url.netloc}" != ORIGIN:
            self.wrong.append(f"another host: {route.request.url}")
            route.abort()
            return
        path = f"{url.path}?{url.query}" if url.query else url.path
        if route.request.is_navigation_request():
            body, headers = _read(self.laid)
        elif path in self.static:
            body, headers = self.static[path]
        else:
            body, headers = _read(self.client.get(path))
            if path.startswith("/static/"):
                self.static[path] = body, headers
        route.fulfill(body=body, headers=dict(headers))

    def judge(self, address: str, answer: HttpResponse, client: Client) -> list[str]:
        """What is wrong with a page at both widths."""
        self.wrong.clear()
        self.laid, self.client = answer, client
        self.page.set_viewport_size(DESKTOP)
        self.page.goto(f"{ORIGIN}{address}")
        self._fits("desk")
        self.page.set_viewport_size(PHONE)
        self._fits("phone")
        self.wrong += filter(None, [barriers(self.page)])
        if self.page.locator(INLINE).count():
            self.wrong.append("inline style or script")
        return [f"{address}: {what}" for what in self.wrong]

    def _fits(self, where: str) -> None:
        self.page.evaluate(SETTLED)
        width = self.page.viewport_size["width"]  # type: ignore[index]
        if self.page.evaluate("document.documentElement.scrollWidth") > width:
            self.wrong.append(f"{where} scrolls sideways: {self.page.evaluate(WIDE)}")


def _read(answer: Any) -> tuple[bytes, Mapping[str, str]]:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body, {name: value for name, value in answer.headers.items() if name.lower() in KEPT}


@pytest.fixture
def desk(page: Page) -> Desk:
    return Desk(page)


def pages(rows: Mapping[tuple[str, str], Row]) -> Iterator[tuple[str, Row, str]]:
    """(name, row, who reads it) of what is read by somebody."""
    for (name, method), row in sorted(rows.items()):
        who = next((who for who in READERS if row.cells.get(who) == 200), None)
        if method.partition(":")[0] == "get" and who and name not in ELSEWHERE:
            yield name, row, who


def is_page(answer: Any) -> bool:
    """No file, no part of a page."""
    if answer.streaming or answer.status_code != 200:
        return False
    return answer.headers.get("Content-Type", "").startswith("text/html") and b"<html" in answer.content


@pytest.mark.parametrize("file", sorted(TABLES))
def test_every_page_is_open_to_everybody(troupe: Cast, desk: Desk, file: str) -> None:
    wrong: list[str] = []
    for name, row, who in pages(TABLES[file]):
        with troupe.undone():
            make = row.own or row.shared
            arguments = make(troupe) if make else row.fixed
            address = reverse(name, kwargs=dict(arguments)) + row.query
            client = troupe.client(who)
            answer: Any = client.get(address)
            if is_page(answer):
                wrong += [f"{name} as {who}: {what}" for what in desk.judge(address, answer, client)]
            elif answer.streaming:
                list(answer)  # a file is closed when it has been read
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("who", [*HOME, "national"])
def test_the_header_of_every_role_fits(troupe: Cast, desk: Desk, who: str) -> None:
    with troupe.undone():
        client = troupe.client(who)
        answer: Any = client.get("/inbox/")
        assert is_page(answer), answer
        wrong = desk.judge("/inbox/", answer, client)
        for width in (1366, 1241, 1240, 1101, 768):
            desk.page.set_viewport_size({"width": width, "height": 900})
            wrong += [f"at {width}: {what}" for what in desk.page.evaluate(OVERLAID)]
        desk.page.set_viewport_size(DESKTOP)
        wrong += filter(None, [barriers(desk.page)])
        assert not wrong
