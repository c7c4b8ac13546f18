from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.cast import Cast
from tests.e2e.stories import Story


@pytest.fixture
def story(page: Page, live_server: LiveServer, transactional_db: None) -> Iterator[Story]:
    """A story that ends without complaint of the console and without a request to another host."""
    told = Story(page, live_server, Cast())
    yield told
    told.end()
