"""Fixtures of people: who acts in a test, and how they come in."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from accounts import second_factor
from tests.cast import COLUMNS, Cast


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


@pytest.fixture(scope="module")
def troupe(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """Everybody, signed in, once for all tests of a module; each probe undoes what it did (see `undone`)."""
    with django_db_blocker.unblock(), transaction.atomic():
        troupe = Cast()
        for column in COLUMNS:
            troupe.client(column)
        assert troupe.far_agency
        assert troupe.agency2
        yield troupe
        transaction.set_rollback(True)


@pytest.fixture
def lasting_second_factor(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """The troupe signs in once; on a slow machine all the probes take longer than a signature stays fresh."""
    monkeypatch.setattr(second_factor, "FRESH_SECONDS", 24 * 3600)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 24 * 3600
