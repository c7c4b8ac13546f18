"""Clocks of submissions that are written with their whole way behind them, and went it without a return."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache

from accounts.models import Agency
from agreements.models import PeriodWindow
from budget_portal.clocks.calendar import Calendar
from budget_portal.clocks.hours import TEHRAN
from budget_portal.office import office_calendar
from monitoring.clocks import keeping, terms
from monitoring.models import PerformanceSubmission, SubmissionClock
from monitoring.models.clocks import Sort

# Each clock from one of the submission's stamps to the next; entry begins when its window opens.
SPANS: Mapping[Sort, tuple[str, str]] = {
    Sort.ENTRY: ("", "submitted_at"),
    Sort.TREASURER: ("submitted_at", "confirmed_at"),
    Sort.EXPERT: ("confirmed_at", "reviewed_at"),
    Sort.CONSOLIDATION: ("reviewed_at", "approved_at"),
    Sort.SERVICE: ("confirmed_at", "approved_at"),
}


def write(submissions: Iterable[PerformanceSubmission]) -> None:
    """For approved submissions of first revision; one INSERT for all."""
    SubmissionClock.objects.bulk_create(clocks_of(submissions))


def clocks_of(submissions: Iterable[PerformanceSubmission]) -> list[SubmissionClock]:
    calendar, steps, opened = office_calendar(), cache(terms.steps), cache(_window)
    return [
        _clock(row, sort, steps(row.agency.organization_id)[sort], window, calendar)
        for row in submissions
        if (window := opened(row.agency, row.kind, row.period_id))
        for sort in SPANS
    ]


def _window(agency: Agency, kind: str, period_id: int) -> PeriodWindow | None:
    windows = PeriodWindow.objects.for_agency(agency, kind)
    found: PeriodWindow | None = windows.filter(period=period_id).first()
    return found


def _clock(
    row: PerformanceSubmission, sort: Sort, step: terms.Step, window: PeriodWindow, calendar: Calendar
) -> SubmissionClock:
    first, last = SPANS[sort]
    start = getattr(row, first) if first else dt.datetime.combine(window.opens_on, dt.time(8), TEHRAN)
    fixed = keeping.fixed_dates(row, sort, calendar, window)
    clock = keeping.begun(row, sort, start, calendar, step, fixed)
    keeping.end(clock, (), getattr(row, last), calendar)
    return clock
