"""What the rows of a clock come to: pure but for the rows that it is given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from budget_portal.clocks import counting
from budget_portal.clocks.calendar import Calendar, next_working_day
from budget_portal.clocks.counting import Pause, Step
from monitoring.models import SubmissionClock
from monitoring.models.clocks import Basis


@dataclass(frozen=True, slots=True)
class Result:
    """Every day to the due date. `moved_from`: the date of the calendar lay on a day off."""

    steps: list[Step]
    allowed: int
    due_on: dt.date | None
    moved_from: dt.date | None = None


def derive(clock: SubmissionClock, pauses: Sequence[Pause], calendar: Calendar) -> Result:
    by_days = counting.run(clock.started_on, clock.limit_days, calendar, pauses, minimum=clock.minimum_days)
    if clock.basis == Basis.DAYS or clock.fixed_on is None:
        return Result(by_days.steps, by_days.allowed, by_days.due_on)
    fixed = next_working_day(clock.fixed_on, calendar)
    if clock.basis == Basis.LATER and (by_days.due_on is None or by_days.due_on > fixed):
        return Result(by_days.steps, by_days.allowed, by_days.due_on)
    moved = clock.fixed_on if fixed != clock.fixed_on else None
    return _until(clock.started_on, fixed, calendar, moved)


def _until(start: dt.date, fixed: dt.date, calendar: Calendar, moved: dt.date | None) -> Result:
    """A date of the calendar: the days up to it are counted for showing, pauses do not move it."""
    if fixed <= start:
        return Result([Step(start, "start", 0)], 0, fixed, moved)
    days = counting.working_days_between(start, fixed, calendar)
    return Result(counting.derivation(start, days, calendar), days, fixed, moved)


def store(clock: SubmissionClock, pauses: Sequence[Pause], calendar: Calendar) -> list[str]:
    """Write the result into the row; the names of the columns that were set."""
    result = derive(clock, pauses, calendar)
    clock.allowed_days, clock.due_on, clock.calendar_at = result.allowed, result.due_on, calendar.known_at
    return ["allowed_days", "due_on", "calendar_at"]


def used(clock: SubmissionClock, pauses: Sequence[Pause], calendar: Calendar, until: dt.date) -> int:
    """Working days counted up to a day; a clock that starts tomorrow has used none."""
    return counting.used_days(clock.started_on, max(until, clock.started_on), pauses, calendar)


def late(clock: SubmissionClock, stopped_on: dt.date, calendar: Calendar) -> int:
    """Working days after the due date, of entry after the date until which it was in time."""
    due = clock.on_time_until or clock.due_on
    if due is None or stopped_on <= due:
        return 0
    return counting.working_days_between(due, stopped_on, calendar)
