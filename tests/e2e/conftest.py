from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.cast import Cast

pytest.register_assert_rewrite("tests.e2e.stories")
from tests.e2e.stories import Story  # noqa: E402 - after the rewriting of its assertions


@pytest.fixture
def story(page: Page, live_server: LiveServer, transactional_db: None) -> Iterator[Story]:
    """A story that ends without complaint of the console and without a request to another host."""
    told = Story(page, live_server, Cast())
    yield told
    told.end()
