"""Clocks for showing: the service clock of submissions, and the due date of the step in which each of them is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from budget_portal.clocks.calendar import Calendar
from budget_portal.office import office_calendar
from monitoring.clocks import deriving
from monitoring.models import PerformanceSubmission, SubmissionClock
from monitoring.models.clocks import Sort
from monitoring.service_clock import LIMIT, ServiceClock, State


@dataclass(frozen=True, slots=True)
class DueClock:
    """The deadline of a submission's current step, and the page that shows how it came about."""

    id: int
    sort: str
    due_on: dt.date | None
    is_paused: bool

    @property
    def url(self) -> str:
        return reverse("monitoring:clock", args=[self.id])


def due_of(submission: PerformanceSubmission) -> DueClock | None:
    return due_for([submission.pk]).get(submission.pk)


def due_for(submissions: Iterable[int]) -> dict[int, DueClock]:
    """By submission id, in one query: the step in which it is now. The service's own clock is `clocks_of`."""
    rows = (
        SubmissionClock.objects.running().filter(submission__in=list(submissions)).exclude(sort=Sort.SERVICE)
    )
    return {row.submission_id: DueClock(row.pk, row.sort, row.due_on, row.due_on is None) for row in rows}


def calendar() -> Calendar:
    return office_calendar()


def clocks_of(submissions: Iterable[PerformanceSubmission]) -> dict[int, ServiceClock]:
    """The latest service clock by submission id; before the first confirmation none has started."""
    ids = [row.pk for row in submissions]
    found = dict.fromkeys(ids, ServiceClock(State.NOT_STARTED, LIMIT))
    rows = SubmissionClock.objects.filter(submission__in=ids, sort=Sort.SERVICE)
    latest = {row.submission_id: row for row in rows.order_by("round").prefetch_related("pauses")}
    if latest:
        days, today = calendar(), timezone.localdate()
        found |= {pk: shown_clock(row, days, today) for pk, row in latest.items()}
    return found


def shown_clock(row: SubmissionClock, days: Calendar, today: dt.date) -> ServiceClock:
    """As it stands on a day: a stopped one as it was stored."""
    pauses = tuple(part.span for part in row.pauses.all())
    limit = row.allowed_days or row.limit_days
    if row.stopped_on is not None:
        state, day = State.APPROVED, row.used_days or 0
    else:
        standing = any(span.begins <= today and _goes_on(span, days, today) for span in pauses)
        state, day = (State.PAUSED if standing else State.RUNNING), deriving.used(row, pauses, days, today)
    return ServiceClock(state, limit, day, row.started_on, row.stopped_on, row.due_on, pauses)


def _goes_on(span: Any, days: Calendar, today: dt.date) -> bool:
    last = span.last_day(days)
    return span.ends is None and (last is None or today <= last)
