"""The system's Chromium for the stories; nothing is downloaded."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

expect.set_options(timeout=15_000)  # a machine with two busy processors is slow, not wrong

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)

# Playwright's event loop runs in the test's thread; Django would take it for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.fail("The browser stories need Chromium: sudo apt-get install chromium", pytrace=False)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": chromium(), "args": list(QUIET), "headless": True}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {"locale": "fa-IR", "timezone_id": "Asia/Tehran", "viewport": {"width": 1366, "height": 768}}


@pytest.fixture(scope="session")
def profile(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[BrowserContext]:
    """One for all tests of a process: to open another takes Chromium more than half a second of work, unless one of its
    pages has stayed open.
    """
    kept = browser.new_context(**browser_context_args)
    kept.new_page()
    yield kept
    kept.close()


@pytest.fixture
def context(profile: BrowserContext) -> Iterator[BrowserContext]:
    """As good as new: whatever a test leaves in the browser goes with it, but for the static files."""
    yield profile
    first, *others = profile.pages
    for page in others:
        page.close()
    profile.unroute_all()
    profile.set_offline(False)
    profile.set_geolocation(None)
    profile.clear_permissions()
    profile.clear_cookies()
    session = profile.new_cdp_session(first)
    session.send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
    session.detach()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
