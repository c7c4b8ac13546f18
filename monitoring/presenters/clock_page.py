"""How a due date came about, day by day: of a clock, and of the dates of a window."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils import timezone

from agreements.forms.calendar import LABELS
from agreements.models import PeriodWindow
from agreements.planning import DATES
from budget_portal.clocks import counting
from budget_portal.clocks.calendar import Calendar, Hours, next_working_day
from budget_portal.clocks.counting import Step
from budget_portal.jalali import format_date
from budget_portal.office import office_calendar
from monitoring.clocks import deriving, keeping, preview
from monitoring.models import SubmissionClock

WORDS = {
    "start": ("روز صفر: آغاز شمارش", "info"),
    "working": ("روز کاری", "plain"),
    "weekend": ("تعطیل هفته", "neutral"),
    "holiday": ("تعطیل رسمی", "warn"),
    "paused": ("توقف", "returned"),
}


@dataclass(frozen=True)
class Day:
    date: dt.date
    what: str
    tone: str
    number: int | None
    note: str
    is_due: bool = False
    is_today: bool = False


@dataclass(frozen=True)
class Stage:
    """One date of a window: how many working days after the one before it."""

    label: str
    on: dt.date
    moved_to: dt.date | None
    working: int
    days: list[Day]


def days(steps: Iterable[Step], due: dt.date | None) -> list[Day]:
    today = timezone.localdate()
    return [
        Day(
            step.date,
            *WORDS[step.kind],
            step.number,
            step.occasion,
            is_due=step.date == due and step.kind != "paused",
            is_today=step.date == today,
        )
        for step in steps
    ]


def clock_context(clock: SubmissionClock) -> dict[str, Any]:
    """Reckoned with the calendar as it was known when the date was stored."""
    calendar = office_calendar(clock.calendar_at) if clock.calendar_at else office_calendar()
    pauses = list(clock.pauses.all())
    result = deriving.derive(clock, [row.span for row in pauses], calendar)
    today = timezone.localdate()
    used = clock.used_days
    if used is None:
        used = deriving.used(clock, keeping.spans(clock), calendar, today)
    return {
        "clock": clock,
        "title": preview.named(clock),
        "days": days(result.steps, result.due_on),
        "allowed": result.allowed,
        "used": used,
        "extended": result.allowed - clock.limit_days if clock.basis == "days" else 0,
        "moved_from": result.moved_from,
        "pauses": [(row, row.span.last_day(calendar)) for row in pauses],
        "began_late": clock.started_on > timezone.localtime(clock.started_at).date(),
        **_version(calendar, clock.started_on),
    }


def window_context(window: PeriodWindow) -> dict[str, Any]:
    calendar = office_calendar()
    dates = {name: getattr(window, name) for name in DATES}
    dates["entry_due"] = window.last_day
    opens = Stage(LABELS["opens_on"], window.opens_on, None, 0, [])
    stages = [
        _stage(LABELS[name], dates[before], max(dates[name], dates[before]), calendar)
        for before, name in pairwise(DATES)
    ]
    return {
        "window": window,
        "cutoff": window.period.cutoff_date,
        "stages": [opens, *stages],
        **_version(calendar, window.opens_on),
    }


def _stage(label: str, start: dt.date, end: dt.date, calendar: Calendar) -> Stage:
    steps = counting.derivation(start, counting.working_days_between(start, end, calendar), calendar)
    while steps[-1].date < end:  # the days off on which the date itself lies
        day = steps[-1].date + dt.timedelta(days=1)
        steps.append(Step(day, calendar.kind(day), None, calendar.holidays.get(day, "")))
    working = sum(step.kind == "working" for step in steps)
    return Stage(label, end, _moved(end, calendar), working, days(steps, end))


def _moved(day: dt.date, calendar: Calendar) -> dt.date | None:
    """A deadline on a day off moves to the next working day, and the page says so (ux.md §5)."""
    later = next_working_day(day, calendar)
    return later if later != day else None


def _version(calendar: Calendar, day: dt.date) -> dict[str, Any]:
    week = calendar.week_on(day)
    return {
        "calendar_at": calendar.known_at,
        "days_off": week.weekend,
        "hours": _hours(week.hours),
        "week_from": None if week.valid_from == dt.date.min else format_date(week.valid_from, "text"),
    }


def _hours(hours: Hours | None) -> str:
    return f"{hours.opens:%H:%M} تا {hours.closes:%H:%M}" if hours else ""
