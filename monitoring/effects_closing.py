"""Reminders of the consolidation desk on their way to the people."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import Agency, Membership
from agreements.models import ReportingPeriod
from budget_portal.digits import to_persian
from budget_portal.messages_out import notify
from budget_portal.models import OutboxMessage
from budget_portal.outbox import on
from monitoring.models import PerformanceSubmission
from monitoring.presenters import overview, words

OPEN = ("draft", "returned", "reopened")
ASKED = {
    "treasurer": "پروندهٔ ارسال‌شده در انتظار تأیید شماست.",
    "budget_expert": "پرونده در نوبت بررسی شماست.",
}
PLACES = {"treasurer": "monitoring:review-home", "budget_expert": "monitoring:expert-reviews"}


@on("agency.reminded")
def carry(message: OutboxMessage) -> None:
    """Counts and the deadline, no figures (ux.md §6)."""
    agency = Agency.objects.get(pk=message.target_id)
    period = ReportingPeriod.objects.select_related("fiscal_year").get(pk=message.data["period"])
    for role in message.data["roles"]:
        where = {"sector_group": agency.sector_group_id} if role == "budget_expert" else {"agency": agency.pk}
        people = Membership.objects.valid().filter(role=role, **where).select_related("user")
        text = f"یادآوری: {words.period_name(period)}، {agency}. {ASKED.get(role) or _left(agency, period)}"
        url = reverse(PLACES.get(role, "monitoring:entry-home"))
        for person in {one.user for one in people}:
            notify(person, text, url, outbox=message, tone="warn")


def _left(agency: Agency, period: ReportingPeriod) -> str:
    rows = PerformanceSubmission.objects.filter(agency=agency, period=period, state__in=OPEN)
    found = [overview.of(row) for row in rows]
    total, done = sum(one.total for one in found), sum(one.complete for one in found)
    if not total:
        return "ورود عملکرد هنوز آغاز نشده است."
    return f"{to_persian(total - done)} ردیف از {to_persian(total)} ردیف هنوز کامل نیست."
