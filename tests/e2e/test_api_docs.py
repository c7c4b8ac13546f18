"""The page of the API under the strict policy: it draws every operation and asks no other host."""

import os

import pytest
from playwright.sync_api import expect

from tests.e2e.stories import Story

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_the_page_shows_the_operations_and_keeps_the_policy(story: Story) -> None:
    story.sign_in("auditor")
    story.go("/api/v1/docs/")
    expect(story.page.get_by_role("heading", level=1)).to_contain_text("پایش بودجه")
    assert story.page.locator(".opblock-tag").count() >= 50
    story.page.locator("#operations-tag-submissions button").click()
    expect(story.page.locator("#operations-submissions-submissions_return_create")).to_be_visible()
    if place := os.environ.get("SHOTS"):
        story.page.screenshot(path=f"{place}/api-docs.png")
    story.page.locator("#operations-submissions-submissions_list .opblock-summary-control").click()
    story.page.get_by_role("button", name="Try it out").click()
    story.page.get_by_role("button", name="Execute").click()
    expect(story.page.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
