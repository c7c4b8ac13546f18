"""More time for one agency: what it may still ask for, and who hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from accounts.audience import holders
from agreements.models import ExtensionRequest, PeriodWindow
from agreements.workflow import extensions
from budget_portal import jalali
from budget_portal.messages_out import notify
from budget_portal.models import OutboxMessage
from budget_portal.outbox import on
from monitoring.models import PerformanceSubmission
from monitoring.presenters import words

if TYPE_CHECKING:
    from accounts.models import Agency, User

SENT = "عملکرد این مقطع فرستاده شده است و تمدید نمی‌خواهد."


@extensions.before_asking
def not_sent_yet(window: PeriodWindow, agency: Agency) -> str:
    rows = PerformanceSubmission.objects.filter(agency=agency, period=window.period_id, kind=window.kind)
    return SENT if rows.exclude(state="draft").exists() else ""


def windows_to_ask_for(user: User) -> list[PeriodWindow]:
    """Open and closed windows that hold for the agency and whose figures it has not sent."""
    agency = user.acting.agency if user.acting else None
    if agency is None:
        return []
    found: dict[tuple[int, str], PeriodWindow] = {}
    for kind in ("capital", "expense"):
        rows = PeriodWindow.objects.for_agency(agency, kind).filter(state__in=["open", "closed"])
        for window in rows.select_related("period__fiscal_year"):
            found.setdefault((window.period_id, kind), window)
    asked = [window for window in found.values() if extensions.can_ask(user, window)]
    return sorted(asked, key=lambda window: (window.period.cutoff_date, window.kind), reverse=True)


@on("extension.requested")
def tell_consolidation(message: OutboxMessage) -> None:
    row = _request(message)
    text = f"{row.agency} برای {named(row.window)} تا {jalali.format_date(row.until, 'weekday')} تمدید خواست."
    url = reverse("monitoring:extensions")
    for person in holders(role="consolidation", organization=row.window.organization_id):
        notify(person, text, url, outbox=message, tone="warn")


@on("extension.granted", "extension.refused")
def tell_agency(message: OutboxMessage) -> None:
    row = _request(message)
    granted = row.state == "granted"
    word = f"پذیرفته شد: تا {jalali.format_date(row.until, 'weekday')}" if granted else "پذیرفته نشد"
    text = f"درخواست تمدید {named(row.window)} {word}. {row.decision_note}"
    url = reverse("monitoring:entry-extension")
    for person in holders(role="agency_user", agency=row.agency_id):
        notify(person, text, url, outbox=message, tone="ok" if granted else "warn")


def named(window: PeriodWindow) -> str:
    return f"{words.KINDS[window.kind]} {words.period_name(window.period)}"


def _request(message: OutboxMessage) -> ExtensionRequest:
    rows = ExtensionRequest.objects.select_related("window__period__fiscal_year", "agency")
    found: ExtensionRequest = rows.get(pk=message.target_id)
    return found
