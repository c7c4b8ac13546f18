"""Every URL × method × person: rows = URL names, columns = the cast, cells = status codes (tests/access/*.py)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.cast import COLUMNS, FAR, HOME, Cast
from tests.matrix import LOGIN, Row, Status, collect

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lasting_second_factor")]

TABLE: dict[tuple[str, str], Row] = {}
for _file, _rows in collect("access", "ROWS"):
    assert not (_twice := TABLE.keys() & _rows.keys()), f"tests/access/{_file}.py repeats {_twice}"
    TABLE |= _rows

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


@pytest.mark.parametrize(("name", "method"), sorted(TABLE), ids=lambda value: str(value))
def test_access(troupe: Cast, name: str, method: str) -> None:
    """Where a foreign twin is asked for by the people at home, the far people need not ask for this one."""
    row = TABLE[name, method]
    asked = [column for column in COLUMNS if column not in FAR or not row.foreign]
    found = _statuses(troupe, name, method, row, asked, "own")
    assert found == {column: row.cells[column] for column in asked}, _difference(found, row.cells)


@pytest.mark.parametrize(
    ("name", "method"), sorted(key for key, row in TABLE.items() if row.own), ids=lambda value: str(value)
)
def test_foreign_looks_exactly_like_missing(troupe: Cast, name: str, method: str) -> None:
    row = TABLE[name, method]
    foreign = _statuses(troupe, name, method, row, HOME, "foreign")
    missing = _statuses(troupe, name, method, row, HOME, "missing")
    leaks = {
        column: (foreign[column], missing[column])
        for column in foreign
        if foreign[column] != missing[column] or foreign[column] not in (403, 404)
    }
    assert not leaks, f"(foreign, missing): {leaks}"


def _statuses(
    troupe: Cast, name: str, method: str, row: Row, columns: Sequence[str], of: str
) -> dict[str, Status]:
    """The answer to each person on the same object, each answer undone before the next is asked."""
    found = {}
    with troupe.undone():
        arguments = _arguments(troupe, name, row, of)
        for column in columns:
            with troupe.undone():
                found[column] = _read(_answer(troupe, troupe.client(column), name, method, row, arguments))
    return found


def _arguments(troupe: Cast, name: str, row: Row, of: str) -> Mapping[str, Any]:
    if of == "foreign":
        assert row.foreign, f"{name}: an object needs a foreign twin"
        return row.foreign(troupe)  # type: ignore[no-any-return]
    make = row.own or row.shared
    own = make(troupe) if make else row.fixed
    return row.arguments_of_nothing(own) if of == "missing" else own


def _answer(
    troupe: Cast, client: Client, name: str, method: str, row: Row, arguments: Mapping[str, Any]
) -> HttpResponse:
    data = row.data(troupe) if callable(row.data) else (row.data or {})
    extra = {"content_type": row.content_type} if row.content_type else {}
    url = reverse(name, kwargs=dict(arguments)) + row.query
    return getattr(client, method.partition(":")[0])(url, data, **extra)


def _read(response: HttpResponse) -> Status:
    if response.streaming:
        list(response)  # a file is closed when it has been read
    location = response.headers.get("Location", "")
    if response.status_code == 302 and location.startswith(reverse("account_login")):
        return LOGIN
    if response.status_code == 302 and location.startswith(reverse("mfa_activate_totp")):
        return "second factor"
    return response.status_code


def _difference(found: Mapping[str, Status], wanted: Mapping[str, Status]) -> str:
    wrong = {
        column: (found[column], wanted.get(column)) for column in found if found[column] != wanted.get(column)
    }
    return f"(answered, wanted): {wrong}"


def test_the_probes_are_many() -> None:
    """Reliability guide P1: at least 2,000 probes of method × role × own, foreign, missing."""
    own = len(TABLE) * len(COLUMNS)
    strangers = sum(2 * len(HOME) for row in TABLE.values() if row.own)
    assert own + strangers >= 2000 or len(TABLE) < 40
    assert len(FAR) == len(HOME)
