"""The gallery is the proof of the design system: no barrier, no sideways scroll, nothing inline, nobody else's host."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.e2e.stories import DESKTOP, PHONE, barriers, fits

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

WIDTHS = (1366, 1024, 390, 320)


@pytest.fixture
def gallery(page: Page, live_server: LiveServer, settings: Settings) -> Iterator[Page]:
    settings.DEMO = True
    page.goto(f"{live_server.url}/gallery/")
    yield page


@pytest.mark.parametrize("address", ("", "public/"))
def test_nothing_bars_the_way_or_scrolls_sideways(gallery: Page, address: str) -> None:
    gallery.goto(gallery.url + address)
    for width in WIDTHS:
        gallery.set_viewport_size({"width": width, "height": 900})
        fits(gallery)
    for size in (PHONE, DESKTOP):
        gallery.set_viewport_size(size)
        gallery.locator("details.chart__table").evaluate_all("all => all.forEach(e => { e.open = true })")
        assert not barriers(gallery)


def test_policy_is_kept_and_no_other_host_is_asked(
    page: Page, live_server: LiveServer, settings: Settings
) -> None:
    settings.DEMO = True
    requests: list[Request] = []
    complaints: list[ConsoleMessage] = []
    page.on("request", lambda request: requests.append(request))
    page.on(
        "console",
        lambda message: complaints.append(message) if message.type in ("error", "warning") else None,
    )
    page.goto(f"{live_server.url}/gallery/", wait_until="networkidle")
    own = urlsplit(live_server.url).netloc
    assert {urlsplit(request.url).netloc for request in requests if not request.url.startswith("data:")} == {
        own
    }
    assert [message.text for message in complaints] == []
    assert page.locator("[style], style, script:not([src])").count() == 0
    handlers = (
        "[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames()).filter(n => /^on/.test(n))"
    )
    assert page.evaluate(handlers) == []


def test_page_is_persian_and_right_to_left(gallery: Page) -> None:
    root = gallery.locator("html")
    expect(root).to_have_attribute("lang", "fa")
    expect(root).to_have_attribute("dir", "rtl")
    shown = gallery.locator("main").inner_text()
    assert not [char for char in shown if char in "٠١٢٣٤٥٦٧٨٩يك"]
    assert "#}" not in shown  # a comment of a component would show
    expect(gallery.locator("h1")).to_have_count(1)


def test_copied_table_gives_a_spreadsheet_its_numbers(gallery: Page) -> None:
    copied = gallery.evaluate(
        """() => {
            const table = [...document.querySelectorAll('table[data-copy]')].find(t => t.checkVisibility());
            const range = document.createRange();
            range.selectNodeContents(table.tBodies[0].rows[0]);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
            const event = new ClipboardEvent('copy', { clipboardData: new DataTransfer(), bubbles: true, cancelable: true });
            table.dispatchEvent(event);
            return event.clipboardData.getData('text/plain');
        }"""
    )
    assert "24000\t30000" in copied
    assert not [char for char in copied if char in "۰۱۲۳۴۵۶۷۸۹٬"]


def test_figure_is_grouped_when_left(gallery: Page) -> None:
    cell = gallery.locator("#cell-1")
    cell.fill("۲۷۶۵۰۱")
    cell.blur()
    expect(cell).to_have_value("276,501")
    cell.focus()
    expect(cell).to_have_value("276501")


def test_keys_work_by_place_and_rest_while_typing(gallery: Page) -> None:
    gallery.locator("h1").click()
    gallery.keyboard.press("Shift+Slash")
    expect(gallery.locator("#keys")).to_be_visible()
    gallery.keyboard.press("Escape")
    gallery.keyboard.press("Slash")
    expect(gallery.locator("#search")).to_be_focused()
    gallery.keyboard.press("Shift+Slash")
    expect(gallery.locator("#keys")).to_be_hidden()


def test_menu_opens_on_a_phone_with_and_without_script(gallery: Page, live_server: LiveServer) -> None:
    gallery.set_viewport_size({"width": 390, "height": 800})
    toggle = gallery.get_by_role("button", name="فهرست", exact=True)
    expect(toggle).to_have_attribute("aria-expanded", "false")
    toggle.click()
    expect(gallery.locator("#nav")).to_be_visible()
    gallery.goto(f"{live_server.url}/gallery/#nav")  # what the link does where scripts are off
    expect(gallery.locator("#nav")).to_be_visible()


def test_dialog_offers_the_safe_button_first(gallery: Page) -> None:
    gallery.locator("[data-dialog=confirm]").click()
    dialog = gallery.locator("#confirm")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_text("بازگشت", exact=True)).to_be_focused()
    gallery.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(gallery.locator("[data-dialog=confirm]")).to_be_focused()


def test_strangers_do_not_see_it_outside_the_demo(
    page: Page, live_server: LiveServer, settings: Settings
) -> None:
    settings.DEMO = settings.DEBUG = False
    page.goto(f"{live_server.url}/gallery/")
    expect(page).to_have_url(re.compile("/accounts/login/"))
