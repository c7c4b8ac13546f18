"""The dates of a case in working days of the Holiday table, and how they came about (domain guide §13, §16).

Day 0 is the day of registration (or of the objection). While the sender is asked, the clock stands still.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from budget_portal.clocks import counting
from budget_portal.clocks.calendar import Calendar
from budget_portal.clocks.counting import Pause, Step
from budget_portal.office import office_calendar

if TYPE_CHECKING:
    from complaints.models import Complaint, ComplaintEvent

ANSWER_DAYS = 10
EXTENSION_DAYS = 10
OBJECTION_DAYS = 10
INFO_DAYS = 10  # the longest that a question to the sender stops the clock
ENDS = frozenset({"answered", "rejected", "forwarded", "withdrawn"})


def day_of(moment: dt.datetime) -> dt.date:
    return timezone.localtime(moment).date()


def pauses(events: Iterable[ComplaintEvent]) -> tuple[Pause, ...]:
    """From each question to the sender to the answer or its limit; the last one may still be open."""
    found: list[Pause] = []
    for event in events:
        if event.code == "info_asked":
            found.append(Pause(day_of(event.at), None))
        elif event.code in {"info_given", "info_overdue"} and found and found[-1].ends is None:
            found[-1] = found[-1]._replace(ends=day_of(event.at))
    return tuple(found)


@dataclass(frozen=True)
class AnswerClock:
    """Day `day` of `limit` on the way to the answer; while a question to the sender is open, `due_on` is None
    and `waits_until` the last day of waiting."""

    started_on: dt.date
    limit: int
    day: int
    due_on: dt.date | None
    steps: tuple[Step, ...]
    waits_until: dt.date | None = None
    is_extended: bool = False

    @property
    def is_paused(self) -> bool:
        return self.waits_until is not None

    @property
    def left(self) -> int:
        return self.limit - self.day

    @property
    def is_overdue(self) -> bool:
        return self.day > self.limit

    @property
    def is_warning(self) -> bool:
        return not self.is_overdue and counting.is_warning(self.day, self.limit)

    @property
    def share(self) -> int:
        return min(100, 100 * self.day // self.limit)

    @property
    def days_off(self) -> list[Step]:
        """The holidays that moved the date; weekends go without saying."""
        return [step for step in self.steps if step.kind == "holiday"]


def answer_clock(
    complaint: Complaint, events: Iterable[ComplaintEvent], calendar: Calendar, today: dt.date
) -> AnswerClock:
    """The clock of the current round as it stands today, or stood when the answer was sent."""
    current = this_round(events)
    started = day_of(complaint.objected_at or complaint.registered_at)
    stopped = pauses(current)
    limit = ANSWER_DAYS + (EXTENSION_DAYS if complaint.extended_to else 0)
    ended = next((day_of(event.at) for event in reversed(current) if event.code in ENDS), None)
    until = max(min(today, ended) if ended else today, started)
    return AnswerClock(
        started_on=started,
        limit=limit,
        day=counting.used_days(started, until, stopped, calendar),
        due_on=counting.due_date(started, limit, stopped, calendar),
        steps=tuple(counting.derivation(started, limit, calendar, stopped)),
        waits_until=waits_until(current, calendar) if complaint.state == "needs_info" else None,
        is_extended=bool(complaint.extended_to),
    )


def waits_until(events: Iterable[ComplaintEvent], calendar: Calendar) -> dt.date | None:
    """The last day on which the sender may answer the latest question."""
    asked = max((event.at for event in events if event.code == "info_asked"), default=None)
    return counting.add_working_days(day_of(asked), INFO_DAYS, calendar) if asked else None


def this_round(events: Iterable[ComplaintEvent]) -> list[ComplaintEvent]:
    """Everything since the objection, or since the registration when there was none."""
    current: list[ComplaintEvent] = []
    for event in events:
        current = [] if event.code == "objected" else [*current, event]
    return current


def due_from(day: dt.date, count: int) -> dt.date:
    return counting.add_working_days(day, count, office_calendar())


def due_of(complaint: Complaint, events: Iterable[ComplaintEvent], count: int) -> dt.date:
    """The last of `count` working days of this round, pauses left out; none of them may be open."""
    started = day_of(complaint.objected_at or complaint.registered_at)
    due_on = counting.due_date(started, count, pauses(this_round(events)), office_calendar())
    if due_on is None:
        raise ValueError("A clock that stands still has no due date.")
    return due_on
