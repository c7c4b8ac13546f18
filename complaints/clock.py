"""What happens to cases because time passes: nobody is waited for without end, ended cases close, old tries and
unfiled drafts are forgotten."""

from __future__ import annotations

import datetime as dt
import logging

from django.utils import timezone

from budget_portal import clock
from budget_portal.errors import DomainError
from budget_portal.office import office_calendar
from complaints import attachments, deadlines, limits
from complaints.models import Complaint, ComplaintEvent
from complaints.workflow import complaints as workflow

log = logging.getLogger(__name__)
ENDED = ("answered", "rejected", "forwarded", "withdrawn")


@clock.register
def close_cases(now: dt.datetime) -> None:
    """Close what nobody may object to any more; each case in its own transaction."""
    today = timezone.localtime(now).date()
    due = Complaint.objects.filter(state__in=ENDED, objection_due__lt=today)
    for pk in due.values_list("pk", flat=True).order_by("pk"):
        try:
            workflow.close(pk, by=None)
        except DomainError as refusal:  # another worker was quicker, or the sender objected meanwhile
            log.info("Case %d is not closed: %s", pk, refusal.message)


@clock.register
def resume_cases(now: dt.datetime) -> None:
    """Go on with cases whose sender let the time for an explanation pass; each in its own transaction."""
    today, calendar = timezone.localtime(now).date(), office_calendar()
    asked: dict[int, list[ComplaintEvent]] = {}
    for event in ComplaintEvent.objects.filter(complaint__state="needs_info", code="info_asked").defer(
        "text"
    ):
        asked.setdefault(event.complaint_id, []).append(event)
    for pk, events in sorted(asked.items()):
        until = deadlines.waits_until(events, calendar)
        if until is None or today <= until:
            continue
        try:
            workflow.resume(pk, by=None)
        except DomainError as refusal:  # the sender has just answered or withdrawn
            log.info("Case %d is not resumed: %s", pk, refusal.message)


@clock.register
def forget_tries(now: dt.datetime) -> None:
    limits.forget_old(now)


@clock.register
def forget_drafts(now: dt.datetime) -> None:
    attachments.forget_drafts(now)
