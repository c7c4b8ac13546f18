"""The service clock of real submissions: their events from the log, the holidays from the table."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from budget_portal.clocks.calendar import Calendar
from budget_portal.models import AuditEntry, Holiday
from monitoring.models import PerformanceSubmission
from monitoring.service_clock import Event, ServiceClock, service_clock

EVENTS = {
    "submission.treasurer_confirmed": Event.CONFIRMED,
    "submission.returned": Event.RETURNED,
    "submission.approved": Event.APPROVED,
}


def calendar() -> Calendar:
    """Saturday to Wednesday, less the holidays of the table."""
    return Calendar(holidays=dict(Holiday.objects.values_list("day", "title")))


def clocks_of(submissions: Iterable[PerformanceSubmission]) -> dict[int, ServiceClock]:
    """Clock by submission id, in two queries for any number of them."""
    ids = {str(submission.pk): submission.pk for submission in submissions}
    rows = AuditEntry.objects.filter(
        target_type="monitoring.performancesubmission", target_id__in=ids, event__in=EVENTS
    ).order_by("target_id", "sequence")
    events: dict[int, list[tuple[Event, object]]] = {pk: [] for pk in ids.values()}
    for target_id, event, at in rows.values_list("target_id", "event", "recorded_at"):
        events[ids[target_id]].append((EVENTS[event], at))
    days, today = calendar(), timezone.localdate()
    return {pk: service_clock(found, calendar=days, today=today) for pk, found in events.items()}  # type: ignore[arg-type]
