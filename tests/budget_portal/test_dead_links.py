"""What every page offers leads somewhere: the search of the header, the ways out of a page that is not there."""

from __future__ import annotations

import re

import pytest

from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_the_search_of_the_header_finds_a_project(cast: Cast) -> None:
    project = factories.make_project(cast.agency)
    client = cast.client("expert")
    page = client.get("/inbox/").content.decode()
    (action,) = set(re.findall(r'role="search"\s+action="([^"]+)"', page))
    found = client.get(action, {"q": project.code})
    assert found.status_code == 200
    assert f"/projects/{project.code}/" in found.content.decode()


def test_the_ways_out_of_a_missing_page_exist(cast: Cast) -> None:
    client = cast.client("expert")
    missing = client.get("/nothing/here/")
    assert missing.status_code == 404
    page = missing.content.decode()
    body = page[page.index("<main") : page.index("</main>")]
    links = re.findall(r'href="(/[^"]*)"', body)
    assert links
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)
