"""The days of the demo's story: verbs are told at the moment at which they would have been called.

Only the loading of an empty database does this. The verbs stay as they are; `timezone.now` is what they ask.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.utils import timezone

from budget_portal.clocks.calendar import Calendar
from budget_portal.clocks.counting import add_working_days
from reports.demo.ground import calendar


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Inside, it is that moment."""
    real = timezone.now
    timezone.now = lambda: moment.astimezone(dt.UTC)
    try:
        yield
    finally:
        timezone.now = real


@cache
def _calendar() -> Calendar:
    return calendar()


def days_ago(
    count: int, *, hour: int = 10, minute: int = 0, not_before: dt.date | None = None
) -> dt.datetime:
    """Office hours of the working day that lies `count` working days back, never before a window opened."""
    day = timezone.localdate()
    left = count
    while left > 0 or not _calendar().is_working(day):
        day -= dt.timedelta(days=1)
        left -= _calendar().is_working(day)
    if not_before is not None:
        day = max(day, min(not_before, timezone.localdate()))
    moment = timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))
    return min(moment, timezone.now() - dt.timedelta(minutes=1))


def working_days_after(day: dt.date, count: int, *, hour: int = 11) -> dt.datetime:
    """Office hours of the `count`-th working day after a day."""
    then = add_working_days(day, count, _calendar())
    return timezone.make_aware(dt.datetime.combine(then, dt.time(hour, 20)))
