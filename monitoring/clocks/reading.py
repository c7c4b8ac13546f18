"""Clocks for showing: the service clock of submissions, and the due date of the step in which each of them is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from budget_portal.clocks.calendar import Calendar
from budget_portal.models import AuditEntry
from budget_portal.office import office_calendar
from monitoring.clocks import deriving
from monitoring.models import PerformanceSubmission, SubmissionClock
from monitoring.models.clocks import Sort
from monitoring.service_clock import LIMIT, Event, ServiceClock, State, service_clock

EVENTS = {
    "submission.treasurer_confirmed": Event.CONFIRMED,
    "submission.returned": Event.RETURNED,
    "submission.approved": Event.APPROVED,
}


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
    """Service clock by submission id; those from before the rows are read out of the log."""
    found = list(submissions)
    rows = SubmissionClock.objects.filter(submission__in=[row.pk for row in found], sort=Sort.SERVICE)
    latest = {row.submission_id: row for row in rows.order_by("round").prefetch_related("pauses")}
    left = {row.pk for row in found if row.pk not in latest}
    confirmed = {row.pk for row in found if row.pk in left and row.revision}
    waiting = {pk: ServiceClock(State.NOT_STARTED, LIMIT) for pk in left - confirmed}
    if not latest and not confirmed:
        return waiting
    days, today = calendar(), timezone.localdate()
    shown = {pk: shown_clock(row, days, today) for pk, row in latest.items()}
    return waiting | shown | (_out_of_the_log(confirmed, days, today) if confirmed else {})


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


def _out_of_the_log(ids: set[int], days: Calendar, today: dt.date) -> dict[int, ServiceClock]:
    rows = AuditEntry.objects.filter(
        target_type="monitoring.performancesubmission",
        target_id__in=[str(pk) for pk in ids],
        event__in=EVENTS,
    ).order_by("target_id", "sequence")
    events: dict[int, list[tuple[Event, Any]]] = {pk: [] for pk in ids}
    for target_id, event, at in rows.values_list("target_id", "event", "recorded_at"):
        events[int(target_id)].append((EVENTS[event], at))
    return {pk: service_clock(found, calendar=days, today=today) for pk, found in events.items()}
