"""The service clock of one submission (domain guide §16): ten working days to final approval.

Pure: no database, no Django. It reads the submission's own events and counts with
`budget_portal.clocks`. Day 0 is the treasurer's confirmation; a return stops the clock until the
next confirmation; approval stops it for good. A confirmation after an approval (the submission was
reopened) starts a clock of its own.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from budget_portal.clocks import counting
from budget_portal.clocks.calendar import Calendar
from budget_portal.clocks.counting import Pause, Step
from budget_portal.clocks.hours import day_zero, local_day

LIMIT = 10


class Event(StrEnum):
    """What moves the clock; every other move of a submission leaves it alone."""

    CONFIRMED = "confirmed"
    RETURNED = "returned"
    APPROVED = "approved"


class State(StrEnum):
    NOT_STARTED = "not_started"
    RUNNING = "running"
    PAUSED = "paused"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class ServiceClock:
    """Day `day` of `limit`. `due_on` is unknown before the start, and while a pause runs in which the
    limit is not yet used up."""

    state: State
    limit: int
    day: int = 0
    started_on: dt.date | None = None
    stopped_on: dt.date | None = None
    due_on: dt.date | None = None
    pauses: tuple[Pause, ...] = ()

    @property
    def is_paused(self) -> bool:
        return self.state is State.PAUSED

    @property
    def is_overdue(self) -> bool:
        """More working days used than the limit; an approved submission keeps the mark."""
        return self.day > self.limit

    @property
    def is_warning(self) -> bool:
        """Still open, not overdue, and 70 % of the time used."""
        is_open = self.state in {State.RUNNING, State.PAUSED}
        return is_open and not self.is_overdue and counting.is_warning(self.day, self.limit)

    @property
    def remaining(self) -> int:
        """Working days left, at least 0."""
        return max(0, self.limit - self.day)


@dataclass(frozen=True, slots=True)
class _Round:
    """From the first confirmation to the approval or to what is known so far."""

    started: dt.date
    pauses: tuple[Pause, ...] = ()
    approved: dt.date | None = None

    @property
    def is_paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].ends is None

    def resumed(self, on: dt.date) -> "_Round":
        *earlier, last = self.pauses
        return _Round(self.started, (*earlier, last._replace(ends=on)))


def service_clock(
    events: Iterable[tuple[Event, dt.date | dt.datetime]],
    *,
    calendar: Calendar,
    today: dt.date | dt.datetime,
    limit: int = LIMIT,
) -> ServiceClock:
    """The clock of a submission as it stood on `today`; later events are not yet known.

    `events` come in the order in which they happened. A return before the first confirmation is the
    treasurer's own and moves nothing.
    """
    at = local_day(today)
    known = [
        (event, day_zero(when, calendar) if event is Event.CONFIRMED else local_day(when))
        for event, when in events
        if local_day(when) <= at
    ]
    latest = _latest_round(known)
    if latest is None:
        return ServiceClock(State.NOT_STARTED, limit)
    return ServiceClock(
        state=_state(latest),
        limit=limit,
        day=counting.used_days(latest.started, latest.approved or at, latest.pauses, calendar),
        started_on=latest.started,
        stopped_on=latest.approved,
        due_on=counting.due_date(latest.started, limit, latest.pauses, calendar),
        pauses=latest.pauses,
    )


def explained(clock: ServiceClock, calendar: Calendar) -> list[Step]:
    """Day by day from the start to the due date, for showing how the date came about."""
    if clock.started_on is None:
        return []
    return counting.derivation(clock.started_on, clock.limit, calendar, clock.pauses)


def _latest_round(events: Iterable[tuple[Event, dt.date]]) -> _Round | None:
    latest: _Round | None = None
    for event, on in events:
        if latest is None or latest.approved is not None:
            latest = _Round(on) if event is Event.CONFIRMED else latest
        elif event is Event.APPROVED:
            latest = _Round(latest.started, latest.pauses, on)
        elif event is Event.RETURNED and not latest.is_paused:
            latest = _Round(latest.started, (*latest.pauses, Pause(on, None)))
        elif event is Event.CONFIRMED and latest.is_paused:
            latest = latest.resumed(on)
    return latest


def _state(latest: _Round) -> State:
    if latest.approved is not None:
        return State.APPROVED
    return State.PAUSED if latest.is_paused else State.RUNNING


@dataclass(frozen=True, slots=True)
class PeriodClocks:
    """What a period page says of its clocks: median and worst, never one day number for all."""

    counted: int
    median: Decimal
    worst: int
    overdue: int


def period_clocks(clocks: Iterable[ServiceClock]) -> PeriodClocks | None:
    """Over the clocks that have started; None if none has."""
    started = [clock for clock in clocks if clock.state is not State.NOT_STARTED]
    if not started:
        return None
    days = sorted(clock.day for clock in started)
    return PeriodClocks(len(days), _median(days), days[-1], sum(clock.is_overdue for clock in started))


def _median(days: Sequence[int]) -> Decimal:
    middle = len(days) // 2
    return Decimal(days[middle] + days[-1 - middle]) / 2
