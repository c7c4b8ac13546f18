"""Asks one address for one person after another and says what each was answered; the two matrices share it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.cast import COLUMNS, FAR, NEAR, Cast
from tests.matrix import LOGIN, Row, Status, collect

TABLE: dict[tuple[str, str], Row] = {}
for _file, _rows in collect("access", "ROWS"):
    assert not (_twice := TABLE.keys() & _rows.keys()), f"tests/access/{_file}.py repeats {_twice}"
    TABLE |= _rows


def asked(row: Row) -> tuple[str, ...]:
    """Who need be asked: with a foreign twin not the far people, and where the role alone decides one of each role."""
    if row.foreign:
        return tuple(column for column in COLUMNS if column not in FAR)
    if row.shared or row.own:
        return COLUMNS
    return tuple(column for column in COLUMNS if column not in (*FAR, *NEAR))


def statuses(
    troupe: Cast, name: str, method: str, row: Row, columns: Sequence[str], arguments: Mapping[str, Any]
) -> dict[str, Status]:
    """The answer to each person on the same object, each undone before the next."""
    found = {}
    for column in columns:
        with troupe.undone():
            found[column] = _read(_answer(troupe, troupe.client(column), name, method, row, arguments))
    return found


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
