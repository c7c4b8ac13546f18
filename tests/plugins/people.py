"""Fixtures of people: who acts in a test, and how they come in."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from accounts import second_factor
from budget_portal.notices import hours
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


@pytest.fixture(scope="module")
def ground(troupe: Cast, request: pytest.FixtureRequest) -> Iterator[Any]:
    """What the parameter makes, for all tests in a row that have the same one (tests/ground.py)."""
    with troupe.undone():
        yield request.param(troupe) if request.param else None


@pytest.fixture
def lasting_second_factor(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """The troupe signs in once; on a slow machine all the probes take longer than a signature stays fresh."""
    monkeypatch.setattr(second_factor, "FRESH_SECONDS", 24 * 3600)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 24 * 3600


@pytest.fixture(autouse=True)
def in_office_hours(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Mails of tests go at once, whatever the hour and the day; `test_notices` asks the real hours."""
    if "real_hours" not in request.fixturenames:
        monkeypatch.setattr(hours, "is_open", lambda now, calendar: True)


@pytest.fixture
def real_hours() -> None:
    """For tests of when something may be sent."""
