"""The system's Chromium for the stories; nothing is downloaded."""

import os
import shutil
from typing import Any

import pytest
from playwright.sync_api import expect

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
