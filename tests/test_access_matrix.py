"""Every URL × method × person: rows = URL names, columns = the cast, cells = status codes (tests/access/*.py)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.cast import FAR, HOME, Cast
from tests.ground import alike
from tests.matrix import Status
from tests.probes import TABLE, asked, statuses

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lasting_second_factor")]

# Django's administration is for technicians alone; tests/accounts/test_admin.py knows its pages by registry.
NOT_LISTED = ("admin:",)


def url_names(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from url_names(entry, inner)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name or entry.lookup_str}"


def test_every_url_name_is_in_the_table() -> None:
    listed = {name for name, _ in TABLE}
    known = {name for name in url_names() if not name.startswith(NOT_LISTED)}
    assert not (missing := sorted(known - listed)), f"add these to tests/access/<app>.py: {missing}"
    assert not (gone := sorted(listed - known)), f"the table names URLs that no longer exist: {gone}"


@pytest.mark.parametrize(
    ("name", "method", "ground"),
    [(*key, alike(TABLE[key].own or TABLE[key].shared)) for key in sorted(TABLE)],
    indirect=["ground"],
    scope="module",
    ids=["-".join(key) for key in sorted(TABLE)],
)
def test_access(troupe: Cast, name: str, method: str, ground: Mapping[str, Any] | None) -> None:
    row = TABLE[name, method]
    found = statuses(troupe, name, method, row, asked(row), row.fixed if ground is None else ground)
    wanted = {column: row.cells[column] for column in asked(row)}
    assert found == wanted, _difference(found, wanted)


def _difference(found: Mapping[str, Status], wanted: Mapping[str, Status]) -> str:
    wrong = {column: (found[column], wanted[column]) for column in found if found[column] != wanted[column]}
    return f"(answered, wanted): {wrong}"


def test_the_probes_are_many() -> None:
    """Reliability guide P1: at least 2,000 probes of method × role × own, foreign, missing."""
    own = sum(len(asked(row)) for row in TABLE.values())
    strangers = sum(len(HOME) for row in TABLE.values() if row.own)
    assert own + strangers >= 2000
    assert len(FAR) == len(HOME)
