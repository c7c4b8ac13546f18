"""What happens to cases because time passes: ended ones close, old tries and unfiled drafts are forgotten."""

from __future__ import annotations

import datetime as dt
import logging

from django.utils import timezone

from budget_portal import clock
from budget_portal.errors import DomainError
from complaints import attachments, limits
from complaints.models import Complaint
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
def forget_tries(now: dt.datetime) -> None:
    limits.forget_old(now)


@clock.register
def forget_drafts(now: dt.datetime) -> None:
    attachments.forget_drafts(now)
