"""When a mail may go: on working days within office hours, as the calendar's rows say. Pure but for `now`."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from budget_portal.clocks.calendar import Calendar
from budget_portal.clocks.hours import TEHRAN

# Where the calendar knows no hours of the day.
OPENS, CLOSES = dt.time(7), dt.time(20)
FAR = 40  # days; no row of holidays is that long


def span(day: dt.date, calendar: Calendar) -> tuple[dt.time, dt.time]:
    hours = calendar.week_on(day).hours
    return (hours.opens, hours.closes) if hours else (OPENS, CLOSES)


def is_open(now: dt.datetime, calendar: Calendar) -> bool:
    if settings.MAIL_AT_ANY_HOUR:
        return True
    local = now.astimezone(TEHRAN)
    opens, closes = span(local.date(), calendar)
    return calendar.is_working(local.date()) and opens <= local.time() < closes


def next_opening(now: dt.datetime, calendar: Calendar, hour: int | None = None) -> dt.datetime:
    """The next moment at which a mail may go; with `hour` the next digest of that hour, within office hours."""
    local = now.astimezone(TEHRAN)
    for days in range(FAR):
        day = local.date() + dt.timedelta(days=days)
        if not calendar.is_working(day):
            continue
        opens, closes = span(day, calendar)
        wanted = opens if hour is None else min(max(dt.time(hour), opens), closes)
        moment = dt.datetime.combine(day, wanted, TEHRAN)
        if moment > local:
            return moment
        if hour is None and local.time() < closes:
            return local
    return local + dt.timedelta(days=FAR)
