"""Moments: on which day a clock begins when something arrives after office hours, and clocks of hours."""

import datetime as dt
from zoneinfo import ZoneInfo

from budget_portal.clocks.calendar import Calendar, next_working_day

TEHRAN = ZoneInfo("Asia/Tehran")


def local_day(when: dt.date | dt.datetime) -> dt.date:
    """The day in Tehran, where the offices are."""
    return _local(when).date() if isinstance(when, dt.datetime) else when


def day_zero(when: dt.date | dt.datetime, calendar: Calendar) -> dt.date:
    """The day from which a clock counts: what comes after office hours comes on the next working day.

    A day off is its own day 0, for nothing is counted before the next working day anyhow.
    """
    day = local_day(when)
    if not isinstance(when, dt.datetime):
        return day
    hours = calendar.week_on(day).hours
    if hours is None or not calendar.is_working(day) or _local(when).time() <= hours.closes:
        return day
    return next_working_day(day + dt.timedelta(days=1), calendar)


def add_office_hours(start: dt.datetime, length: dt.timedelta, calendar: Calendar) -> dt.datetime:
    """The moment at which so much office time has passed; a day without office hours counts from 0 to 24."""
    if length < dt.timedelta(0):
        raise ValueError("A clock does not run backwards.")
    moment, left = _local(start), length
    if not left:
        return moment
    while True:
        opens, closes = _span(moment.date(), calendar)
        begins = max(moment, opens)
        if calendar.is_working(moment.date()) and begins < closes:
            if begins + left <= closes:
                return begins + left
            left -= closes - begins
        moment = dt.datetime.combine(moment.date() + dt.timedelta(days=1), dt.time(0), TEHRAN)


def _span(day: dt.date, calendar: Calendar) -> tuple[dt.datetime, dt.datetime]:
    hours = calendar.week_on(day).hours
    opens = dt.datetime.combine(day, hours.opens if hours else dt.time(0), TEHRAN)
    if hours:
        return opens, dt.datetime.combine(day, hours.closes, TEHRAN)
    return opens, dt.datetime.combine(day + dt.timedelta(days=1), dt.time(0), TEHRAN)


def _local(when: dt.date | dt.datetime) -> dt.datetime:
    if not isinstance(when, dt.datetime) or when.tzinfo is None:
        raise ValueError("A clock reads no naive time.")
    return when.astimezone(TEHRAN)
