"""Each person is listed by the API what the pages show them: the rows of tests/rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.access.api import MODELS, PUBLIC_FACTS, SCOPES
from tests.cast import COLUMNS, PUBLIC, Cast

pytestmark = pytest.mark.django_db


def everything(client: Client, url: str) -> list[dict[str, Any]]:
    """All pages of a list."""
    rows: list[dict[str, Any]] = []
    while url:
        page = client.get(url).json()
        rows += page["results"]
        url = page["next"]
    return rows


@pytest.mark.parametrize(
    "prefix",
    sorted(prefix for prefix, label in MODELS.items() if label in SCOPES and prefix not in PUBLIC_FACTS),
)
def test_a_list_shows_each_person_what_pages_show_them(troupe: Cast, prefix: str) -> None:
    """tests/rows says who sees which rows through `for_user`; the list of the API says the same."""
    scoped = SCOPES[MODELS[prefix]]
    wrong = {}
    with troupe.undone():
        tags = {row.pk: tag for tag, row in scoped.make(troupe).items()}
        for column in set(COLUMNS) - {PUBLIC}:
            with troupe.undone():
                rows = everything(troupe.client(column), reverse(f"{prefix}-list") + "?limit=2")
            found = {tags[row["id"]] for row in rows if row["id"] in tags}
            if found != scoped.sees[column]:
                wrong[column] = (found, scoped.sees[column])
    assert not wrong, f"(listed, in scope): {wrong}"
