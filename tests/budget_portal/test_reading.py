"""One snapshot: what others commit meanwhile is not seen, and nothing is written."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import InternalError, connection, transaction

from budget_portal.models import Holiday
from budget_portal.reading import one_snapshot

DAY = dt.date(2026, 11, 25)


def add_holiday(day: dt.date = DAY) -> None:
    Holiday.objects.create(day=day, title="روز نمونه")


def elsewhere(change: object) -> None:
    """Another connection, committed before this returns."""

    def run() -> None:
        try:
            change()  # type: ignore[operator]
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


@pytest.mark.django_db(transaction=True)
def test_later_commits_are_not_seen() -> None:
    with one_snapshot():
        before = Holiday.objects.count()
        elsewhere(add_holiday)
        assert Holiday.objects.count() == before
    assert Holiday.objects.count() == before + 1


@pytest.mark.django_db(transaction=True)
def test_it_writes_nothing() -> None:
    with pytest.raises(InternalError), one_snapshot():
        add_holiday()


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_it_joins_it() -> None:
    with transaction.atomic():
        add_holiday()
        with one_snapshot():
            assert Holiday.objects.filter(day=DAY).exists()
        transaction.set_rollback(True)
