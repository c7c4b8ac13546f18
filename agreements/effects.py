"""What follows from the moves of windows and letters: those who must act are told, once."""

from __future__ import annotations

from django.urls import reverse

from accounts.audience import holders
from accounts.models import Role, User
from accounts.scopes import AGENCY
from agreements import effects_agreements  # noqa: F401 - its consumers register themselves
from agreements.letters import ALLOCATION, NOTIFICATION
from agreements.models import PeriodWindow
from budget_portal import jalali
from budget_portal.digits import to_persian
from budget_portal.messages_out import notify
from budget_portal.models import OutboxMessage
from budget_portal.outbox import on


@on("window.opened", "window.reopened", "window.extended")
def tell_agencies(message: OutboxMessage) -> None:
    """Whoever enters figures in an agency of the window: until when."""
    window = PeriodWindow.objects.select_related("period__fiscal_year").get(pk=message.target_id)
    until = jalali.deadline_text(window.last_day)
    for person in _enterers(window):
        notify(person, f"ورود عملکرد {_name(window)} تا {until} باز است.", "/inbox/", outbox=message)


@on("window.closed")
def tell_consolidation(message: OutboxMessage) -> None:
    window = PeriodWindow.objects.select_related("period__fiscal_year").get(pk=message.target_id)
    for person in holders(organization=window.organization_id, role=Role.CONSOLIDATION):
        notify(person, f"مهلت ورود {_name(window)} پایان یافت.", "/periods/", outbox=message, mail=False)


def _enterers(window: PeriodWindow) -> list[User]:
    group = {"agency__sector_group": window.sector_group_id} if window.sector_group_id else {}
    return holders(
        organization=window.organization_id, role=Role.AGENCY_USER, agency__is_active=True, **group
    )


def _name(window: PeriodWindow) -> str:
    year = to_persian(window.period.fiscal_year.year)
    return f"{window.period.get_cutoff_display()} {year}، {window.get_kind_display()}"


LETTERS = {
    "budgetnotification.issued": "ابلاغیهٔ بودجهٔ شمارهٔ {number} صادر شد.",
    "budgetnotification.cancelled": "ابلاغیهٔ بودجهٔ شمارهٔ {number} باطل شد: {reason}",
    "allocationnotice.issued": "ابلاغیهٔ تخصیص شمارهٔ {number} صادر شد.",
    "allocationnotice.cancelled": "ابلاغیهٔ تخصیص شمارهٔ {number} باطل شد: {reason}",
}


@on(*LETTERS)
def tell_letter(message: OutboxMessage) -> None:
    """The people of the agency hear of a letter to it, and of its end."""
    sort = NOTIFICATION if message.event.startswith(NOTIFICATION.model) else ALLOCATION
    letter = sort.letter.objects.get(pk=message.target_id)
    text = LETTERS[message.event].format(number=to_persian(letter.letter_number), reason=letter.cancel_reason)
    url = reverse(f"agreements:{sort.name}", args=[letter.pk])
    tone = "warn" if letter.state == "cancelled" else "info"
    for person in holders(agency=letter.agency_id, role__in=AGENCY):
        notify(person, text, url, outbox=message, tone=tone)
