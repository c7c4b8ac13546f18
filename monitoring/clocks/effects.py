"""What follows from the calendar and from clocks: open ones are derived anew, roles are told."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.audience import holders
from accounts.models import User
from agreements.models import ExtensionRequest, PeriodWindow
from budget_portal import jalali
from budget_portal.digits import to_persian
from budget_portal.messages_out import notify
from budget_portal.models import OutboxMessage
from budget_portal.outbox import on
from monitoring.clocks import keeping, preview
from monitoring.models import ClockNotice, SubmissionClock
from monitoring.models.clocks import Sort

OF_AGENCY = frozenset({"agency_user", "agency_head", "treasurer"})


@on("calendar.changed")
def derive_open_clocks(message: OutboxMessage) -> None:
    """Clocks that have stopped keep what they were."""
    cause = f"تغییر تقویم کاری: {message.data.get('note', '')}"
    keeping.recompute(_locked(preview.running()), cause=cause, by=None)


@on("window.extended", "window.reopened", "window.dates_changed")
def derive_entry_clocks(message: OutboxMessage) -> None:
    window = PeriodWindow.objects.get(pk=message.target_id)
    rows = preview.running().filter(
        sort=Sort.ENTRY,
        submission__period=window.period_id,
        submission__kind=window.kind,
        submission__agency__organization=window.organization_id,
    )
    keeping.recompute(_locked(rows), cause="تغییر مهلت پنجره", by=None)


@on("extension.granted")
def derive_clock_of_extension(message: OutboxMessage) -> None:
    asked = ExtensionRequest.objects.select_related("window").get(pk=message.target_id)
    rows = preview.running().filter(
        sort=Sort.ENTRY,
        submission__agency=asked.agency_id,
        submission__period=asked.window.period_id,
        submission__kind=asked.window.kind,
    )
    keeping.recompute(_locked(rows), cause="تمدید مهلت دستگاه", by=None)


def _locked(rows: Any) -> list[SubmissionClock]:
    return list(rows.select_for_update(of=("self",)))


@on("clock.escalated")
def tell_role(message: OutboxMessage) -> None:
    """Mails carry no figures beyond counts (ux.md §6)."""
    notice = ClockNotice.objects.select_related("clock__submission__agency").get(pk=message.target_id)
    clock = notice.clock
    day = jalali.format_date(notice.due_on, "weekday")
    distance = f"{to_persian(abs(notice.days))} روز کاری"
    if notice.days > 0:
        text, tone = f"{distance} از مهلت گذشته است ({day})", "bad"
    else:
        text, tone = f"مهلت تا {day} است", "warn"
    url = reverse("monitoring:clock", args=[clock.pk])
    for person in people(clock, notice.role):
        notify(person, f"{preview.named(clock)}: {text}.", url, outbox=message, tone=tone)


def people(clock: SubmissionClock, role: str) -> list[User]:
    """Whoever holds the role today at the agency, for its sector group, or in the organization."""
    agency = clock.submission.agency
    place: dict[str, Any] = {"organization": agency.organization_id}
    if role in OF_AGENCY:
        place = {"agency": agency}
    elif role == "budget_expert":
        place = {"sector_group": agency.sector_group_id}
    return holders(role=role, **place)
