"""Counting working days, with pauses that end by themselves and a minimum of time after them.

Day 0 is the day of the start itself; day n is the n-th working day after it. A pause runs from the day of the
return to the day of the next confirmation: the first still counts, the days after it up to and including the
second do not, for that one is a new day 0. So the days of a paused clock are the sum of its running parts. A pause
with a limit covers at most so many working days; then the clock runs on, whatever is still awaited.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from budget_portal.clocks.calendar import Calendar

WARN_AT_PERCENT = 70

Kind = Literal["start", "working", "weekend", "holiday", "paused"]
ONE_DAY = dt.timedelta(days=1)


class Pause(NamedTuple):
    """From the day of the return to that of the next confirmation (None: not yet), at most `limit` working days."""

    begins: dt.date
    ends: dt.date | None
    reason: str = ""
    limit: int | None = None

    def last_day(self, calendar: Calendar) -> dt.date | None:
        """The last day that does not count; None while the pause has neither end nor limit."""
        if self.limit is None:
            return self.ends
        latest = add_working_days(self.begins, self.limit, calendar)
        return latest if self.ends is None else min(self.ends, latest)


Pauses = Iterable[Pause | tuple[dt.date, dt.date | None]]


class Step(NamedTuple):
    """One day of a derivation: what it was, its number when it counted, and the occasion or the pause's reason."""

    date: dt.date
    kind: Kind
    number: int | None
    occasion: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A clock run to its end: each day, and how many working days it had, time after a resuming included."""

    steps: list[Step]
    allowed: int
    due_on: dt.date | None


def add_working_days(start: dt.date, count: int, calendar: Calendar) -> dt.date:
    """The `count`-th working day after `start`; `start` itself for 0."""
    return derivation(start, count, calendar)[-1].date


def working_days_between(start: dt.date, stop: dt.date, calendar: Calendar) -> int:
    """How many working days lie after `start`, up to and including `stop`."""
    return used_days(start, stop, (), calendar)


def used_days(start: dt.date, stop: dt.date, pauses: Pauses, calendar: Calendar) -> int:
    """Working days that the clock has counted from `start` (day 0) to `stop`, its pauses left out."""
    if stop < start:
        raise ValueError("A clock does not stop before it starts.")
    stopped = _Stopped(pauses, calendar)
    days = (start + dt.timedelta(days=number) for number in range(1, (stop - start).days + 1))
    return sum(calendar.is_working(day) and stopped.on(day) is None for day in days)


def due_date(
    start: dt.date, limit: int, pauses: Pauses, calendar: Calendar, *, minimum: int = 0
) -> dt.date | None:
    """The day on which the limit is used up; None while a pause without an end stands before it."""
    return run(start, limit, calendar, pauses, minimum=minimum).due_on


def is_warning(used: int, limit: int) -> bool:
    """Whether 70 % of the time is used."""
    return 100 * used >= WARN_AT_PERCENT * limit


def derivation(
    start: dt.date, count: int, calendar: Calendar, pauses: Pauses = (), *, minimum: int = 0
) -> list[Step]:
    """Every day from `start` to the `count`-th counted one, for showing how a due date came about.

    It ends early, with a step of kind `paused`, where a pause has no end yet.
    """
    return run(start, count, calendar, pauses, minimum=minimum).steps


def run(start: dt.date, limit: int, calendar: Calendar, pauses: Pauses = (), *, minimum: int = 0) -> Run:
    """Day by day until the limit is used up. Whoever resumes in time has at least `minimum` working days left."""
    if limit < 0:
        raise ValueError("A clock does not run backwards.")
    stopped = _Stopped(pauses, calendar)
    steps, counted, allowed, day = [Step(start, "start", 0)], 0, limit, start
    while counted < allowed or (minimum and stopped.before_working_day_after(day)):
        day += ONE_DAY
        if pause := stopped.on(day):
            steps.append(Step(day, "paused", None, pause.reason))
            if stopped.for_ever_from(day):
                return Run(steps, allowed, None)
            if stopped.on(day + ONE_DAY) is None:  # it resumes: this day is a new day 0
                allowed = max(allowed, counted + minimum)
            continue
        kind = calendar.kind(day)
        counted += kind == "working"
        steps.append(Step(day, kind, counted if kind == "working" else None, calendar.holidays.get(day, "")))
    return Run(steps, allowed, steps[-1].date)


class _Stopped:
    """On which days the clock stands still, and why."""

    def __init__(self, pauses: Pauses, calendar: Calendar) -> None:
        known = [Pause(*pause) for pause in pauses]
        self.spans = [(pause.begins, pause.last_day(calendar), pause) for pause in known]
        self.calendar = calendar

    def on(self, day: dt.date) -> Pause | None:
        for begins, last, pause in self.spans:
            if begins < day and (last is None or day <= last):
                return pause
        return None

    def for_ever_from(self, day: dt.date) -> bool:
        return any(last is None and begins < day for begins, last, _ in self.spans)

    def before_working_day_after(self, day: dt.date) -> bool:
        """Whether a pause begins in the last moment: before the clock counts its next day."""
        if not self.spans:
            return False
        day += ONE_DAY
        while self.on(day) is None and not self.calendar.is_working(day):
            day += ONE_DAY
        return self.on(day) is not None
